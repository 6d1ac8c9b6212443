"""The formats that PostgreSQL renders as text, read back by other programs: nothing is lost, whatever texts hold."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import pytest
import shapely
from lxml import etree

from otn.api.crs import CRS84, EVERYWHERE, parse_crs
from otn.api.encoders.csv import Csv
from otn.api.encoders.geojson import GeoJson, GeoJsonLines, GeoJsonSequence
from otn.api.encoders.gml import Gml, application_schema
from otn.api.encoders.jsonfg import JsonFg
from otn.api.encoders.kml import Kml
from otn.api.encoders.view import TextFormat, View
from otn.model.collections import COLLECTIONS, PORTS, ROADS, Collection
from tests.api.formats import (
    ANTIMERIDIAN,
    NASTY_TEXTS,
    NUMBER_OF_ROADS,
    PAGE_NOTICE,
    document,
    features,
    page_of,
    view_in,
    whole_view,
)
from tests.api.gml_schemas import gml_schema

TEXT_FORMATS: dict[str, TextFormat] = {
    "geojson": GeoJson(),
    "geojsonseq": GeoJsonSequence(),
    "ndjson": GeoJsonLines(),
    "csv": Csv(),
    "jsonfg": JsonFg(),
    "gml": Gml(),
    "kml": Kml(),
}
XML_TEXTS = [
    "".join("\ufffd" if character in "\x01\x08\x0b\x1b\x1e\x1f\ufffe" else character for character in text)
    for text in NASTY_TEXTS
]
EPSG_4326 = parse_crs("EPSG:4326", "crs")
WEB_MERCATOR = parse_crs("EPSG:3857", "crs")
BARE = replace(whole_view(ROADS), fields=(), geometry=None)


def rows_of(nasty_url: str, view: View) -> list[dict[str, str]]:
    text = document(nasty_url, Csv(), view).decode()
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


@pytest.mark.parametrize("name", TEXT_FORMATS)
@pytest.mark.parametrize("collection", COLLECTIONS.values(), ids=COLLECTIONS)
def test_every_collection_has_every_format(nasty_url: str, name: str, collection: Collection) -> None:
    document(nasty_url, TEXT_FORMATS[name], whole_view(collection))


@pytest.mark.parametrize("name", TEXT_FORMATS)
def test_a_client_may_ask_for_nothing_but_identifiers(nasty_url: str, name: str) -> None:
    rendered = features(nasty_url, TEXT_FORMATS[name], BARE)
    assert len(rendered) == NUMBER_OF_ROADS
    assert b"1099511627776" in rendered[-2]
    assert b"50.1" not in document(nasty_url, TEXT_FORMATS[name], BARE)


@pytest.mark.parametrize("name", ["geojson", "jsonfg"])
def test_json_holds_what_the_database_holds(nasty_url: str, name: str) -> None:
    collection = json.loads(document(nasty_url, TEXT_FORMATS[name], whole_view(ROADS)))
    assert collection["numberMatched"] == collection["numberReturned"] == NUMBER_OF_ROADS
    assert collection["timeStamp"] == "2024-05-06T07:08:09Z"
    assert collection["links"] == page_of(whole_view(ROADS)).links
    first = collection["features"][0]
    assert first["geometry"] == {"type": "LineString", "coordinates": [[4.1234567, 50.1], [4.2, 51]]}
    assert list(first["properties"]) == [field.name for field in ROADS.fields]
    assert [feature["properties"]["name"] for feature in collection["features"]] == [*NASTY_TEXTS, None, "Taveuni"]
    assert (
        first["properties"]
        | {
            "speedLimit": 51,
            "maximumHeight": 4.25,
            "length": 0.1 + 0.2,
            "bridge": False,
            "validTo": None,
            "sourceCodes": {"highway": NASTY_TEXTS[0], "n": [1, None]},
        }
        == first["properties"]
    )


def test_a_count_that_is_not_known_is_left_out() -> None:
    page = page_of(whole_view(ROADS))
    empty = json.loads(GeoJson().head(page) + GeoJson().tail(page))
    assert set(empty) == {"type", "timeStamp", "links", "features"}


def test_a_text_sequence_is_one_record_a_feature(nasty_url: str) -> None:
    records = document(nasty_url, GeoJsonSequence(), whole_view(ROADS)).split(b"\x1e")
    assert records[0] == b""
    assert all(record.endswith(b"}\n") and record.count(b"\n") == 1 for record in records[1:])
    assert [json.loads(record)["id"] for record in records[1:]] == [*range(1, NUMBER_OF_ROADS - 1), 2**40, 100]


def test_lines_hold_one_feature_each(nasty_url: str) -> None:
    lines = document(nasty_url, GeoJsonLines(), whole_view(ROADS)).split(b"\n")
    assert lines.pop() == b""
    assert [json.loads(line)["properties"]["name"] for line in lines] == [*NASTY_TEXTS, None, "Taveuni"]


@pytest.mark.parametrize("name", ["geojson", "geojsonseq", "ndjson"])
def test_gdal_reads_geojson_of_every_kind(nasty_url: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / "roads.geojsonl"
    path.write_bytes(document(nasty_url, TEXT_FORMATS[name], whole_view(ROADS)))
    read = pyogrio.read_dataframe(path, fid_as_index=True)
    assert list(read["name"].dropna()) == [*NASTY_TEXTS, "Taveuni"]
    assert list(read.index) == [*range(1, NUMBER_OF_ROADS - 1), 2**40, 100]
    assert read.geometry.iloc[-1].equals(shapely.from_wkt(ANTIMERIDIAN))


@pytest.mark.parametrize("crs", EVERYWHERE, ids=lambda crs: crs.uri.rpartition("/")[2])
def test_coordinates_follow_the_axes_of_the_authority(nasty_url: str, crs: Any) -> None:
    (feature,) = (json.loads(text) for text in features(nasty_url, GeoJson(), view_in(PORTS, crs))[:1])
    x, y = crs.from_wgs84.transform(179.5, 66.1234567)
    expected = (y, x) if crs.axes_swapped else (x, y)
    assert feature["geometry"]["coordinates"] == pytest.approx(expected, abs=2 * 10**-crs.decimals)
    assert "crs" not in feature["geometry"]


def test_csv_tells_null_from_empty_and_keeps_every_character(nasty_url: str) -> None:
    text = document(nasty_url, Csv(), whole_view(ROADS))
    assert text.count(b"\r\n") >= NUMBER_OF_ROADS + 1
    rows = rows_of(nasty_url, whole_view(ROADS))
    assert list(rows[0]) == ["id", *(field.name for field in ROADS.fields), "geometry"]
    assert [row["name"] for row in rows] == [*NASTY_TEXTS, "", "Taveuni"]
    assert b'urn:otn:elsewhere/roads/local-1099511627776",,,' in text
    assert f'local-{len(NASTY_TEXTS)}","",,'.encode() in text
    values = {name: rows[0][name] for name in ("id", "speedLimit", "bridge", "lanes", "validFrom", "validTo")}
    assert values == {
        "id": "1",
        "speedLimit": "51",
        "bridge": "false",
        "lanes": "",
        "validFrom": "2010-01-01T00:00:00Z",
        "validTo": "",
    }
    assert rows[1]["validTo"] == "2015-12-31T21:59:59.5Z"
    assert float(rows[0]["length"]) == 0.1 + 0.2
    assert json.loads(rows[0]["sourceCodes"])["highway"] == NASTY_TEXTS[0]
    assert shapely.from_wkt(rows[-1]["geometry"]).equals(shapely.from_wkt(ANTIMERIDIAN))


@pytest.mark.parametrize(
    ("crs", "names"),
    [(CRS84, ("longitude", "latitude")), (EPSG_4326, ("longitude", "latitude")), (WEB_MERCATOR, ("x", "y"))],
)
def test_points_are_two_columns(nasty_url: str, crs: Any, names: tuple[str, str]) -> None:
    row = rows_of(nasty_url, view_in(PORTS, crs))[0]
    assert tuple(row)[-2:] == names
    expected = crs.from_wgs84.transform(179.5, 66.1234567)
    assert [float(row[name]) for name in names] == pytest.approx(expected, abs=10**-crs.decimals)


def test_gdal_reads_csv(nasty_url: str, tmp_path: Path) -> None:
    path = tmp_path / "roads.csv"
    path.write_bytes(document(nasty_url, Csv(), whole_view(ROADS)))
    read = pyogrio.read_dataframe(path, AUTODETECT_TYPE="YES", GEOM_POSSIBLE_NAMES="geometry")
    assert len(read) == NUMBER_OF_ROADS
    assert read["speedLimit"].dtype.kind in "if"
    assert read.geometry.iloc[-1].equals(shapely.from_wkt(ANTIMERIDIAN))


def test_jsonfg_says_what_geojson_cannot(nasty_url: str) -> None:
    collection = json.loads(document(nasty_url, JsonFg(), whole_view(ROADS)))
    assert collection["conformsTo"] == [
        "http://www.opengis.net/spec/json-fg-1/1.0/conf/core",
        "http://www.opengis.net/spec/json-fg-1/1.0/conf/types-schemas",
    ]
    assert collection["featureType"] == "roads"
    assert "coordRefSys" not in collection
    assert [feature["time"] for feature in collection["features"]][:2] == [
        {"interval": ["2010-01-01T00:00:00Z", ".."]},
        {"interval": ["2010-01-01T00:00:00Z", "2015-12-31T21:59:59.5Z"]},
    ]
    assert collection["features"][-1]["time"] is None
    assert {feature["place"] for feature in collection["features"]} == {None}


def test_jsonfg_puts_other_reference_systems_into_place(nasty_url: str, tmp_path: Path) -> None:
    text = document(nasty_url, JsonFg(), view_in(ROADS, EPSG_4326))
    collection = json.loads(text)
    assert collection["coordRefSys"] == "http://www.opengis.net/def/crs/EPSG/0/4326"
    assert collection["features"][0]["geometry"] is None
    assert collection["features"][0]["place"]["coordinates"][0] == [50.1, 4.1234567]
    path = tmp_path / "roads.fg.json"
    path.write_bytes(text)
    read = pyogrio.read_dataframe(path)
    assert read.crs == "EPSG:4326"
    assert read.geometry.iloc[-1].equals(shapely.from_wkt(ANTIMERIDIAN))


def test_one_feature_of_jsonfg_is_a_document(nasty_url: str) -> None:
    view = view_in(ROADS, WEB_MERCATOR)
    feature = json.loads(JsonFg().single(page_of(view), features(nasty_url, JsonFg(), view)[0]))
    assert feature["type"] == "Feature"
    assert feature["featureType"] == "roads"
    assert feature["coordRefSys"] == WEB_MERCATOR.uri
    assert len(feature["conformsTo"]) == 2
    assert feature["links"] == page_of(view).links


@pytest.mark.parametrize("crs", [CRS84, EPSG_4326, WEB_MERCATOR], ids=["CRS84", "4326", "3857"])
def test_gdal_reads_gml(nasty_url: str, crs: Any, tmp_path: Path) -> None:
    path = tmp_path / "roads.gml"
    path.write_bytes(document(nasty_url, Gml(), view_in(ROADS, crs)))
    read = pyogrio.read_dataframe(path)
    assert list(read["gml_id"])[-2:] == ["roads.1099511627776", "roads.100"]
    assert read["speedLimit"].iloc[0] == 51
    assert read.crs.to_epsg(20) == crs.srid or crs is CRS84
    expected = geopandas.GeoSeries.from_wkt(["LINESTRING(4.1234567 50.1, 4.2 51)"], crs=4326).to_crs(crs.srid)[0]
    assert shapely.equals_exact(read.geometry.iloc[0], expected, tolerance=2 * 10**-crs.decimals)


def test_gml_holds_what_the_database_holds(nasty_url: str) -> None:
    root = etree.fromstring(document(nasty_url, Gml(), whole_view(ROADS)))
    space = root.nsmap
    names = [member.findtext("otn:name", namespaces=space) for member in root.iterfind("sf:featureMember/*", space)]
    assert [name or "" for name in names] == [*XML_TEXTS, "", "Taveuni"]
    assert names[-2] is None
    assert root.findtext("gml:description", namespaces=space) == PAGE_NOTICE
    assert "otn:lanes" not in document(nasty_url, Gml(), whole_view(ROADS)).decode()


@pytest.mark.parametrize("collection", [ROADS, PORTS], ids=["roads", "ports"])
def test_gml_is_valid(nasty_url: str, collection: Collection) -> None:
    schema = gml_schema(application_schema(collection))
    schema.assertValid(etree.fromstring(document(nasty_url, Gml(), whole_view(collection))))
    single = Gml().single(page_of(whole_view(collection)), features(nasty_url, Gml(), whole_view(collection))[0])
    schema.assertValid(etree.fromstring(single))


def test_gml_names_its_schema() -> None:
    page = page_of(whole_view(ROADS))
    schema = {"href": "http://otn.example/roads.xsd?a&b", "rel": "describedby", "type": "application/xml"}
    head = Gml().head(page._replace(links=[*page.links, schema])) + Gml().tail(page)
    location = etree.fromstring(head).get("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation")
    assert location is not None
    assert location.split()[2:] == ["urn:otn:model", "http://otn.example/roads.xsd?a&b"]


def test_gdal_reads_kml_with_its_types(nasty_url: str, tmp_path: Path) -> None:
    path = tmp_path / "roads.kml"
    path.write_bytes(document(nasty_url, Kml(), whole_view(ROADS)))
    read = pyogrio.read_dataframe(path)
    assert list(read["id"])[-2:] == ["roads.1099511627776", "roads.100"]
    assert read["speedLimit"].iloc[0] == 51
    assert read["begin"].iloc[0].isoformat().startswith("2010-01-01T00:00:00")
    assert shapely.force_2d(read.geometry.iloc[-1]).equals(shapely.from_wkt(ANTIMERIDIAN))


def test_kml_holds_what_the_database_holds(nasty_url: str) -> None:
    root = etree.fromstring(document(nasty_url, Kml(), whole_view(ROADS)))
    space = {"k": "http://www.opengis.net/kml/2.2"}
    places = root.findall("k:Document/k:Placemark", space)
    assert [place.findtext("k:name", "", space) for place in places] == [*XML_TEXTS, "", "Taveuni"]
    assert root.findtext("k:Document/k:description", namespaces=space) == PAGE_NOTICE


def test_kml_is_in_degrees_whatever_was_asked_for(nasty_url: str) -> None:
    feature = features(nasty_url, Kml(), view_in(PORTS, WEB_MERCATOR))[0]
    longitude, latitude = etree.fromstring(feature).findtext("Point/coordinates").split(",")
    assert (float(longitude), float(latitude)) == pytest.approx((179.5, 66.12), abs=0.01)
