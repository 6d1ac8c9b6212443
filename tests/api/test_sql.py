"""Statements: values never become SQL, and a page without conditions counts nothing."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otn.api.bbox import BoundingBox
from otn.api.crs import parse_crs
from otn.api.encoders.geojson import GEOJSON
from otn.api.paging import Place, SortKey
from otn.api.presentation import Presentation
from otn.api.query import ItemsQuery
from otn.api.selection import Equality, Selection
from otn.api.sql import feature_statement, items_statement
from otn.api.temporal import parse_datetime
from otn.model.collections import COLLECTIONS, ROADS, Collection
from otn.store.statement import Statement

SHOWN = Presentation(ROADS.fields)
SELECTION = Selection(
    bbox=BoundingBox(170, 0, -170, 1),
    datetime=parse_datetime("2020-01-01/2020-12-31"),
    equalities=(Equality(ROADS.by_name["name"], "Dorp"), Equality(ROADS.by_name["speedLimit"], 50)),
    terms=("rue", "50%"),
)
PLACE = Place(("1",), 2, 3)
BY_NAME = (SortKey(ROADS.by_name["name"]), SortKey(ROADS.by_name["speedLimit"], descending=True))
QUERIES = [
    ItemsQuery(limit=1, presentation=SHOWN),
    ItemsQuery(limit=7, presentation=SHOWN, selection=SELECTION, place=PLACE, offset=20),
    ItemsQuery(limit=7, presentation=Presentation(ROADS.fields, parse_crs("EPSG:3035", "crs"), tolerance=3)),
    ItemsQuery(limit=7, presentation=SHOWN, selection=SELECTION, order=BY_NAME, place=Place(("a", None), 2, 3, True)),
    ItemsQuery(limit=7, presentation=SHOWN, order=BY_NAME, place=Place((None, "5"), 2, 3)),
    ItemsQuery(limit=7, presentation=SHOWN, hits=True),
]


@given(st.text(min_size=1))
def test_values_are_parameters(value: str) -> None:
    def statement(text: str) -> Statement:
        selection = Selection(equalities=(Equality(ROADS.by_name["name"], text),))
        return items_statement(ROADS, ItemsQuery(SHOWN, selection, limit=1), GEOJSON)

    assert statement(value).sql == statement("other").sql
    assert value in statement(value).parameters


@pytest.mark.parametrize("counted", [True, False])
@pytest.mark.parametrize("query", QUERIES)
def test_every_parameter_is_used_and_given(query: ItemsQuery, counted: bool) -> None:
    statement = items_statement(ROADS, query, GEOJSON, counted=counted)
    used = {int(number) for number in re.findall(r"\$(\d+)", statement.sql)}
    assert used == set(range(1, len(statement.parameters) + 1))


def test_a_page_without_conditions_takes_its_count_from_the_state() -> None:
    assert "hits" not in items_statement(ROADS, ItemsQuery(SHOWN, limit=10, place=PLACE), GEOJSON).sql


@pytest.mark.parametrize("collection", COLLECTIONS.values(), ids=COLLECTIONS)
def test_every_field_is_served_by_its_name(collection: Collection) -> None:
    statement = feature_statement(collection, 1, Presentation(collection.fields), GEOJSON)
    for field in collection.fields:
        assert f'f."{field.column}" AS "{field.name}"' in statement.sql
