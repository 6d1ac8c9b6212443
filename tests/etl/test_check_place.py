"""Rows that lie where they cannot be are told apart, by what is wrong with them."""

import numpy as np
import pytest
import shapely
from pyproj import CRS, Transformer

from otn.errors import SourceError
from otn.etl.check_place import ANYWHERE, Places, swapped_axes
from otn.etl.geometry import CRS84
from otn.etl.regions import Regions
from otn.etl.rows import Geometries, Reason
from otn.model.datasets import Registry
from tests.etl.test_check import source_rows

FLANDERS = Places(shapely.box(2.5, 50.6, 6.0, 51.6), "reject")
BELGIUM = Places(Regions(Registry.read()).extent("be"), "keep")


def points(*places: tuple[float, float]) -> Geometries:
    return np.array([shapely.Point(place) for place in places], dtype=object)


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ((4.4, 51.2), None),
        ((0, 0), Reason.NULL_ISLAND),
        ((51.2, 4.4), Reason.SWAPPED_AXES),
        ((24.1, 57.0), Reason.OUTSIDE_REGION),
    ],
)
def test_a_place_outside_flanders_is_rejected_for(place: tuple[float, float], reason: Reason | None) -> None:
    assert FLANDERS.reasons(points(place)).tolist() == [reason]


def test_a_country_keeps_what_lies_abroad_but_not_what_has_its_axes_exchanged() -> None:
    assert BELGIUM.reasons(points((4.4, 51.2), (24.1, 57.0), (51.2, 4.4))).tolist() == [
        None,
        None,
        Reason.SWAPPED_AXES,
    ]


def test_only_null_island_is_nowhere() -> None:
    assert ANYWHERE.reasons(points((0, 0), (51.2, 4.4), (0, 10))).tolist() == [Reason.NULL_ISLAND, None, None]


def test_a_missing_place_is_another_stages_business() -> None:
    assert FLANDERS.reasons(np.array([None, shapely.Point()], dtype=object)).tolist() == [None, None]


def test_axes_are_exchanged_and_back() -> None:
    lines = np.array([shapely.from_wkt("LINESTRING (1 2, 3 4)")], dtype=object)
    assert shapely.to_wkt(swapped_axes(lines)).tolist() == ["LINESTRING (2 1, 4 3)"]


def test_lambert_2008_that_says_it_is_lambert_72_is_noticed() -> None:
    """Both are in metres and both give places in or near Belgium: only the region's extent tells them apart."""
    to_2008 = Transformer.from_crs(CRS84, CRS.from_epsg(3812), always_xy=True)
    x, y = to_2008.transform(4.4, 51.2)
    rows = source_rows(f"POINT ({x} {y})", crs=CRS.from_epsg(31370))
    with pytest.raises(SourceError, match=r"inside it in EPSG:3812.*--crs EPSG:3812"):
        FLANDERS.check_crs(rows)


def test_rows_in_the_right_crs_pass() -> None:
    FLANDERS.check_crs(source_rows("POINT (4.4 51.2)", "POINT (24 57)"))
    ANYWHERE.check_crs(source_rows("POINT (4.4 51.2)"))
    FLANDERS.check_crs(source_rows(None))
