#!/bin/sh
# Copies what OTN reads or serves of npm packages into the tree, and makes letters and icons for maps of them, with
# licence and SHA-256; the results are committed.
set -eu
cd "$(dirname "$0")/.."
npm ci --ignore-scripts --no-audit --no-fund

version() {
    node -p 'require("./node_modules/" + process.argv[1] + "/package.json").version' "$1"
}

# Writes SHA256SUMS of everything else in a folder and says what it holds.
seal() {
    (cd "$1" && find . -type f ! -name SHA256SUMS -printf '%P\n' | LC_ALL=C sort | tr '\n' '\0' | xargs -0 sha256sum > SHA256SUMS)
    echo "vendored $2 in $1"
}

target=otn/etl/vendor/world-atlas
mkdir -p "$target"
cp node_modules/world-atlas/countries-10m.json node_modules/world-atlas/countries-50m.json node_modules/world-atlas/LICENSE "$target/"
seal "$target" "world-atlas $(version world-atlas)"

target=otn/portal/static/vendor/maplibre-gl
mkdir -p "$target"
for file in maplibre-gl.mjs maplibre-gl-worker.mjs maplibre-gl.css; do
    # Without the comment that names a source map: we serve none.
    sed '/^\/\/# sourceMappingURL=/d' "node_modules/maplibre-gl/dist/$file" > "$target/$file"
done
cp node_modules/maplibre-gl/LICENSE.txt "$target/"
seal "$target" "maplibre-gl $(version maplibre-gl)"

target=otn/portal/static/vendor/noto-sans
mkdir -p "$target"
cp node_modules/@fontsource/noto-sans/LICENSE "$target/"
node scripts/vendor/glyphs.mjs "$target"
seal "$target" "letters of @fontsource/noto-sans $(version @fontsource/noto-sans)"

target=otn/portal/static/sprite
mkdir -p "$target"
node scripts/vendor/sprite.mjs "$target" otn/model/icons/*.svg scripts/vendor/sprite/*.svg
echo "drew the icons of maps in $target"
