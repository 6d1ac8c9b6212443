#!/bin/sh
# Installs what OTN needs of the distribution (Debian 12 or newer, Ubuntu 24.04 or newer) and only what is missing.
#   --server   PostgreSQL and PostGIS, for the private cluster
#   --test     and the programs that the commands of the documentation call: ogrinfo, curl
#   --clients  and the programs of others that read OTN in tests: QGIS, Chromium, npm for map libraries, Maven for schemas
set -eu

server=no
test=no
clients=no
for argument in "$@"; do
    case "$argument" in
        --server) server=yes ;;
        --test) server=yes test=yes ;;
        --clients) server=yes test=yes clients=yes ;;
        *) echo "$0: unknown option $argument" >&2; exit 2 ;;
    esac
done

fail() {
    echo "otn: $1" >&2
    exit 1
}

# The major versions of PostgreSQL, 15 or newer, whose server is installed; the newest last.
installed_servers() {
    for initdb in /usr/lib/postgresql/*/bin/initdb; do
        version=$(basename "$(dirname "$(dirname "$initdb")")")
        case "$version" in
            *[!0-9]* | '') ;;
            *) [ "$version" -lt 15 ] || echo "$version" ;;
        esac
    done | sort -n
}

has_postgis() {
    [ -e "/usr/share/postgresql/$1/extension/postgis.control" ]
}

# The packages of PostgreSQL that are missing; with no server, those of the newest the distribution offers.
missing_postgresql() {
    newest=''
    for version in $(installed_servers); do
        ! has_postgis "$version" || return 0
        newest=$version
    done
    if [ -z "$newest" ]; then
        newest=$(apt-cache depends postgresql 2>/dev/null | sed -n 's/^ *Depends: postgresql-\([0-9][0-9]*\)$/\1/p')
        [ -n "$newest" ] || newest=15
        echo "postgresql-$newest"
    fi
    echo "postgresql-$newest-postgis-3"
}

missing() {
    python3 -c 'import ensurepip' 2>/dev/null || echo python3-venv
    [ "$server" = no ] || missing_postgresql
    [ "$test" = no ] || command -v ogrinfo >/dev/null || echo gdal-bin
    [ "$test" = no ] || command -v curl >/dev/null || echo curl
    if [ "$clients" = yes ]; then
        [ -d /usr/lib/python3/dist-packages/qgis ] || echo python3-qgis
        command -v chromium >/dev/null || echo chromium
        command -v npm >/dev/null || echo npm
        command -v mvn >/dev/null || echo maven
    fi
}

[ -n "$(missing)" ] || exit 0

names=$(missing | tr '\n' ' ')
command -v apt-get >/dev/null || fail "these packages are missing, and there is no apt-get to install them: $names"
as_root=''
if [ "$(id -u)" != 0 ]; then
    { command -v sudo && sudo -v; } >/dev/null || fail "these packages are missing and need root to install: $names"
    as_root=sudo
fi

apt_get() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get "$@"
}

echo "Reading what the distribution offers ..."
apt_get update -qq
packages=$(missing) # again: which PostgreSQL there is to install is known only now

# A PostgreSQL installed for OTN's private cluster is not to start one of its own.
drop_in=/etc/postgresql-common/createcluster.d/otn.conf
if [ -z "$(installed_servers)" ] && [ "$server" = yes ]; then
    trap '$as_root rm -f "$drop_in"' EXIT
    trap 'exit 130' INT TERM
    $as_root mkdir -p "$(dirname "$drop_in")"
    echo 'create_main_cluster = false' | $as_root tee "$drop_in" >/dev/null
fi

echo "Installing" $packages "..."
apt_get install -y -qq --no-install-recommends $packages >/dev/null ||
    fail "apt-get could not install these packages: $(echo $packages)"
