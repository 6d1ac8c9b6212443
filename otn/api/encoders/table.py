"""Features as a table: the statement that selects it and the Arrow schema it has.

Columns: `id`, the properties by their names, `geometry` as WKB with x before y. Codes are plain text, instants are
microseconds in UTC, sourceCodes is JSON text.
"""

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Protocol

import orjson
import pyarrow
import pyproj

from otn.api.crs import CRS84, Crs
from otn.api.encoders.view import PAGE_ORDER, Page, View, column, source_sql
from otn.model.common_fields import IDENTIFIER
from otn.model.fields import Field, Kind

GEOMETRY = "geometry"
BOUNDS = ("xmin", "ymin", "xmax", "ymax")

_ARROW_TYPES = {
    Kind.TEXT: pyarrow.utf8(),
    Kind.CODE: pyarrow.utf8(),
    Kind.OBJECT: pyarrow.utf8(),
    Kind.INTEGER: pyarrow.int32(),
    Kind.NUMBER: pyarrow.float64(),
    Kind.BOOLEAN: pyarrow.bool_(),
    Kind.INSTANT: pyarrow.timestamp("us", "UTC"),
}


class Identifiers:
    """The features of a page by their identifiers alone, as a text format: a table is written from these features."""

    separator = b","

    def feature_sql(self, view: View) -> str:  # noqa: ARG002
        return "f.id::text"

    def head(self, page: Page) -> bytes:  # noqa: ARG002
        return b""

    def tail(self, page: Page) -> bytes:  # noqa: ARG002
        return b""

    def single(self, page: Page, feature: bytes) -> bytes:  # noqa: ARG002
        return feature


IDENTIFIERS = Identifiers()
Batches = Iterable[pyarrow.RecordBatch]


class TableFormat(Protocol):
    """A format that is written from Arrow batches as they come."""

    @property
    def with_bounds(self) -> bool:
        """Whether the batches carry the bounds of each geometry too."""
        ...

    def write(self, batches: Batches, page: Page, sink: BinaryIO) -> None:
        """Writes the whole document; the batches have `table_schema` of the page's view."""
        ...


def table_sql(view: View, conditions: str = "", order: str = PAGE_ORDER, *, bounds: bool = False) -> str:
    """A query of everything in the view; `conditions` and `order` are over the table as `f`."""
    columns = ["f.id", *(_value(field) for field in view.fields)]
    source = source_sql(view, conditions, order)
    if view.geometry is not None:
        columns.append("ST_AsBinary(shown.shape)")
        # Without OFFSET, PostgreSQL would transform the geometry anew for each of these columns.
        source += f" CROSS JOIN LATERAL (SELECT {view.geometry} AS shape OFFSET 0) AS shown"
        if bounds:
            columns.extend(f"ST_{name}(shown.shape)" for name in BOUNDS)
    named = ", ".join(f"{sql} AS c{number}" for number, sql in enumerate(columns))
    return f"SELECT {named} FROM {source}"  # noqa: S608 - names come from the model


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


def _value(field: Field) -> str:
    return f"{column(field)}::text" if field.kind is Kind.OBJECT else column(field)


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
