"""The Arrow IPC stream: batches as they come, the geometry as geoarrow.wkb with its reference system."""

from typing import BinaryIO

import pyarrow

from otn.api.encoders.table import Batches, described, in_schema, table_schema
from otn.api.encoders.view import Page


class ArrowStream:
    """One schema, then batches, without compression: readers in browsers have none, and HTTP compresses."""

    with_bounds = False

    def write(self, batches: Batches, page: Page, sink: BinaryIO) -> None:
        schema = described(table_schema(page.view), page)
        with pyarrow.ipc.new_stream(sink, schema) as writer:
            for batch in in_schema(batches, schema):
                writer.write_batch(batch)
