"""Runways and taxiways of OpenStreetMap, and the aerodromes they belong to."""

from pathlib import Path

import pytest
import shapely

from otn.etl.readers.osm_runways import axis_of
from otn.etl.rows import Reason
from tests.etl.osm_extract import SQUARE, write_extract
from tests.etl.test_osm_places import RING, features_of, rows_of

# A strip within the square: about 1,400 m by 44 m, from west to east.
STRIP = ("n11 4.02 51.0500", "n12 4.04 51.0500", "n13 4.04 51.0504", "n14 4.02 51.0504")
STRIP_RING = "11,12,13,14,11"
AERODROME = f"w50 {RING} aeroway=aerodrome icao=EBAW"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "extract.osm.pbf"


def test_a_runway_is_what_its_tags_say(path: Path) -> None:
    tags = "ref=11/29 name=Main surface=asphalt width=150' length=1510 lit=yes"
    write_extract(
        path, *SQUARE, *STRIP, f"w5 11,12 aeroway=runway {tags}", "w6 12,13 aeroway=taxiway name=A", AERODROME
    )
    runways = features_of(path, "runways")
    for runway in runways.values():
        del runway["sourceCodes"], runway["wkt"]
    assert runways == {
        "way/5": {
            "kind": "runway",
            "name": "11/29",
            "surface": "paved",
            "declaredLength": 1510,
            "width": 45.72,
            "lighted": True,
            "closed": False,
            "airport": "EBAW",
        },
        "way/6": {"kind": "taxiway", "name": "A", "closed": False, "airport": "EBAW"},
    }


def test_a_runway_out_of_use_is_closed(path: Path) -> None:
    write_extract(path, *STRIP, "w5 11,12 aeroway=runway disused=yes", "w6 11,12 disused:aeroway=runway")
    runways = features_of(path, "runways")
    assert [(name, runway["closed"]) for name, runway in runways.items()] == [("way/5", True)]


@pytest.mark.parametrize(
    ("others", "airport"),
    [
        ([f"w50 {RING} aeroway=aerodrome"], "way/50"),
        ([f"w50 {RING} aeroway=aerodrome icao=?"], "way/50"),
        ([f"w50 {RING}", "r51 w50@outer type=multipolygon aeroway=aerodrome icao=EBAW"], "EBAW"),
        ([f"w50 {RING} aeroway=aerodrome disused=yes"], None),
        ([AERODROME, f"w51 {RING} aeroway=heliport"], None),
        (["w50 1,2,99,1 aeroway=aerodrome icao=EBAW"], None),
        (["w50 11,12,2,1,11 aeroway=aerodrome icao=EBAW"], None),
        ([], None),
    ],
)
def test_the_aerodrome_is_the_only_whole_one_that_most_of_a_line_lies_in(
    path: Path, others: list[str], airport: str | None
) -> None:
    write_extract(path, *SQUARE, *STRIP, "w5 14,13 aeroway=runway", *others)
    rows = rows_of(path, "runways")
    assert rows.attributes["airport"].to_pylist() == [airport]
    assert not rows.rejects


def test_a_runway_that_reaches_over_the_border_of_its_aerodrome_still_belongs_to_it(path: Path) -> None:
    write_extract(path, *SQUARE, "n11 4.02 51.05", "n12 4.11 51.05", "w5 11,12 aeroway=runway", AERODROME)
    assert features_of(path, "runways")["way/5"]["airport"] == "EBAW"


@pytest.mark.parametrize("tags", ["aeroway=runway", "aeroway=taxiway area=yes"])
def test_the_outline_of_a_long_rectangle_is_read_as_its_axis(path: Path, tags: str) -> None:
    write_extract(path, *STRIP, f"w5 {STRIP_RING} {tags}")
    axis = shapely.from_wkt(features_of(path, "runways")["way/5"]["wkt"])
    assert shapely.equals_exact(axis.normalize(), shapely.from_wkt("LINESTRING (4.02 51.0502, 4.04 51.0502)"), 1e-9)


def test_an_outline_whose_centre_line_is_not_certain_is_rejected(path: Path) -> None:
    write_extract(
        path,
        *SQUARE,
        *STRIP,
        f"w5 {RING} aeroway=taxiway area=yes",
        f"w6 {STRIP_RING} aeroway=runway",
        "w7 11,13 aeroway=runway",
    )
    rows = rows_of(path, "runways")
    assert rows.source_id.to_pylist() == ["way/7"]
    assert {reject.source_id: (reject.reason, reject.detail) for reject in rows.rejects} == {
        "way/5": (Reason.WRONG_GEOMETRY_TYPE, "it is drawn as an area whose centre line is not certain"),
        "way/6": (Reason.WRONG_GEOMETRY_TYPE, "it is drawn as an area that way/7, a line, lies in"),
    }


def test_a_taxiway_may_go_round(path: Path) -> None:
    write_extract(path, *SQUARE, f"w5 {RING} aeroway=taxiway")
    assert features_of(path, "runways")["way/5"]["wkt"].startswith("LINESTRING")


@pytest.mark.parametrize(
    "wkt",
    [
        "MULTIPOLYGON (((0 0, 10 0, 10 4, 0 4, 0 0)))",
        "MULTIPOLYGON (((0 0, 10 0, 10 1, 5 1, 5 3, 4 3, 4 1, 0 1, 0 0)))",
        "MULTIPOLYGON (((0 0, 10 0, 10 1, 0 1, 0 0), (1 0.4, 2 0.4, 2 0.6, 1 0.4)))",
        "MULTIPOLYGON (((0 0, 10 0, 10 1, 0 1, 0 0)), ((0 2, 10 2, 10 3, 0 3, 0 2)))",
    ],
)
def test_only_one_long_rectangle_has_an_axis(wkt: str) -> None:
    assert axis_of(shapely.from_wkt(wkt)) is None


@pytest.mark.parametrize("angle", range(0, 180, 15))
def test_the_axis_follows_the_rectangle_however_it_lies(angle: int) -> None:
    rectangle = shapely.affinity.rotate(shapely.box(-0.01, -0.0005, 0.01, 0.0005), angle, origin=(0, 0))
    axis = axis_of(shapely.MultiPolygon([rectangle]))
    expected = shapely.affinity.rotate(shapely.LineString([(-0.01, 0), (0.01, 0)]), angle, origin=(0, 0))
    assert axis is not None
    assert shapely.hausdorff_distance(axis, expected) < 1e-6
