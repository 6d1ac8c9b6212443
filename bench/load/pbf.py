"""The extract of the bench: the real extracts eight times over, some 100 MB, as no real one of that size is at hand.

The copies have ids of their own and lie side by side. Half of its ways are roads, more than a country's have, and each
name occurs at least eight times.
"""

from collections.abc import Iterator
from pathlib import Path

import osmium
from osmium.osm.types import Node, Way

from bench.data import REAL_DATA, NoData

COPIES = 8
_SHIFT_IDS = 20_000_000_000
_SHIFT_DEGREES = 20.0
# Two dates of one country, of which the newer one is left out: merged, it would win.
_LEFT_OUT = frozenset({"liechtenstein-pyosmium.osm.pbf"})


def extract(directory: Path) -> Path:
    """The extract, sorted as OpenStreetMap publishes them; made in `directory` where it is missing."""
    target = directory / "eight-copies.osm.pbf"
    if not target.exists():
        unfinished, base = directory / "unfinished.osm.pbf", directory / "once.osm.pbf"
        for path in (unfinished, base):
            path.unlink(missing_ok=True)
        _merge(base)
        _write_copies(base, unfinished)
        base.unlink()
        unfinished.rename(target)
    return target


def _sources() -> list[Path]:
    found = [path for path in sorted(REAL_DATA.glob("osm/*.osm*")) if path.name not in _LEFT_OUT]
    if not found:
        raise NoData(f"There are no OpenStreetMap extracts in {REAL_DATA}/osm; OTN_REAL_DATA names another folder.")
    return found


def _merge(target: Path) -> None:
    """Writes the extracts as one, each object once."""
    reader = osmium.MergeInputReader()
    for path in _sources():
        reader.add_file(str(path))
    with osmium.SimpleWriter(str(target)) as writer:
        reader.apply(writer, simplify=True)


def _write_copies(base: Path, target: Path) -> None:
    """All nodes of all copies, then all ways: so files are sorted. Relations are left out; roads are none."""
    with osmium.SimpleWriter(str(target), bufsz=32 << 20) as writer:
        for copy in range(COPIES):
            for node in _nodes(base):
                location = (node.lon + copy * _SHIFT_DEGREES, node.lat)
                writer.add_node(node.replace(id=node.id + copy * _SHIFT_IDS, location=location))
        for copy in range(COPIES):
            for way in _ways(base):
                nodes = [node.ref + copy * _SHIFT_IDS for node in way.nodes]
                writer.add_way(way.replace(id=way.id + copy * _SHIFT_IDS, nodes=nodes))


def _nodes(path: Path) -> Iterator[Node]:
    return (found for found in osmium.FileProcessor(path, osmium.osm.NODE) if isinstance(found, Node))


def _ways(path: Path) -> Iterator[Way]:
    return (found for found in osmium.FileProcessor(path, osmium.osm.WAY) if isinstance(found, Way))
