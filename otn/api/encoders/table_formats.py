"""The formats that are tables. Who writes them imports Arrow's library: fifty megabytes, held once one is asked for."""

from typing import BinaryIO

from otn.api.encoders.table import Batches
from otn.api.encoders.view import Page


class ArrowStream:
    """The Arrow IPC stream: batches as they come."""

    with_bounds = False

    def write(self, batches: Batches, page: Page, sink: BinaryIO) -> None:
        from otn.api.encoders.arrow import write_arrow

        write_arrow(batches, page, sink)


class GeoParquet:
    """GeoParquet 1.1, with the bounds of every feature."""

    with_bounds = True

    def write(self, batches: Batches, page: Page, sink: BinaryIO) -> None:
        from otn.api.encoders.parquet import write_parquet

        write_parquet(batches, page, sink)
