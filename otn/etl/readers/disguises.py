"""What a file is by its content, where its name says something else: downloads that failed, workbooks called .csv."""

import re
from pathlib import Path

from otn.errors import SourceError
from otn.etl.readers.text_encoding import opened_bytes

_START = 512
_SIGNS = (
    (re.compile(rb"PK\x03\x04"), "a zip archive or a workbook of Excel (.xlsx)"),
    (re.compile(rb"\xd0\xcf\x11\xe0"), "a workbook of Excel 97-2003 (.xls)"),
    (re.compile(rb"SQLite format 3\0"), "a GeoPackage (.gpkg) or another database"),
    (re.compile(rb"PAR1"), "Parquet (.parquet)"),
    (re.compile(rb"\x1f\x8b"), "compressed (.gz)"),
    (re.compile(rb"%PDF"), "a PDF"),
    (
        re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype\s+)?html", re.IGNORECASE),
        "a web page, of a login or an error perhaps",
    ),
)


def disguise(path: Path) -> str | None:
    """What the file is, where its first bytes tell that it is no text of features."""
    with opened_bytes(path) as file:
        start = file.read(_START)
    return next((kind for sign, kind in _SIGNS if sign.match(start)), None)


def check_is_text(path: Path) -> None:
    """Raises SourceError if the file is something else than a table of text."""
    if kind := disguise(path):
        raise SourceError(f"{path} is no table of text by its content, but {kind}.")
