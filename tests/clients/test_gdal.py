"""GDAL reads features and tiles: Debian's ogrinfo and ogr2ogr with their own defaults, and pyogrio's newer GDAL."""

import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pyogrio
import pytest
from pyproj import Transformer

from tests.clients.programs import run
from tests.conftest import serving

pytestmark = pytest.mark.clients


def get(url: str) -> dict[str, Any]:
    answer = httpx.get(url, timeout=60)
    answer.raise_for_status()
    document: dict[str, Any] = answer.json()
    return document


@pytest.fixture(scope="module", autouse=True)
def versions() -> None:
    print(run("ogrinfo", "--version").strip())
    print("pyogrio", pyogrio.__version__, "with GDAL", pyogrio.__gdal_version_string__)


@pytest.fixture(scope="module")
def sample_service(sample_url: str) -> Iterator[str]:
    """The address of a service whose roads have times."""
    with serving(sample_url) as address:
        yield address


def test_ogrinfo_lists_the_collections_with_their_geometry(service: str) -> None:
    listed = run("ogrinfo", f"OAPIF:{service}")
    assert [line.split(": ", 1)[1] for line in listed.splitlines() if line[:1].isdigit()] == [
        "roads (title: Roads) (Line String)",
        "road-nodes (title: Road nodes) (Point)",
        "railways (title: Railways) (Line String)",
        "ports (title: Ports) (Point)",
        "sea-lanes (title: Sea lanes) (Line String)",
        "airports (title: Airports) (Point)",
    ]


@pytest.mark.parametrize("collection", ["roads", "road-nodes", "railways", "ports", "sea-lanes", "airports"])
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


def count(service: str, collection: str, *options: str) -> int:
    """How many features ogrinfo finds."""
    summary = run("ogrinfo", "-so", *options, f"OAPIF:{service}", collection)
    return int(summary.split("Feature Count: ")[1].splitlines()[0])


def matched(service: str, collection: str, **parameters: str) -> int:
    """How many features the service finds."""
    asked = httpx.QueryParams({"limit": "1", **parameters})
    number: int = get(f"{service}/collections/{collection}/items?{asked}")["numberMatched"]
    return number


@pytest.mark.parametrize(
    ("collection", "condition", "parameters"),
    [
        ("airports", "country = 'LV'", {"country": "LV"}),
        ("ports", "unLocode = 'BEANR'", {"unLocode": "BEANR"}),
        ("roads", "speedLimit = 50 AND bridge = 0", {"speedLimit": "50", "bridge": "false"}),
    ],
)
def test_filters_by_value(
    service: str,
    real_data: Path,  # noqa: ARG001
    collection: str,
    condition: str,
    parameters: dict[str, str],
) -> None:
    expected = matched(service, collection, **parameters)
    assert expected > 0
    assert count(service, collection, "-where", condition) == expected
    frame = pyogrio.read_dataframe(f"OAPIF:{service}", layer=collection, where=condition)
    assert len(frame) == expected


def test_filters_by_place(service: str) -> None:
    expected = matched(service, "ports", bbox="4.2,51.1,4.6,51.3")
    assert expected > 0
    assert count(service, "ports", "-spat", "4.2", "51.1", "4.6", "51.3") == expected
    frame = pyogrio.read_dataframe(f"OAPIF:{service}", layer="ports", bbox=(4.2, 51.1, 4.6, 51.3))
    assert len(frame) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("validFrom >= '2010-01-01' AND validFrom < '2011-01-01'", 1),
        ("validFrom >= '2010/01/01 00:00:00' AND validFrom <= '2021/01/01 00:00:00'", 2),
        ("validFrom > '2019-01-01T00:00:00Z'", 1),
        ("validTo < '2016-01-01'", 1),
    ],
)
def test_filters_by_time_whatever_form_gdal_gives_the_interval(
    sample_service: str, condition: str, expected: int
) -> None:
    """GDAL sends some of these as `datetime`, and then gives features whose times are unknown too."""
    assert count(sample_service, "roads", "-where", condition) == expected
    frame = pyogrio.read_dataframe(f"OAPIF:{sample_service}", layer="roads", where=condition)
    assert expected == (frame["validFrom"].notna() | frame["validTo"].notna()).sum()


def test_newer_gdal_knows_types_before_it_reads_a_feature(sample_service: str) -> None:
    """From the schema that the collection is described by: the first page of the sample has no such values."""
    info = pyogrio.read_info(f"OAPIF:{sample_service}", layer="roads")
    types = dict(zip(info["fields"], info["dtypes"], strict=True))
    assert {name: types[name] for name in ("bridge", "speedLimit", "maximumHeight", "validFrom")} == {
        "bridge": "bool",
        "speedLimit": "int32",
        "maximumHeight": "float64",
        "validFrom": "datetime64[ms]",
    }
    assert info["features"] == matched(sample_service, "roads")
    frame = pyogrio.read_dataframe(f"OAPIF:{sample_service}", layer="roads", fid_as_index=True)
    assert set(frame.index) == set(range(1, 24))


TILE = ("10", "330", "505")  # zoom, row, column: motorways about Manchester


@pytest.mark.parametrize("form", ["?f=mvt", ".mvt", ".pbf"])
def test_the_driver_of_tiles_reads_a_tile(service: str, form: str) -> None:
    zoom, row, column = TILE
    address = f"MVT:{service}/collections/roads/tiles/WebMercatorQuad/{zoom}/{row}/{column}{form}"
    place = ("-oo", f"Z={zoom}", "-oo", f"Y={row}", "-oo", f"X={column}")
    summary = run("ogrinfo", "-so", *place, address, "roads")
    in_tile = int(summary.split("Feature Count: ")[1].splitlines()[0])
    print(f"ogrinfo read {in_tile} roads of a tile")
    assert in_tile > 0
    assert "dataset: String" in summary
    frame = pyogrio.read_dataframe(address, layer="roads", Z=zoom, Y=row, X=column)
    assert 0 < len(frame) <= in_tile  # the newer one leaves out what lies in the margin only
    assert frame.total_bounds == pytest.approx(tile_bounds(), abs=1000)


def test_the_driver_of_tiles_reads_the_layers_of_the_whole_dataset(service: str) -> None:
    listed = run(
        "ogrinfo", *("-oo", "Z=6", "-oo", "Y=21", "-oo", "X=32"), f"MVT:{service}/tiles/WebMercatorQuad/6/21/32.mvt"
    )
    print(listed)
    assert {"airports", "ports", "roads"} <= set(re.findall(r"[0-9]: (\S+)", listed))


def tile_bounds() -> tuple[float, float, float, float]:
    """The tile in EPSG:3857, from its numbers."""
    zoom, row, column = map(int, TILE)
    corner = Transformer.from_crs(4326, 3857, always_xy=True).transform(180, 0)[0]
    size = 2 * corner / 2**zoom
    west, north = column * size - corner, corner - row * size
    return west, north - size, west + size, north
