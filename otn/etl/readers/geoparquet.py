"""GeoParquet files, versions 1.0 and 1.1 (https://geoparquet.org/releases/v1.1.0/), read by pyarrow in batches.

Geometry is Well-Known Binary or in one of the encodings of single geometry types ("point", "multipolygon", ...). The
columns that GeoParquet calls a covering, further geometry columns, and an index of pandas without a name are no
attributes.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from otn.errors import SourceError
from otn.etl.geometry import CRS84
from otn.etl.readers.columns import check_columns, check_file, parsed_geometry, plain_column, source_rows
from otn.etl.readers.mapping import SourceFields
from otn.etl.rows import Geometries, SourceRows
from otn.model.collections import Collection
from otn.model.sources import FileSource

SUFFIXES = (".parquet", ".geoparquet")
_BATCH = 20_000
_UNNAMED_INDEX = re.compile(r"__index_level_\d+__")

# GeoParquet's name of an encoding -> shapely's type of geometry, and how deep its coordinates lie in lists.
_NATIVE = {
    "point": (shapely.GeometryType.POINT, 0),
    "linestring": (shapely.GeometryType.LINESTRING, 1),
    "polygon": (shapely.GeometryType.POLYGON, 2),
    "multipoint": (shapely.GeometryType.MULTIPOINT, 1),
    "multilinestring": (shapely.GeometryType.MULTILINESTRING, 2),
    "multipolygon": (shapely.GeometryType.MULTIPOLYGON, 3),
}


@dataclass(frozen=True)
class _GeometryColumn:
    """The column of geometry: its name, GeoParquet's name of its encoding, and its CRS, None where it is unknown."""

    name: str
    encoding: str
    crs: Any


class GeoParquetFile:
    """Reads a file with one of SUFFIXES; `crs`, where given, wins over what the file says."""

    def __init__(self, path: Path, crs: CRS | None, source: FileSource | None = None) -> None:
        self.path = path
        self.crs = crs
        self.source = source
        self.fields = SourceFields(source)

    @property
    def remarks(self) -> list[str]:
        """What was found out about the file, after reading it."""
        return self.fields.remarks

    def read(self) -> Iterator[SourceRows]:
        """The rows, whatever the size of the row groups.

        Raises SourceError if the file is empty, damaged, no Parquet, without rows, geometry or CRS, without a column
        that is declared, or with geometry in an encoding that GeoParquet does not have.
        """
        check_file(self.path)
        read = 0
        with self._translated(), pq.ParquetFile(self.path, memory_map=True, pre_buffer=False) as file:
            geometry, attributes = self._columns(file.schema_arrow)
            crs = self.crs or self._crs(geometry)
            check_columns(attributes, self.source, self.path)
            for batch in file.iter_batches(batch_size=_BATCH, columns=[geometry.name, *attributes]):
                yield self._source_rows(batch, geometry, crs, read)
                read += len(batch)
        if read == 0:
            raise SourceError(f"{self.path} has no rows.")

    def harmonise(self, attributes: pa.Table, collection: Collection) -> dict[str, pa.Array]:
        """The columns as declared, else those whose names are those of fields, or well known for them."""
        return self.fields.of(attributes, collection)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (pa.ArrowException, OSError, UnicodeError) as error:
            reason = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
            raise SourceError(f"{self.path} is damaged, cut off or no Parquet file: {reason}.") from error

    def _columns(self, schema: pa.Schema) -> tuple[_GeometryColumn, list[str]]:
        """The geometry and the attributes. Raises SourceError if the file says nothing of them that fits it."""
        metadata = (schema.metadata or {}).get(b"geo")
        if metadata is None:
            raise SourceError(f"{self.path} is a Parquet file but no GeoParquet: it has no metadata `geo`.")
        try:
            described = json.loads(metadata)
            name = described["primary_column"]
            column = described["columns"][name]
            geometry = _GeometryColumn(name, str(column["encoding"]), column.get("crs", CRS84))
            attributes = _attributes(schema, described["columns"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SourceError(f"{self.path} has metadata `geo` that GeoParquet does not allow: {error!r}.") from error
        if geometry.encoding != "WKB" and geometry.encoding not in _NATIVE:
            encoding = geometry.encoding
            raise SourceError(f"{self.path} has geometry in an encoding that GeoParquet does not have: {encoding!r}.")
        if name not in schema.names or not _holds(schema.field(name).type, geometry.encoding):
            raise SourceError(f"{self.path} has no geometry as {geometry.encoding} in a column {name}, as it says.")
        return geometry, attributes

    def _crs(self, geometry: _GeometryColumn) -> CRS:
        try:
            crs = None if geometry.crs is None else CRS.from_user_input(geometry.crs)
        except CRSError as error:
            raise SourceError(f"{self.path} has a coordinate reference system nobody knows: {error}.") from error
        if crs is None or crs.is_engineering:
            raise SourceError(
                f"{self.path} does not say what coordinate reference system it is in; tell it, as in --crs EPSG:31370."
            )
        return crs

    def _source_rows(self, batch: pa.RecordBatch, column: _GeometryColumn, crs: CRS, read: int) -> SourceRows:
        batch.validate(full=True)
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        values = _storage(columns.pop(column.name))
        geometry = _from_wkb(values) if column.encoding == "WKB" else (_from_native(values, column.encoding), {})
        attributes = pa.table({name: plain_column(column) for name, column in columns.items()})
        position = np.arange(read + 1, read + 1 + len(batch), dtype=np.int64)
        identifier = self.source.identifier if self.source else ()
        return source_rows(position, None, attributes, *geometry, crs, identifier)


def _attributes(schema: pa.Schema, described: dict[str, dict[str, Any]]) -> list[str]:
    """The columns that say something about the objects."""
    no_attributes = set(described)
    for column in described.values():
        covering = column.get("covering", {}).get("bbox", {})
        no_attributes |= {path[0] for path in covering.values()}
    return [name for name in schema.names if name not in no_attributes and not _UNNAMED_INDEX.fullmatch(name)]


def _holds(kind: pa.DataType, encoding: str) -> bool:
    """Whether a column of this type can have geometry in the encoding."""
    kind = kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind
    if encoding == "WKB":
        return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))
    for _ in range(_NATIVE[encoding][1]):
        if not (pa.types.is_list(kind) or pa.types.is_large_list(kind)):
            return False
        kind = kind.value_type
    return bool(pa.types.is_struct(kind)) and {"x", "y"} <= {field.name for field in kind}


def _storage(column: pa.Array) -> pa.Array:
    return column.storage if isinstance(column, pa.ExtensionArray) else column


def _from_wkb(values: pa.Array) -> tuple[Geometries, dict[int, str]]:
    return parsed_geometry(shapely.from_wkb, np.array(values.to_pylist(), dtype=object))


def _from_native(values: pa.Array, encoding: str) -> Geometries:
    """The geometry of lists of structs of x, y (z and m are left out); null stays None."""
    kind, depth = _NATIVE[encoding]
    geometry: Geometries = np.full(len(values), None, dtype=object)
    given = pc.is_valid(values)
    coordinates = values.filter(given)
    offsets = []
    for _ in range(depth):
        offsets.append(np.asarray(coordinates.offsets) - coordinates.offsets[0].as_py())
        coordinates = coordinates.flatten()
    points = np.column_stack([np.asarray(pc.struct_field(coordinates, axis)) for axis in ("x", "y")])
    geometry[np.asarray(given)] = shapely.from_ragged_array(kind, points, tuple(reversed(offsets)) or None)
    return geometry
