"""OpenStreetMap extracts: every way with a `highway` tag is a road.

Read as a stream by libosmium. The only thing that grows with the file is the index of node locations (flex_mem).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pyarrow as pa
import shapely
from osmium.filter import EntityFilter, KeyFilter
from osmium.geom import WKBFactory
from osmium.osm import WAY
from osmium.osm.types import Way

from otn.errors import SourceError
from otn.etl.readers.osm_file import CRS84, check_file, troubles_named
from otn.etl.readers.osm_tags import ROAD_TAGS, road_fields
from otn.etl.rows import Geometries, Reason, Reject, SourceRows, batches, json_objects
from otn.model.collections import ROADS, Collection

_BATCH = 20_000
_TAGS = ("name", *ROAD_TAGS)
# Counts the nodes of a way that its extract was cut off from, so that a shortened line can be told.
_MISSING_NODES = "nodesWithoutLocation"


@dataclass(frozen=True)
class _Road:
    """A way as it came: its line as WKB in hexadecimal digits, its values of _TAGS, the nodes it lacks."""

    position: int
    id: int
    wkb: str
    tags: list[str | None]
    missing_nodes: int | None


class OsmRoads:
    """Reads `.osm.pbf`, `.osm`, `.osm.gz` and `.osm.bz2`; coordinates are always WGS 84, longitude first."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Iterator[SourceRows]:
        """One row a way, in batches. Raises SourceError if the file is cut off, no OSM file, or has no roads.

        A way keeps the nodes that have a location: extracts cut ways at their border. Ways left with fewer than two
        distinct locations are rejected.
        """
        read = roads = 0
        for batch in batches(self._rows(), _BATCH):
            rows = _source_rows(batch)
            read, roads = read + len(batch), roads + len(rows)
            yield rows
        if read == 0:
            raise SourceError(f"{self.path} has no way with a highway tag: there are no roads in it.")
        if roads == 0:
            raise SourceError(
                f"{self.path} has {read} roads but the locations of none: "
                "their nodes must be in the file, before them, and have positive ids."
            )

    def harmonise(self, attributes: pa.Table, collection: Collection) -> dict[str, pa.Array]:
        """The tags as fields of roads, and all but the name as they came. Raises SourceError for other collections."""
        if collection != ROADS:
            raise SourceError(f"{self.path} is an OpenStreetMap extract: it gives roads, not {collection.id}.")
        kept = {name: attributes[name] for name in attributes.column_names if name != "name"}
        return road_fields(attributes) | {"sourceCodes": json_objects(kept, len(attributes))}

    def _rows(self) -> Iterator[_Road | Reject]:
        factory = WKBFactory()
        for position, way in enumerate(self._ways(), 1):
            try:
                row = _road(factory, way, position)
            except UnicodeDecodeError as error:
                raise SourceError(f"{self.path}: way {way.id} holds text that is not UTF-8 ({error}).") from error
            yield row

    def _ways(self) -> Iterator[Way]:
        """The ways with a highway tag; each is valid until the next one is asked for."""
        check_file(self.path)
        with troubles_named(self.path):
            processor = osmium.FileProcessor(self.path).with_locations("flex_mem")
            yield from processor.with_filter(EntityFilter(WAY)).with_filter(KeyFilter("highway"))  # type: ignore[misc]


def _road(factory: WKBFactory, way: Way, position: int) -> _Road | Reject:
    wkb, missing = _whole_line(factory, way), 0
    if wkb is None:
        points = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
        wkb, missing = _line(points), len(way.nodes) - len(points)
    if wkb is None:
        return _reject(way, position, missing)
    tags = way.tags
    return _Road(position, way.id, wkb, [tags.get(tag) for tag in _TAGS], missing or None)


def _whole_line(factory: WKBFactory, way: Way) -> str | None:
    """The line of a way all of whose nodes have a location, else None.

    The first node is looked at because the factory skips missing ones at the start without a word.
    """
    nodes = way.nodes
    if len(nodes) == 0 or not nodes[0].location.valid():
        return None
    try:
        return factory.create_linestring(way)
    except (osmium.InvalidLocationError, RuntimeError):
        return None


def _line(points: list[tuple[float, float]]) -> str | None:
    distinct = [point for point, previous in zip(points, [None, *points], strict=False) if point != previous]
    return shapely.to_wkb(shapely.LineString(distinct), hex=True) if len(distinct) > 1 else None


def _reject(way: Way, position: int, missing: int) -> Reject:
    nodes = [node.ref for node in way.nodes]
    row: dict[str, Any] = {"type": "way", "id": way.id, "nodes": nodes, "tags": dict(way.tags)}
    detail = f"{missing} of {len(nodes)} nodes have no location in the extract; the rest make no line"
    return Reject(position, str(way.id), Reason.TOO_FEW_POINTS, detail, row)


def _source_rows(batch: list[_Road | Reject]) -> SourceRows:
    roads = [row for row in batch if isinstance(row, _Road)]
    columns = zip(*(road.tags for road in roads), strict=True) if roads else [()] * len(_TAGS)
    attributes = {tag: pa.array(column, pa.string()) for tag, column in zip(_TAGS, columns, strict=True)}
    attributes[_MISSING_NODES] = pa.array([road.missing_nodes for road in roads], pa.int64())
    geometry: Geometries = np.array(shapely.from_wkb([bytes.fromhex(road.wkb) for road in roads]), dtype=object)
    return SourceRows(
        position=np.array([road.position for road in roads], np.int64),
        source_id=pa.array([str(road.id) for road in roads], pa.string()),
        geometry=geometry,
        attributes=pa.table(attributes),
        crs=CRS84,
        rejects=tuple(row for row in batch if isinstance(row, Reject)),
    )
