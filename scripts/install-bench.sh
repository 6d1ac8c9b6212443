#!/bin/sh
# Installs the peers and tools of `make bench` under .tools/, and of the distribution what is missing.
#   --load   only what loads: the peers of `make bench-load`
#   --lock   writes bench/requirements.lock anew from bench/requirements.in
set -eu
cd "$(dirname "$0")/.."
source=bench
target=.tools/bench-venv

if [ "${1:-}" = --lock ]; then
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command 'scripts/install-bench.sh --lock' \
        --output-file $source/requirements.lock $source/requirements.in
    exit 0
fi

missing() {
    command -v ogr2ogr >/dev/null || echo gdal-bin
    ls /usr/lib/postgresql/*/bin/pgbench >/dev/null 2>&1 || echo postgresql-contrib
    if [ "${1:-}" = --load ]; then
        command -v osm2pgsql >/dev/null || echo osm2pgsql
        return
    fi
    command -v wrk >/dev/null || echo wrk
    [ -x /usr/sbin/nginx ] || echo nginx-light
    command -v go >/dev/null || echo golang-go
}
names=$(missing "${1:-}" | tr '\n' ' ')
if [ -n "$names" ]; then
    as_root=''
    [ "$(id -u)" = 0 ] || as_root=sudo
    echo "Installing $names..."
    $as_root apt-get update -qq
    # In runlevel 1 no package starts its service: the web server of the bench is the one that the bench starts.
    $as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends $names >/dev/null
fi

[ "${1:-}" != --load ] || exit 0
mkdir -p .tools/bin

# By cargo, with the crate's own lock file, and only what the bench asks of it: tiles of PostGIS and of PMTiles.
martin=1.14.0
if [ "$(.tools/bin/martin --version 2>/dev/null || true)" != "martin $martin" ]; then
    echo "Building martin $martin (it takes some twenty minutes of a processor) ..."
    cargo install martin --version $martin --locked --quiet --no-default-features --features postgres,pmtiles \
        --bin martin --root .tools --target-dir .tools/martin-target && rm -rf .tools/martin-target ||
        { echo "otn: martin cannot be built (it takes cargo 1.94 or later): the bench leaves it out." >&2; rm -f .tools/bin/martin; }
fi

fingerprint() {
    cat $source/requirements.lock $source/pg_featureserv/go.mod $source/pg_featureserv/go.sum | sha256sum
}
stamp=.tools/bench-installed-from
[ "$(cat $stamp 2>/dev/null || true)" != "$(fingerprint)" ] || exit 0
rm -f $stamp

echo "Installing tipg and pygeoapi into $target ..."
python3 -m venv --clear $target
$target/bin/python -m pip --quiet --disable-pip-version-check install --no-compile --require-hashes -r $source/requirements.lock

echo "Building pg_featureserv ..."
module=github.com/CrunchyData/pg_featureserv
(cd $source/pg_featureserv && go build -mod=readonly -o ../../.tools/bin/pg_featureserv $module) ||
    { echo "otn: pg_featureserv cannot be built: the bench leaves it out." >&2; rm -f .tools/bin/pg_featureserv; }
rm -rf .tools/pg_featureserv-assets
directory=$(cd $source/pg_featureserv && go list -m -f '{{.Dir}}' $module) || directory=''
[ -z "$directory" ] || { cp -r "$directory/assets" .tools/pg_featureserv-assets && chmod -R u+w .tools/pg_featureserv-assets; }
fingerprint >$stamp
