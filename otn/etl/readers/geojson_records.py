"""GeoJSON by the record: text sequences (RFC 8142, a record separator before each) and a feature a line.

GDAL leaves out a record that it cannot read, and says so to nobody that could pass it on.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import orjson

from otn.errors import SourceError
from otn.etl.readers.text_encoding import opened_bytes
from otn.etl.rows import Reason, Reject

_RECORD_SEPARATOR = b"\x1e"
_CHUNK = 1 << 20
_ONE_FEATURE = frozenset(
    (
        "Feature",
        "Point",
        "MultiPoint",
        "LineString",
        "MultiLineString",
        "Polygon",
        "MultiPolygon",
        "GeometryCollection",
    )
)


@dataclass(frozen=True)
class Records:
    """How many records a file has, and a reject for each that is no feature. GDAL takes a geometry for one."""

    number: int = 0
    rejects: tuple[Reject, ...] = ()


def records_of(path: Path) -> Records:
    """Looks at every record. Raises SourceError where the file ends within one."""
    rejects: list[Reject] = []
    number, is_cut_off = 0, False
    with opened_bytes(path) as file:
        for number, record in enumerate(_records(file), 1):
            trouble = _trouble(record)
            is_cut_off = trouble is not None and not record.endswith(b"\n")
            if trouble is not None:
                text = record.strip().decode(errors="replace").replace("\0", "\ufffd")
                rejects.append(Reject(number, None, Reason.UNREADABLE, f"the record {trouble}", {"record": text}))
    if is_cut_off:
        raise SourceError(f"{path} is cut off: it ends within record {number}.")
    return Records(number, tuple(rejects))


def _records(file: IO[bytes]) -> Iterator[bytes]:
    """The records that are not blank, each with the line end behind it."""
    start = file.read(1)
    file.seek(0)
    lines = _separated(file) if start == _RECORD_SEPARATOR else file
    return (line for line in lines if line.strip())


def _separated(file: IO[bytes]) -> Iterator[bytes]:
    pending = b""
    while chunk := file.read(_CHUNK):
        *whole, pending = (pending + chunk).split(_RECORD_SEPARATOR)
        yield from whole
    yield pending


def _trouble(record: bytes) -> str | None:
    """What is wrong with a record; None of one that GDAL reads as a feature."""
    try:
        content = _parsed(record)
    except ValueError as error:
        return f"is no JSON: {error}"
    kind = content.get("type") if isinstance(content, dict) else None
    return None if kind in _ONE_FEATURE else "is no feature"


def _parsed(record: bytes) -> Any:
    try:
        return orjson.loads(record)
    except orjson.JSONDecodeError:
        # Numbers that are none, which GDAL takes and the checks reject by their name.
        return json.loads(record)
