"""Statements: values never become SQL, and a page without conditions counts nothing."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otn.api.bbox import BoundingBox
from otn.api.query import Filter, ItemsQuery, Key
from otn.api.sql import feature_statement, items_statement
from otn.api.temporal import parse_datetime
from otn.model.collections import COLLECTIONS, ROADS, Collection

EVERYTHING = ItemsQuery(
    limit=7,
    bbox=BoundingBox(170, 0, -170, 1),
    datetime=parse_datetime("2020-01-01/2020-12-31"),
    filters=(Filter(ROADS.by_name["name"], "Dorp"), Filter(ROADS.by_name["speedLimit"], 50)),
    after=Key(1, 2),
    offset=20,
)


@given(st.text(min_size=1))
def test_values_are_parameters(value: str) -> None:
    name = ROADS.by_name["name"]
    statement = items_statement(ROADS, ItemsQuery(limit=1, filters=(Filter(name, value),)))
    assert statement.sql == items_statement(ROADS, ItemsQuery(limit=1, filters=(Filter(name, "other"),))).sql
    assert value in statement.parameters


@pytest.mark.parametrize("query", [ItemsQuery(limit=1), EVERYTHING])
def test_every_parameter_is_used_and_given(query: ItemsQuery) -> None:
    statement = items_statement(ROADS, query)
    used = {int(number) for number in re.findall(r"\$(\d+)", statement.sql)}
    assert used == set(range(1, len(statement.parameters) + 1))


def test_a_page_without_conditions_takes_its_count_from_the_state() -> None:
    assert "hits" not in items_statement(ROADS, ItemsQuery(limit=10, after=Key(1, 2))).sql


@pytest.mark.parametrize("collection", COLLECTIONS.values(), ids=COLLECTIONS)
def test_every_field_is_served_by_its_name(collection: Collection) -> None:
    statement = feature_statement(collection, 1)
    for field in collection.fields:
        assert f'f."{field.column}" AS "{field.name}"' in statement.sql
