#!/bin/sh
# Copies what OTN reads or serves of npm packages into the tree, with licence and SHA-256; the copies are committed.
set -eu
cd "$(dirname "$0")/.."
npm ci --ignore-scripts --no-audit --no-fund

target=otn/etl/vendor/world-atlas
mkdir -p "$target"
cp node_modules/world-atlas/countries-50m.json node_modules/world-atlas/LICENSE "$target/"
(cd "$target" && sha256sum countries-50m.json LICENSE > SHA256SUMS)
echo "vendored world-atlas $(node -p 'require("./node_modules/world-atlas/package.json").version') in $target"
