"""Where tiles lie, and which tiles a place needs."""

import itertools

import pyproj
import pytest

from otn.model.tile_matrix_sets import (
    EUROPEAN_ETRS89_LAEA_QUAD,
    TILE_MATRIX_SETS,
    WEB_MERCATOR_QUAD,
    TileAddress,
    TileMatrixSet,
    web_mercator,
)

sets = pytest.mark.parametrize("entry", TILE_MATRIX_SETS.values(), ids=list(TILE_MATRIX_SETS))


@sets
def test_tiles_fill_their_matrix(entry: TileMatrixSet) -> None:
    for matrix in (0, 1, 7, 15):
        last = TileAddress(matrix, 2**matrix - 1, entry.columns * 2**matrix - 1)
        assert entry.contains(last)
        assert not entry.contains(last._replace(row=last.row + 1))
        assert not entry.contains(last._replace(column=last.column + 1))
        box = entry.box(last)
        assert (box.east, box.south) == pytest.approx((entry.extent.east, entry.extent.south))
        everything = entry.limits((-180, -90, 180, 90), matrix)
        assert (everything.max_row, everything.max_column) == (last.row, last.column)


def test_latitudes_beyond_web_mercator_end_at_its_edge() -> None:
    assert web_mercator(0, 90) == pytest.approx((0, 20037508.342789244))
    assert web_mercator(180, -90) == pytest.approx((20037508.342789244, -20037508.342789244))
    assert web_mercator(4.4, 51.2) == pytest.approx((489805.7596, 6656747.2), abs=2000)


@sets
def test_cells_are_as_large_as_those_of_the_zoom_of_web_mercator_or_little_smaller(entry: TileMatrixSet) -> None:
    own = entry.document()["tileMatrices"][0]["scaleDenominator"]
    zooms = WEB_MERCATOR_QUAD.document()["tileMatrices"]
    assert zooms[entry.zoom_offset + 1]["scaleDenominator"] < own
    assert own == pytest.approx(zooms[entry.zoom_offset]["scaleDenominator"], rel=0.12)
    assert entry.deepest + entry.zoom_offset == 16
    assert entry.deepest <= entry.last_matrix


@sets
def test_the_limits_hold_every_place_of_a_box(entry: TileMatrixSet) -> None:
    """Also where the parallels are curved, so that the corners of a box are not the ends of it."""
    west, south, east, north = box = (-11.0, 36.0, 31.0, 70.0)
    limits = entry.limits(box, entry.deepest)
    rows, columns = set(), set()
    for right, up in itertools.product(range(15), repeat=2):
        place = (west + (east - west) * right / 14, south + (north - south) * up / 14)
        one = entry.limits((*place, *place), entry.deepest)
        assert (one.min_row, one.min_column) == (one.max_row, one.max_column)
        rows.add(one.min_row)
        columns.add(one.min_column)
    assert limits.min_row <= min(rows) <= limits.min_row + 1
    assert limits.max_row - 1 <= max(rows) <= limits.max_row
    assert limits.min_column <= min(columns) <= limits.min_column + 1
    assert limits.max_column - 1 <= max(columns) <= limits.max_column


@sets
@pytest.mark.parametrize("box", [(-180, -90, 180, 90), (179, 65, 180, 66), (-170, -52, -170, -52), (4, 51, 4, 51)])
def test_a_box_anywhere_has_limits(entry: TileMatrixSet, box: tuple[float, float, float, float]) -> None:
    for matrix in range(entry.deepest + 1):
        limits = entry.limits(box, matrix)
        assert entry.contains(TileAddress(matrix, limits.min_row, limits.min_column))
        assert entry.contains(TileAddress(matrix, limits.max_row, limits.max_column))
        assert limits.min_row <= limits.max_row
        assert limits.min_column <= limits.max_column


@pytest.mark.parametrize("tile", [(0, 0, 0), (3, 0, 7), (3, 7, 0), (9, 260, 250)])
def test_the_degrees_around_a_tile_of_europe_hold_all_of_it(tile: tuple[int, int, int]) -> None:
    box = EUROPEAN_ETRS89_LAEA_QUAD.box(TileAddress(*tile))
    around = EUROPEAN_ETRS89_LAEA_QUAD.in_degrees(box)
    to_degrees = pyproj.Transformer.from_crs(3035, 4258, always_xy=True)
    for right, up in itertools.product(range(30), repeat=2):
        x, y = box.west + (box.east - box.west) * right / 29, box.south + (box.north - box.south) * up / 29
        longitude, latitude = to_degrees.transform(x, y)
        assert around.west < longitude < around.east
        assert around.south < latitude < around.north
