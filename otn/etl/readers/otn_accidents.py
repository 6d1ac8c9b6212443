"""Accidents as the original Open Transport Net published them for Birmingham: STATS19 codes, one row an accident.

Columns: accident_index, a time, accident_severity, road_type, speed_limit, light_conditions, lon, lat. The time is
`datetime_utc` (2005-01-01 20:23:00), or seconds since 1970 in a column `datetime`, `timestamp` or `date`. Either way
it shows the clock of the place, whatever the column is called: in June the accidents are in daylight until half past
nine in the evening, and the school run is at eight in summer as in winter.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from otn.etl.geometry import CRS84
from otn.etl.readers.delimited import Lines
from otn.etl.readers.inputs import Inputs
from otn.etl.readers.joined import check_collection, check_columns, files_of, lines_of
from otn.etl.readers.local_times import when
from otn.etl.readers.stats19 import ZONE, accident_fields
from otn.etl.readers.values import identifiers, named, numbers, points
from otn.etl.rows import SourceRows, map_values
from otn.model.collections import ACCIDENTS, Collection

_TIME = ("datetime_utc", "datetime", "timestamp", "date")
_NEEDED = (("accident_index",), _TIME, ("accident_severity",), ("lon", "longitude"), ("lat", "latitude"))


class OtnAccidents:
    """One or several files of this layout."""

    def __init__(self, inputs: Inputs) -> None:
        check_collection(inputs, ACCIDENTS)
        self._files = files_of(inputs)

    def read(self) -> Iterator[SourceRows]:
        """The accidents in batches. Raises SourceError for a file without its columns or without rows."""
        for file in self._files:
            check_columns(file, *_NEEDED)
        for lines in lines_of(self._files):
            yield _source_rows(lines)

    def harmonise(self, attributes: pa.Table, collection: Collection) -> dict[str, pa.Array]:  # noqa: ARG002
        """The fields that STATS19 gives, and the moment."""
        local = map_values(named(attributes, *_TIME), _clock, pa.timestamp("us"))
        minutes = pc.add(pc.multiply(pc.hour(local), 60), pc.minute(local))
        return accident_fields(attributes) | when(local.cast(pa.date32(), safe=False), minutes, ZONE)


def _source_rows(lines: Lines) -> SourceRows:
    cells = lines.cells
    places = points(numbers(named(cells, "lon", "longitude")), numbers(named(cells, "lat", "latitude")))
    source_id = identifiers(named(cells, "accident_index"), lines.position)
    return SourceRows(lines.position, source_id, places, cells, CRS84, lines.rejects)


def _clock(text: str) -> datetime | None:
    """What the clock showed, without a zone: `2005-01-01 20:23:00`, or the seconds from 1970 to it."""
    try:
        if text.lstrip("-").isdigit():
            return datetime.fromtimestamp(int(text), UTC).replace(tzinfo=None)
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError):
        return None
