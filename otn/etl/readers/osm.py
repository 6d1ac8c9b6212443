"""OpenStreetMap extracts as a road network: every way with a `highway` tag is a road, cut into links where roads meet.

The file is read once, in columns. What grows with the file is the index of node locations (flex_mem), which is gone
before the first row is given, and 24 bytes for each vertex of a road; the ways themselves wait in a temporary file.
"""

from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import osmium
import pyarrow as pa
from osmium.filter import KeyFilter
from osmium.osm import WAY

from otn.errors import SourceError
from otn.etl.network import Integers
from otn.etl.readers.osm_file import CRS84, check_file, troubles_named
from otn.etl.readers.osm_network import NODE_TAGS, RoadNetwork
from otn.etl.readers.osm_opl import NOT_UTF8, TaggedNode, Ways, read_opl
from otn.etl.readers.osm_tags import ROAD_TAGS, road_fields
from otn.etl.readers.osm_ways import WaysAside, located
from otn.etl.rows import Reject, SourceRows, json_objects
from otn.model.collections import ROAD_NODES, ROADS, Collection

_TAGS = ("name", *ROAD_TAGS)
# Attributes that are fields as they are, and no codes of the source.
_LINK_ENDS = ("fromNode", "toNode")
_NODE_FIELDS = ("inspireId", "name", "formOfRoadNode", "numberOfLinks")


class OsmRoads:
    """Reads `.osm.pbf`, `.osm`, `.osm.gz` and `.osm.bz2`; coordinates are always WGS 84, longitude first."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Iterator[SourceRows]:
        """The links of roads in the order of their ways, then the road nodes, in batches of their collections.

        A way keeps the nodes that have a location: extracts cut ways at their border. Ways left with fewer than two
        distinct locations are rejected. Raises SourceError if the file is cut off, no OSM file, or has no roads.
        """
        check_file(self.path)
        with closing(WaysAside()) as aside:
            network = yield from self._read(aside)
            for ways in aside:
                yield network.links(ways)
        yield from network.nodes()

    def harmonise(self, attributes: pa.Table, collection: Collection) -> dict[str, pa.Array]:
        """The tags as fields of roads or of road nodes, and all but the name as they came.

        Raises SourceError for other collections.
        """
        if collection == ROAD_NODES:
            fields = {name: attributes[name].combine_chunks() for name in _NODE_FIELDS}
        elif collection == ROADS:
            ends = {name: attributes[name].combine_chunks() for name in _LINK_ENDS}
            fields = road_fields(attributes) | ends
        else:
            raise SourceError(f"{self.path} is an OpenStreetMap extract: it gives roads, not {collection.id}.")
        codes = [name for name in attributes.column_names if name not in (*_LINK_ENDS, *_NODE_FIELDS)]
        kept = {name: attributes[name].combine_chunks() for name in codes}
        return fields | {"sourceCodes": json_objects(kept, len(attributes))}

    def _read(self, aside: WaysAside) -> Generator[SourceRows, None, RoadNetwork]:
        """Reads the file: the ways go `aside`, their nodes make the network, rejects are given at once."""
        sizes: list[Integers] = []
        nodes: list[Integers] = []
        tagged: list[TaggedNode] = []
        read = 0
        for ways, tagged_nodes in self._ways():
            lines, rejects = located(ways, read + 1)
            aside.add(lines)
            read += len(ways)
            tagged += tagged_nodes
            sizes.append(np.diff(lines.offsets))
            nodes.append(lines.node)
            if rejects:
                yield _rejected(rejects)
        self._check_counts(read, sum(map(len, sizes)))
        offsets = np.cumsum(np.concatenate([[0], *sizes]), dtype=np.int64)
        node = np.concatenate(nodes)
        nodes.clear()
        return RoadNetwork(offsets, node, tagged)

    def _ways(self) -> Iterator[tuple[Ways, list[TaggedNode]]]:
        try:
            with troubles_named(self.path):
                yield from read_opl(self.path, ["highway"], _TAGS, NODE_TAGS)
        except SourceError as error:
            if NOT_UTF8.search(str(error)):
                raise SourceError(
                    f"{self.path}: {_way_with_bad_text(self.path)} holds text that is not UTF-8."
                ) from error
            raise

    def _check_counts(self, read: int, roads: int) -> None:
        if read == 0:
            raise SourceError(f"{self.path} has no way with a highway tag: there are no roads in it.")
        if roads == 0:
            raise SourceError(
                f"{self.path} has {read} roads but the locations of none: "
                "their nodes must be in the file, before them, and have positive ids."
            )


def _rejected(rejects: tuple[Reject, ...]) -> SourceRows:
    """A batch of nothing but rejects."""
    none = pa.array([], pa.string())
    attributes = pa.table(dict.fromkeys((*_TAGS, *_LINK_ENDS), none))
    return SourceRows(np.empty(0, np.int64), none, np.empty(0, object), attributes, CRS84, rejects, collection=ROADS.id)


def _way_with_bad_text(path: Path) -> str:
    """The first way that libosmium cannot write as UTF-8; looked for one by one, when it is known that there is one."""
    for way in osmium.FileProcessor(path, WAY).with_filter(KeyFilter("highway")):
        try:
            dict(way.tags)
        except UnicodeDecodeError:
            return f"way {way.id}"
    return "a node"
