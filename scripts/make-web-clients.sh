#!/bin/sh
# Installs the map libraries of tests/clients/web/ under .tools/; does nothing when they are there already.
set -eu
cd "$(dirname "$0")/.."
source=tests/clients/web
target=.tools/web-clients

stamp=$target/installed-from
fingerprint=$(cat $source/package.json $source/package-lock.json | sha256sum)
[ "$(cat $stamp 2>/dev/null || true)" != "$fingerprint" ] || exit 0

echo "Installing the map libraries of $source ..."
mkdir -p $target
rm -f $stamp
cp $source/package.json $source/package-lock.json .npmrc $target/
(cd $target && npm ci --ignore-scripts --loglevel=error)
echo "$fingerprint" >$stamp
