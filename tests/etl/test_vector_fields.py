import json
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from otn.etl.readers.mapping import SourceFields
from otn.model.collections import AIRPORTS, COLLECTIONS, PORTS, RAILWAYS, ROADS, Collection
from otn.model.fields import Kind


def of(collection: Collection, **columns: list[Any]) -> dict[str, list[Any]]:
    fields = {name: column.to_pylist() for name, column in SourceFields(None).of(pa.table(columns), collection).items()}
    if "sourceCodes" in fields:
        fields["sourceCodes"] = [text and json.loads(text) for text in fields["sourceCodes"]]
    return fields


@pytest.mark.parametrize("column", ["speedLimit", "speed_limit", "SPEEDLIMIT"])
def test_a_column_is_found_by_the_fields_name(column: str) -> None:
    assert of(ROADS, **{column: [50, None]})["speedLimit"] == [50, None]


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("name", " Dorp ", "Dorp"),
        ("name", "  ", None),
        ("name", 12, "12"),
        ("name", 12.0, "12"),
        ("lanes", "2", 2),
        ("lanes", "2.5", None),
        ("lanes", "1e99", None),
        ("maximumHeight", "3.5", 3.5),
        ("maximumHeight", "nan", None),
        ("bridge", "T", True),
        ("bridge", 0, False),
        ("bridge", "perhaps", None),
        ("functionalRoadClass", "mainroad", "mainRoad"),
        ("functionalRoadClass", "http://inspire.ec.europa.eu/codelist/FunctionalRoadClassValue/mainRoad", "mainRoad"),
        ("functionalRoadClass", "https://inspire.ec.europa.eu/codelist/FunctionalRoadClassValue/MAINROAD", "mainRoad"),
        ("functionalRoadClass", "3", None),
        ("surface", "paved", "paved"),
        ("surface", "asphalt", "paved"),
        ("validFrom", "2020-01-02", datetime(2020, 1, 2, tzinfo=UTC)),
        ("validFrom", "2020-01-02T03:04:05+02:00", datetime(2020, 1, 2, 1, 4, 5, tzinfo=UTC)),
        ("validFrom", "2020-01-02 03:04:05", datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("validFrom", "0001-01-01T00:00:00+02:00", None),
        ("validFrom", "last year", None),
    ],
)
def test_values_are_cast_to_the_fields_kind_or_null(field: str, value: Any, expected: Any) -> None:
    assert of(ROADS, **{field: [value]})[field] == [expected]


def test_what_was_mapped_converted_or_unusable_stays_as_the_publisher_wrote_it() -> None:
    fields = of(
        ROADS,
        Name=["Dorp", "Kerk"],
        lanes=["2", "many"],
        surface=["asphalt", "paved"],
        validFrom=["2020-01-02", "soon"],
        colour=["red", "blue"],
    )
    assert fields["sourceCodes"] == [{"surface": "asphalt"}, {"lanes": "many", "validFrom": "soon"}]


def test_roads_may_have_openstreetmaps_names_of_columns() -> None:
    fields = of(ROADS, ref=["N153", "E34;A21"], maxspeed=["30 mph", "50"], oneway=["yes", None], osm_id=["1", "2"])
    assert fields["nationalRoadCode"] == ["N153", "A21"]
    assert fields["europeanRoadNumber"] == [None, "E 34"]
    assert fields["speedLimit"] == [48, 50]
    assert fields["direction"] == ["inDirection", None]
    assert fields["sourceCodes"] == [{"maxspeed": "30 mph", "oneway": "yes"}, {"ref": "E34;A21"}]


def test_a_column_highway_holds_openstreetmaps_tags() -> None:
    fields = of(ROADS, highway=["primary", "track"], lanes=[2.0, None], name=["Dorp", None], bridge=[None, "yes"])
    assert fields["functionalRoadClass"] == ["firstClass", "fifthClass"]
    assert fields["bridge"] == [False, True]
    assert fields["lanes"] == [2, None]
    assert fields["sourceCodes"] == [{"highway": "primary", "lanes": "2"}, {"highway": "track", "bridge": "yes"}]


def test_geofabriks_columns_are_read_in_their_own_way() -> None:
    fields = of(
        ROADS,
        fclass=["track_grade2", "unknown", "primary"],
        oneway=["B", "F", "T"],
        maxspeed=[0, 50, 70],
        bridge=["F", "T", "F"],
    )
    assert fields["functionalRoadClass"] == ["fifthClass", None, "firstClass"]
    assert fields["direction"] == ["bothDirections", "inDirection", "inOppositeDirection"]
    assert fields["speedLimit"] == [None, 50, 70]
    assert fields["bridge"] == [False, True, False]
    assert fields["sourceCodes"][0] == {"fclass": "track_grade2", "oneway": "B", "maxspeed": "0", "bridge": "F"}


def test_ports_and_airports_have_their_codes() -> None:
    ports = of(PORTS, LOCODE=["BE ANR", "Antwerp"], country=["be", "Belgium"])
    assert ports["unLocode"] == ["BEANR", None]
    assert ports["country"] == ["BE", None]
    assert ports["sourceCodes"] == [
        {"LOCODE": "BE ANR", "country": "be"},
        {"LOCODE": "Antwerp", "country": "Belgium"},
    ]
    airports = of(
        AIRPORTS, icao_code=["ebbr", "12"], iata_code=["BRU", ""], elevation_ft=[184, None], iso_country=["BE"] * 2
    )
    assert airports["icao"] == ["EBBR", None]
    assert airports["iata"] == ["BRU", None]
    assert airports["elevation"] == [56.08, None]
    assert airports["sourceCodes"] == [{"icao_code": "ebbr", "elevation_ft": "184"}, {"icao_code": "12"}]


def test_of_several_columns_for_a_field_its_own_name_counts() -> None:
    assert of(ROADS, maxspeed=["30"], speedLimit=["50"])["speedLimit"] == [50]


def test_what_otn_says_itself_is_not_taken_from_the_publisher() -> None:
    assert of(RAILWAYS, dataset=["mine"], region=["north"], length=[3.0], licence=["free"], localId=["x"]) == {}


@pytest.mark.parametrize("collection", COLLECTIONS.values(), ids=COLLECTIONS.keys())
def test_every_answer_has_the_type_of_its_field(collection: Collection) -> None:
    columns = {field.name: ["1"] for field in collection.fields}
    kinds = {
        Kind.TEXT: pa.string(),
        Kind.CODE: pa.string(),
        Kind.INTEGER: pa.int64(),
        Kind.NUMBER: pa.float64(),
        Kind.BOOLEAN: pa.bool_(),
        Kind.INSTANT: pa.timestamp("us", tz="UTC"),
        Kind.OBJECT: pa.string(),
    }
    for name, column in SourceFields(None).of(pa.table(columns), collection).items():
        assert column.type == kinds[collection.by_name[name].kind]
