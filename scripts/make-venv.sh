#!/bin/sh
# Brings .venv/ to what a lock file says; does nothing when it is there already.
#   scripts/make-venv.sh requirements.lock | requirements-dev.lock
set -eu
cd "$(dirname "$0")/.."
lock=$1

python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "otn: $(python3 --version) is too old: Python 3.11 or newer is needed." >&2
    exit 1
}

# A virtual environment belongs to its place and its Python; what pyproject.toml says is installed with it.
place=$(pwd; python3 -c 'import sys; print(sys.base_prefix, sys.version)')
fingerprint() {
    { echo "$place"; cat pyproject.toml "$1"; } | sha256sum
}

stamp=.venv/installed-from
have=$(cat "$stamp" 2>/dev/null || true)
for enough in "$lock" requirements-dev.lock; do
    [ "$have" != "$(fingerprint "$enough")" ] || exit 0
done

if [ "$(cat .venv/made-for 2>/dev/null || true)" != "$place" ]; then
    echo "Making the Python environment .venv ..."
    python3 -m venv --clear .venv
    echo "$place" >.venv/made-for
fi
# Never byte-compiled: the data modules of scgraph_data would take minutes and gigabytes, and are read as text.
# setuptools comes first: it builds what has no wheel, so that nothing is used that the lock file does not name.
echo "Installing the Python packages of $lock ..."
rm -f "$stamp"
pip='.venv/bin/python -m pip --quiet --disable-pip-version-check install --no-compile --use-pep517 --no-build-isolation'
awk '/^[^ ]/ { wanted = /^setuptools==/ } wanted' "$lock" >.venv/setuptools.lock
$pip --require-hashes -r .venv/setuptools.lock
$pip --require-hashes -r "$lock"
$pip --no-deps -e .
fingerprint "$lock" >"$stamp"
