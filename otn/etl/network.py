"""Lines joined into a network: what stands at one node, where lines are cut, and what meets at each node.

Pure functions over arrays, for every reader whose lines form a network. Lines come as ragged arrays: the vertices of
line i are those from `offsets[i]` to before `offsets[i + 1]`, and each vertex has the number of its place. Vertices
have one number where the publisher says they are one (`numbered`), or where they lie at one point and on one level
(`numbered_places`): lines that cross without a common vertex, a bridge over a road, do not meet.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from otn.etl.rows import Geometries

Integers = npt.NDArray[np.int64]
# Numbers of places: of what fits into memory at all there are fewer than two thousand million.
Numbers = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]

# Places closer than this are one: 1e-7 degrees are about a centimetre.
_STEPS_PER_DEGREE = 10_000_000


@dataclass(frozen=True)
class Nodes:
    """The nodes that links run between: what each is called, where it is (x, y), and how many ends of links meet."""

    name: pa.Array
    location: Floats
    number_of_links: Integers


@dataclass(frozen=True)
class Links:
    """What lines are cut into, line by line and along each: one entry a link.

    `line` is the number of the line; `first` and `last` are the link's vertices, both its own; `from_place` and
    `to_place` the numbers of the places it runs between.
    """

    line: Integers
    first: Integers
    last: Integers
    from_place: Numbers
    to_place: Numbers

    def __len__(self) -> int:
        return len(self.line)

    @property
    def vertices(self) -> tuple[Integers, Integers]:
        """The vertices of all links one after the other, and the offsets of each link in them."""
        sizes = self.last - self.first + 1
        offsets = np.concatenate([[0], np.cumsum(sizes)])
        return np.arange(offsets[-1]) + np.repeat(self.first - offsets[:-1], sizes), offsets


def numbered(ids: Integers) -> tuple[Numbers, Integers]:
    """The number of each id among the distinct ones, and the distinct ones in their order."""
    number, example = _numbered(ids)
    return number, ids[example]


def numbered_places(x: Floats, y: Floats, level: Integers | None = None) -> tuple[Numbers, list[str]]:
    """The number of each place (degrees) among the distinct ones, and a name for each that lasts as long as it stays.

    Places are distinct at seven decimals, and on different levels. A name is "4.7912345 51.2512345", with the level
    behind it where that is not 0.
    """
    steps = [np.rint(values * _STEPS_PER_DEGREE).astype(np.int64) for values in (x, y)]
    levels = np.zeros(len(x), np.int64) if level is None else level
    number, example = _numbered(*steps, levels)
    distinct = zip(*(column[example].tolist() for column in (*steps, levels)), strict=True)
    names = [
        f"{east / _STEPS_PER_DEGREE:.7f} {north / _STEPS_PER_DEGREE:.7f}" + (f" {height}" if height else "")
        for east, north, height in distinct
    ]
    return number, names


def _numbered(*columns: Integers) -> tuple[Numbers, Integers]:
    """The number of each row among the distinct ones, in the order of the columns, and a row that has each of them."""
    order = np.lexsort(columns[::-1]) if len(columns) > 1 else np.argsort(columns[0])
    new = np.zeros(len(order), np.bool_)
    new[:1] = True
    for column in columns:
        in_order = column[order]
        new[1:] |= in_order[1:] != in_order[:-1]
        del in_order
    rank = np.cumsum(new, dtype=np.int32)
    rank -= 1
    number = np.empty(len(order), np.int32)
    number[order] = rank
    return number, order[new]


def nodes(offsets: Integers, place: Numbers, places: int, marked: Integers | None = None) -> Marks:
    """Which of the `places` are nodes: where a line ends, where two lines meet, or one meets itself, or `marked`."""
    is_node = np.bincount(place, minlength=places) > 1
    lines = offsets[:-1] < offsets[1:]
    is_node[place[offsets[:-1][lines]]] = True
    is_node[place[offsets[1:][lines] - 1]] = True
    if marked is not None:
        is_node[marked] = True
    return is_node


def cut(offsets: Integers, place: Numbers, is_node: Marks) -> Links:
    """The links that lines are cut into at the nodes. The ends of all of them must be nodes; see `nodes`.

    A line of which two vertices in a row have one place is not expected.
    """
    at = np.flatnonzero(is_node[place])
    line = np.searchsorted(offsets, at, side="right") - 1
    within = line[1:] == line[:-1]
    first, last = at[:-1][within], at[1:][within]
    return Links(line[:-1][within], first, last, place[first], place[last])


def parts(links: Links, from_names: pa.Array, to_names: pa.Array) -> pa.Array:
    """What tells the links of one line apart: the names of both its nodes; empty where the line is not cut.

    It stays what it is when the line changes elsewhere. Where a line leads from one node to another more than once,
    the second time is told by ".2" and so on.
    """
    pairs = pc.binary_join_element_wise(from_names, to_names, "-")
    again = _times_before(links)
    if again.any():
        times = pc.if_else(pa.array(again > 0), pc.cast(pa.array(again + 1), pa.string()), None)
        pairs = pc.binary_join_element_wise(pairs, times, ".", null_handling="skip")
    several = np.bincount(links.line)[links.line] > 1 if len(links) else np.zeros(0, np.bool_)
    return pc.if_else(pa.array(several), pairs, "")


def _times_before(links: Links) -> Integers:
    """How many times the same line has led between the same nodes before."""
    times = np.zeros(len(links), np.int64)
    key = links.line * (int(links.from_place.max(initial=0)) + 1) + links.from_place
    _, which, count = np.unique(key, return_inverse=True, return_counts=True)
    # Few lines come to one node twice: only these are sorted by all that makes a pair.
    at = np.flatnonzero(count[which] > 1)
    order = at[np.lexsort((at, links.to_place[at], key[at]))]
    same = (key[order][1:] == key[order][:-1]) & (links.to_place[order][1:] == links.to_place[order][:-1])
    run = np.cumsum(np.concatenate([[True], ~same]))[: len(order)]
    times[order] = np.arange(len(order)) - np.searchsorted(run, run)
    return times


def ends_by_place(lines: Geometries, level: Integers | None = None) -> tuple[pa.Array, pa.Array]:
    """What the nodes are called from and to which lines (degrees) run, where the publisher has no names for them.

    Lines whose ends lie at one place and on one level meet there; see `numbered_places` for the names.
    """
    ends = shapely.get_coordinates([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    number, names = numbered_places(ends[:, 0], ends[:, 1], None if level is None else np.tile(level, 2))
    both = pa.array(names, pa.string()).take(pa.array(number))
    return both[: len(lines)], both[len(lines) :]


def nodes_of_links(ends: Floats, from_names: pa.Array, to_names: pa.Array) -> Nodes:
    """The nodes of links whose ends have these names; a node is where the first link that has it ends.

    `ends` has the places (x and y) where the links begin, and after them those where they end.
    """
    encoded = pa.chunked_array([from_names, to_names], pa.string()).combine_chunks().dictionary_encode()
    number = encoded.indices.to_numpy()
    first = np.zeros(len(encoded.dictionary), np.int64)
    first[number[::-1]] = np.arange(len(number))[::-1]
    return Nodes(encoded.dictionary, ends[first], np.bincount(number, minlength=len(encoded.dictionary)))


def form_of_road_node(number_of_links: Integers, roundabout: Marks, level_crossing: Marks) -> pa.Array:
    """The FormOfRoadNodeValue of nodes where so many links meet; on which roads or railways they lie says more."""
    forms = np.select(
        [level_crossing, roundabout, number_of_links == 0, number_of_links == 1, number_of_links == 2],
        ["levelCrossing", "roundabout", "", "roadEnd", "pseudoNode"],
        "junction",
    )
    return pa.array(forms, pa.string(), mask=forms == "")
