"""Whether a network of links holds together: ends that all but meet, links that cover each other, links of no length.

What is found is said, never mended: a publisher may mean it. Links on different levels do not disturb each other.
Links cover each other where they have two vertices in a row in common; lines that merely run along each other, with
vertices at different places, are not looked for.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

from otn.etl.aside import TableAside
from otn.etl.network import Floats, Integers, Marks
from otn.etl.rows import Geometries

# An end nearer to another link than this, in metres, was probably meant to meet it; lanes are wider.
TOLERANCE = 1.5
_EXAMPLES = 10
_CHUNK = 50_000
_RADIUS = 6_378_137.0
_STEPS_PER_DEGREE = 10_000_000
# More links than these that share one segment are not told in pairs.
_PILE = 8
# Segments are compared in so many parts, one after the other: to sort them all at once takes much memory.
_PARTS = 16
_PLACE = pa.list_(pa.int32(), 2)

_What = TypeVar("_What")


class NetworkCheck:
    """Takes the links of a dataset batch by batch and says what is odd about them as a network.

    Until then they wait in a temporary file.
    """

    def __init__(self) -> None:
        self._links: TableAside | None = None

    def add(self, lines: Geometries, names: pa.Array, from_node: pa.Array, to_node: pa.Array, level: pa.Array) -> None:
        """Links: lines in degrees, their names for examples, the nodes they run between, their levels or null."""
        places = np.rint(shapely.get_coordinates(lines) * _STEPS_PER_DEGREE).astype(np.int32)
        offsets = np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(lines))])
        pairs = pa.FixedSizeListArray.from_arrays(places.ravel(), type=_PLACE)
        columns = {
            "places": pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pairs),
            "name": names,
            "from_node": from_node,
            "to_node": to_node,
            "level": level.cast(pa.float32()),
        }
        if self._links is None:
            self._links = TableAside()
        self._links.add(pa.RecordBatch.from_pydict(columns))

    def report(self) -> dict[str, Any]:
        """Counts with some examples for the quality report of a load; empty without links. What was added is gone."""
        if self._links is None:
            return {}
        try:
            return _report(self._links)
        finally:
            self.close()

    def close(self) -> None:
        """What was added is gone."""
        if self._links is not None:
            self._links.close()
            self._links = None


class _Miss(NamedTuple):
    """A link whose end, at these degrees, lies so many metres from another one that it does not meet."""

    link: int
    near: int
    metres: float
    at: list[float]


def _report(table: TableAside) -> dict[str, Any]:
    links = _Links.of(table)
    segments, sizes = _segments(links)
    overlaps, duplicates = _covering(links, segments, sizes)
    del segments
    ends = links.road_ends
    misses = _near_misses(links, ends)
    empty = np.flatnonzero(sizes == 0).tolist()
    pairs = [[miss.link, miss.near] for miss in misses[:_EXAMPLES]] + overlaps[:_EXAMPLES] + duplicates[:_EXAMPLES]
    name = _names(table, [*chain(*pairs), *empty[:_EXAMPLES]])

    def names_of(pair: list[int]) -> list[str]:
        return [name[link] for link in pair]

    return {
        "links": len(links),
        "nodes": links.nodes,
        "roadEnds": len(ends),
        "danglingEnds": _found(misses, lambda miss: _told(miss, name)) | {"tolerance": TOLERANCE},
        "overlaps": _found(overlaps, names_of),
        "duplicates": _found(duplicates, names_of),
        "zeroLength": _found(empty, name.__getitem__),
    }


def _told(miss: _Miss, name: dict[int, str]) -> dict[str, Any]:
    return {"link": name[miss.link], "near": name[miss.near], "metres": round(miss.metres, 2), "at": miss.at}


def _found(what: Sequence[_What], told: Callable[[_What], Any]) -> dict[str, Any]:
    return {"count": len(what), "examples": [told(one) for one in what[:_EXAMPLES]]}


def _names(table: TableAside, wanted: Sequence[int]) -> dict[int, str]:
    """What the links of these numbers are called."""
    links, found, begin = np.unique(np.array(wanted, np.int64)), dict[int, str](), 0
    for batch in table.read("name"):
        here = links[(links >= begin) & (links < begin + len(batch))]
        names = batch["name"].take(pa.array(here - begin)).to_pylist()
        found |= zip(here.tolist(), names, strict=True)
        begin += len(batch)
    return found


@dataclass(frozen=True)
class _Links:
    """All links; the places of link i are those from `offsets[i]` to before `offsets[i + 1]`, in steps of 1e-7
    degrees."""

    places: npt.NDArray[np.int32]
    offsets: Integers
    from_node: npt.NDArray[np.int32]
    to_node: npt.NDArray[np.int32]
    nodes: int
    level: npt.NDArray[np.float32]

    @classmethod
    def of(cls, table: TableAside) -> "_Links":
        from_node, to_node, nodes = _numbered_nodes(table)
        places, sizes, level = [], [np.zeros(1, np.int64)], []
        for batch in table.read("places", "level"):
            lines = batch["places"]
            places.append(lines.values.values.to_numpy().reshape(-1, 2))
            sizes.append(np.diff(lines.offsets.to_numpy()))
            level.append(batch["level"].to_numpy(zero_copy_only=False))
        offsets = np.cumsum(np.concatenate(sizes), dtype=np.int64)
        return cls(np.concatenate(places), offsets, from_node, to_node, nodes, np.concatenate(level))

    def __len__(self) -> int:
        return len(self.from_node)

    @property
    def road_ends(self) -> npt.NDArray[np.int64]:
        """The ends at which no other link meets: the link, and the place."""
        degree = np.bincount(self.from_node, minlength=self.nodes) + np.bincount(self.to_node, minlength=self.nodes)
        begin, end = np.flatnonzero(degree[self.from_node] == 1), np.flatnonzero(degree[self.to_node] == 1)
        places = np.concatenate([self.offsets[begin], self.offsets[end + 1] - 1])
        return np.stack([np.concatenate([begin, end]), places], axis=1)

    def degrees(self, places: Integers | slice) -> Floats:
        return self.places[places] / _STEPS_PER_DEGREE

    def chunks(self) -> Iterator[tuple[int, Integers]]:
        """The links some at a time: the number of the first one, and the offsets of each and behind the last."""
        for start in range(0, len(self), _CHUNK):
            yield start, self.offsets[start : start + _CHUNK + 1]

    def on_one_level(self, one: Integers, other: Integers) -> Marks:
        """Whether links may meet; those whose level is not known may."""
        apart: Marks = np.abs(self.level[one] - self.level[other]) > 0
        return ~apart


def _numbered_nodes(table: TableAside) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], int]:
    """The numbers of the nodes that each link runs from and to, and how many nodes there are."""
    ends = [batch[end] for end in ("from_node", "to_node") for batch in table.read(end)]
    encoded = pa.chunked_array(ends, pa.string()).dictionary_encode()
    number = np.concatenate([chunk.indices.to_numpy() for chunk in encoded.chunks])
    links = len(number) // 2
    return number[:links], number[links:], len(encoded.chunk(0).dictionary)


def _segments(links: _Links) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int32]]:
    """A number for each segment of the links one after the other, but those of no length, and how many each link has.

    It is the same in both directions.
    """
    numbers, sizes = [], []
    for _, offsets in links.chunks():
        places = links.places[offsets[0] : offsets[-1]]
        line = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
        start = np.flatnonzero((line[1:] == line[:-1]) & (places[1:] != places[:-1]).any(axis=1))
        mixed = _mixed(places)
        numbers.append(mixed[start] + mixed[start + 1])
        sizes.append(np.bincount(line[start], minlength=len(offsets) - 1).astype(np.int32))
    return np.concatenate(numbers), np.concatenate(sizes)


def _near_misses(links: _Links, ends: npt.NDArray[np.int64]) -> list[_Miss]:
    """Each road end that lies within TOLERANCE of another link on its level, and the nearest of them."""
    points = shapely.points(_mercator(links.degrees(ends[:, 1])))
    near = _pairs_within(links, points)
    own = ends[near[:, 1], 0]
    near = near[(near[:, 0] != own) & links.on_one_level(near[:, 0], own)]
    metres = np.array([_metres(links, points[end], link) for link, end in near.tolist()])
    nearest = np.lexsort((metres, near[:, 1]))
    _, first = np.unique(near[nearest, 1], return_index=True)
    return [
        _Miss(
            link=int(ends[near[at, 1], 0]),
            near=int(near[at, 0]),
            metres=float(metres[at]),
            at=links.degrees(ends[near[at, 1], 1]).tolist(),
        )
        for at in nearest[first].tolist()
    ]


def _pairs_within(links: _Links, points: Geometries) -> npt.NDArray[np.int64]:
    """Pairs of a link and the number of a point that lies within TOLERANCE of it; lines are made chunk by chunk."""
    tree = shapely.STRtree(points)
    pairs = [np.empty((0, 2), np.int64)]
    for start, offsets in links.chunks():
        lines, reach = _lines(links, offsets)
        found = tree.query(lines, predicate="dwithin", distance=reach)
        pairs.append(np.stack([found[0] + start, found[1]], axis=1))
    return np.concatenate(pairs)


def _lines(links: _Links, offsets: Integers) -> tuple[Geometries, Floats]:
    """Links in Mercator's projection, and TOLERANCE in its units there."""
    degrees = links.degrees(slice(offsets[0], offsets[-1]))
    lines: Geometries = shapely.from_ragged_array(
        shapely.GeometryType.LINESTRING, _mercator(degrees), (offsets - offsets[0],)
    )
    return lines, TOLERANCE / np.cos(np.radians(degrees[offsets[:-1] - offsets[0], 1]))


