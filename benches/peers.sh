#!/usr/bin/env bash
# Whole processes side by side, with hyperfine: one small file, 1,000 files, 1,000,000 lines. Installs what is
# missing under target/peers, generates its data, and writes a Markdown table to standard output.
#
#   benches/peers.sh [LINES]
set -euo pipefail
cd "$(dirname "$0")/.."
lines=${1:-1000000}
peers=$PWD/target/peers
data=$PWD/target/peers/data
mkdir -p "$peers/bin" "$data"
export PATH=$peers/bin:$peers/check-jsonschema/bin:$PATH
for tool in hyperfine jq time; do
    type -P "$tool" >/dev/null || { echo "install $tool first, for example: apt-get install $tool" >&2; exit 2; }
done
command -v jsonschema-cli >/dev/null || cargo install --quiet --locked --root "$peers" jsonschema-cli >&2
command -v boon >/dev/null || cargo install --quiet --locked --root "$peers" boon-cli >&2
command -v jaq >/dev/null || cargo install --quiet --locked --root "$peers" jaq >&2
# Each in an environment of its own: both bring a program named jsonschema.
for package in check-jsonschema sourcemeta-jsonschema; do
    [ -d "$peers/$package" ] && continue
    python3 -m venv "$peers/$package"
    "$peers/$package/bin/pip" install --quiet "$package" >&2
done
sourcemeta=$peers/sourcemeta-jsonschema/bin/jsonschema
cargo build --quiet --release --locked >&2
ours=$PWD/target/release/assoclens
schema=$PWD/schemas/association-created.schema.json

generate() { cargo bench --quiet --bench generate -- "$@"; }
[ "$(wc -l <"$data/lines.jsonl" 2>/dev/null || echo 0)" = "$lines" ] || generate "$lines" >"$data/lines.jsonl"
if [ ! -e "$data/files/0999.json" ]; then
    mkdir -p "$data/files"
    generate 1000 0 2 | (i=0; while IFS= read -r line; do
        printf '%s\n' "$line" >"$data/files/$(printf %04d "$i").json"; i=$((i + 1))
    done)
fi
one=$data/files/0000.json

# Runs a command; its peak memory in MiB.
peak() {
    # shellcheck disable=SC2086  # a command and its arguments
    env time -f %M -o "$data/memory" $1 >/dev/null 2>&1 && echo $((($(cat "$data/memory") + 512) / 1024))
}
# name, then the command; the first is the one that the others are compared with.
compare() {
    local title=$1 runs=$2 json=$data/result.json arguments=() peaks=() memory
    shift 2
    while [ $# -gt 0 ]; do
        # A program that cannot do the job at all is left out, with a message.
        if memory=$(peak "$2"); then
            arguments+=(-n "$1" "$2") peaks+=("$memory")
        else
            echo "left out of \"$title\": $1" >&2
        fi
        shift 2
    done
    hyperfine -N --style none --warmup 2 --runs "$runs" --export-json "$json" "${arguments[@]}" >/dev/null 2>&1
    python3 - "$title" "$json" "${peaks[@]}" <<'PYTHON'
import json, sys
title, path, *peaks = sys.argv[1:]
results = json.load(open(path))["results"]
ours = results[0]["median"]
print(f"\n**{title}**\n\n| program | wall, median | user | peak memory | wall, times ours |\n|---|---|---|---|---|")
for result, memory in zip(results, peaks):
    print("| {} | {:.1f} ms | {:.1f} ms | {} MiB | {:.2f} |".format(
        result["command"], result["median"] * 1e3, result["user"] * 1e3, memory, result["median"] / ours))
PYTHON
}

# The same for two close ones, which take turns, so that other work on the machine affects both alike.
in_turns() {
    python3 - "$@" <<'PYTHON'
import statistics, subprocess, sys, time
title, rounds, *commands = sys.argv[1:]
def milliseconds(command):
    begun = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - begun) * 1e3
names, commands = commands[::2], [command.split() for command in commands[1::2]]
turns = [[milliseconds(command) for command in commands] for _ in range(int(rounds))]
print(f"\n**{title}, {rounds} rounds in turns**\n\n| program | wall, median | least |\n|---|---|---|")
for name, times in zip(names, zip(*turns)):
    print(f"| {name} | {statistics.median(times):.1f} ms | {min(times):.1f} ms |")
print(f"\n{names[0]} was quicker than {names[1]} in {sum(one < two for one, two, *_ in turns)} rounds.")
PYTHON
}

echo "Machine: $(nproc) cores, $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | xargs); $(date +%F); $("$ours" --version)"
compare "One small file" 200 \
    assoclens "$ours validate $one" \
    "nothing (/bin/true)" "/bin/true" \
    jsonschema-cli "jsonschema-cli validate $schema -i $one" \
    boon "boon $schema $one" \
    sourcemeta "$sourcemeta validate $schema $one" \
    check-jsonschema "check-jsonschema --schemafile $schema $one" \
    jq "jq -e .id $one" \
    jaq "jaq -e .id $one"
in_turns "One small file" 500 \
    assoclens "$ours validate $one" \
    jsonschema-cli "jsonschema-cli validate $schema -i $one"
many=$(printf ' -i %s' "$data"/files/*.json)
files=$(printf ' %s' "$data"/files/*.json)
compare "1,000 small files" 20 \
    assoclens "$ours validate $data/files" \
    "assoclens --jobs 1" "$ours validate --jobs 1 $data/files" \
    jsonschema-cli "jsonschema-cli validate $schema$many" \
    boon "boon $schema$files" \
    sourcemeta "$sourcemeta validate $schema $data/files" \
    check-jsonschema "check-jsonschema --schemafile $schema$files" \
    jq "jq -e .id$files" \
    jaq "jaq -e .id$files"
in_turns "1,000 small files" 300 \
    assoclens "$ours validate $data/files" \
    jsonschema-cli "jsonschema-cli validate $schema$many" \
    "assoclens --jobs 1" "$ours validate --jobs 1 $data/files"
compare "$lines lines of NDJSON ($(du -m "$data/lines.jsonl" | cut -f1) MiB)" 5 \
    assoclens "$ours validate $data/lines.jsonl" \
    "assoclens --jobs 1" "$ours validate --jobs 1 $data/lines.jsonl" \
    sourcemeta "$sourcemeta validate $schema $data/lines.jsonl" \
    "jq (reads only)" "jq -e .id $data/lines.jsonl" \
    "jaq (reads only)" "jaq -e .id $data/lines.jsonl"
