"""Delimited text files of a known layout, parsed by Arrow as a stream of batches whose cells are all text.

For files whose columns are known by name: their header must be the first line. A row with more or fewer cells than
the header, or with a line end or a NUL character in a cell, is a reject.
"""

import codecs
import csv
import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from otn.errors import SourceError
from otn.etl.readers.columns import check_file, numbers_of
from otn.etl.readers.delimiters import delimiter_of
from otn.etl.readers.disguises import check_is_text
from otn.etl.rows import Reason, Reject

_BLOCK = 8 << 20
_CHUNK = 1 << 20
# Of a block of narrow rows: what becomes of each takes far more memory than its text.
_MOST_ROWS = 20_000
# Line ends in one cell: more than that are no text but a quotation mark that is never closed.
_MOST_LINES = 10


@dataclass(frozen=True)
class Lines:
    """A batch: `position` counts the file's rows from 1, without the header and blank lines."""

    position: npt.NDArray[np.int64]
    cells: pa.Table
    rejects: tuple[Reject, ...]

    def pieces(self) -> Iterator["Lines"]:
        """The same in batches of no more than _MOST_ROWS rows."""
        for start in range(0, max(len(self.position), 1), _MOST_ROWS):
            position = self.position[start : start + _MOST_ROWS]
            yield Lines(position, self.cells.slice(start, _MOST_ROWS), () if start else self.rejects)

    def without(self, unfit: pa.Array, why: str) -> "Lines":
        """The same without the rows that `unfit` marks: these are rejects, `why` in their detail."""
        marked = np.asarray(unfit, dtype=bool)
        if not marked.any():
            return self
        rejects = [_reject(int(self.position[row]), self.cells, int(row), why) for row in np.flatnonzero(marked)]
        kept = np.flatnonzero(~marked)
        return Lines(self.position[kept], self.cells.take(kept), (*self.rejects, *rejects))


