"""Geometry in bulk: one CRS, one precision, single parts, lengths in metres."""

import geopandas
import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Geod

from otn.errors import SourceError
from otn.etl.geometry import (
    CRS84,
    as_multi_polygons,
    as_plain,
    exploded,
    geodesic_lengths,
    repaired,
    rounded,
    to_crs84,
    without_collections,
    wrap_longitudes,
)
from otn.etl.rows import Geometries
from otn.store.hilbert import hilbert_ranks


def geometries(*wkt: str | None) -> Geometries:
    return np.array([shapely.from_wkt(text) if text else None for text in wkt], dtype=object)


def wkt(array: Geometries) -> list[str | None]:
    return [one.wkt if one is not None else None for one in array]


def test_lambert_72_lands_in_antwerp() -> None:
    [point] = to_crs84(geometries("POINT (152488 212063)"), CRS.from_epsg(31370))
    assert point.distance(shapely.Point(4.4014, 51.2203)) < 0.01


def test_geographic_coordinates_stay_as_they_are() -> None:
    assert wkt(to_crs84(geometries("POINT Z (4.4 51.2 7)", None), CRS.from_epsg(4326))) == ["POINT (4.4 51.2)", None]
    assert wkt(to_crs84(geometries("POINT (4.4 51.2)"), CRS84)) == ["POINT (4.4 51.2)"]


@pytest.mark.parametrize("crs", ["IAU_2015:49900", "EPSG:5773", "EPSG:4978", 'LOCAL_CS["a drawing"]'])
def test_what_is_not_on_the_earth_cannot_be_brought_to_degrees(crs: str) -> None:
    with pytest.raises(SourceError, match="the CRS of the source"):
        to_crs84(geometries("POINT (1 1)"), CRS.from_user_input(crs))


def test_longitudes_beyond_180_are_brought_back() -> None:
    assert wkt(wrap_longitudes(geometries("POINT (190 10)", "POINT (-190 10)", "POINT (1 2)"))) == [
        "POINT (-170 10)",
        "POINT (170 10)",
        "POINT (1 2)",
    ]


def test_a_line_across_the_antimeridian_is_cut_there() -> None:
    [line] = wrap_longitudes(geometries("LINESTRING (170 0, 190 20)"))
    assert {part.wkt for part in line.geoms} == {"LINESTRING (170 0, 180 10)", "LINESTRING (-180 10, -170 20)"}


def test_a_line_that_touches_the_antimeridian_and_crosses_it_is_whole_afterwards() -> None:
    [line] = wrap_longitudes(geometries("LINESTRING (181 0, 180 1, 181 2, 179 2, 178 4)"))
    assert {part.wkt for part in line.geoms} == {
        "LINESTRING (-179 0, -180 1)",
        "LINESTRING (-180 1, -179 2, -180 2)",
        "LINESTRING (180 2, 179 2, 178 4)",
    }


@given(st.lists(st.tuples(st.integers(-359, 359), st.integers(-90, 90)), min_size=2, max_size=6, unique=True))
def test_wrapping_keeps_every_piece_of_a_line(points: list[tuple[int, int]]) -> None:
    line = shapely.LineString(points)
    [wrapped] = wrap_longitudes(np.array([line]))
    west, _, east, _ = wrapped.bounds
    assert -180 <= west <= east <= 180
    apart = shapely.union_all([shapely.affinity.translate(wrapped, xoff=shift) for shift in (0, 360, -360)])
    assert line.difference(apart.buffer(1e-7)).length < 1e-6


def test_an_area_across_the_antimeridian_is_cut_there() -> None:
    [area] = wrap_longitudes(geometries("POLYGON ((170 0, 190 0, 190 10, 170 10, 170 0))"))
    assert sorted(part.bounds for part in area.geoms) == [(-180, 0, -170, 10), (170, 0, 180, 10)]


