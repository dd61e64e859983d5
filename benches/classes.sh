#!/usr/bin/env bash
# Every class of deliveries, comparisons, and captures, against the obvious program
# (benches/naive): one program, then the other, many times. Writes Markdown tables to standard output.
#
#   benches/classes.sh [COUNT [ROUNDS]]     OURS=PROGRAM replaces this build
set -euo pipefail
cd "$(dirname "$0")/.."
count=${1:-100000} rounds=${2:-20}
data=$PWD/target/classes
mkdir -p "$data"
if [ -z "${OURS:-}" ]; then
    cargo build --quiet --release --locked >&2
    OURS=$PWD/target/release/assoclens
fi
cargo build --quiet --release --locked --manifest-path benches/naive/Cargo.toml --target-dir target/naive >&2
generate() { cargo bench --quiet --locked --bench generate -- "$@"; }
classes=$(generate classes)
for class in $classes; do
    path=$data/$class-$count.jsonl
    [ -e "$path" ] || { generate "$class" "$count" >"$path.part" && mv "$path.part" "$path"; }
done
mv -f "$data/har-$count.jsonl" "$data/har-$count.har" 2>/dev/null || true

echo "Machine: $(nproc) cores, $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | xargs); $(date +%F); $("$OURS" --version)"
python3 - "$OURS" target/naive/release/naive schemas/association-created.schema.json "$data" "$count" "$rounds" $classes <<'PYTHON'
import os, statistics, subprocess, sys
ours, naive, schema, data, count, rounds, *classes = sys.argv[1:]
count, rounds = int(count), int(rounds)
path = lambda name: f"{data}/{name}-{count}.{'har' if name == 'har' else 'jsonl'}"
validate = lambda name, *more: [ours, "validate", "--jobs", "1", *more, path(name)]

def seconds(command):
    """User and system time of one run."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        sys.exit(f"{command} exits with {child.returncode}")
    return usage.ru_utime + usage.ru_stime

def in_turns(*commands):
    """The median of each, and of the second's ratio to the first with its quartiles."""
    turns = [[seconds(command) for command in commands] for _ in range(rounds)]
    ratios = [turn[1] / turn[0] for turn in turns]
    return [statistics.median(times) for times in zip(*turns)], statistics.quantiles(ratios, n=4)

def table(title, heads, rows):
    print(f"\n**{title}, {count} deliveries, {rounds} rounds in turns**\n")
    print("| " + " | ".join(heads) + " |\n" + "|---" * len(heads) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")

captures = ["docker", "har"]
rows = []
for name in classes:
    if name in captures:
        continue
    (one, two), (low, ratio, high) = in_turns(validate(name), [naive, schema, path(name)])
    size = os.path.getsize(path(name))
    rows.append((ratio, [name, f"{size / count:.0f}", f"{one / count * 1e9:.0f} ns", f"{two / count * 1e9:.0f} ns",
                         f"**{ratio:.2f}**", f"{low:.2f} to {high:.2f}", f"{size / one / 1e6:.0f} MB/s"]))
table("Against the naive program", ["class", "bytes each", "assoclens", "naive", "naive / assoclens",
      "half of the rounds", "assoclens"], [row for _, row in sorted(rows)])

rows = []
for name in classes:
    if name in captures:
        continue
    (one, two), (low, ratio, high) = in_turns(validate(name, "--unwrap", "never"), validate(name))
    rows.append((-ratio, [name, f"{ratio:.2f}", f"{low:.2f} to {high:.2f}"]))
table("`--unwrap auto`, the default, against `--unwrap never`", ["class", "times", "half of the rounds"], [row for _, row in sorted(rows)])

rows = []
for name in classes:
    if name not in captures:
        (one, two), (low, ratio, high) = in_turns(validate(name), [ours, "diff", path(name), path(name)])
        rows.append((-ratio, [name, f"{ratio:.2f}", f"{low:.2f} to {high:.2f}"]))
table("`diff` of two streams of the class, against `validate` of one", ["class", "times", "half of the rounds"],
      [row for _, row in sorted(rows)])

rows = []
for name in captures:
    (one, two), _ = in_turns(validate(name, "--max-payload-bytes", "1073741824"), validate("envelope"))
    rows.append([name, f"{one / count * 1e6:.2f} µs", f"{two / count * 1e6:.2f} µs"])
table("Payloads out of captures", ["capture", "each", "as it is"], rows)
PYTHON
