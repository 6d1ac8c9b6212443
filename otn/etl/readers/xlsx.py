"""Excel workbooks (.xlsx, Office Open XML, ECMA-376), read by openpyxl row by row.

A sheet is a table of text: its first row that is not empty names the columns. Dates become ISO 8601, numbers text,
formulas the values that were stored with them. A value in cells that are merged downwards is that of every row.
openpyxl takes a quarter of a second to import, which loads of other formats are spared.
"""

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from otn.errors import SourceError
from otn.etl.readers.columns import check_file
from otn.etl.readers.records import TextTable, TextTableReader, numbered, text_table

SUFFIXES = (".xlsx", ".xlsm", ".xls")
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_LARGEST = 2 << 30  # bytes of all members together: a sheet with all of its million rows filled has fewer
_LARGEST_TEXTS = 256 << 20  # bytes of the texts that cells share, which are all in memory
_MOST_MEMBERS = 10_000
_HIGHEST_RATIO = 500  # repeated XML shrinks by 10 to 100
_CHUNK = 1 << 20
_LONGEST_ROW = 16 << 20
_AT_ONCE = 1000  # rows
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+\d+:[A-Z]+\d+)"')
_NO_VALUE = re.compile(rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f(?:\s[^>]*)?/>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</(?:\w+:)?c>")
_ERRORS = frozenset({"#N/A", "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#GETTING_DATA"})


@dataclass
class _Merge:
    """Cells that are merged over several rows: the value of the first row is that of all."""

    first_row: int
    last_row: int
    column: int
    value: str = ""


class XlsxFile(TextTableReader):
    """Reads the sheet `options.sheet`, else the only visible one with rows; `options.skip` rows above the header.

    A workbook that unpacks to more than a sheet can hold, the older .xls, and one with a password are SourceErrors.
    """

    @contextmanager
    def table(self) -> Iterator[TextTable]:
        check_file(self.path)
        with self._translated():
            self._check_archive()
            workbook = _opened(self.path)
        with closing(workbook):
            with self._translated():
                sheet = self._sheet(workbook)
                merges = self._scanned(sheet)
            skip = int(self.source.options.get("skip") or 0) if self.source else 0
            yield text_table(numbered(islice(self._rows(sheet, merges), skip, None)))

    def _rows(self, sheet: Any, merges: list[_Merge]) -> Iterator[list[str]]:
        with self._translated():
            yield from _rows(sheet, merges)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        from openpyxl.utils.exceptions import InvalidFileException

        try:
            yield
        except (zipfile.BadZipFile, zlib.error, InvalidFileException, ParseError, SyntaxError, KeyError) as error:
            raise SourceError(f"{self.path} is damaged, cut off or no Excel workbook (.xlsx): {error}.") from error
        except (OSError, ValueError, IndexError, TypeError, AttributeError, NotImplementedError) as error:
            # openpyxl takes the parts of a workbook for what they should be.
            raise SourceError(f"{self.path} cannot be read as an Excel workbook (.xlsx): {error}.") from error

    def _check_archive(self) -> None:
        """Refuses what is no workbook, or one to be unpacked at the machine's peril, before openpyxl opens it."""
        with self.path.open("rb") as file:
            if file.read(len(_OLE)) == _OLE:
                raise SourceError(
                    f"{self.path} is a workbook of Excel 97-2003 (.xls) or one locked with a password: save it as "
                    ".xlsx, without a password."
                )
        with zipfile.ZipFile(self.path) as archive:
            _check_sizes(archive.infolist(), self.path)
            for member in archive.infolist():
                if member.filename.lower().endswith((".xml", ".rels")):
                    _check_document(archive, member, self.path)

    def _sheet(self, workbook: Any) -> Any:
        wanted = self.source.options.get("sheet") if self.source else None
        names = ", ".join(sheet.title for sheet in workbook.worksheets)
        if wanted is not None:
            sheet = next((sheet for sheet in workbook.worksheets if sheet.title == str(wanted)), None)
            if sheet is None:
                raise SourceError(f"{self.path} has no sheet {wanted!r}; it has {names}.")
            return sheet
        filled = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible" and _has_rows(sheet)]
        if not filled:
            raise SourceError(f"{self.path} has no rows.")
        if len(filled) > 1:
            titles = ", ".join(sheet.title for sheet in filled)
            raise SourceError(
                f"{self.path} has rows in several sheets ({titles}): "
                "save one as a workbook of its own, or declare it as source.options.sheet."
            )
        return filled[0]

    def _scanned(self, sheet: Any) -> list[_Merge]:
        """The cells merged downwards; formulas without a value are remarked on.

        openpyxl tells neither while it reads row by row, and without that it needs memory for the whole sheet.
        """
        from openpyxl.utils.cell import range_boundaries

        merges: list[_Merge] = []
        without_value = 0
        with sheet._get_source() as source:
            for piece in _pieces(source):
                without_value += len(_NO_VALUE.findall(piece))
                for cells in _MERGED.findall(piece):
                    left, top, _, bottom = range_boundaries(cells.decode())
                    if top is not None and bottom is not None and left is not None and bottom > top:
                        merges.append(_Merge(top, bottom, left))
        if without_value:
            self.remarks.append(
                f"{self.path.name}: {without_value:,} formulas of the sheet {sheet.title} have no stored value and were"
                " read as empty; opened and saved by a spreadsheet program, the file has them."
            )
        return merges


def _opened(path: Path) -> Any:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that it leaves out
        return openpyxl.load_workbook(path, read_only=True, data_only=True)


def _check_sizes(members: list[zipfile.ZipInfo], path: Path) -> None:
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    texts = sum(member.file_size for member in members if member.filename.endswith("sharedStrings.xml"))
    too_large = unpacked > _LARGEST or texts > _LARGEST_TEXTS or unpacked > _HIGHEST_RATIO * max(packed, 1)
    if len(members) > _MOST_MEMBERS or too_large:
        raise SourceError(
            f"{path} is refused: its {len(members):,} members of {packed:,} bytes would unpack to {unpacked:,} bytes, "
            "more than a table needs."
        )


def _check_document(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> None:
    """ECMA-376 forbids document types, which only serve to define entities."""
    with archive.open(member) as file:
        start = file.read(4096)
    if b"<!DOCTYPE" in start.replace(b"\0", b""):
        raise SourceError(f"{path} is refused: its part {member.filename} declares a document type with entities.")


def _pieces(source: Any) -> Iterator[bytes]:
    """The content in pieces that end with a row: no cell lies in two of them. After the rows, they end with a tag."""
    rest = b""
    while chunk := source.read(_CHUNK):
        rest += chunk
        end = rest.rfind(b"row>") + len(b"row>")
        if end < len(b"row>"):
            end = 0 if len(rest) < _LONGEST_ROW else rest.rfind(b">") + 1
        yield rest[:end]
        rest = rest[end:]
    yield rest


def _has_rows(sheet: Any) -> bool:
    sheet.reset_dimensions()
    return any(any(value is not None for value in row) for row in sheet.iter_rows(values_only=True))


def _rows(sheet: Any, merges: list[_Merge]) -> Iterator[list[str]]:
    """The cells of each row as text; a row without any is empty."""
    sheet.reset_dimensions()  # some programs write wrong ones, and what lies beyond would be left out
    coming = sorted(merges, key=lambda merge: merge.first_row, reverse=True)
    under_way: list[_Merge] = []
    for number, row in enumerate(_values(sheet), 1):
        cells = [_text(value) for value in row]
        filled = any(cells)
        under_way = [merge for merge in under_way if merge.last_row >= number]
        for merge in under_way:
            cells += [""] * (merge.column - len(cells))
            cells[merge.column - 1] = merge.value
        while coming and coming[-1].first_row <= number:
            merge = coming.pop()
            merge.value = cells[merge.column - 1] if merge.column <= len(cells) else ""
            under_way.append(merge)
        yield _without_end(cells) if filled else []


def _values(sheet: Any) -> Iterator[tuple[Any, ...]]:
    rows = sheet.iter_rows(values_only=True)
    while True:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of numbers that are no date, and gives an error of Excel
            some = list(islice(rows, _AT_ONCE))
        if not some:
            return
        yield from some


def _without_end(cells: list[str]) -> list[str]:
    """Formatted cells without a value stand right of many tables."""
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(value: Any) -> str:
    if value is None or value in _ERRORS:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, datetime):
        return (value.date() if value.time() == time() else value).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value.total_seconds())
    return str(value)
