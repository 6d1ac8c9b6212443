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
    coordinates: Floats
    sizes: Integers
    names: pa.Array
    from_node: pa.Array
    to_node: pa.Array
    level: Floats


@dataclass
class NetworkCheck:
    """Takes the links of a dataset batch by batch and says what is odd about them as a network."""

    _batches: list[_Batch] = field(default_factory=list)

    def add(self, lines: Geometries, names: pa.Array, from_node: pa.Array, to_node: pa.Array, level: pa.Array) -> None:
        """Links: lines in degrees, their names for examples, the nodes they run between, their levels or null."""
        coordinates = shapely.get_coordinates(lines)
        levels = level.cast(pa.float64()).to_numpy(zero_copy_only=False)
        sizes = shapely.get_num_coordinates(lines).astype(np.int64)
        self._batches.append(_Batch(coordinates, sizes, names, from_node, to_node, levels))

    def report(self) -> dict[str, Any]:
        """Counts, each with some examples, for the quality report of a load; empty where there was no link."""
        if not self._batches:
            return {}
        links = _Links.of(self._batches)
        overlaps, duplicates = _covering(links)
        ends = links.road_ends
        return {
            "links": len(links),
            "nodes": links.nodes,
            "roadEnds": len(ends),
            "danglingEnds": _found(_near_misses(links, ends)) | {"tolerance": TOLERANCE},
            "overlaps": _found([links.pair(*pair) for pair in overlaps.tolist()]),
            "duplicates": _found([links.pair(*pair) for pair in duplicates.tolist()]),
            "zeroLength": _found([links.name(at) for at in np.flatnonzero(links.lengths == 0).tolist()]),
        }


def _found(what: list[Any]) -> dict[str, Any]:
    return {"count": len(what), "examples": what[:_EXAMPLES]}


@dataclass(frozen=True)
class _Links:
    """All links; the vertices of link i are those from `offsets[i]` to before `offsets[i + 1]`, in degrees."""

    coordinates: Floats
    offsets: Integers
    names: pa.ChunkedArray
    from_node: Integers
    to_node: Integers
    node_names: pa.Array
    level: Floats

    @classmethod
    def of(cls, batches: list[_Batch]) -> "_Links":
        ends = [batch.from_node for batch in batches] + [batch.to_node for batch in batches]
        nodes = pa.chunked_array(ends, pa.string()).combine_chunks().dictionary_encode()
        number = nodes.indices.to_numpy().astype(np.int64)
        links = len(number) // 2
        return cls(
            coordinates=np.concatenate([batch.coordinates for batch in batches]),
            offsets=np.cumsum(np.concatenate([[0], *(batch.sizes for batch in batches)]), dtype=np.int64),
            names=pa.chunked_array([batch.names for batch in batches], pa.string()),
            from_node=number[:links],
            to_node=number[links:],
            node_names=nodes.dictionary,
            level=np.concatenate([batch.level for batch in batches]),
        )

    def __len__(self) -> int:
        return len(self.from_node)

    @property
    def nodes(self) -> int:
        return len(self.node_names)

    @property
    def segment_starts(self) -> Integers:
        """The vertices that another vertex of the same link follows."""
        follows = np.ones(len(self.coordinates), np.bool_)
        follows[self.offsets[1:] - 1] = False
        return np.flatnonzero(follows)

    @property
    def lengths(self) -> Floats:
        """In degrees, to tell which are 0."""
        start = self.segment_starts
        steps = np.abs(self.coordinates[start + 1] - self.coordinates[start]).sum(axis=1)
        return np.bincount(self.link_of(start), weights=steps, minlength=len(self)).astype(np.float64)

    @property
    def road_ends(self) -> npt.NDArray[np.int64]:
        """The ends at which no other link meets: the link, and the vertex."""
        degree = np.bincount(self.from_node, minlength=self.nodes) + np.bincount(self.to_node, minlength=self.nodes)
        begin, end = np.flatnonzero(degree[self.from_node] == 1), np.flatnonzero(degree[self.to_node] == 1)
        vertices = np.concatenate([self.offsets[begin], self.offsets[end + 1] - 1])
        return np.stack([np.concatenate([begin, end]), vertices], axis=1)

    def link_of(self, vertex: Integers) -> Integers:
        return np.searchsorted(self.offsets, vertex, side="right") - 1

    def name(self, link: int) -> str:
        return str(self.names[link].as_py())

    def pair(self, one: int, other: int) -> list[str]:
        return [self.name(one), self.name(other)]

    def on_one_level(self, one: Integers, other: Integers) -> Marks:
        """Whether links may meet; those whose level is not known may."""
        return ~(np.abs(self.level[one] - self.level[other]) > 0)


def _near_misses(links: _Links, ends: npt.NDArray[np.int64]) -> list[dict[str, Any]]:
    """Each road end that lies within TOLERANCE of another link on its level, and the nearest of them."""
    points = shapely.points(_mercator(links.coordinates[ends[:, 1]]))
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
            "at": links.coordinates[ends[near[at, 1], 1]].tolist(),
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
    degrees = links.coordinates[offsets[0] : offsets[-1]]
    lines: Geometries = shapely.from_ragged_array(
        shapely.GeometryType.LINESTRING, _mercator(degrees), (offsets - offsets[0],)
    )
    return lines, TOLERANCE / np.cos(np.radians(links.coordinates[offsets[:-1], 1]))


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
    start = links.segment_starts
    steps = np.rint(links.coordinates * _STEPS_PER_DEGREE).astype(np.int64)
    start = start[(steps[start] != steps[start + 1]).any(axis=1)]
    link = links.link_of(start)
    pairs = _sharing(_segment_keys(steps[start], steps[start + 1]), link)
    pairs = pairs[links.on_one_level(pairs[:, 0], pairs[:, 1])]
    distinct, shared = np.unique(pairs, axis=0, return_counts=True)
    segments = np.bincount(link, minlength=len(links))
    same = (shared == segments[distinct[:, 0]]) & (shared == segments[distinct[:, 1]])
    return distinct[~same], distinct[same]


def _segment_keys(start: Integers, end: Integers) -> npt.NDArray[np.uint64]:
    """One number for each segment, the same in both directions; two segments do not have one by chance."""
    return _mixed(start) + _mixed(end)


def _mixed(places: Integers) -> npt.NDArray[np.uint64]:
    """The finaliser of SplitMix64 over both coordinates: sums of its values meet by chance only."""
    value = places[:, 0].astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + places[:, 1].astype(np.uint64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        value = (value ^ (value >> np.uint64(shift))) * np.uint64(factor)
    mixed: npt.NDArray[np.uint64] = value ^ (value >> np.uint64(31))
    return mixed


def _sharing(key: npt.NDArray[np.uint64], link: Integers) -> npt.NDArray[np.int64]:
    """Pairs of links that have one key, the lower first, once for each key; a link is none with itself."""
    order = np.argsort(key, kind="stable")
    key, link = key[order], link[order]
    pairs = [np.empty((0, 2), np.int64)]
    for distance in range(1, _PILE):
        at = np.flatnonzero((key[distance:] == key[:-distance]) & (link[distance:] != link[:-distance]))
        if not len(at) and distance > 1:
            break
        pairs.append(np.stack([link[at], link[at + distance]], axis=1))
    return np.concatenate(pairs)
