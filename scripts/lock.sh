#!/bin/sh
# Writes requirements.lock and requirements-dev.lock from pyproject.toml, keeping every pin that still fits.
#   --check    changes nothing and fails when they would change
#   --upgrade  takes the newest of everything
set -eu
cd "$(dirname "$0")/.."

directory=.
options=''
case "${1:-}" in
    '') ;;
    --upgrade) options=--upgrade ;;
    --check)
        directory=$(mktemp -d)
        trap 'rm -rf "$directory"' EXIT
        cp requirements.lock requirements-dev.lock "$directory"
        ;;
    *) echo "$0: unknown option $1" >&2; exit 2 ;;
esac

compile() {
    output=$1
    shift
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command 'make lock' \
        $options --output-file "$directory/$output" "$@" pyproject.toml
}
compile requirements.lock
compile requirements-dev.lock --extra dev --constraints "$directory/requirements.lock"

for lock in requirements.lock requirements-dev.lock; do
    cmp -s "$lock" "$directory/$lock" || { echo "otn: $lock does not fit pyproject.toml: run make lock." >&2; exit 1; }
done