class Delimited:
    """One file. `encoding` None is UTF-8, or where the file is not, `fallback`; `delimiter` None is told by the header.

    Names of columns are trimmed; of two columns with one name the second is called `name 2`.
    """

    def __init__(self, path: Path, encoding: str | None = None, delimiter: str | None = None, fallback: str = "utf-8"):
        self.path = path
        self._encoding = encoding
        self._delimiter = delimiter
        self._fallback = fallback

    @cached_property
    def header(self) -> tuple[str, ...]:
        """The names of the columns. Raises SourceError if the file has none, is cut off or not in its encoding."""
        names: list[str] = []
        line = self._first_line
        for cell in next(csv.reader([line], delimiter=self.delimiter), []):
            name = cell.strip()
            names.append(name if name and name not in names else f"{name or 'column'} {len(names) + 1}")
        if not any(cell.strip() for cell in names):
            raise SourceError(f"{self.path} has no header.")
        return tuple(names)

    @cached_property
    def delimiter(self) -> str:
        return delimiter_of(self.path, self._first_line, self._delimiter)

    @cached_property
    def encoding(self) -> str:
        if self._encoding is not None or self._fallback == "utf-8":
            return self._encoding or "utf-8"
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            with self._opened() as file:
                while chunk := file.read(_CHUNK):
                    decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return self._fallback
        return "utf-8"

    def lines(self, columns: tuple[str, ...] | None = None) -> Iterator[Lines]:
        """The rows in batches, all columns or those of the header named in `columns`.

        Raises SourceError if the file is cut off, not in its encoding, or a quotation mark is never closed.
        """
        bad: list[arrow_csv.InvalidRow] = []
        following = 1
        with self._translated():
            for batch in self._batches(columns, bad):
                cells = pa.Table.from_batches([batch])
                numbers, following = numbers_of(len(cells), following, [row.number - 1 for row in bad])
                lines = Lines(numbers, cells, ())
                why = "a cell of the row has a line end or a NUL character in it"
                yield from lines.without(self._unfit(lines), why).pieces()
            if bad:
                rejects = tuple(self._reject_of_line(row) for row in bad)
                yield Lines(np.empty(0, np.int64), self._nothing(columns), rejects)

    def _nothing(self, columns: tuple[str, ...] | None) -> pa.Table:
        return pa.table({name: pa.nulls(0, pa.string()) for name in columns or self.header})

    def _batches(self, columns: tuple[str, ...] | None, bad: list[arrow_csv.InvalidRow]) -> Iterator[pa.RecordBatch]:
        def skip(row: arrow_csv.InvalidRow) -> str:
            bad.append(row)
            return "skip"

        header = list(self.header)
        if not self._has_rows():
            return
        with arrow_csv.open_csv(
            self.path,
            arrow_csv.ReadOptions(
                use_threads=False,  # or rows that cannot be parsed have no number
                block_size=_BLOCK,
                skip_rows=1,
                column_names=header,
                encoding=self.encoding,
            ),
            arrow_csv.ParseOptions(delimiter=self.delimiter, newlines_in_values=True, invalid_row_handler=skip),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()),
                strings_can_be_null=False,
                include_columns=list(columns) if columns is not None else None,
            ),
        ) as reader:
            yield from reader

    def _unfit(self, lines: Lines) -> pa.Array:
        broken = np.zeros(len(lines.cells), dtype=bool)
        for column in filter(_has_control_characters, lines.cells.columns):
            ends = np.asarray(pc.match_substring_regex(column, r"[\r\n\x00]"), dtype=bool)
            for row in np.flatnonzero(ends):
                if column[row].as_py().count("\n") > _MOST_LINES:
                    raise SourceError(
                        f"{self.path}: row {lines.position[row]}: a quotation mark in it is never closed."
                    )
            broken |= ends
        return pa.array(broken)

    def _reject_of_line(self, row: arrow_csv.InvalidRow) -> Reject:
        detail = f"the row has {row.actual_columns} cells where the header has {row.expected_columns}"
        return Reject(row.number - 1, None, Reason.UNREADABLE, detail, {"line": row.text.replace("\0", "")})

    @cached_property
    def _first_line(self) -> str:
        check_file(self.path)
        check_is_text(self.path)
        with self._translated(), self._opened() as file:
            # The byte order mark is no part of the first name.
            return file.readline(_CHUNK).decode(self.encoding).removeprefix("\ufeff").rstrip("\r\n")

    def _has_rows(self) -> bool:
        with self._opened() as file:
            file.readline()
            return bool(file.readline())

    def _opened(self) -> IO[bytes]:
        return cast(IO[bytes], gzip.open(self.path) if self.path.suffix.lower() == ".gz" else self.path.open("rb"))

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (UnicodeDecodeError, pa.ArrowInvalid, OSError) as error:
            raise SourceError(f"{self.path} {_trouble(str(error))}.") from error


def _has_control_characters(column: pa.ChunkedArray) -> bool:
    """Whether there is a line end or a NUL anywhere: cheaper than to look at every cell, and nearly always false."""
    for chunk in column.chunks:
        text = np.frombuffer(chunk.buffers()[2] or b"", np.uint8)
        if ((text == ord("\n")) | (text == ord("\r")) | (text == 0)).any():
            return True
    return False


def _trouble(message: str) -> str:
    if "UTF8" in message or "codec can't decode" in message:
        return f"is not in the encoding that was expected; save it as UTF-8 or declare its encoding ({message})"
    if "straddl" in message:
        return "has a quotation mark that is never closed"
    return f"cannot be read: {message}"


def _reject(number: int, cells: pa.Table, row: int, why: str) -> Reject:
    whole: dict[str, Any] = {name: text.replace("\0", "") for name, text in cells.slice(row, 1).to_pylist()[0].items()}
    return Reject(number, None, Reason.UNREADABLE, why, whole)
