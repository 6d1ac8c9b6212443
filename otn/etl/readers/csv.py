"""CSV files (RFC 4180), with comma, semicolon, tab or bar between the cells, whole or gzipped.

Read by Python's own parser: GDAL's drops without a word what follows a quotation mark that is never closed.
"""

import csv
import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, cast

import numpy as np
import pyarrow as pa
from pyproj import CRS

from otn.errors import SourceError
from otn.etl.geometry import CRS84
from otn.etl.readers.columns import check_file, source_rows
from otn.etl.readers.csv_geometry import ReadGeometry, geometry_reader
from otn.etl.readers.vector_fields import fields_of_columns
from otn.etl.rows import Reason, Reject, SourceRows, batches
from otn.model.collections import Collection

SUFFIXES = (".csv", ".csv.gz")
_BATCH = 20_000
_DELIMITERS = ",;\t|"
# Characters of a cell: without a limit a quotation mark that is never closed would take the rest of the file.
_LONGEST_CELL = 100_000_000

Record = tuple[int, list[str]]


class CsvFile:
    """Reads a file with one of SUFFIXES in UTF-8, whose first line names the columns; CRS84 unless `crs` is given."""

    def __init__(self, path: Path, crs: CRS | None) -> None:
        self.path = path
        self.crs = crs or CRS84

    def read(self) -> Iterator[SourceRows]:
        """The rows, all cells as text; a row with fewer cells than the header ends with nulls.

        Raises SourceError if the file is empty, cut off, not UTF-8, without rows or without columns of geometry, or
        if a quotation mark is never closed. A row with more cells than the header is rejected.
        """
        check_file(self.path)
        csv.field_size_limit(_LONGEST_CELL)
        read = 0
        with self._translated(), self._opened() as file:
            first = next(file, "")
            delimiter = max(_DELIMITERS, key=re.sub('"[^"]*"', "", first).count)
            lines = (line.replace("\0", "") for line in chain([first], file))
            records = self._records(csv.reader(lines, delimiter=delimiter, strict=True))
            header = _names(next(records, (0, []))[1])
            read_geometry = geometry_reader(header, self.path)
            for batch in batches(records, _BATCH):
                yield _source_rows(batch, header, read_geometry, self.crs)
                read += len(batch)
        if read == 0:
            raise SourceError(f"{self.path} has no rows.")

    def harmonise(self, attributes: pa.Table, collection: Collection) -> dict[str, pa.Array]:
        """The columns whose names are those of fields, or well known for them."""
        return fields_of_columns(attributes, collection)

    def _opened(self) -> IO[str]:
        if self.path.suffix.lower() == ".gz":
            return cast(IO[str], gzip.open(self.path, "rt", encoding="utf-8-sig", newline=""))
        return self.path.open(encoding="utf-8-sig", newline="")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except UnicodeDecodeError as error:
            raise SourceError(f"{self.path} holds text that is not UTF-8; save it as UTF-8 ({error}).") from error
        except OSError as error:
            raise SourceError(f"{self.path} cannot be read: {error}.") from error

    def _records(self, reader: Iterator[list[str]]) -> Iterator[Record]:
        """The records that are not blank, numbered from 0: the header has that number."""
        number = 0
        try:
            for cells in reader:
                if cells:
                    yield number, cells
                    number += 1
        except csv.Error as error:
            reason = "a quotation mark in it is never closed" if "end of data" in str(error) else str(error)
            raise SourceError(f"{self.path}: row {number} cannot be read: {reason}.") from error


def _names(header: list[str]) -> list[str]:
    """The names of the columns, made different from each other where the header repeats or leaves out one."""
    names: list[str] = []
    for number, name in enumerate(map(str.strip, header), 1):
        names.append(name if name and name not in names else f"{name or 'column'} {number}")
    return names


def _source_rows(batch: list[Record], header: list[str], read_geometry: ReadGeometry, crs: CRS) -> SourceRows:
    rejects = [_too_wide(record, header) for record in batch if any(record[1][len(header) :])]
    wide = {reject.position for reject in rejects}
    records = [record for record in batch if record[0] not in wide]
    cells = [[*cells, *[None] * (len(header) - len(cells))] for _, cells in records]
    columns = zip(*(row[: len(header)] for row in cells), strict=True) if cells else [()] * len(header)
    attributes = pa.table({name: pa.array(column, pa.string()) for name, column in zip(header, columns, strict=True)})
    position = np.array([number for number, _ in records], np.int64)
    rows = source_rows(position, None, attributes, *read_geometry(attributes), crs)
    return rows.rejecting(rejects)


def _too_wide(record: Record, header: list[str]) -> Reject:
    number, cells = record
    row = dict(zip(header, cells, strict=False)) | {"cells beyond the header": " | ".join(cells[len(header) :])}
    detail = f"the row has {len(cells)} cells where the header has {len(header)}"
    return Reject(number, None, Reason.UNREADABLE, detail, row)
