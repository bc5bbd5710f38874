#!/usr/bin/env bash
# Locks each requirements.in into the requirements.txt beside it: one file with hashes for Python 3.10 to 3.13, Linux and macOS.
# Arguments go to `uv pip compile`, such as --upgrade.
set -euo pipefail
cd "$(dirname "$0")/.."
tools="$(mktemp -d)"
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools"
"$tools/bin/pip" install --quiet uv
for folder in local local/spark test/clients; do
  "$tools/bin/uv" pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-header --no-emit-index-url \
    --no-emit-find-links --output-file "$folder/requirements.txt" "$folder/requirements.in" "$@"
done
