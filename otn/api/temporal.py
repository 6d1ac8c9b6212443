"""The parameter `datetime`: an instant or an interval.

Source: OGC API - Features - Part 1 (17-069r4) 7.15.4 and RFC 3339 5.6, widened by what clients send: dates, lower-case
`t` and `z`, GDAL's `YYYY-MM-DDT`, an offset whose `+` became a space, a missing offset (read as UTC), years 0000 and
9999 for open ends, and one end as an ISO 8601 duration.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from otn.errors import BadRequest

EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)
_OPEN = ("", "..")

_INSTANT = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[Tt ](?:(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?P<fraction>\.[0-9]+)?"
    r"(?P<offset>[Zz]|[+ -][0-9]{2}:[0-9]{2})?)?)?"
)
_DURATION = re.compile(
    r"P(?=[0-9T])(?:(?P<years>[0-9]{1,4})Y)?(?:(?P<months>[0-9]{1,5})M)?"
    r"(?:(?P<weeks>[0-9]{1,6})W)?(?:(?P<days>[0-9]{1,7})D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]{1,8})H)?(?:(?P<minutes>[0-9]{1,9})M)?(?:(?P<seconds>[0-9]{1,10}(?:\.[0-9]+)?)S)?)?"
)
_SUBSET = re.compile(r'datetime\((?P<low>"[^"/]+"|\*(?=:))(?::(?P<high>"[^"/]+"|\*))?\)')


@dataclass(frozen=True)
class Interval:
    """A span of time, both ends belonging to it; None is an open end. Instants carry UTC."""

    start: datetime | None
    end: datetime | None


@dataclass(frozen=True)
class _Duration:
    months: int
    span: timedelta


def parse_datetime(text: str, parameter: str = "datetime") -> Interval | None:
    """The interval that `text` means; None where it sets no limit (`../..`).

    Raises BadRequest naming `parameter`.
    """
    ends = text.split("/")
    if len(ends) == 1:
        return parse_instant(text, parameter)
    if len(ends) != 2:
        raise BadRequest(f"{parameter} has more than one '/': {text!r}.", parameter=parameter)
    start, end = _ends(ends[0], ends[1], parameter)
    if start is not None and end is not None and start > end:
        raise BadRequest(f"{parameter} starts after it ends: {text!r}.", parameter=parameter)
    return None if start is None and end is None else Interval(start, end)


def parse_subset(text: str) -> Interval | None:
    """The interval that `datetime("2020-01-31")` or `datetime("2020-01-01":*)` means; None for `datetime(*:*)`.

    Source: OGC API - Tiles - Part 1 (20-057), /req/datetime. Raises BadRequest naming `subset`.
    """
    match = _SUBSET.fullmatch(text)
    if match is None:
        raise BadRequest(
            f'subset must be datetime("2020-01-31") or datetime("2020-01-31":"2020-12-31"), not {text!r}.',
            parameter="subset",
        )
    ends = (".." if end == "*" else end.strip('"') for end in (match["low"], match["high"]) if end is not None)
    return parse_datetime("/".join(ends), "subset")


def parse_instant(text: str, parameter: str) -> Interval:
    """The span one instant covers: a date the whole day in UTC, a date-time its moment."""
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise BadRequest(
            f"{parameter} is no date (2020-01-31), date-time (2020-01-31T12:00:00Z) or interval: {text!r}.",
            parameter=parameter,
        )
    try:
        return _whole_day(match["date"]) if match["hour"] is None else _moment(match)
    except ValueError as error:
        raise BadRequest(f"{parameter} is no real date or time: {text!r} ({error}).", parameter=parameter) from None


def _whole_day(date: str) -> Interval:
    if date.startswith("0000"):
        return Interval(EARLIEST, EARLIEST)
    first = datetime.fromisoformat(date).replace(tzinfo=UTC)
    return Interval(first, first.replace(hour=23, minute=59, second=59, microsecond=999999))


def _moment(match: re.Match[str]) -> Interval:
    if match["date"].startswith("0000"):
        return Interval(EARLIEST, EARLIEST)
    second = int(match["second"])
    if second > 60:
        raise ValueError("second must be in 0..60")
    microsecond = int((match["fraction"] or ".0")[1:7].ljust(6, "0"))
    local = datetime.fromisoformat(match["date"]).replace(
        hour=int(match["hour"]), minute=int(match["minute"]), second=min(second, 59), microsecond=microsecond
    )
    leap = timedelta(seconds=1 if second == 60 else 0)
    moment = _shifted(local.replace(tzinfo=UTC), leap - _offset(match["offset"]))
    return Interval(moment, moment)


def _offset(text: str | None) -> timedelta:
    if text is None or text in "Zz":
        return timedelta()
    hours, minutes = int(text[1:3]), int(text[4:6])
    if minutes > 59:
        raise ValueError("minute of the offset must be in 0..59")
    span = timedelta(hours=hours, minutes=minutes)
    timezone(span)  # raises ValueError for an offset of a day or more
    return -span if text[0] == "-" else span


def _ends(first: str, second: str, parameter: str) -> tuple[datetime | None, datetime | None]:
    if first.startswith("P") and second.startswith("P"):
        raise BadRequest(f"{parameter} has a duration at both ends.", parameter=parameter)
    if first.startswith("P"):
        end = _required_end(second, parameter)
        return _moved(end.start, _duration(first, parameter), -1), end.end
    if second.startswith("P"):
        start = _required_end(first, parameter).start
        return start, _moved(start, _duration(second, parameter), 1)
    start = None if first in _OPEN else parse_instant(first, parameter).start
    return start, None if second in _OPEN else parse_instant(second, parameter).end


def _required_end(text: str, parameter: str) -> Interval:
    if text in _OPEN:
        raise BadRequest(f"{parameter} has a duration but no date to count it from.", parameter=parameter)
    return parse_instant(text, parameter)


def _duration(text: str, parameter: str) -> _Duration:
    match = _DURATION.fullmatch(text)
    if match is None:
        raise BadRequest(f"{parameter} has a duration that is not ISO 8601: {text!r}.", parameter=parameter)
    number = {name: float(value or 0) for name, value in match.groupdict().items()}
    months = int(number.pop("years") * 12 + number.pop("months"))
    return _Duration(months, timedelta(**number))


def _moved(moment: datetime | None, duration: _Duration, sign: int) -> datetime | None:
    if moment is None:
        return None
    month = moment.year * 12 + moment.month - 1 + sign * duration.months
    year = month // 12
    if year < 1 or year > 9999:
        return EARLIEST if sign < 0 else LATEST
    last_day = calendar.monthrange(year, month % 12 + 1)[1]
    moved = moment.replace(year=year, month=month % 12 + 1, day=min(moment.day, last_day))
    return _shifted(moved, sign * duration.span)


def _shifted(moment: datetime, span: timedelta) -> datetime:
    """`moment` moved by `span`, staying within what a datetime can hold."""
    try:
        return moment + span
    except OverflowError:
        return EARLIEST if span < timedelta() else LATEST