def test_an_area_that_crosses_itself_is_cut_there_too() -> None:
    [area] = wrap_longitudes(geometries("POLYGON ((170 0, 190 10, 190 0, 170 10, 170 0))"))
    assert area.bounds == (-180, 0, 180, 10)
    assert area.area == pytest.approx(100)


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ("POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))", "MULTIPOLYGON (((0 0, 1 1, 0 2, 0 0)), ((2 0, 2 2, 1 1, 2 0)))"),
        (
            "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 1 1.00000001, 1.00000001 1, 1 1))",
            "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0))",
        ),
        ("POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0, 0 -3, 0 0))", "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0))"),
        (
            "MULTIPOLYGON (((0 0, 2 0, 2 2, 0 2, 0 0)), ((1 0, 3 0, 3 2, 1 2, 1 0)))",
            "POLYGON ((0 0, 3 0, 3 2, 0 2, 0 0))",
        ),
    ],
    ids=["bow tie", "collapsed hole", "spike", "overlap"],
)
def test_areas_are_repaired(broken: str, mended: str) -> None:
    [area], [was_repaired] = repaired(rounded(geometries(broken)))
    assert area.is_valid
    assert area.equals(shapely.from_wkt(mended))
    assert was_repaired


def test_what_is_no_area_once_it_is_untangled_stays_as_it_is() -> None:
    broken = geometries("POLYGON ((1 1, 1.00000001 1, 1 1.00000001, 1 1))", "POLYGON ((0 0, 1 1, 2 2, 0 0))")
    areas, was_repaired = repaired(rounded(broken))
    assert [area.is_valid for area in areas] == [False, False]
    assert not was_repaired.any()


def test_outer_rings_run_counterclockwise_and_valid_areas_are_not_counted() -> None:
    clockwise = geometries("POLYGON ((0 0, 0 3, 3 3, 3 0, 0 0), (1 1, 2 1, 2 2, 1 2, 1 1))", None, "POINT (0 0)")
    areas, was_repaired = repaired(clockwise)
    assert areas[0].exterior.is_ccw
    assert not areas[0].interiors[0].is_ccw
    assert wkt(areas[1:]) == [None, "POINT (0 0)"]
    assert not was_repaired.any()


@given(st.lists(st.tuples(st.integers(-30, 30), st.integers(-30, 30)), min_size=4, max_size=12))
def test_a_repaired_area_is_valid_on_the_grid(corners: list[tuple[int, int]]) -> None:
    """Corners a few grid cells apart: the hardest that rounding can make of a ring."""
    ring = [(4 + x * 1e-7, 51 + y * 1e-7) for x, y in corners]
    before = rounded(np.array([shapely.Polygon(ring)]))
    [area], [was_repaired] = repaired(before)
    if was_repaired:
        assert area.is_valid
        assert area.area > 0
        assert rounded(np.array([area]))[0].wkb == area.wkb


def test_multi_geometries_stay_whole_where_they_may() -> None:
    mixed = geometries("MULTIPOINT ((0 0))", "MULTIPOINT ((0 0), (1 1))", "POLYGON ((0 0, 1 0, 1 1, 0 0))", None)
    assert wkt(as_plain(mixed)) == ["POINT (0 0)", *wkt(mixed)[1:]]
    assert wkt(as_multi_polygons(mixed))[2] == "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))"
    assert wkt(as_multi_polygons(mixed))[:2] == wkt(mixed)[:2]


def test_collections_are_taken_apart() -> None:
    parts, rows, numbers = without_collections(
        geometries(
            "POINT (5 5)",
            "GEOMETRYCOLLECTION (MULTIPOINT ((0 0), (1 1)), LINESTRING (0 0, 1 1))",
            None,
            "GEOMETRYCOLLECTION EMPTY",
            "MULTIPOINT ((2 2), (3 3))",
        )
    )
    assert wkt(parts) == [
        "POINT (5 5)",
        "MULTIPOINT ((0 0), (1 1))",
        "LINESTRING (0 0, 1 1)",
        None,
        "GEOMETRYCOLLECTION EMPTY",
        "MULTIPOINT ((2 2), (3 3))",
    ]
    assert rows.tolist() == [0, 1, 1, 2, 3, 4]
    assert numbers.tolist() == [0, 0, 1, 0, 0, 0]


