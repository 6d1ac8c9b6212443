"""The Arrow schema of features as a table. It imports Arrow's library, so it is itself imported where it is needed."""

from collections.abc import Iterator
from typing import Any

import orjson
import pyarrow
import pyproj

from otn.api.crs import CRS84, Crs
from otn.api.encoders.table import BOUNDS, GEOMETRY, Batches
from otn.api.encoders.view import Page, View
from otn.model.common_fields import IDENTIFIER
from otn.model.fields import Field, Kind

_ARROW_TYPES = {
    Kind.TEXT: pyarrow.utf8(),
    Kind.CODE: pyarrow.utf8(),
    Kind.OBJECT: pyarrow.utf8(),
    Kind.INTEGER: pyarrow.int32(),
    Kind.NUMBER: pyarrow.float64(),
    Kind.BOOLEAN: pyarrow.bool_(),
    Kind.INSTANT: pyarrow.timestamp("us", "UTC"),
}


def table_schema(view: View, *, bounds: bool = False) -> pyarrow.Schema:
    """The schema of the batches of `table_sql`."""
    columns = [_arrow_field(field) for field in (IDENTIFIER, *view.fields)]
    if view.geometry is not None:
        columns.append(_geometry_field(view.crs))
        if bounds:
            columns.extend(pyarrow.field(name, pyarrow.float64(), nullable=False) for name in BOUNDS)
    return pyarrow.schema(columns)


def described(schema: pyarrow.Schema, page: Page, **more: str) -> pyarrow.Schema:
    """The schema with what a reader should know of the whole: title, attribution and licence."""
    return schema.with_metadata({"title": page.title, "attribution": page.notice, **more})


def in_schema(batches: Batches, schema: pyarrow.Schema) -> Iterator[pyarrow.RecordBatch]:
    """The same batches with another schema of the same types."""
    for batch in batches:
        yield pyarrow.RecordBatch.from_arrays(batch.columns, schema=schema)


def projjson(crs: Crs) -> dict[str, Any]:
    """The reference system as PROJJSON."""
    definition = pyproj.CRS.from_user_input("OGC:CRS84") if crs == CRS84 else crs.definition
    document: dict[str, Any] = definition.to_json_dict()
    return document


def _arrow_field(field: Field) -> pyarrow.Field:
    kind = pyarrow.int64() if field is IDENTIFIER else _ARROW_TYPES[field.kind]
    return pyarrow.field(field.name, kind, nullable=not field.required)


def _geometry_field(crs: Crs) -> pyarrow.Field:
    """Source: GeoArrow 0.2, extension types: WKB in Arrow's own storage."""
    extension = {
        "ARROW:extension:name": "geoarrow.wkb",
        "ARROW:extension:metadata": orjson.dumps({"crs": projjson(crs), "crs_type": "projjson"}).decode(),
    }
    return pyarrow.field(GEOMETRY, pyarrow.binary(), nullable=False, metadata=extension)
