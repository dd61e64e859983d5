#!/usr/bin/env bash
# Inputs of 160 KB that make as many payloads, restarts or findings as they can: the slowest one for each command and
# format. Writes a Markdown table to standard output.
#
#   benches/tiny.sh [ROUNDS]     OURS=PROGRAM replaces this build
set -euo pipefail
cd "$(dirname "$0")/.."
data=$PWD/target/tiny
mkdir -p "$data"
if [ -z "${OURS:-}" ]; then
    cargo build --quiet --release --locked >&2
    OURS=$PWD/target/release/assoclens
fi
echo "Machine: $(nproc) cores, $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | xargs); $(date +%F); $("$OURS" --version)"
python3 - "$OURS" "$data" "${1:-5}" <<'PYTHON'
import os, statistics, subprocess, sys, time
ours, data, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
BYTES = 160_000
FILLINGS = {
    "lines `1`": "1\n", "lines `{`": "{\n", "lines `[`": "[\n", "lines `[]`": "[]\n", "lines `\"`": '"\n',
    "lines `\"a\"`": '"a"\n', "lines `-`": "-\n", "lines `:`": ":\n", "lines `[{`": "[{\n", "lines `{\"a\":`": '{"a":\n',
    "`[][]`": "[]", "`{}{}`": "{}", "`[{}]`": "[{}]", "NUL": "\0", "lines `data:{`": "data:{\n\n",
    "lines `a: b`": "a: b\n", "lines `{\"id\":1}`": '{"id":1}\n', "lines `{\"type\":1}`": '{"type":1}\n',
}
COMMANDS = [f"validate --format {name}" for name in "human concise github gitlab json junit ndjson sarif".split()]
COMMANDS += [f"inspect --format {name}" for name in "human table csv tsv json payload".split()]
COMMANDS += ["filter", "filter --invalid", "redact", "redact --headers", "diff", "diff --format json"]

def wall(command):
    begin = time.perf_counter()
    child = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if child.returncode not in (0, 1, 2):
        sys.exit(f"{command} exits with {child.returncode}")
    return time.perf_counter() - begin

paths = {}
for index, (name, filling) in enumerate(FILLINGS.items()):
    paths[name] = f"{data}/{index}"
    with open(paths[name], "w") as file:
        file.write(filling * (BYTES // len(filling)))
print("\n| command | slowest input | time |\n|---|---|---|")
for command in COMMANDS:
    words = [ours, *command.split()]
    sides = 2 if command.startswith("diff") else 1
    times = {name: statistics.median(wall(words + [path] * sides) for _ in range(rounds)) for name, path in paths.items()}
    slowest = max(times, key=times.get)
    print(f"| `{command}` | {slowest} | {times[slowest] * 1000:.0f} ms |", flush=True)
PYTHON
