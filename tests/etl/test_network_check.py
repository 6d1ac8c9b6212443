from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from otn.etl.network_check import NetworkCheck
from otn.etl.readers.osm import OsmRoads
from otn.model.collections import ROADS

METRE = 1 / 111_320  # degrees of latitude
WEST_EAST = "LINESTRING (4 51, 4.01 51, 4.02 51)"


def report(*lines: str, levels: list[int | None] | None = None, at_once: int = 100) -> dict[str, Any]:
    """Of lines named a, b, ..., whose ends are one node where they are one point."""
    geometry = shapely.from_wkt(lines)
    names = pa.array([chr(ord("a") + number) for number in range(len(lines))])
    ends = [pa.array([str(line.coords[at]) for line in geometry], pa.string()) for at in (0, -1)]
    level = pa.array(levels or [0] * len(lines), pa.int64())
    check = NetworkCheck()
    for start in range(0, len(lines), at_once):
        some = slice(start, start + at_once)
        check.add(geometry[some], names[some], ends[0][some], ends[1][some], level[some])
    return check.report()


def counts(found: dict[str, Any]) -> dict[str, int]:
    return {name: value["count"] if isinstance(value, dict) else value for name, value in found.items()}


def beside(metres: float) -> str:
    """A line from the north that ends so far before the middle of WEST_EAST."""
    return f"LINESTRING (4.005 51.01, 4.005 {51 + metres * METRE})"


def test_a_network_without_faults_has_counts_and_no_examples() -> None:
    found = report(WEST_EAST, "LINESTRING (4.02 51, 4.03 51)", "LINESTRING (4.02 51, 4.02 51.01)")
    assert counts(found) == {
        "links": 3,
        "nodes": 4,
        "roadEnds": 3,
        "danglingEnds": 0,
        "overlaps": 0,
        "duplicates": 0,
        "zeroLength": 0,
    }


def test_nothing_is_said_about_no_links() -> None:
    assert NetworkCheck().report() == {}


@pytest.mark.parametrize(("metres", "dangling"), [(0, 1), (1.4, 1), (1.6, 0), (30, 0)])
def test_an_end_that_all_but_meets_another_link_dangles_and_one_farther_away_is_an_end(
    metres: float, dangling: int
) -> None:
    found = report(WEST_EAST, beside(metres))
    assert found["roadEnds"] == 4
    assert found["danglingEnds"]["count"] == dangling
    for example in found["danglingEnds"]["examples"]:
        assert (example["link"], example["near"]) == ("b", "a")
        assert example["metres"] == pytest.approx(metres, abs=0.02)


def test_an_end_where_links_meet_does_not_dangle() -> None:
    end = f"4.005 {51 + METRE}"
    found = report(WEST_EAST, f"LINESTRING (4.005 51.01, {end})", f"LINESTRING ({end}, 4.006 51.01)")
    assert found["danglingEnds"]["count"] == 0


def test_links_on_different_levels_do_not_disturb_each_other() -> None:
    assert report(WEST_EAST, beside(0), levels=[0, 1])["danglingEnds"]["count"] == 0
    assert report(WEST_EAST, beside(0), levels=[0, None])["danglingEnds"]["count"] == 1
    assert report(WEST_EAST, WEST_EAST, levels=[0, 1])["duplicates"]["count"] == 0


def test_the_same_line_twice_in_whatever_direction_is_a_duplicate() -> None:
    found = report(WEST_EAST, "LINESTRING (4.02 51, 4.01 51, 4 51)")
    assert (found["duplicates"], found["overlaps"]["count"]) == ({"count": 1, "examples": [["a", "b"]]}, 0)


def test_links_that_share_a_stretch_overlap() -> None:
    found = report(WEST_EAST, "LINESTRING (4.01 51, 4.02 51, 4.02 51.01)", "LINESTRING (4.01 51.01, 4.01 51)")
    assert (found["overlaps"], found["duplicates"]["count"]) == ({"count": 1, "examples": [["a", "b"]]}, 0)


def test_a_link_of_no_length_is_named() -> None:
    assert report(WEST_EAST, "LINESTRING (4 51, 4 51)")["zeroLength"] == {"count": 1, "examples": ["b"]}


points = st.tuples(st.integers(0, 3), st.integers(0, 3))
some_lines = st.lists(st.lists(points, min_size=2, max_size=4), min_size=1, max_size=6)


@given(some_lines)
def test_what_is_shared_is_found_as_pair_by_pair(lines: list[list[tuple[int, int]]]) -> None:
    found = report(*(shapely.LineString(line).wkt for line in lines), at_once=2)
    segments = [sorted(tuple(sorted(pair)) for pair in pairwise(line) if pair[0] != pair[1]) for line in lines]
    pairs = [(one, other) for other in range(len(lines)) for one in range(other)]
    sharing = {pair for pair in pairs if set(segments[pair[0]]) & set(segments[pair[1]])}
    assert found["overlaps"]["count"] + found["duplicates"]["count"] == len(sharing)
    assert found["zeroLength"]["count"] == sum(not of_line for of_line in segments)


def test_a_real_network_is_checked(real_data: Path) -> None:
    reader, check = OsmRoads(real_data / "osm" / "rnv-mannheim-heidelberg.osm.pbf"), NetworkCheck()
    for rows in reader.read():
        if rows.collection == ROADS.id:
            fields = reader.harmonise(rows.attributes, ROADS)
            names = pc.binary_join_element_wise(rows.source_id, rows.part, " ")
            check.add(rows.geometry, names, fields["fromNode"], fields["toNode"], fields["level"])
    assert counts(check.report()) == {
        "links": 58_327,
        "nodes": 45_135,
        "roadEnds": 5_587,
        "danglingEnds": 5,
        "overlaps": 0,
        "duplicates": 272,
        "zeroLength": 0,
    }
