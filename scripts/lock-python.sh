#!/usr/bin/env bash
# Locks local/requirements.in into local/requirements.txt: one file with hashes for Python 3.10 to 3.13, Linux and macOS.
set -euo pipefail
cd "$(dirname "$0")/.."
tools="$(mktemp -d)"
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools"
"$tools/bin/pip" install --quiet uv
"$tools/bin/uv" pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-header --no-emit-index-url \
  --no-emit-find-links --output-file local/requirements.txt local/requirements.in "$@"
