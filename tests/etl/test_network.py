from collections import Counter
from itertools import pairwise

import numpy as np
import pyarrow as pa
import shapely
from hypothesis import given
from hypothesis import strategies as st

from otn.etl.network import (
    Links,
    cut,
    ends_by_place,
    form_of_road_node,
    nodes,
    nodes_of_links,
    numbered,
    numbered_places,
    parts,
)

# Lines over so few ids that they meet often; no vertex twice in a row.
lines_of_ids = st.lists(
    st.lists(st.integers(-4, 9), min_size=2, max_size=8)
    .map(lambda ids: [one for one, before in zip(ids, [None, *ids], strict=False) if one != before])
    .filter(lambda ids: len(ids) > 1),
    max_size=8,
)


def ragged(lines: list[list[int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    offsets = np.cumsum([0, *map(len, lines)])
    place, ids = numbered(np.array([one for line in lines for one in line], np.int64))
    return offsets, place, ids


def cut_lines(lines: list[list[int]], marked: list[int] | None = None) -> tuple[Links, list[str], np.ndarray]:
    offsets, place, ids = ragged(lines)
    marks = np.flatnonzero(np.isin(ids, marked or []))
    links = cut(offsets, place, nodes(offsets, place, len(ids), marks))
    names = (pa.array(ids[places], pa.int64()).cast(pa.string()) for places in (links.from_place, links.to_place))
    return links, parts(links, *names).to_pylist(), ids


def cut_one_by_one(lines: list[list[int]], marked: set[int]) -> list[tuple[int, list[int], str]]:
    """The same without arrays: number of the line, the link's ids, its part."""
    uses = Counter(one for line in lines for one in line)
    is_node = {one for one, times in uses.items() if times > 1} | {end for line in lines for end in (line[0], line[-1])}
    links = []
    for number, line in enumerate(lines):
        at = [index for index, one in enumerate(line) if one in is_node | (marked & set(line))]
        seen: Counter[tuple[int, int]] = Counter()
        for first, last in pairwise(at):
            pair = (line[first], line[last])
            seen[pair] += 1
            name = f"{pair[0]}-{pair[1]}" + (f".{seen[pair]}" if seen[pair] > 1 else "")
            links.append((number, line[first : last + 1], name if len(at) > 2 else ""))
    return links


@given(lines_of_ids, st.lists(st.integers(-4, 9), max_size=2))
def test_lines_are_cut_as_one_by_one(lines: list[list[int]], marked: list[int]) -> None:
    links, part, ids = cut_lines(lines, marked)
    _, place, _ = ragged(lines)
    found = [
        (line, ids[place[first : last + 1]].tolist(), name)
        for line, first, last, name in zip(links.line, links.first, links.last, part, strict=True)
    ]
    assert found == cut_one_by_one(lines, set(marked))


@given(lines_of_ids)
def test_the_links_one_after_the_other_are_the_lines(lines: list[list[int]]) -> None:
    links, _, ids = cut_lines(lines)
    _, place, _ = ragged(lines)
    vertices, offsets = links.vertices
    of_links = [ids[place[vertices[a:b]]].tolist() for a, b in pairwise(offsets)]
    back: dict[int, list[int]] = {}
    for number, link in zip(links.line.tolist(), of_links, strict=True):
        before = back.setdefault(number, link[:1])
        assert before[-1] == link[0]
        before += link[1:]
    assert [back[number] for number in range(len(lines))] == lines


@given(lines_of_ids)
def test_every_part_is_one_link_of_its_line(lines: list[list[int]]) -> None:
    links, part, _ = cut_lines(lines)
    keys = list(zip(links.line.tolist(), part, strict=True))
    assert len(set(keys)) == len(keys)


def test_a_part_stays_when_the_line_changes_elsewhere() -> None:
    _, before, _ = cut_lines([[1, 2, 3, 4], [2, 9], [3, 8]])
    _, after, _ = cut_lines([[1, 5, 2, 3, 4], [5, 7], [2, 9], [3, 8]])
    assert (before[:3], after[:4]) == (["1-2", "2-3", "3-4"], ["1-5", "5-2", "2-3", "3-4"])


def test_a_ring_that_meets_nothing_is_one_link_from_its_node_to_itself() -> None:
    links, part, _ = cut_lines([[1, 2, 3, 1]])
    assert (links.from_place.tolist(), links.to_place.tolist(), part) == ([0], [0], [""])


def test_places_are_one_at_a_centimetre_and_on_one_level() -> None:
    x, y = np.array([4.0, 4.00000001, 4.0000001, 4.0]), np.array([51.0] * 4)
    number, names = numbered_places(x, y)
    assert (number.tolist(), names) == ([0, 0, 1, 0], ["4.0000000 51.0000000", "4.0000001 51.0000000"])
    number, names = numbered_places(x, y, np.array([0, 0, 0, 1]))
    assert number[0] != number[3]
    assert names[number[3]] == "4.0000000 51.0000000 1"


def test_the_form_of_a_node_follows_from_what_meets_there() -> None:
    forms = form_of_road_node(
        np.array([0, 1, 2, 3, 4, 3, 2]),
        np.array([False] * 5 + [True] * 2),
        np.array([False] * 6 + [True]),
    )
    assert forms.to_pylist() == [
        None,
        "roadEnd",
        "pseudoNode",
        "junction",
        "junction",
        "roundabout",
        "levelCrossing",
    ]


LINES = shapely.from_wkt(
    ["LINESTRING (4 51, 4.1 51)", "LINESTRING (4.2 51, 4.15 51, 4.1 51)", "LINESTRING (4.1 51.1, 4.1 51)"]
)


def test_lines_without_names_of_nodes_meet_where_they_end() -> None:
    begin, end = ends_by_place(LINES)
    assert begin.to_pylist() == ["4.0000000 51.0000000", "4.2000000 51.0000000", "4.1000000 51.1000000"]
    assert end.to_pylist() == ["4.1000000 51.0000000"] * 3
    _, end = ends_by_place(LINES, np.array([0, 0, 1]))
    assert end.to_pylist() == ["4.1000000 51.0000000"] * 2 + ["4.1000000 51.0000000 1"]


def test_the_nodes_of_links_are_where_they_end_with_the_number_of_ends() -> None:
    ends = np.array([(4, 51), (4.2, 51), (4.1, 51.1), *[(4.1, 51)] * 3])
    found = nodes_of_links(ends, pa.array(["a", "c", "d"]), pa.array(["b", "b", "b"]))
    assert found.name.to_pylist() == ["a", "c", "d", "b"]
    assert found.location.tolist() == [[4, 51], [4.2, 51], [4.1, 51.1], [4.1, 51]]
    assert found.number_of_links.tolist() == [1, 1, 1, 3]
