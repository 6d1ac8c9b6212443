"""The relations between times against their definitions, pair by pair, and those between geometries against GEOS."""

import itertools
import json
from typing import Any

import hypothesis
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from otn.api.cql2.compile import filter_sql
from otn.api.cql2.language import FilterLanguage
from otn.api.cql2.parse import parse_filter
from otn.api.crs import CRS84
from otn.model.collections import AIRPORTS, ROADS, Collection
from otn.store.statement import SqlParameters
from tests.api.cql2.conftest import Fetch
from tests.api.cql2.evaluation import holds
from tests.api.cql2.rows import AIRPORT_ROWS, ROAD_ROWS
from tests.api.cql2.test_evaluation import INSTANT_RELATIONS, INTERVAL_RELATIONS

ENDS = [
    "2020-01-01",
    "2020-01-01T10:00:00Z",
    "2020-06-15",
    "2020-12-31T23:00:00Z",
    "2021-01-01",
    {"property": "validTo"},
]
INTERVALS = [
    *({"interval": [first, second]} for first, second in itertools.combinations(ENDS, 2)),
    {"interval": ["..", "2020-06-15"]},
    {"interval": ["2020-06-15", ".."]},
    {"interval": ["..", ".."]},
    {"interval": [{"property": "validFrom"}, {"property": "validTo"}]},
]
INSTANTS = [
    {"property": "validFrom"},
    {"date": "2020-01-01"},
    {"date": "2020-06-15"},
    {"timestamp": "2020-06-15T00:00:00Z"},
    {"timestamp": "2020-12-31T23:00:00Z"},
]


def answers(fetch: Fetch, trees: list[Any], collection: Collection = ROADS) -> list[list[bool | None]]:
    """For each filter what it is of each row."""
    parameters = SqlParameters()
    columns = [
        filter_sql(parse_filter(json.dumps(tree), FilterLanguage.JSON, collection, CRS84), parameters) for tree in trees
    ]
    listed = ", ".join(f"{sql} AS c{number}" for number, sql in enumerate(columns))
    rows = fetch(f"SELECT {listed} FROM {collection.table} ORDER BY id", parameters.values)  # noqa: S608 - our columns
    return [[row[f"c{number}"] for row in rows] for number in range(len(trees))]


@pytest.mark.parametrize("relation", [*INSTANT_RELATIONS, *INTERVAL_RELATIONS])
def test_times_stand_in_the_relation_that_is_defined(fetch: Fetch, relation: str) -> None:
    times = INTERVALS + (INSTANTS if relation in INSTANT_RELATIONS else [])
    trees = [{"op": relation, "args": list(pair)} for pair in itertools.product(times, repeat=2)]
    expected = [[holds(tree, row) for row in ROAD_ROWS] for tree in trees]
    assert {True, False} <= set(itertools.chain(*expected))
    assert answers(fetch, trees) == expected


SPATIAL = ["intersects", "disjoint", "equals", "touches", "crosses", "within", "contains", "overlaps"]
POSITIONS = st.tuples(st.sampled_from([-5, 0, 3, 5, 10]), st.sampled_from([-5, 0, 5]))
POINTS = st.builds(shapely.Point, POSITIONS)
LINES = st.lists(POSITIONS, min_size=2, max_size=3, unique=True).map(shapely.LineString).filter(shapely.is_simple)
AREAS = (
    st.tuples(POSITIONS, POSITIONS)
    .map(lambda corners: shapely.box(*corners[0], *corners[1]))
    .filter(lambda a: a.area > 0)
)
SINGLE = POINTS | LINES | AREAS
MULTIPLE = st.one_of(
    st.lists(POINTS, min_size=1, max_size=3).map(shapely.MultiPoint),
    st.lists(LINES, min_size=1, max_size=2).map(shapely.MultiLineString),
    st.lists(AREAS, min_size=1, max_size=2).map(shapely.MultiPolygon).filter(shapely.is_valid),
)
COLLECTIONS = st.recursive(
    SINGLE | MULTIPLE,
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(shapely.GeometryCollection),
    max_leaves=4,
)
WORLD = {AIRPORTS: AIRPORT_ROWS, ROADS: ROAD_ROWS}


def is_plain(geometry: BaseGeometry) -> bool:
    """Whether no part of a collection meets another: GEOS has rules of its own for the boundary where they do."""
    parts = shapely.get_parts(geometry)
    if geometry.geom_type != "GeometryCollection":
        return True
    return all(map(is_plain, parts)) and not any(a.intersects(b) for a, b in itertools.combinations(parts, 2))


@hypothesis.settings(max_examples=15, suppress_health_check=list(hypothesis.HealthCheck))
@given(geometries=st.lists(SINGLE | MULTIPLE | COLLECTIONS, min_size=8, max_size=8))
def test_geometries_stand_in_the_relation_that_geos_finds(fetch: Fetch, geometries: list[BaseGeometry]) -> None:
    for collection, rows in WORLD.items():
        features = [shapely.from_wkt(row.wkt) for row in rows]
        trees, expected = [], []
        for relation, geometry in itertools.product(SPATIAL, geometries):
            if relation not in ("intersects", "disjoint") and not is_plain(geometry):
                continue
            literal = json.loads(shapely.to_geojson(geometry))
            trees.append({"op": f"s_{relation}", "args": [{"property": "geometry"}, literal]})
            expected.append([bool(getattr(shapely, relation)(feature, geometry)) for feature in features])
            trees.append({"op": f"s_{relation}", "args": [literal, {"property": "geometry"}]})
            expected.append([bool(getattr(shapely, relation)(geometry, feature)) for feature in features])
        for tree, found, wanted in zip(trees, answers(fetch, trees, collection), expected, strict=True):
            assert found == wanted, json.dumps(tree)
