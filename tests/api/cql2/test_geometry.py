"""Geometry literals in every reference system lie where pyproj says, in the order of the authority's axes."""

import pyproj
import pytest
import shapely

from otn.api.cql2.expression import Operation, Shape
from otn.api.cql2.functions import FUNCTIONS, functions_document
from otn.api.cql2.geometry import box, shape
from otn.api.cql2.language import FilterLanguage
from otn.api.cql2.parse import parse_filter
from otn.api.crs import CRS84, EVERYWHERE, NATIONAL, Crs, parse_crs
from otn.errors import BadRequest
from otn.model.collections import AIRPORTS
from tests.api.cql2.conftest import Select

BRUSSELS = (4.48444, 50.90139)
PLACES = {
    31370: BRUSSELS,
    3812: BRUSSELS,
    5514: (14.26, 50.1),
    3059: (23.97, 56.92),
    27700: (-0.45, 51.47),
    2154: (2.55, 49.01),
    2100: (23.94, 37.93),
}


def crs(code: int) -> Crs:
    return parse_crs(f"EPSG:{code}", "filter-crs")


def in_axis_order(system: Crs, longitude: float, latitude: float) -> list[float]:
    """The position as the authority writes it."""
    transformer = pyproj.Transformer.from_crs(4326, system.srid)  # latitude first
    return list(transformer.transform(latitude, longitude))


@pytest.mark.parametrize("system", [*EVERYWHERE[1:], *NATIONAL], ids=lambda system: str(system.srid))
def test_a_point_lies_where_pyproj_says(system: Crs) -> None:
    longitude, latitude = PLACES.get(system.srid, BRUSSELS)
    point = shape({"type": "Point", "coordinates": in_axis_order(system, longitude, latitude)}, system)
    assert (point.x, point.y) == pytest.approx((longitude, latitude), abs=1e-7)


def test_axes_are_the_authoritys(select: Select) -> None:
    assert select("S_INTERSECTS(geometry, BBOX(-1, 4, 1, 6))") == [2]
    assert select("S_INTERSECTS(geometry, BBOX(4, -1, 6, 1))", crs=crs(4326)) == [2]
    assert select("S_INTERSECTS(geometry, POINT(51 4.5))", AIRPORTS, crs(4326)) == [103]
    assert select("S_INTERSECTS(geometry, BBOX(4, 175, 20, -175))", crs=crs(4326)) == [6, 7]


def test_a_box_in_web_mercator_spans_the_antimeridian(select: Select) -> None:
    assert select("S_INTERSECTS(geometry, BBOX(19500000, 0, -19500000, 2000000))", crs=crs(3857)) == [6, 7]


def test_the_whole_world_in_web_mercator_holds_everything(select: Select) -> None:
    edge = 20037508.342789
    assert len(select(f"S_INTERSECTS(geometry, BBOX(-{edge}, -{edge}, {edge}, {edge}))", crs=crs(3857))) == 7


def test_a_long_straight_line_stays_where_it_is() -> None:
    """From Ostend to Arlon in Belgian Lambert 72 every point is within a decimetre of the line that was meant."""
    lambert = crs(31370)
    ends = [(48_000.0, 215_000.0), (254_000.0, 41_000.0)]
    line = shape({"type": "LineString", "coordinates": [list(end) for end in ends]}, lambert)
    dense = shapely.segmentize(line, 0.0005)
    x, y = lambert.from_wgs84.transform(*shapely.get_coordinates(dense).T)
    straight = shapely.LineString(ends)
    assert max(shapely.distance(straight, shapely.points(x, y))) < 0.1


@pytest.mark.parametrize(
    ("numbers", "system", "words"),
    [
        ([91, 0, 92, 1], crs(4326), "latitude (-90 to 90), longitude (-180 to 180)"),
        ([0, 91, 1, 92], CRS84, "longitude (-180 to 180), latitude (-90 to 90)"),
        ([0, 0, 3e7, 1], crs(3857), "beyond 20037508.34 m"),
        ([200_000, 0, 100_000, 1], crs(31370), "has no antimeridian"),
        ([1e15, 1e15, 2e15, 2e15], crs(31370), "is not defined"),
        ([1e15, 1e15, 2e15, 2e15], crs(3035), "is not defined"),
    ],
)
def test_what_lies_nowhere_is_refused(numbers: list[float], system: Crs, words: str) -> None:
    with pytest.raises(BadRequest, match="filter: ") as refusal:
        box(numbers, system)
    assert words in refusal.value.detail


def test_a_box_without_width_is_a_line_or_a_point() -> None:
    assert box([1, 2, 1, 2], CRS84).geom_type == "Point"
    assert box([1, 2, 1, 3], CRS84).geom_type == "LineString"
    assert box([1, 2, 3, 4], CRS84).geom_type == "Polygon"
    assert box([170, 2, -170, 4], CRS84).geom_type == "MultiPolygon"


def test_heights_are_set_aside() -> None:
    filter_ = parse_filter("S_WITHIN(geometry, BBOX(1, 2, 0, 3, 4, 9))", FilterLanguage.TEXT, AIRPORTS, CRS84)
    assert isinstance(filter_, Operation)
    literal = filter_.arguments[1]
    assert isinstance(literal, Shape)
    assert not literal.geometry.has_z
    assert literal.geometry.bounds == (1, 2, 3, 4)


def test_every_function_is_described() -> None:
    described = functions_document()["functions"]
    assert [function["name"] for function in described] == list(FUNCTIONS)
    types = {"string", "number", "integer", "datetime", "geometry", "boolean"}
    for function in described:
        assert function["description"].endswith(".")
        assert set(function["returns"]) <= types
        assert all(argument["title"] and set(argument["type"]) <= types for argument in function["arguments"])
