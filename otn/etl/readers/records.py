"""Tables of text: what CSV files and sheets have in common once they are split into cells."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyproj import CRS

from otn.errors import SourceError
from otn.etl.geometry import CRS84
from otn.etl.readers.columns import check_columns, source_rows
from otn.etl.readers.csv_geometry import geometry_reader
from otn.etl.readers.mapping import SourceFields
from otn.etl.rows import Reason, Reject, SourceRows, batches
from otn.model.collections import Collection
from otn.model.datasets import Dataset
from otn.model.sources import FileSource

_BATCH = 20_000

# The number of a record from 1, 0 for the header, and its cells.
Record = tuple[int, list[str]]


@dataclass(frozen=True)
class TextRows:
    """Records as columns of text; `rejects` are those that have more cells than the header."""

    position: npt.NDArray[np.int64]
    attributes: pa.Table
    rejects: tuple[Reject, ...]


@dataclass(frozen=True)
class TextTable:
    """The names of the columns, all different, and the rows in batches."""

    header: list[str]
    batches: Iterator[TextRows]


class TextTableReader:
    """Reads one table of text with its geometry in the columns; CRS84 unless `crs` is given.

    `remarks` tells, after reading, what was found out about the file and not declared.
    """

    def __init__(self, path: Path, crs: CRS | None, dataset: Dataset | None = None) -> None:
        self.path = path
        self.crs = crs or CRS84
        self.region = dataset.region if dataset else ""
        self.source = dataset.source if dataset and isinstance(dataset.source, FileSource) else None
        self.identifier = self.source.identifier if self.source else ()
        self.fields = SourceFields(self.source)
        self.remarks: list[str] = []

    def table(self) -> AbstractContextManager[TextTable]:
        """The table while its file is open. Raises SourceError naming what is wrong with it."""
        raise NotImplementedError

    def read(self) -> Iterator[SourceRows]:
        """The rows, all cells as text; a row with fewer cells than the header ends with nulls.

        Raises SourceError if the file is damaged, without rows, or without the columns declared or those of geometry.
        A row with more cells than the header is rejected.
        """
        read = 0
        with self.table() as table:
            check_columns(table.header, self.source, self.path)
            read_geometry = geometry_reader(table.header, self.path, self.source)
            for rows in table.batches:
                geometry = read_geometry(rows.attributes)
                placed = source_rows(rows.position, None, rows.attributes, *geometry, self.crs, self.identifier)
                yield placed.rejecting(rows.rejects)
                read += len(placed) + len(placed.rejects) + len(rows.rejects)
        if read == 0:
            raise SourceError(f"{self.path} has no rows.")

    def harmonise(self, attributes: pa.Table, collection: Collection) -> dict[str, pa.Array]:
        """The columns as declared, else those whose names are those of fields, or well known for them."""
        return self.fields.of(attributes, collection)


def text_table(records: Iterator[Record]) -> TextTable:
    """The table of these records, of which the first is the header."""
    header = _names(next(records, (0, []))[1])
    return TextTable(header, (_text_rows(batch, header) for batch in batches(records, _BATCH)))


def numbered(rows: Iterable[list[str]]) -> Iterator[Record]:
    """The rows that are not blank, numbered from 0."""
    return enumerate(cells for cells in rows if cells)


def _names(header: list[str]) -> list[str]:
    """The names of the columns, made different from each other where the header repeats or leaves out one."""
    names: list[str] = []
    for number, name in enumerate(map(str.strip, header), 1):
        names.append(name if name and name not in names else f"{name or 'column'} {number}")
    return names


def _text_rows(batch: list[Record], header: list[str]) -> TextRows:
    width = len(header)
    rejects = tuple(_too_wide(record, header) for record in batch if any(record[1][width:]))
    wide = {reject.position for reject in rejects}
    records = [record for record in batch if record[0] not in wide] if wide else batch
    rows: list[Sequence[str | None]] = [
        cells if len(cells) == width else [*cells[:width], *[None] * (width - len(cells))] for _, cells in records
    ]
    columns = zip(*rows, strict=True) if rows else [()] * width
    attributes = pa.table({name: pa.array(column, pa.string()) for name, column in zip(header, columns, strict=True)})
    return TextRows(np.array([number for number, _ in records], np.int64), attributes, rejects)


def _too_wide(record: Record, header: list[str]) -> Reject:
    number, cells = record
    row = dict(zip(header, cells, strict=False)) | {"cells beyond the header": " | ".join(cells[len(header) :])}
    detail = f"the row has {len(cells)} cells where the header has {len(header)}"
    return Reject(number, None, Reason.UNREADABLE, detail, row)
