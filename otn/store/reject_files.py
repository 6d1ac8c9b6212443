"""Rejected rows as files that publishers can open: what was wrong with each, and the row as it came."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

from otn.errors import LoadError
from otn.store.loads import RejectRecord

_OF_THE_LOAD = ("position", "source_id", "reason", "detail")


def export_rejects(rejects: Sequence[RejectRecord], path: Path) -> None:
    """Writes a CSV with the columns of the rows behind those of the load, or one JSON object a line.

    Raises LoadError for another ending of the name, or where the file cannot be written.
    """
    write = {".csv": _write_csv, ".ndjson": _write_ndjson}.get(path.suffix.lower())
    if write is None:
        raise LoadError(f"{path} must end in .csv or .ndjson.")
    try:
        write(rejects, path)
    except OSError as error:
        raise LoadError(f"{path} cannot be written: {error.strerror}.") from error


def _write_csv(rejects: Sequence[RejectRecord], path: Path) -> None:
    columns = list(dict.fromkeys(name for reject in rejects for name in reject.row))
    # With a byte order mark, or Excel takes UTF-8 for the encoding of its country.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*_OF_THE_LOAD, *(f"row.{name}" for name in columns)])
        for reject in rejects:
            cells = [_cell(reject.row.get(name)) for name in columns]
            writer.writerow([reject.position, reject.source_id, reject.reason, reject.detail, *cells])


def _cell(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _write_ndjson(rejects: Sequence[RejectRecord], path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        for reject in rejects:
            line = {name: getattr(reject, name) for name in _OF_THE_LOAD} | {"row": reject.row}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
