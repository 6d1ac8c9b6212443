"""Days and clock times of a place as moments in UTC."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from otn.errors import SourceError
from otn.etl.rows import map_values
from otn.model.traffic_codelists import DAY_OF_WEEK

INSTANT = pa.timestamp("us", tz="UTC")
_MINUTES_OF_DAY = 24 * 60
_DURATION = pa.duration("us")


def days(text: pa.Array, layout: str) -> pa.Array:
    """Dates written in `layout`, of strptime, as date32; null where the text is none."""

    def day(value: str) -> date | None:
        try:
            return datetime.strptime(value, layout).date()
        except ValueError:
            return None

    return map_values(text, day, pa.date32())


def minutes_of_day(text: pa.Array, minutes: Callable[[str], int | None]) -> pa.Array:
    """Clock times in minutes since midnight, int64; null where `minutes` knows none or none of a day."""

    def checked(value: str) -> int | None:
        answer = minutes(value)
        return answer if answer is not None and 0 <= answer < _MINUTES_OF_DAY else None

    return map_values(text, checked, pa.int64())


def hours_and_minutes(text: str) -> int | None:
    """The minutes since midnight of `17:05` or `17:05:30`; None for other texts."""
    parts = text.split(":")
    if len(parts) not in (2, 3) or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    hour, minute = int(parts[0]), int(parts[1])
    return hour * 60 + minute if minute < 60 else None


def instants(text: pa.Array, zone: str) -> pa.Array:
    """ISO 8601 dates and times as moments; those without an offset are on the clock of `zone`. Null where none."""
    encoded = pc.dictionary_encode(text)
    read = [_datetime(value) for value in encoded.dictionary.to_pylist()]
    aware = [value.astimezone(UTC) if value is not None and value.tzinfo else None for value in read]
    naive = [value if value is not None and not value.tzinfo else None for value in read]
    local = in_utc(pa.array(naive, pa.timestamp("us")), zone)
    return pc.coalesce(pa.array(aware, INSTANT), local).take(encoded.indices)


def in_utc(local: pa.Array, zone: str) -> pa.Array:
    """Local dates and times (timestamp without zone) as moments.

    Of an hour that comes twice the first is meant; one that is skipped becomes the moment after the skip.
    """
    try:
        return pc.assume_timezone(local, zone, ambiguous="earliest", nonexistent="latest").cast(INSTANT)
    except pa.ArrowInvalid as error:
        raise SourceError(f"{zone!r} is no time zone that this machine knows ({error}).") from error


def when(day: pa.Array, minutes: pa.Array, zone: str) -> dict[str, pa.Array]:
    """The fields of something that happened on `day` (date32) at `minutes` since midnight, local time of `zone`.

    Where only the day is known, it lasts from midnight to midnight and `hour` is null.
    """
    midnight = day.cast(pa.timestamp("us"))
    start = pc.add(midnight, _duration(pc.fill_null(minutes, 0)))
    end = pc.add(midnight, _duration(pc.fill_null(minutes, _MINUTES_OF_DAY)))
    names = pa.array(DAY_OF_WEEK.values)  # from Monday, as Arrow counts
    return {
        "validFrom": in_utc(start, zone),
        "validTo": in_utc(end, zone),
        "hour": pc.if_else(pc.is_valid(day), pc.divide(minutes, 60), None),
        "dayOfWeek": names.take(pc.day_of_week(day)),
    }


def _duration(minutes: pa.Array) -> pa.Array:
    return pc.multiply(minutes, 60_000_000).cast(_DURATION)


def _datetime(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text is not None else None
    except ValueError:
        return None
