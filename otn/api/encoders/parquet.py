"""GeoParquet 1.1: WKB with x before y, and a column `bbox` by which readers pass over what is far away.

Features come in the order of a Hilbert curve, so each row group covers a small part of the map.
"""

from typing import Any, BinaryIO

import orjson
import pyarrow
import pyarrow.parquet

from otn.api.encoders.arrow_schema import described, projjson, table_schema
from otn.api.encoders.table import BOUNDS, GEOMETRY, Batches
from otn.api.encoders.view import Page, View
from otn.model.collections import GeometryKind
from otn.model.common_fields import INSPIRE_ID, LOCAL_ID
from otn.model.fields import Kind

_BBOX = "bbox"
_BBOX_TYPE = pyarrow.struct([pyarrow.field(name, pyarrow.float64(), nullable=False) for name in BOUNDS])

# The system's allocator gives memory back after each row group; Arrow's own keeps some 30 MB of it.
_OPTIONS = {"compression": "zstd", "version": "2.6", "memory_pool": pyarrow.system_memory_pool()}
# What repeats is written as a dictionary; to try it with what does not costs memory and time.
_REPEATED = (Kind.TEXT, Kind.CODE, Kind.OBJECT)
_UNIQUE = (LOCAL_ID, INSPIRE_ID)


def write_parquet(batches: Batches, page: Page, sink: BinaryIO) -> None:
    """A row group for each batch. Source: GeoParquet 1.1.0, https://geoparquet.org/releases/v1.1.0/."""
    schema = described(_schema(page.view), page)
    extent: _Extent | None = None
    dictionaries = [field.name for field in page.view.fields if field.kind in _REPEATED and field not in _UNIQUE]
    with pyarrow.parquet.ParquetWriter(sink, schema, use_dictionary=dictionaries, **_OPTIONS) as writer:
        for batch in batches:
            if page.view.geometry is None:
                writer.write_batch(pyarrow.RecordBatch.from_arrays(batch.columns, schema=schema))
                continue
            *columns, xmin, ymin, xmax, ymax = batch.columns
            bounds = [xmin, ymin, xmax, ymax]
            bbox = pyarrow.StructArray.from_arrays(bounds, fields=list(_BBOX_TYPE))
            writer.write_batch(pyarrow.RecordBatch.from_arrays([*columns, bbox], schema=schema))
            extent = _widened(extent, bounds)
        if page.view.geometry is not None:
            writer.add_key_value_metadata({"geo": orjson.dumps(_geo(page.view, extent)).decode()})


_Extent = tuple[float, float, float, float]


def _schema(view: View) -> pyarrow.Schema:
    """What makes a column of Arrow a geometry says the key `geo` here."""
    columns = [field.remove_metadata() for field in table_schema(view)]
    if view.geometry is not None:
        columns.append(pyarrow.field(_BBOX, _BBOX_TYPE, nullable=False))
    return pyarrow.schema(columns)


def _widened(extent: _Extent | None, bounds: list[Any]) -> _Extent | None:
    xmin, ymin, xmax, ymax = bounds
    if len(xmin) == 0:
        return extent
    compute = pyarrow.compute
    least = [compute.min(array).as_py() for array in (xmin, ymin)]
    most = [compute.max(array).as_py() for array in (xmax, ymax)]
    if extent is None:
        return least[0], least[1], most[0], most[1]
    return (
        min(extent[0], least[0]),
        min(extent[1], least[1]),
        max(extent[2], most[0]),
        max(extent[3], most[1]),
    )


def _geo(view: View, extent: _Extent | None) -> dict[str, Any]:
    kind = view.collection.geometry
    column: dict[str, Any] = {
        "encoding": "WKB",
        # An empty list says that every type may be there.
        "geometry_types": [] if kind is GeometryKind.ANY else [kind.value],
        "crs": projjson(view.crs),
        "covering": {_BBOX: {name: [_BBOX, name] for name in BOUNDS}},
    }
    if extent is not None:
        column[_BBOX] = list(extent)
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
