"""Every reference system lands where it should: GDAL takes what it is given back to degrees, and finds the same places.

GDAL 3.6 (Debian's ogr2ogr) reads the files, newer GDAL (pyogrio's) asks for pages in a system of its choice.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas
import httpx
import pyogrio
import pytest
import shapely
from pyproj import CRS
from shapely.geometry import shape

from tests.clients.national import PLACES, SYSTEMS, make
from tests.clients.programs import run
from tests.conftest import serving

pytestmark = pytest.mark.clients

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
PAIRS = [(collection, code) for collection, codes in SYSTEMS.items() for code in codes]
CENTIMETRES = 2e-7  # of a degree: about 2 cm, for coordinates that are rounded to one


@pytest.fixture(scope="module")
def address(cluster_url: Callable[[str], str], template_database: str) -> Iterator[str]:
    with serving(make(cluster_url, template_database, "otn_national")) as address:
        yield address


def check(found: list[Any], collection: str) -> None:
    """The geometries, in degrees and in any order, are those of the collection."""
    expected = sorted(PLACES[collection])
    for geometry, wkt in zip(sorted(found, key=lambda geometry: _place(geometry, expected)), expected, strict=True):
        assert shapely.get_coordinates(geometry) == pytest.approx(
            shapely.get_coordinates(shapely.from_wkt(wkt)), abs=CENTIMETRES
        )


def _place(geometry: Any, expected: list[str]) -> int:
    """Which of the expected geometries it is next to."""
    apart = [geometry.hausdorff_distance(shapely.from_wkt(wkt)) for wkt in expected]
    return apart.index(min(apart))


def test_every_system_is_tried(address: str) -> None:
    listed = httpx.get(f"{address}/collections").json()["collections"]
    offered = {(entry["id"], uri.rsplit("/", 1)[-1]) for entry in listed for uri in entry["crs"]}
    assert set(PAIRS) <= offered
    assert {code for _, code in PAIRS} == {code for _, code in offered} - {"CRS84"}
    everywhere = {"CRS84", "4326", "4258", "3857", "3035"}
    assert {pair for pair in offered if pair[1] not in everywhere} == {
        pair for pair in PAIRS if pair[1] not in everywhere
    }


@pytest.mark.parametrize(("collection", "code"), PAIRS)
def test_newer_gdal_asks_for_pages_in_it(address: str, collection: str, code: str) -> None:
    """GDAL swaps the axes of systems whose authority has north first; it takes CRS84 where it is told EPSG:4326."""
    frame = pyogrio.read_dataframe(f"OAPIF:{address}", layer=collection, CRS=EPSG + code)
    assert frame.crs == (CRS.from_epsg(int(code)) if code != "4326" else "OGC:CRS84")
    check(list(frame.to_crs("OGC:CRS84").geometry), collection)


@pytest.mark.parametrize(("collection", "code"), PAIRS)
def test_newer_gdal_finds_by_a_box_in_it(address: str, collection: str, code: str) -> None:
    """It sends the box in the layer's system, as `bbox-crs`, in the order of the authority's axes."""
    first = geopandas.GeoSeries([shapely.from_wkt(PLACES[collection][0])], crs="OGC:CRS84").to_crs(int(code))
    west, south, east, north = first.total_bounds
    margin = 0.001 if first.crs.is_geographic else 100
    box = (west - margin, south - margin, east + margin, north + margin)
    frame = pyogrio.read_dataframe(f"OAPIF:{address}", layer=collection, CRS=EPSG + code, bbox=box)
    assert list(frame["name"]) == [f"{collection} 0"]


@pytest.mark.parametrize("name", ["gml", "gpkg", "fgb"])
@pytest.mark.parametrize(("collection", "code"), PAIRS)
def test_gdal_takes_files_back_to_degrees(address: str, tmp_path: Path, collection: str, code: str, name: str) -> None:
    """Each says its system itself: GML by srsName with the authority's axes, the others with x before y."""
    file = downloaded(address, tmp_path / f"{collection}.{name}", collection, code)
    back = tmp_path / "back.geojson"
    run("ogr2ogr", "-f", "GeoJSON", "-lco", "COORDINATE_PRECISION=12", "-t_srs", "OGC:CRS84", str(back), str(file))
    check([shape(feature["geometry"]) for feature in json.loads(back.read_text())["features"]], collection)


@pytest.mark.parametrize(("collection", "code"), PAIRS)
def test_geopandas_takes_geoparquet_back_to_degrees(address: str, tmp_path: Path, collection: str, code: str) -> None:
    frame = geopandas.read_parquet(downloaded(address, tmp_path / f"{collection}.parquet", collection, code))
    assert frame.crs == CRS.from_epsg(int(code))
    check(list(frame.to_crs("OGC:CRS84").geometry), collection)


def downloaded(address: str, file: Path, collection: str, code: str) -> Path:
    """The whole collection in the format that the file's suffix names."""
    name = file.suffix.lstrip(".")
    answer = httpx.get(f"{address}/collections/{collection}/download?f={name}&crs={EPSG}{code}")
    assert answer.status_code == 200, answer.text
    file.write_bytes(answer.content)
    return file
