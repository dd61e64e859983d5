#!/usr/bin/env bash
# Draws the pictures again, from the program's output: SVG, light and dark. Needs Python and its pip, which
# fetches the tool that draws (rich, MIT); the pictures themselves fetch nothing. tests/cli/pictures.rs compares them
# with the program's output.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools"
"$tools/bin/pip" --quiet --disable-pip-version-check install rich==15.0.0
cargo build --locked --quiet

# The name of a picture, and the words after `assoclens`.
picture() {
  local name=$1
  shift
  { echo "$ assoclens $*"; COLUMNS=90 LC_ALL=C.UTF-8 cargo run --locked --quiet -- --color always "$@" || true; } |
    "$tools/bin/python" -X utf8 docs/pictures/draw.py "$name"
}

picture validate validate fixtures/invalid/null-and-number.json
picture inspect inspect fixtures/invalid/null-and-number.json
picture diff diff tests/cases/diff/finer-a.json tests/cases/diff/finer-b.json
