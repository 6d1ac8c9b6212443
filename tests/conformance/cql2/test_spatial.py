"""CQL2 (21-065r2), Annex A: basic spatial functions, with more literals, and spatial functions.

The docstrings are the identifiers of the abstract tests. No feature of OTN is an area.
"""

import pytest

from tests.conformance.cql2.expressions import CLASSES, LANGUAGES, Source, sources
from tests.conformance.iut import Iut

pytestmark = [pytest.mark.conformance, pytest.mark.parametrize("language", LANGUAGES)]

WORLD = "BBOX(-180,-90,180,90)"
POLYGON = "POLYGON((-180 -90,180 -90,180 90,-180 90,-180 -90))"
LINE = "LINESTRING(7 50,10 51)"
POINT = "POINT(7.02 49.92)"
POINTS = "MULTIPOINT(7 50,10 51)"
NOWHERE = "POINT(90 180)"


def geometries(iut: Iut, language: str) -> list[tuple[Source, str]]:
    """Each collection with its spatial queryable."""
    found = [
        (source, f'"{name}"')
        for source in sources(iut, language)
        for name, kind in source.queryables.items()
        if kind.startswith("geometry-")
    ]
    assert len(found) == len(iut.collections)
    return found


def test_classes_are_declared(iut: Iut, language: str) -> None:
    names = ("basic-spatial-functions", "basic-spatial-functions-plus", "basic-spatial-operators", "spatial-functions")
    assert {CLASSES + name for name in (*names, language)} <= iut.declared


def test_basic_s_intersects(iut: Iut, language: str) -> None:
    """/conf/basic-spatial-functions/s_intersects"""
    for source, name in geometries(iut, language):
        assert source.number(f"S_INTERSECTS({name},{WORLD})") == source.number("true")
        source.number(f"S_INTERSECTS({name},{POINT})")
        assert source.refuses(f"S_INTERSECTS({name},{NOWHERE})")
        west, east = (f"S_INTERSECTS({name},BBOX({ends}))" for ends in ("-180,-90,-90,90", "90,-90,180,90"))
        source.number(f"{west} AND {east}")


def test_basic_s_intersects_plus(iut: Iut, language: str) -> None:
    """/conf/basic-spatial-functions-plus/s_intersects"""
    hole = "(-180 -90, -90 -90, -90 90, -180 90, -180 -90), (-120 -50, -100 -50, -100 -40, -120 -40, -120 -50)"
    square = "(0 0, 10 0, 10 10, 0 10, 0 0)"
    for source, name in geometries(iut, language):
        assert source.refuses(f"S_INTERSECTS({name},MULTIPOINT(7.02 49.92, 90 180))")
        for literal in (
            "LINESTRING(-180 -45, 0 -45)",
            "MULTILINESTRING((-180 -45, 0 -45), (0 45, 180 45))",
            f"POLYGON({hole})",
            f"MULTIPOLYGON(({hole}),({square}))",
            f"GEOMETRYCOLLECTION(POINT(7.02 49.92), POLYGON({square}))",
        ):
            source.number(f"S_INTERSECTS({name},{literal})")


def test_s_intersects_and_s_disjoint(iut: Iut, language: str) -> None:
    """/conf/spatial-functions/s_intersects, /conf/spatial-functions/s_disjoint"""
    for source, name in geometries(iut, language):
        everything = source.number("true")
        for literal in (WORLD, POLYGON, LINE, POINT):
            meets, apart = f"S_INTERSECTS({name},{literal})", f"S_DISJOINT({name},{literal})"
            assert source.disjoint(meets, apart)
            assert source.number(meets) + source.number(apart) == everything
        assert source.identical(f"S_INTERSECTS({name},{WORLD})", f"S_INTERSECTS({name},{POLYGON})")
        assert source.number(f"S_DISJOINT({name},{WORLD})") == source.number(f"S_DISJOINT({name},{POLYGON})") == 0
        assert source.refuses(f"S_INTERSECTS({name},{NOWHERE})")
        assert source.refuses(f"S_DISJOINT({name},{NOWHERE})")


def test_s_equals(iut: Iut, language: str) -> None:
    """/conf/spatial-functions/s_equals"""
    for source, name in geometries(iut, language):
        assert source.identical(f"S_EQUALS({name},{POLYGON})", f"S_EQUALS({name},{LINE})")
        source.number(f"S_EQUALS({name},{POINT})")


@pytest.mark.parametrize("function", ["S_TOUCHES", "S_CROSSES"])
def test_s_touches_and_s_crosses(iut: Iut, language: str, function: str) -> None:
    """/conf/spatial-functions/s_touches, /conf/spatial-functions/s_crosses"""
    for source, name in geometries(iut, language):
        assert source.identical(f"{function}({name},{WORLD})", f"{function}({name},{POLYGON})")
        source.number(f"{function}({name},{LINE})")


def test_s_within_and_s_contains(iut: Iut, language: str) -> None:
    """/conf/spatial-functions/s_within, /conf/spatial-functions/s_contains"""
    for source, name in geometries(iut, language):
        for function in ("S_WITHIN", "S_CONTAINS"):
            assert source.identical(f"{function}({name},{WORLD})", f"{function}({name},{POLYGON})")
        for literal in (WORLD, LINE, POINTS):
            assert source.disjoint(f"S_WITHIN({name},{literal})", f"S_CONTAINS({name},{literal})")
        assert source.number(f"S_WITHIN({name},{WORLD})") == source.number("true")


def test_s_overlaps(iut: Iut, language: str) -> None:
    """/conf/spatial-functions/s_overlaps"""
    for source, name in geometries(iut, language):
        kind = source.queryables[name.strip('"')]
        source.number(f"S_OVERLAPS({name},{POINTS if 'point' in kind else LINE})")
