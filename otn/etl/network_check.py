"""Whether a network of links holds together: ends that all but meet, links that cover each other, links of no length.

What is found is said, never mended: a publisher may mean it. Links on different levels do not disturb each other.
Links cover each other where they have two vertices in a row in common; lines that merely run along each other, with
vertices at different places, are not looked for.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

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


@dataclass(frozen=True)
class _Batch:
    """Links as they are kept: places in steps of 1e-7 degrees, each segment by its number."""

    places: npt.NDArray[np.int32]
    sizes: npt.NDArray[np.int32]
    segments: npt.NDArray[np.uint64]
    segment_sizes: npt.NDArray[np.int32]
    names: pa.Array
    from_node: pa.Array
    to_node: pa.Array
    level: npt.NDArray[np.float32]


@dataclass
class NetworkCheck:
    """Takes the links of a dataset batch by batch and says what is odd about them as a network.

    It keeps some 150 bytes of a link.
    """

    _batches: list[_Batch] = field(default_factory=list)

    def add(self, lines: Geometries, names: pa.Array, from_node: pa.Array, to_node: pa.Array, level: pa.Array) -> None:
        """Links: lines in degrees, their names for examples, the nodes they run between, their levels or null."""
        places = np.rint(shapely.get_coordinates(lines) * _STEPS_PER_DEGREE).astype(np.int32)
        sizes = shapely.get_num_coordinates(lines).astype(np.int32)
        segments, segment_sizes = _segments(places, sizes)
        levels = level.cast(pa.float32()).to_numpy(zero_copy_only=False)
        batch = _Batch(places, sizes, segments, segment_sizes, names, from_node, to_node, levels)
        self._batches.append(batch)

    def report(self) -> dict[str, Any]:
        """Counts with some examples for the quality report of a load; empty without links. What was added is gone."""
        if not self._batches:
            return {}
        links = _Links.of(self._batches)
        self._batches.clear()
        overlaps, duplicates = _covering(links)
        ends = links.road_ends
        return {
            "links": len(links),
            "nodes": links.nodes,
            "roadEnds": len(ends),
            "danglingEnds": _found(_near_misses(links, ends)) | {"tolerance": TOLERANCE},
            "overlaps": _found([links.pair(*pair) for pair in overlaps.tolist()]),
            "duplicates": _found([links.pair(*pair) for pair in duplicates.tolist()]),
            "zeroLength": _found([links.name(at) for at in np.flatnonzero(links.segment_sizes == 0).tolist()]),
        }


def _found(what: list[Any]) -> dict[str, Any]:
    return {"count": len(what), "examples": what[:_EXAMPLES]}


def _segments(
    places: npt.NDArray[np.int32], sizes: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int32]]:
    """The number of each segment of lines one after the other, those of no length left out, and how many each has."""
    line = np.repeat(np.arange(len(sizes)), sizes)
    start = np.flatnonzero((line[1:] == line[:-1]) & (places[1:] != places[:-1]).any(axis=1))
    numbers = _mixed(places[start]) + _mixed(places[start + 1])
    return numbers, np.bincount(line[start], minlength=len(sizes)).astype(np.int32)


@dataclass(frozen=True)
class _Links:
    """All links; the places of link i are those from `offsets[i]` to before `offsets[i + 1]`."""

    places: npt.NDArray[np.int32]
    offsets: Integers
    segments: npt.NDArray[np.uint64]
    segment_sizes: npt.NDArray[np.int32]
    names: pa.ChunkedArray
    from_node: npt.NDArray[np.int32]
    to_node: npt.NDArray[np.int32]
    nodes: int
    level: npt.NDArray[np.float32]

    @classmethod
    def of(cls, batches: list[_Batch]) -> "_Links":
        ends = [batch.from_node for batch in batches] + [batch.to_node for batch in batches]
        nodes = pa.chunked_array(ends, pa.string()).combine_chunks().dictionary_encode()
        number = nodes.indices.to_numpy()
        links = len(number) // 2
        return cls(
            places=np.concatenate([batch.places for batch in batches]),
            offsets=np.cumsum(np.concatenate([[0], *(batch.sizes for batch in batches)]), dtype=np.int64),
            segments=np.concatenate([batch.segments for batch in batches]),
            segment_sizes=np.concatenate([batch.segment_sizes for batch in batches]),
            names=pa.chunked_array([batch.names for batch in batches], pa.string()),
            from_node=number[:links],
            to_node=number[links:],
            nodes=len(nodes.dictionary),
            level=np.concatenate([batch.level for batch in batches]),
        )

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

    def name(self, link: int) -> str:
        return str(self.names[link].as_py())

    def pair(self, one: int, other: int) -> list[str]:
        return [self.name(one), self.name(other)]

    def on_one_level(self, one: Integers, other: Integers) -> Marks:
        """Whether links may meet; those whose level is not known may."""
        apart: Marks = np.abs(self.level[one] - self.level[other]) > 0
        return ~apart


def _near_misses(links: _Links, ends: npt.NDArray[np.int64]) -> list[dict[str, Any]]:
    """Each road end that lies within TOLERANCE of another link on its level, and the nearest of them."""
    points = shapely.points(_mercator(links.degrees(ends[:, 1])))
    near = _pairs_within(links, points)
    own = ends[near[:, 1], 0]
    near = near[(near[:, 0] != own) & links.on_one_level(near[:, 0], own)]
    metres = np.array([_metres(links, points[end], link) for link, end in near.tolist()])
    nearest = np.lexsort((metres, near[:, 1]))
    _, first = np.unique(near[nearest, 1], return_index=True)
    return [
        {
            "link": links.name(int(ends[near[at, 1], 0])),
            "near": links.name(int(near[at, 0])),
            "metres": round(float(metres[at]), 2),
            "at": links.degrees(ends[near[at, 1], 1]).tolist(),
        }
        for at in nearest[first].tolist()
    ]


def _pairs_within(links: _Links, points: Geometries) -> npt.NDArray[np.int64]:
    """Pairs of a link and the number of a point that lies within TOLERANCE of it; lines are made chunk by chunk."""
    tree = shapely.STRtree(points)
    pairs = [np.empty((0, 2), np.int64)]
    for start in range(0, len(links), _CHUNK):
        offsets = links.offsets[start : start + _CHUNK + 1]
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


def _covering(links: _Links) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Pairs of links that share a segment but are not the same line, and pairs that are, in whatever direction."""
    pairs = _sharing(links.segments, np.repeat(np.arange(len(links), dtype=np.int32), links.segment_sizes))
    pairs = pairs[links.on_one_level(pairs[:, 0], pairs[:, 1])]
    distinct, shared = np.unique(pairs, axis=0, return_counts=True)
    same = (shared == links.segment_sizes[distinct[:, 0]]) & (shared == links.segment_sizes[distinct[:, 1]])
    return distinct[~same], distinct[same]


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
