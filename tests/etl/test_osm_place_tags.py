"""The tables of tags: whatever somebody writes into a tag gives a value of the model or null, never an error."""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otn.etl.readers import osm_area_tags, osm_place_tags
from otn.etl.readers.osm_objects import Element, Shape
from otn.etl.readers.osm_rules import fields_by_rules, tags_of
from otn.etl.readers.osm_themes import kind_of
from otn.etl.rows import ARROW_TYPES
from otn.model.collections import COLLECTIONS
from otn.model.fields import Kind

THEMES = ("ports", "port-facilities", "airports", "runways", "railways", "areas", "buildings")
WORDS = st.sampled_from(
    [
        *("yes", "no", "true", "1", "-1", "0", "2", "4", "6", "8", "10"),
        *("aerodrome", "heliport", "apron", "runway", "taxiway", "harbour", "port", "dock", "pier", "quay", "ferry"),
        *("slipway", "rail", "tram", "subway", "administrative", "asphalt", "grass;asphalt", "24/7"),
        *(
            "BE",
            "FR-06",
            "EL30",
            "BEANR",
            "EBAW",
            "ANR",
            "12.5",
            "12m",
            "6'2\"",
            "39ft",
            "1e9",
            "nan",
            "inf",
            "٣",
            "😀",
        ),
        *("1922", "1922-02", "1922-02-31", "0000", "C19", "~1900", "9999999999", "99999999999"),
    ]
)
ODD = WORDS | st.text(max_size=20)


@given(st.data())
@pytest.mark.parametrize("collection", THEMES)
def test_odd_values_give_fields_of_the_model_or_null(collection: str, data: st.DataObject) -> None:
    kind = kind_of(collection, "BE")
    assert kind is not None
    tags = tags_of(kind.rules)
    rows = data.draw(st.lists(st.dictionaries(st.sampled_from(tags), ODD), min_size=1, max_size=4))
    table = pa.table({tag: pa.array([row.get(tag) for row in rows], pa.string()) for tag in tags})
    for name, column in fields_by_rules(kind.rules, table).items():
        field = COLLECTIONS[collection].by_name[name]
        assert column.type == ARROW_TYPES[field.kind]
        assert len(column) == len(rows)
        values = {value for value in column.to_pylist() if value is not None}
        assert field.kind is not Kind.INTEGER or all(-(2**31) <= value < 2**31 for value in values)
        # Only what is one of the theme reaches its rules, so the kinds of others do not matter.
        if field.codelist and not (name == "kind" and collection == "runways"):
            assert values <= set(field.codelist.values)


@given(st.dictionaries(st.sampled_from(["aeroway", "area", "railway", "building", "boundary", "route", "name"]), ODD))
@pytest.mark.parametrize("collection", THEMES)
def test_what_is_wanted_of_an_object_fits_what_it_is(collection: str, tags: dict[str, str]) -> None:
    kind = kind_of(collection)
    assert kind is not None
    possible: dict[Element, set[Shape | None]] = {
        Element.NODE: {Shape.POINT},
        Element.OPEN_WAY: {Shape.LINE, Shape.AREA, Shape.ROUTE},
        Element.CLOSED_WAY: {Shape.LINE, Shape.AREA, Shape.ROUTE},
        Element.AREA_RELATION: {Shape.AREA},
        Element.ROUTE_RELATION: {Shape.ROUTE},
    }
    for element, shapes in possible.items():
        assert kind.theme.shape(element, tags) in {*shapes, None}


@pytest.mark.parametrize(
    ("function", "text", "expected"),
    [
        (osm_place_tags.elevation, "-3", -3),
        (osm_place_tags.elevation, "39 ft", 11.887),
        (osm_place_tags.elevation, "12;13", None),
        (osm_place_tags.elevation, "12,5", None),
        (osm_place_tags.un_locode, "be anr", "BEANR"),
        (osm_place_tags.un_locode, "BEANR;NLRTM", None),
        (osm_place_tags.un_locode, "BE1NR", None),
        (osm_place_tags.icao, "EBAW", "EBAW"),
        (osm_place_tags.icao, "BE-0012", None),
        (osm_place_tags.iata, "ANRX", None),
        (osm_place_tags.lighted, "24/7", True),
        (osm_place_tags.lighted, "no", False),
        (osm_place_tags.lighted, "sometimes", None),
        (osm_place_tags.depth, "3.5 m", 3.5),
        (osm_place_tags.depth, "10'", 3.048),
        (osm_place_tags.depth, "-2", None),
        (osm_area_tags.height, "~20", None),
        (osm_area_tags.height, "6'2\"", 1.88),
        (osm_area_tags.floors, "3.0", 3),
        (osm_area_tags.floors, "3.5", None),
        (osm_area_tags.floors, "3;4", None),
        (osm_area_tags.floors, "-1", None),
        (osm_area_tags.use, "yes", None),
        (osm_area_tags.use, "house;shop", "house;shop"),
        (osm_area_tags.whole_number, "1251933", 1251933),
        (osm_area_tags.whole_number, "about 3", None),
        (osm_area_tags.whole_number, "9999999999", None),
        (osm_area_tags.first_instant, "1922", datetime(1922, 1, 1, tzinfo=UTC)),
        (osm_area_tags.first_instant, "1922-05", datetime(1922, 5, 1, tzinfo=UTC)),
        (osm_area_tags.first_instant, "1922-05-09", datetime(1922, 5, 9, tzinfo=UTC)),
        (osm_area_tags.first_instant, "1922-02-31", None),
        (osm_area_tags.first_instant, "1922-00", None),
        (osm_area_tags.first_instant, "0000", None),
        (osm_area_tags.first_instant, "~1900", None),
        (osm_area_tags.first_instant, "C19", None),
    ],
)
def test_a_value_is_what_it_says_for_certain(function: Any, text: str, expected: Any) -> None:
    assert function(text) == expected
    assert function(None) is None
