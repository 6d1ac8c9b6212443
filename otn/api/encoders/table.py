"""Features as a table: the statement that selects it.

Columns: `id`, the properties by their names, `geometry` as WKB with x before y. Codes are plain text, instants are
microseconds in UTC, sourceCodes is JSON text.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, BinaryIO, Protocol

from otn.api.encoders.view import PAGE_ORDER, Page, View, column, source_sql
from otn.model.common_fields import IDENTIFIER
from otn.model.fields import Field, Kind
from otn.store.statement import quoted

if TYPE_CHECKING:
    import pyarrow

GEOMETRY = "geometry"
BOUNDS = ("xmin", "ymin", "xmax", "ymax")


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
Batches = Iterable["pyarrow.RecordBatch"]


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
    columns = {IDENTIFIER.name: "f.id"} | {field.name: _value(field) for field in view.fields}
    source = source_sql(view, conditions, order)
    if view.geometry is not None:
        columns[GEOMETRY] = "ST_AsBinary(shown.shape)"
        # Without OFFSET, PostgreSQL would transform the geometry anew for each of these columns.
        source += f" CROSS JOIN LATERAL (SELECT {view.geometry} AS shape OFFSET 0) AS shown"
        if bounds:
            columns |= {name: f"ST_{name}(shown.shape)" for name in BOUNDS}
    named = ", ".join(f"{sql} AS {quoted(name)}" for name, sql in columns.items())
    return f"SELECT {named} FROM {source}"  # noqa: S608 - names come from the model


def _value(field: Field) -> str:
    return f"{column(field)}::text" if field.kind is Kind.OBJECT else column(field)
