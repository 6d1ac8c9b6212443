"""CSV files (RFC 4180), with comma, semicolon, tab or bar between the cells, whole or gzipped.

Read by Python's own parser: GDAL's drops without a word what follows a quotation mark that is never closed.
"""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import IO

from otn.errors import SourceError
from otn.etl.readers.columns import check_file
from otn.etl.readers.delimiters import delimiter_of
from otn.etl.readers.disguises import check_is_text
from otn.etl.readers.records import TextTable, TextTableReader, numbered, text_table
from otn.etl.readers.text_encoding import opened_bytes, text_encoding
from otn.model.sources import FileSource

SUFFIXES = (".csv", ".csv.gz", ".tsv", ".tsv.gz")
# Characters of a cell: without a limit a quotation mark that is never closed would take the rest of the file.
_LONGEST_CELL = 100_000_000
# The line that Excel puts before the header to say what stands between the cells.
_EXCEL = re.compile(r'"?sep=(.)"?\s*')


class CsvFile(TextTableReader):
    """Reads a file with one of SUFFIXES; the first line, or the first after `options.skip` lines, names the columns.

    Its encoding and delimiter are those declared, else what the file looks like. A quotation mark that is never closed
    is a SourceError.
    """

    @contextmanager
    def table(self) -> Iterator[TextTable]:
        with csv_table(self.path, self.source, self.region, self.remarks) as table:
            yield table


@contextmanager
def csv_table(path: Path, source: FileSource | None, region: str, remarks: list[str]) -> Iterator[TextTable]:
    """The table of a CSV file while it is open; adds to `remarks` what was found out about it.

    Raises SourceError, when its rows are read too, if the file is empty, cut off or in another encoding.
    """
    check_file(path)
    check_is_text(path)
    csv.field_size_limit(_LONGEST_CELL)
    with _translated(path, source), opened_text(path, source, region, remarks) as file:
        lines, delimiter = _lines(file, path, source)
        rows = csv.reader((line.replace("\0", "") for line in lines), delimiter=delimiter, strict=True)
        yield text_table(numbered(_readable(rows, path)))


def opened_text(path: Path, source: FileSource | None, region: str, remarks: list[str]) -> IO[str]:
    """The text of a file, whole or gzipped, in the encoding that is declared or found."""
    encoding = text_encoding(path, source.encoding if source else None, region)
    if encoding.remark:
        remarks.append(encoding.remark)
    return io.TextIOWrapper(opened_bytes(path), encoding=encoding.name, newline="")


def _lines(file: IO[str], path: Path, source: FileSource | None) -> tuple[Iterator[str], str]:
    """The lines from the header on, and what stands between their cells."""
    lines: Iterator[str] = islice(file, int(source.options.get("skip") or 0) if source else 0, None)
    first = next(lines, "")
    declared = source.delimiter if source else None
    if said := _EXCEL.fullmatch(first):
        first = next(lines, "")
    delimiter = said[1] if said and not declared else delimiter_of(path, first, declared)
    return chain([first], lines), delimiter


def _readable(rows: Iterator[list[str]], path: Path) -> Iterator[list[str]]:
    number = 0
    try:
        for cells in rows:
            number += bool(cells)
            yield cells
    except csv.Error as error:
        reason = "a quotation mark in it is never closed" if "end of data" in str(error) else str(error)
        raise SourceError(f"{path}: row {number} cannot be read: {reason}.") from error


@contextmanager
def _translated(path: Path, source: FileSource | None) -> Iterator[None]:
    try:
        yield
    except UnicodeError as error:
        raise SourceError(f"{path} holds text that is not {_encoding(error, source)} ({error}).") from error
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error}.") from error


def _encoding(error: UnicodeError, source: FileSource | None) -> str:
    """The name of the encoding that did not fit."""
    name = error.encoding if isinstance(error, UnicodeDecodeError) else "UTF-16"
    if name == "charmap" and source is not None and source.encoding is not None:
        return source.encoding
    return "UTF-8; save it as UTF-8" if name.lower().startswith("utf-8") or name == "utf_8" else name
