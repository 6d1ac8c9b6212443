"""The reader of OpenStreetMap for more than roads: one collection at a time from the same file."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely

from otn.errors import SourceError
from otn.etl.readers.osm_file import CRS84
from otn.etl.readers.osm_objects import OsmObject, objects
from otn.etl.readers.osm_rules import fields_by_rules, tag_column
from otn.etl.readers.osm_themes import Kind
from otn.etl.rows import Geometries, Reject, SourceRows, batches, json_objects
from otn.model.collections import Collection, GeometryKind

_BATCH = 20_000
# Count what an object lacks that its extract was cut off from, so that a shortened line can be told.
_MISSING_NODES = "nodesWithoutLocation"
_MISSING_MEMBERS = "membersWithoutLine"


class OsmPlaces:
    """Reads what an extract has for `collection`; coordinates are always WGS 84, longitude first.

    In a collection of points an object drawn otherwise is a point on its line or within its area.
    """

    def __init__(self, path: Path, collection: Collection, kind: Kind) -> None:
        self.path = path
        self._collection = collection
        self._kind = kind

    def read(self) -> Iterator[SourceRows]:
        """One row an object, in batches. Raises SourceError if the file cannot be read or has no such object."""
        as_points = self._collection.geometry is GeometryKind.POINT
        empty = True
        for batch in batches(objects(self.path, self._kind.theme), _BATCH):
            empty = False
            yield source_rows(batch, self._kind.theme.tags, as_points=as_points)
        if empty:
            raise SourceError(f"{self.path} has no {self._kind.theme.what}.")

    def harmonise(self, attributes: pa.Table, collection: Collection) -> dict[str, pa.Array]:
        """The tags as fields, and all but the name as they came. Raises SourceError for another collection."""
        if collection != self._collection:
            raise SourceError(f"{self.path} was read for {self._collection.id}: it gives no {collection.id}.")
        kept = {name: attributes[name] for name in attributes.column_names if name != "name"}
        fields = {"name": tag_column(attributes, "name")} | fields_by_rules(self._kind.rules, attributes)
        return fields | {"sourceCodes": json_objects(kept, len(attributes))}


def source_rows(batch: list[OsmObject | Reject], tags: tuple[str, ...], *, as_points: bool = False) -> SourceRows:
    """Objects, whose values are those of `tags`, and rejects as one batch."""
    found = [row for row in batch if isinstance(row, OsmObject)]
    columns = zip(*(row.tags for row in found), strict=True) if found else [()] * len(tags)
    attributes = {tag: pa.array(column, pa.string()) for tag, column in zip(tags, columns, strict=True)}
    attributes[_MISSING_NODES] = pa.array([row.missing_nodes for row in found], pa.int64())
    attributes[_MISSING_MEMBERS] = pa.array([row.missing_members for row in found], pa.int64())
    geometry: Geometries = np.array(shapely.from_wkb([bytes.fromhex(row.wkb) for row in found]), dtype=object)
    return SourceRows(
        position=np.array([row.position for row in found], np.int64),
        source_id=pa.array([row.source_id for row in found], pa.string()),
        geometry=shapely.point_on_surface(geometry) if as_points else geometry,
        attributes=pa.table(attributes),
        crs=CRS84,
        rejects=tuple(row for row in batch if isinstance(row, Reject)),
    )
