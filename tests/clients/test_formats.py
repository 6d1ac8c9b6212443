"""Every format that Debian's GDAL 3.6 and QGIS 3.22 know opens there: count, kind of geometry, place and fields."""

import json
import re
from pathlib import Path

import httpx
import pytest

from otn.model.collections import COLLECTIONS
from tests.api.sample import NUMBER_OF_ROADS
from tests.clients.programs import run
from tests.clients.test_qgis import Report
from tests.clients.test_qgis import run as run_qgis
from tests.conftest import serving

pytestmark = pytest.mark.clients

# Parquet and Arrow are not built into Debian's GDAL; tests/api reads them back with geopandas and pyarrow.
FORMATS = ("geojson", "geojsonseq", "ndjson", "csv", "fgb", "gpkg", "jsonfg", "gml", "kml")
SUFFIXES = {"geojsonseq": "geojsons", "ndjson": "geojsonl", "jsonfg": "json"}
EXPECTED = {
    "roads": (NUMBER_OF_ROADS, "Line String", [4.01, 51, 4.23, 51.1]),
    "airports": (2, "Point", [4.45278, 50.45917, 4.48444, 50.90139]),
}
CASES = [(collection, name) for collection in EXPECTED for name in FORMATS]


@pytest.fixture(scope="module")
def files(sample_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample in every format."""
    folder = tmp_path_factory.mktemp("formats")
    with serving(sample_url) as address, httpx.Client(base_url=address, timeout=60) as client:
        for collection, name in CASES:
            answer = client.get(f"/collections/{collection}/download?f={name}")
            assert answer.status_code == 200, answer.text
            path(folder, collection, name).write_bytes(answer.content)
    return folder


def path(folder: Path, collection: str, name: str) -> Path:
    return folder / f"{collection}.{SUFFIXES.get(name, name)}"


def columns(collection: str) -> list[str]:
    """How GDAL is told which columns of a CSV file are the geometry: they have the names that users would guess."""
    if collection == "airports":
        return ["-oo", "X_POSSIBLE_NAMES=longitude", "-oo", "Y_POSSIBLE_NAMES=latitude", "-oo", "AUTODETECT_TYPE=YES"]
    return ["-oo", "GEOM_POSSIBLE_NAMES=geometry"]


@pytest.mark.parametrize(("collection", "name"), CASES)
def test_gdal_opens_it(files: Path, collection: str, name: str) -> None:
    options = columns(collection) if name == "csv" else []
    listed = run("ogrinfo", "-al", *options, str(path(files, collection, name)))
    count, geometry, extent = EXPECTED[collection]
    assert f"Feature Count: {count}\n" in listed
    # Of some formats GDAL knows the kind of geometry from the features only.
    kind = "Unknown (any)" if name in ("gml", "kml") or options[1:2] == ["GEOM_POSSIBLE_NAMES=geometry"] else geometry
    assert f"Geometry: {kind}\n" in listed
    assert len(re.findall(f"^  {geometry.replace(' ', '').upper()} (?:Z )?\\(", listed, re.MULTILINE)) == count
    corners = re.findall(r"^Extent: \((.*), (.*)\) - \((.*), (.*)\)", listed, re.MULTILINE)
    assert [[float(number) for number in corner] for corner in corners] == [pytest.approx(extent, abs=1e-6)]
    fields = set(re.findall(r"^(\w+): (?:String|Integer|Real|Date|DateTime)", listed, re.MULTILINE))
    assert {"inspireId", called("name", name), "dataset", "licence"} <= fields


def called(field: str, name: str) -> str:
    """The name of a field in a format: the name of a feature is KML's own."""
    return "Name" if (field, name) == ("name", "kml") else field


@pytest.fixture(scope="module")
def qgis(files: Path) -> Report:
    report = run_qgis(files, "qgis_opens.py", json.dumps({f"{c} {n}": source(files, c, n) for c, n in CASES}))
    print("QGIS", report["version"])
    found: Report = report["files"]
    return found


def source(folder: Path, collection: str, name: str) -> tuple[str, str]:
    """A file as QGIS names it, and the provider that reads it."""
    file = path(folder, collection, name)
    if name != "csv":
        return str(file), "ogr"
    place = "xField=longitude&yField=latitude" if collection == "airports" else "wktField=geometry"
    return f"file://{file}?type=csv&{place}&crs=EPSG:4326", "delimitedtext"


@pytest.mark.parametrize(("collection", "name"), CASES)
def test_qgis_opens_it(qgis: Report, collection: str, name: str) -> None:
    layer = qgis[f"{collection} {name}"]
    count, geometry, extent = EXPECTED[collection]
    assert (layer["valid"], layer["count"]) == (True, count)
    assert layer["geometry"].removesuffix("Z") == geometry.replace(" ", "")
    assert layer["extent"] == pytest.approx(extent, abs=1e-6)
    # What no feature has is not in GML at all.
    if name != "gml":
        assert {called(field.name, name) for field in COLLECTIONS[collection].fields} <= set(layer["fields"])
