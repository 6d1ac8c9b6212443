#!/bin/sh
# Fetches the OGC's XML schemas under .tools/ for tests, as Maven Central has them; does nothing when they are there.
set -eu
cd "$(dirname "$0")/.."
version=5.0.1
checksum=671d66b71ec9952461c0cbd3ba0a8f36b41a836f29263d59b9bafb716110a877
target=.tools/ogc-schemas
file=$target/ogc-schemas-$version.jar

is_there() {
    [ -e "$file" ] && echo "$checksum  $file" | sha256sum --check --status
}
! is_there || exit 0

echo "Fetching the OGC's schemas ..."
rm -rf $target
mkdir -p $target
mvn --quiet --batch-mode dependency:copy -Dartifact=org.ogc-schemas:ogc-schemas:$version -DoutputDirectory=$target || {
    echo "otn: the schemas cannot be fetched: styles are not validated by them." >&2
    exit 0
}
is_there || { echo "otn: $file is not what it was when its checksum was written down." >&2; rm -f "$file"; exit 1; }
