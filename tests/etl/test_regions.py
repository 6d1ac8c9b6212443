"""Where things lie: outlines of countries, boxes along coasts, the largest share."""

import numpy as np
import pytest
import shapely

from otn.etl.regions import Regions
from otn.etl.rows import Geometries
from otn.model.datasets import Registry


@pytest.fixture(scope="module")
def regions() -> Regions:
    return Regions(Registry.read())


def geometries(*wkt: str) -> Geometries:
    return np.array([shapely.from_wkt(text) for text in wkt], dtype=object)


ANTWERP_TO_GHENT = "LINESTRING (4.4 51.2, 3.7 51.05)"
ANTWERP_TO_COLOGNE = "LINESTRING (4.4 51.2, 6.9 50.9)"
LILLE_TO_GHENT = "LINESTRING (3.06 50.63, 3.72 51.05)"
LEIPZIG = "POINT (12.37 51.34)"
CAYENNE = "LINESTRING (-52.3 4.9, -52.4 5)"


def test_lines_belong_to_the_country_they_cross_even_if_most_of_them_lies_outside_all(regions: Regions) -> None:
    lines = geometries(ANTWERP_TO_GHENT, ANTWERP_TO_COLOGNE, "LINESTRING (12 51.3, 13 51.4)")
    assert regions.crossing_outline("be", lines).tolist() == [True, True, False]


def test_a_line_between_two_regions_belongs_to_exactly_one_of_them(regions: Regions) -> None:
    lines = geometries(LILLE_TO_GHENT)
    assert regions.crossing_outline("be", lines).tolist() == [True]
    assert regions.crossing_outline("fr", lines).tolist() == [False]


def test_french_guiana_is_no_part_of_europe(regions: Regions) -> None:
    assert regions.crossing_outline("fr", geometries(CAYENNE)).tolist() == [False]
    assert regions.of(geometries(CAYENNE), "elsewhere").tolist() == ["elsewhere"]


def test_a_line_in_the_latitude_of_fiji_lies_where_it_lies(regions: Regions) -> None:
    lines = geometries("LINESTRING (-39.113 -16.537, -39.102 -16.545)", "LINESTRING (179.5 -16.5, 179.6 -16.6)")
    assert regions.of(lines, "be").tolist() == ["elsewhere", "elsewhere"]


def test_sea_lanes_belong_to_the_coast_within_50_km(regions: Regions) -> None:
    lanes = geometries("LINESTRING (23.5 57.3, 23.9 57.5)", "LINESTRING (-40 40, -50 42)")
    assert regions.near_coast("lv", lanes).tolist() == [True, False]


def test_rows_of_files_lie_where_most_of_them_lies(regions: Regions) -> None:
    places = geometries(ANTWERP_TO_GHENT, LEIPZIG, "POINT (14.42 50.09)", "POINT (-30 40)")
    assert regions.of(places, "elsewhere").tolist() == ["be", "elsewhere", "cz", "elsewhere"]


def test_a_row_that_touches_the_home_region_lies_there(regions: Regions) -> None:
    assert regions.of(geometries(ANTWERP_TO_COLOGNE), "be").tolist() == ["be"]


def test_what_lies_just_off_a_generalised_coast_belongs_to_the_country(regions: Regions) -> None:
    harbour_wall_of_zeebrugge = "POINT (3.19 51.37)"
    assert regions.of(geometries(harbour_wall_of_zeebrugge), "elsewhere").tolist() == ["be"]


def test_nothing_lies_nowhere(regions: Regions) -> None:
    assert regions.of(geometries(), "be").tolist() == []
    assert regions.crossing_outline("be", geometries()).tolist() == []


@pytest.mark.parametrize("home", ["be", "be-flanders", "elsewhere"])
def test_many_lines_of_one_place_lie_where_each_of_them_lies(regions: Regions, home: str) -> None:
    """Around places within a country, on a border, at and off a coast, on the ocean, and where cells begin anew."""
    places = [
        (4.4, 51.2),
        (3.1, 50.78),
        (3.19, 51.37),
        (3.0, 51.6),
        (6.02, 50.75),
        (-30.0, 40.0),
        (0.0, 51.48),
        (-0.01, 0.0),
    ]
    random = np.random.default_rng(1)
    begin = np.repeat(np.array(places), 60, axis=0) + random.normal(0, 0.03, (60 * len(places), 2))
    lines = shapely.linestrings(np.stack([begin, begin + random.normal(0, 0.002, begin.shape)], axis=1))
    told = regions.of(lines, home)
    assert told.tolist() == regions.of_each(lines, home).tolist()
    assert len(set(told)) > 1
