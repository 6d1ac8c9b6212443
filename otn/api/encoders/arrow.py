"""The Arrow IPC stream: batches as they come, the geometry as geoarrow.wkb with its reference system."""

from typing import BinaryIO

import pyarrow

from otn.api.encoders.arrow_schema import described, in_schema, table_schema
from otn.api.encoders.table import Batches
from otn.api.encoders.view import Page


def write_arrow(batches: Batches, page: Page, sink: BinaryIO) -> None:
    """One schema, then batches, without compression: readers in browsers have none, and HTTP compresses."""
    schema = described(table_schema(page.view), page)
    with pyarrow.ipc.new_stream(sink, schema) as writer:
        for batch in in_schema(batches, schema):
            columns = [_blanked(column) for column in batch.columns]
            writer.write_batch(pyarrow.RecordBatch.from_arrays(columns, schema=schema))


def _blanked(column: pyarrow.Array) -> pyarrow.Array:
    """The column with zeros where it is null, and in the bits after its last row.

    The driver leaves there what its memory held before: bytes that are nobody's business, and others each time.
    """
    if column.null_count == 0:
        return column
    valid, values = column.is_valid().buffers()[1], column.buffers()[1:]
    if pyarrow.types.is_primitive(column.type):
        # Made of its bytes: to make a scalar of a number, Arrow would import pandas, which takes fifty megabytes.
        zero = pyarrow.Array.from_buffers(column.type, 1, [None, pyarrow.py_buffer(bytes(8))])[0]
        values = column.fill_null(zero).buffers()[1:]
    return pyarrow.Array.from_buffers(column.type, len(column), [valid, *values])
