"""GDAL's OAPIF driver reads every collection: Debian's ogrinfo and ogr2ogr, with their own defaults."""

import json
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.clients


def run(*command: str) -> str:
    program = shutil.which(command[0])
    assert program, f"{command[0]} is not installed: `make test` installs gdal-bin"
    done = subprocess.run([program, *command[1:]], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr
    return done.stdout


def get(url: str) -> dict[str, Any]:
    answer = httpx.get(url, timeout=60)
    answer.raise_for_status()
    document: dict[str, Any] = answer.json()
    return document


@pytest.fixture(scope="module", autouse=True)
def versions() -> None:
    print(run("ogrinfo", "--version").strip())


def test_ogrinfo_lists_the_collections_with_their_geometry(service: str) -> None:
    listed = run("ogrinfo", f"OAPIF:{service}")
    assert [line.split(": ", 1)[1] for line in listed.splitlines() if line[:1].isdigit()] == [
        "roads (title: Roads) (Line String)",
        "railways (title: Railways) (Line String)",
        "ports (title: Ports) (Point)",
        "sea-lanes (title: Sea lanes) (Line String)",
        "airports (title: Airports) (Point)",
    ]


@pytest.mark.parametrize("collection", ["roads", "railways", "ports", "sea-lanes", "airports"])
def test_ogrinfo_takes_count_and_extent_from_the_collection(service: str, collection: str) -> None:
    summary = run("ogrinfo", "-so", f"OAPIF:{service}", collection)
    matched = get(f"{service}/collections/{collection}/items?limit=1")["numberMatched"]
    assert f"Feature Count: {matched}" in summary
    west, south, east, north = get(f"{service}/collections/{collection}")["extent"]["spatial"]["bbox"][0]
    assert f"Extent: ({west:.6f}, {south:.6f}) - ({east:.6f}, {north:.6f})" in summary


def test_ogrinfo_types_the_properties_that_any_feature_fills(service: str, real_data: Path) -> None:  # noqa: ARG001
    summary = run("ogrinfo", "-so", f"OAPIF:{service}", "roads")
    for declared in (
        "name: String",
        "functionalRoadClass: String",
        "speedLimit: Integer (0.0)",
        "lanes: Integer (0.0)",
        "bridge: Integer(Boolean)",
        "length: Real",
    ):
        assert declared in summary


def test_ogr2ogr_copies_a_large_collection_without_loss_or_duplicate(service: str, tmp_path: Path) -> None:
    matched = get(f"{service}/collections/roads/items?limit=1")["numberMatched"]
    assert matched >= 50_000
    copy = tmp_path / "roads.gpkg"
    run("ogr2ogr", "-f", "GPKG", str(copy), f"OAPIF:{service}", "roads", "-oo", "PAGE_SIZE=10000")
    with sqlite3.connect(copy) as connection:
        [(rows, ids, identifiers)] = connection.execute(
            "SELECT count(*), count(DISTINCT fid), count(DISTINCT inspireId) FROM roads"
        )
    connection.close()
    print(f"ogr2ogr copied {rows} roads")
    assert (rows, ids) == (matched, matched)
    assert identifiers == matched


def test_ogr2ogr_pages_by_its_own_default_too(service: str, tmp_path: Path) -> None:
    copy = tmp_path / "sea-lanes.geojson"
    run("ogr2ogr", "-f", "GeoJSON", str(copy), f"OAPIF:{service}", "sea-lanes")
    features = json.loads(copy.read_text())["features"]
    assert len({feature["properties"]["inspireId"] for feature in features}) == len(features)
    assert len(features) == get(f"{service}/collections/sea-lanes/items?limit=1")["numberMatched"]


def test_a_feature_is_found_by_its_id(service: str) -> None:
    feature = get(f"{service}/collections/ports/items?unLocode=BEANR")["features"][0]
    found = run("ogrinfo", "-fid", str(feature["id"]), f"OAPIF:{service}", "ports")
    assert f"OGRFeature(ports):{feature['id']}" in found
    assert "name (String) = Antwerpen" in found


def test_filters_by_attribute_place_and_time(service: str) -> None:
    by_attribute = run("ogrinfo", "-so", "-where", "country = 'LV'", f"OAPIF:{service}", "airports")
    assert "Feature Count: 16" in by_attribute
    by_place = run("ogrinfo", "-so", "-spat", "4.2", "51.1", "4.6", "51.3", f"OAPIF:{service}", "ports")
    in_box = get(f"{service}/collections/ports/items?bbox=4.2,51.1,4.6,51.3")["numberMatched"]
    assert f"Feature Count: {in_box}" in by_place
