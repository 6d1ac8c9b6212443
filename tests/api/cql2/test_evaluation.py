"""Random filters mean in PostGIS what they mean in plain Python."""

import json
from typing import Any

import hypothesis
from hypothesis import given
from hypothesis import strategies as st

from otn.api.cql2.compile import filter_sql
from otn.api.cql2.language import FilterLanguage
from otn.api.cql2.parse import parse_filter
from otn.api.crs import CRS84
from otn.model.collections import ROADS
from otn.store.statement import SqlParameters
from tests.api.cql2.conftest import Fetch
from tests.api.cql2.evaluation import COMPARISONS, holds
from tests.api.cql2.rows import ROAD_ROWS

Trees = st.SearchStrategy[Any]


def op(name: str, *arguments: Trees) -> Trees:
    return st.tuples(*arguments).map(lambda values: {"op": name, "args": list(values)})


def ops(names: Any, *arguments: Trees) -> Trees:
    return st.sampled_from(sorted(names)).flatmap(lambda name: op(name, *arguments))


def prop(*names: str) -> Trees:
    return st.sampled_from(names).map(lambda name: {"property": name})


NUMBERS: Trees = st.recursive(
    prop("speedLimit", "lanes", "maximumHeight", "id")
    | st.integers(-100, 100)
    | st.sampled_from([0.5, 4.5, 50, 70, 1e300, -1e308, 1e-300, 2**53]),
    lambda inner: (
        ops(["+", "-", "*", "/", "%", "div", "^"], inner, inner)
        | ops(["abs", "floor", "ceil", "round"], inner)
        | op("characters", prop("name"))
    ),
    max_leaves=4,
)
LETTERS = "aSsßéÉς%_O'\\ N12"
TEXT_LITERALS = st.sampled_from(["Straße", "STRASSE", "eglise", "N1;N2", "mainRoad", ""]) | st.text(LETTERS, max_size=4)
TEXTS: Trees = st.recursive(
    prop("name", "nationalRoadCode", "functionalRoadClass") | TEXT_LITERALS,
    lambda inner: ops(["casei", "accenti"], inner) | op("lower", prop("name", "functionalRoadClass")),
    max_leaves=2,
)
PATTERNS: Trees = st.text("sSßéN%_1\\", max_size=4).filter(lambda text: (len(text) - len(text.rstrip("\\"))) % 2 == 0)
FOLDED_PATTERNS: Trees = st.recursive(PATTERNS, lambda inner: ops(["casei", "accenti"], inner), max_leaves=1)
DATES = st.sampled_from(["2019-05-05", "2020-01-01", "2020-06-15", "2020-12-31", "2021-01-01"])
STAMPS = st.sampled_from(
    ["2020-01-01T00:00:00Z", "2020-01-01T10:00:00Z", "2020-06-15T00:00:00Z", "2021-01-01T23:59:59Z"]
)
TIMES = prop("validFrom", "validTo")
INSTANTS: Trees = TIMES | DATES.map(lambda value: {"date": value}) | STAMPS.map(lambda value: {"timestamp": value})


def ordered(ends: list[Any]) -> bool:
    return not all(isinstance(end, str) and end != ".." for end in ends) or ends[0][:10] < ends[1][:10]


INTERVALS: Trees = (
    st.lists(DATES | STAMPS | TIMES | st.just(".."), min_size=2, max_size=2)
    .filter(ordered)
    .map(lambda ends: {"interval": ends})
)
ARRAYS: Trees = prop("nationalRoadCode") | st.lists(
    st.sampled_from(["N1", "N2", "N3", 1, 2, True, {"property": "speedLimit"}]), max_size=3
).filter(lambda values: {"property": "speedLimit"} not in values)
INSTANT_RELATIONS = ["t_after", "t_before", "t_disjoint", "t_equals", "t_intersects"]
INTERVAL_RELATIONS = [
    *("t_contains", "t_during", "t_finishedBy", "t_finishes", "t_meets"),
    *("t_metBy", "t_overlappedBy", "t_overlaps", "t_startedBy", "t_starts"),
]
PREDICATES: Trees = st.one_of(
    ops(COMPARISONS, NUMBERS, NUMBERS),
    ops(COMPARISONS, TEXTS, TEXTS),
    ops(["=", "<>"], prop("bridge", "tunnel"), prop("bridge", "tunnel") | st.booleans()),
    ops(COMPARISONS, INSTANTS, INSTANTS),
    ops(INSTANT_RELATIONS, INSTANTS | INTERVALS, INSTANTS | INTERVALS),
    ops(INTERVAL_RELATIONS, INTERVALS, INTERVALS),
    ops(["a_equals", "a_contains", "a_containedBy", "a_overlaps"], ARRAYS, ARRAYS),
    op("like", TEXTS, FOLDED_PATTERNS),
    op("between", NUMBERS, NUMBERS, NUMBERS),
    op("in", NUMBERS, st.lists(NUMBERS, min_size=1, max_size=3)),
    op("in", TEXTS, st.lists(TEXTS, min_size=1, max_size=3)),
    op("isNull", NUMBERS | TEXTS | TIMES | prop("bridge")),
    prop("bridge", "tunnel"),
    st.booleans(),
)
FILTERS: Trees = st.recursive(
    PREDICATES,
    lambda inner: (
        op("not", inner)
        | ops(["and", "or"], inner, inner)
        | op("and", inner, inner, inner)
        | ops(["=", "<>"], inner, inner)
        | op("isNull", inner)
    ),
    max_leaves=4,
)


@hypothesis.settings(max_examples=40, suppress_health_check=list(hypothesis.HealthCheck))
@given(filters=st.lists(FILTERS, min_size=30, max_size=30))
def test_postgis_and_python_agree(fetch: Fetch, filters: list[Any]) -> None:
    parameters = SqlParameters()
    conditions = [
        filter_sql(parse_filter(json.dumps(tree), FilterLanguage.JSON, ROADS, CRS84), parameters) for tree in filters
    ]
    columns = ", ".join(f"{condition} AS c{number}" for number, condition in enumerate(conditions))
    answers = fetch(f"SELECT {columns} FROM roads ORDER BY id", parameters.values)  # noqa: S608 - what is tested
    for number, tree in enumerate(filters):
        expected = [holds(tree, row) for row in ROAD_ROWS]
        assert [answer[f"c{number}"] for answer in answers] == expected, json.dumps(tree)


def test_a_folded_name_is_found_by_its_index(fetch: Fetch) -> None:
    parameters = SqlParameters()
    text = "CASEI(ACCENTI(name)) LIKE CASEI(ACCENTI('%eglise%'))"
    condition = filter_sql(parse_filter(text, FilterLanguage.TEXT, ROADS, CRS84), parameters)
    fetch("SET enable_seqscan = off", ())
    plan = fetch(f"EXPLAIN SELECT id FROM roads WHERE {condition}", parameters.values)  # noqa: S608 - ours
    fetch("RESET enable_seqscan", ())
    assert "roads_folded_name_idx" in str(plan)