def test_only_lines_have_a_length() -> None:
    lengths = geodesic_lengths(
        geometries("POINT (0 0)", "MULTILINESTRING ((0 0, 1 0), (2 0, 3 0))", "POLYGON ((0 0, 1 0, 1 1, 0 0))")
    )
    assert np.isnan(lengths[[0, 2]]).all()
    assert lengths[1] == pytest.approx(2 * 111319.49)


def test_numbers_too_large_to_be_rounded_stay_as_they_are() -> None:
    assert rounded(geometries("POINT (1e308 1.123456789)"))[0].coords[0] == (1e308, 1.1234568)


def test_coordinates_of_another_crs_are_not_wrapped() -> None:
    assert wkt(wrap_longitudes(geometries("POINT (152488 212063)"))) == ["POINT (152488 212063)"]


def test_rounding_drops_the_points_it_makes_equal() -> None:
    assert wkt(rounded(geometries("LINESTRING (1.00000001 2, 1.00000002 2, 3 4)"))) == ["LINESTRING (1 2, 3 4)"]


def test_multi_geometries_come_apart_and_rows_without_geometry_stay() -> None:
    parts, rows, numbers = exploded(
        geometries("MULTILINESTRING ((0 0, 1 1), (2 2, 3 3))", None, "POINT (1 1)", "LINESTRING EMPTY")
    )
    assert wkt(parts) == ["LINESTRING (0 0, 1 1)", "LINESTRING (2 2, 3 3)", None, "POINT (1 1)", "LINESTRING EMPTY"]
    assert rows.tolist() == [0, 0, 1, 2, 3]
    assert numbers.tolist() == [0, 1, 0, 0, 0]


def test_lengths_are_metres_on_the_ellipsoid() -> None:
    lengths = geodesic_lengths(geometries("LINESTRING (0 0, 1 0)", "LINESTRING (4 51, 4 51.001, 4 51.002)"))
    assert lengths.tolist() == pytest.approx([111319.49, 222.5], abs=0.02)


@given(
    st.floats(-180, 180),
    st.floats(-90, 90),
    st.floats(-0.02, 0.02),
    st.floats(-0.02, 0.02),
)
def test_short_lengths_are_the_geodesic_ones(longitude: float, latitude: float, east: float, north: float) -> None:
    end = (longitude + east, float(np.clip(latitude + north, -90, 90)))
    _, _, exact = Geod(ellps="WGS84").inv(longitude, latitude, *end)
    [length] = geodesic_lengths(np.array([shapely.LineString([(longitude, latitude), end])]))
    assert length == pytest.approx(exact, abs=0.0051)


def test_lengths_of_nothing() -> None:
    assert geodesic_lengths(geometries()).tolist() == []


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_page_ranks_leave_0_free_and_fit_a_bigint(longitude: float, latitude: float) -> None:
    [rank] = hilbert_ranks(np.array([shapely.Point(longitude, latitude)]))
    assert 1 <= rank <= 2**32


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1))
def test_page_ranks_are_the_places_on_the_curve_of_hilbert(places: list[tuple[float, float]]) -> None:
    points = shapely.points(places)
    theirs = geopandas.GeoSeries(points).hilbert_distance(total_bounds=(-180, -90, 180, 90), level=16)
    assert hilbert_ranks(points).tolist() == [distance + 1 for distance in theirs.tolist()]


def test_page_ranks_do_not_depend_on_the_other_rows() -> None:
    both = hilbert_ranks(geometries("POINT (4.4 51.2)", "POINT (24.1 56.9)"))
    assert hilbert_ranks(geometries("POINT (24.1 56.9)")).tolist() == [both[1]]
