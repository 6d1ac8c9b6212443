"""Areas, and points, lines and areas in one collection: every answer holds them as they were loaded."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas
import httpx
import pyarrow.ipc
import pyarrow.parquet
import pyogrio
import pytest
import shapely
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from lxml import etree

from otn.api.encoders.gml import application_schema
from otn.model.collections import AREAS as AREAS_COLLECTION
from otn.model.collections import COLLECTIONS, PORT_FACILITIES
from otn.settings import Settings
from tests.api import tiles
from tests.api.conftest import served
from tests.api.gml_schemas import gml_schema
from tests.api.shapes import ACCIDENT, AREAS, FACILITIES, NO_AREA, fill_shapes, load_wkt
from tests.conftest import clone, open_directory

Shapes = dict[str, shapely.Geometry]
BOW_TIE = shapely.make_valid(shapely.from_wkt(AREAS["bow tie"]))
EXPECTED: dict[str, Shapes] = {
    "areas": {name: BOW_TIE if name == "bow tie" else shapely.from_wkt(wkt) for name, wkt in AREAS.items()},
    "port-facilities": {name: shapely.from_wkt(wkt) for name, wkt in FACILITIES.items()},
}
TYPES = {
    "areas": {"MultiPolygon"},
    "port-facilities": {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"},
}
# The formats that GDAL reads, with the endings of its files.
FILES = {
    "json": "json",
    "jsonfg": "fg.json",
    "geojsonseq": "geojsons",
    "gml": "gml",
    "kml": "kml",
    "fgb": "fgb",
    "gpkg": "gpkg",
}

both = pytest.mark.parametrize("collection", ["areas", "port-facilities"])


@pytest.fixture(scope="module")
def shapes_url(cluster_url: Callable[[str], str], template_database: str) -> str:
    clone(cluster_url, template_database, "otn_shapes")
    with open_directory() as folder:
        fill_shapes(cluster_url("otn_shapes"), folder)
    return cluster_url("otn_shapes")


@pytest.fixture(scope="module")
def shapes(shapes_url: str) -> Iterator[httpx.Client]:
    """A client of a service before these shapes."""
    with served(Settings(database_url=shapes_url)) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield client


def items(client: httpx.Client, collection: str, **parameters: Any) -> bytes:
    answer = client.get(f"/collections/{collection}/items", params={"limit": 100, **parameters})
    assert answer.status_code == 200, answer.text
    return answer.content


def check(found: Shapes, collection: str) -> None:
    expected = EXPECTED[collection]
    assert found.keys() == expected.keys()
    for name, geometry in found.items():
        assert geometry.equals(expected[name]), name
        assert shapely.get_dimensions(geometry) == shapely.get_dimensions(expected[name])


@both
def test_geojson_has_every_type_and_outer_rings_counterclockwise(shapes: httpx.Client, collection: str) -> None:
    features = json.loads(items(shapes, collection))["features"]
    found = {one["properties"]["localId"]: shapely.from_geojson(json.dumps(one["geometry"])) for one in features}
    check(found, collection)
    assert {geometry.geom_type for geometry in found.values()} == TYPES[collection]
    polygons = [
        part for geometry in found.values() for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"
    ]
    assert all(polygon.exterior.is_ccw for polygon in polygons)
    assert not any(ring.is_ccw for polygon in polygons for ring in polygon.interiors)


@both
@pytest.mark.parametrize("f", FILES)
def test_gdal_reads_every_format(shapes: httpx.Client, collection: str, f: str, tmp_path: Path) -> None:
    path = tmp_path / f"shapes.{FILES[f]}"
    path.write_bytes(items(shapes, collection, f=f))
    read: geopandas.GeoDataFrame = pyogrio.read_dataframe(path, layer=pyogrio.list_layers(path)[0][0])
    check(dict(zip(read["localId"], read.geometry, strict=True)), collection)


@both
def test_geopandas_reads_parquet_and_arrow(shapes: httpx.Client, collection: str) -> None:
    content = items(shapes, collection, f="parquet")
    parquet = geopandas.read_parquet(io.BytesIO(content))
    check(dict(zip(parquet["localId"], parquet.geometry, strict=True)), collection)
    geo = json.loads(pyarrow.parquet.ParquetFile(io.BytesIO(content)).metadata.metadata[b"geo"])
    told = geo["columns"]["geometry"]["geometry_types"]
    assert told == (["MultiPolygon"] if collection == "areas" else [])
    arrow = geopandas.GeoDataFrame.from_arrow(pyarrow.ipc.open_stream(items(shapes, collection, f="arrow")).read_all())
    check(dict(zip(arrow["localId"], arrow.geometry, strict=True)), collection)


@both
def test_csv_has_wkt(shapes: httpx.Client, collection: str) -> None:
    rows = list(csv.DictReader(io.StringIO(items(shapes, collection, f="csv").decode())))
    check({row["localId"]: shapely.from_wkt(row["geometry"]) for row in rows}, collection)


@both
def test_a_geopackage_declares_its_type(shapes: httpx.Client, collection: str, tmp_path: Path) -> None:
    path = tmp_path / "shapes.gpkg"
    path.write_bytes(items(shapes, collection, f="gpkg"))
    assert pyogrio.read_info(path)["geometry_type"] == ("MultiPolygon" if collection == "areas" else "Unknown")


@pytest.mark.parametrize("collection", [AREAS_COLLECTION, PORT_FACILITIES], ids=lambda collection: collection.id)
@pytest.mark.parametrize("crs", ["OGC/1.3/CRS84", "EPSG/0/3857"])
def test_gml_is_valid_and_no_two_elements_have_one_identifier(shapes: httpx.Client, collection: Any, crs: str) -> None:
    uri = f"http://www.opengis.net/def/crs/{crs}"
    root = etree.fromstring(items(shapes, collection.id, f="gml", crs=uri))
    gml_schema(application_schema(collection)).assertValid(root)
    geometries = [element[0] for element in root.iter("{urn:otn:model}geometry")]
    assert len(geometries) == len(EXPECTED[collection.id])
    assert {geometry.get("srsName") for geometry in geometries} == {uri}


@both
def test_features_are_what_their_schema_says(shapes: httpx.Client, collection: str) -> None:
    schema = shapes.get(f"/collections/{collection}/schemas/feature").json()
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for feature in json.loads(items(shapes, collection))["features"]:
        known = {name: value for name, value in feature["properties"].items() if value is not None}
        validator.validate(feature | {"properties": known})
    bad = {"type": "Feature", "id": 1, "geometry": {"type": "Point", "coordinates": [[1, 2]]}, "properties": {}}
    assert not validator.is_valid(bad)


@both
@pytest.mark.parametrize("parameters", [{"zoom-level": 0}, {"zoom-level": 9}, {"max-allowable-offset": 0.05}])
def test_what_is_simplified_stays_what_it_was(
    shapes: httpx.Client, collection: str, parameters: dict[str, float]
) -> None:
    features = json.loads(items(shapes, collection, **parameters))["features"]
    found = {one["properties"]["localId"]: shapely.from_geojson(json.dumps(one["geometry"])) for one in features}
    assert found.keys() == EXPECTED[collection].keys()
    for name, geometry in found.items():
        assert not geometry.is_empty, name
        assert shapely.get_dimensions(geometry) == shapely.get_dimensions(EXPECTED[collection][name])
        assert shapely.get_dimensions(geometry) != 2 or geometry.is_valid


@both
def test_a_box_selects_what_it_touches(shapes: httpx.Client, collection: str) -> None:
    for box in ((4.12, 51.12, 4.18, 51.18), (4.3, 51.2, 4.42, 51.205), (4.0, 50.0, 6.0, 52.0), (4.95, 51, 5.05, 51.04)):
        features = json.loads(items(shapes, collection, bbox=",".join(map(str, box))))["features"]
        expected = {name for name, shape in EXPECTED[collection].items() if shape.intersects(shapely.box(*box))}
        assert {one["properties"]["localId"] for one in features} == expected


LITERALS = {
    "point": "POINT(4.05 51.05)",
    "line": "LINESTRING(4.3 51.2,4.41 51.2)",
    "area": "POLYGON((4.3 51.1,4.415 51.1,4.415 51.3,4.3 51.3,4.3 51.1))",
    "mixed": "GEOMETRYCOLLECTION(POINT(4.3 51.25),LINESTRING(4.34 51.2,4.36 51.2),"
    "POLYGON((4.38 51.2,4.4 51.2,4.4 51.3,4.38 51.3,4.38 51.2)))",
}


@both
@pytest.mark.parametrize("literal", LITERALS)
@pytest.mark.parametrize("relation", ["intersects", "disjoint", "within", "contains", "touches", "crosses", "overlaps"])
def test_filters_relate_every_type(shapes: httpx.Client, collection: str, relation: str, literal: str) -> None:
    """As GEOS relates them, which takes collections of several types for intersections only."""
    given = shapely.from_wkt(LITERALS[literal])
    filter_ = f"S_{relation.upper()}(geometry,{LITERALS[literal]})"
    features = json.loads(items(shapes, collection, filter=filter_))["features"]
    if literal == "mixed" and relation not in ("intersects", "disjoint"):
        return
    related = getattr(shapely, relation)
    expected = {name for name, shape in EXPECTED[collection].items() if related(shape, given)}
    assert {one["properties"]["localId"] for one in features} == expected


def test_of_mixed_geometry_the_inside_of_a_collection_is_that_of_its_parts(shapes: httpx.Client) -> None:
    filter_ = f"S_WITHIN(geometry,{LITERALS['mixed']})"
    features = json.loads(items(shapes, "port-facilities", filter=filter_))["features"]
    assert {one["properties"]["localId"] for one in features} == {"berth", "dock"}


@both
@pytest.mark.parametrize("zoom", [8, 11, 14])
def test_tiles_hold_every_type(shapes: httpx.Client, collection: str, zoom: int, tmp_path: Path) -> None:
    place = (4.385, 51.205) if collection == "port-facilities" else (4.05, 51.05)
    address = tiles.address(*place, zoom)
    answer = shapes.get(f"/collections/{collection}/tiles/WebMercatorQuad/{address}")
    assert answer.status_code == 200
    drawn = tiles.read(answer.content, address, tmp_path, collection)
    dimensions = {int(shapely.get_dimensions(feature.geometry)) for feature in drawn}
    assert 2 in dimensions
    if collection == "port-facilities" and zoom == 11:
        assert dimensions == {0, 1, 2}


def test_areas_smaller_than_a_pixel_are_not_drawn(shapes: httpx.Client, tmp_path: Path) -> None:
    names = []
    for zoom in (4, 11, 15):
        address = tiles.address(4.90005, 51.00005, zoom)
        content = shapes.get(f"/collections/areas/tiles/WebMercatorQuad/{address}").content
        drawn = tiles.read(content, address, tmp_path, "areas") if content else []
        names.append({feature.properties["name"] for feature in drawn})
    assert "with a hole" in names[0]
    assert ["tiny" in drawn for drawn in names] == [False, False, True]


@both
def test_a_tileset_says_the_dimension_where_there_is_one(shapes: httpx.Client, collection: str) -> None:
    (layer,) = shapes.get(f"/collections/{collection}/tiles/WebMercatorQuad").json()["layers"]
    assert layer.get("geometryDimension") == COLLECTIONS[collection].geometry.dimension


def test_only_lines_have_a_length(shapes: httpx.Client) -> None:
    features = json.loads(items(shapes, "port-facilities"))["features"]
    lengths = {one["properties"]["localId"]: one["properties"]["length"] for one in features}
    assert {name for name, length in lengths.items() if length is not None} == {"quay", "quays"}


def test_a_search_by_name_needs_names(shapes: httpx.Client) -> None:
    accidents = "/collections/accidents/items"
    assert shapes.get(accidents, params={"q": "a"}).json()["parameter"] == "q"
    assert shapes.get(accidents, params={"q": "a"}).status_code == 400
    assert shapes.get("/collections/areas/items", params={"q": "bow"}).json()["numberMatched"] == 1
    paths = shapes.get("/api", params={"f": "json"}).json()["paths"]
    told = {one["$ref"] for one in paths[accidents]["get"]["parameters"] if "$ref" in one}
    assert "#/components/parameters/q" not in told
    assert 'name="q"' not in shapes.get(accidents, params={"f": "html"}).text
    assert 'name="q"' in shapes.get("/collections/areas/items", params={"f": "html"}).text


@pytest.mark.parametrize("f", ["json", "html", "csv", "gml", "kml", "jsonfg", "parquet", "gpkg", "qlr"])
def test_a_collection_without_names_has_every_format(shapes: httpx.Client, f: str) -> None:
    path = "/collections/accidents" if f == "qlr" else "/collections/accidents/items"
    assert shapes.get(path, params={"f": f}).status_code == 200
    (accident,) = shapes.get("/collections/accidents/items").json()["features"]
    assert accident["properties"]["hour"] == 17
    assert shapely.from_geojson(json.dumps(accident["geometry"])) == shapely.from_wkt(ACCIDENT)


def test_names_of_own_are_no_links(shapes: httpx.Client) -> None:
    for page in ("accidents/schema", "accidents/items", "accidents/queryables"):
        text = shapes.get(f"/collections/{page}", params={"f": "html"}).text
        assert 'href="urn:' not in text
        assert "Slight" in text


@pytest.mark.parametrize("path", ["", "/items", "/schema", "/queryables", "/tiles/WebMercatorQuad"])
@both
def test_pages_are_there(shapes: httpx.Client, collection: str, path: str) -> None:
    for language in ("en", "nl", "fr", "de"):
        answer = shapes.get(f"/collections/{collection}{path}", params={"f": "html", "lang": language})
        assert answer.status_code == 200


def test_what_is_no_area_is_rejected_with_its_reason(database_url: str, tmp_path: Path) -> None:
    summary = load_wkt(
        database_url, "elsewhere/areas", {"good": AREAS["bow tie"], "bad": NO_AREA, "line": ACCIDENT}, tmp_path
    )
    assert (summary.number_added, summary.number_rejected) == (1, 2)
    assert summary.rejects_by_reason == {"geometry/invalid": 1, "geometry/type": 1}
