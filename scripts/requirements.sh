#!/bin/sh
# Makes requirements.txt and requirements-dev.txt anew of the direct dependencies in the .in files: all that these bring along,
# pinned, for Python 3.11 and newer on every platform, with the hash of every file of each release. What is pinned already stays
# at its release; give --upgrade, or --upgrade-package NAME, to change that.
set -eu
cd "$(dirname "$0")/.."
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools"
"$tools/bin/python" -m pip install --quiet --disable-pip-version-check uv==0.13.9
for name in requirements requirements-dev; do
    "$tools/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
        --no-emit-index-url --no-emit-find-links "$name.in" --output-file "$name.txt" "$@"
    made="# Made by scripts/requirements.sh of $name.in; change that, and run it. Every file that is installed must have one of these hashes."
    { echo "$made"; cat "$name.txt"; } >"$tools/made"
    cat "$tools/made" >"$name.txt"
done