def _metres(links: _Links, point: shapely.Point, link: int) -> float:
    lines, reach = _lines(links, links.offsets[link : link + 2])
    return float(shapely.distance(point, lines[0]) / reach[0] * TOLERANCE)


def _mercator(degrees: Floats) -> Floats:
    """Spherical: shapes are kept, and lengths grow with the latitude."""
    radians = np.radians(degrees)
    latitude = np.clip(radians[:, 1], -1.5, 1.5)
    return np.stack([radians[:, 0], np.log(np.tan(np.pi / 4 + latitude / 2))], axis=1) * _RADIUS


def _covering(
    links: _Links, segments: npt.NDArray[np.uint64], sizes: npt.NDArray[np.int32]
) -> tuple[list[list[int]], list[list[int]]]:
    """Pairs of links that share a segment but are not the same line, and pairs that are, in whatever direction."""
    link = np.repeat(np.arange(len(links), dtype=np.int32), sizes)
    part = segments.astype(np.uint8) % _PARTS
    of_parts = (np.flatnonzero(part == number) for number in range(_PARTS))
    pairs = np.concatenate([_sharing(segments[at], link[at]) for at in of_parts])
    pairs = pairs[links.on_one_level(pairs[:, 0], pairs[:, 1])]
    distinct, shared = np.unique(pairs, axis=0, return_counts=True)
    same = (shared == sizes[distinct[:, 0]]) & (shared == sizes[distinct[:, 1]])
    return distinct[~same].tolist(), distinct[same].tolist()


def _mixed(places: npt.NDArray[np.int32]) -> npt.NDArray[np.uint64]:
    """The finaliser of SplitMix64 over both coordinates.

    The sum of two is one number for each segment, the same in both directions; two segments do not have one by chance.
    """
    value = places[:, 0].astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + places[:, 1].astype(np.uint64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        value = (value ^ (value >> np.uint64(shift))) * np.uint64(factor)
    mixed: npt.NDArray[np.uint64] = value ^ (value >> np.uint64(31))
    return mixed


def _sharing(key: npt.NDArray[np.uint64], link: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Pairs of links that have one key, the lower first, once for each key; a link is none with itself."""
    order = np.argsort(key, kind="stable")
    key, link = key[order], link[order]
    pairs = [np.empty((0, 2), np.int64)]
    for distance in range(1, _PILE):
        at = np.flatnonzero((key[distance:] == key[:-distance]) & (link[distance:] != link[:-distance]))
        pairs.append(np.stack([link[at], link[at + distance]], axis=1).astype(np.int64))
    return np.concatenate(pairs)
