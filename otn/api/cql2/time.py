"""Times in filters: literals, and how two ends of spans compare.

Where one side of a comparison is a date, the other is taken as its date in UTC: `validFrom = DATE('2020-01-01')` is
true at every moment of that day, and `validFrom > DATE('2020-01-01')` from the next day on. An open end lies before or
after everything, and in an interval a property without a value is open: it is not known to have an end.
"""

import re
from dataclasses import dataclass
from typing import Any

from otn.api.cql2.expression import Instant, Interval, IntervalEnd, Property
from otn.api.cql2.limits import refusal, shortened
from otn.api.temporal import parse_instant
from otn.errors import BadRequest
from otn.store.statement import SqlParameters, quoted

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt]?")

# How GDAL writes times that it takes for texts, where none of the first features has any.
_OF_GDAL = re.compile(r"([0-9]{4})/([0-9]{2})/([0-9]{2})(?: ([0-9:.]+))?")

_MIRRORED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_EARLIEST = "'-infinity'::timestamptz"
_LATEST = "'infinity'::timestamptz"

# The comparisons that make up each relation, of the first operand's start (s) or end (e) with the second's.
# Source: OGC 21-065r2, "Temporal Functions", and the intervals of OWL-Time.
_RELATIONS = {
    "t_after": ("s>e",),
    "t_before": ("e<s",),
    "t_contains": ("s<s", "e>e"),
    "t_during": ("s>s", "e<e"),
    "t_equals": ("s=s", "e=e"),
    "t_finishedby": ("s<s", "e=e"),
    "t_finishes": ("s>s", "e=e"),
    "t_intersects": ("s<=e", "e>=s"),
    "t_meets": ("e=s",),
    "t_metby": ("s=e",),
    "t_overlappedby": ("s>s", "s<e", "e>e"),
    "t_overlaps": ("s<s", "e>s", "e<e"),
    "t_startedby": ("s=s", "e>e"),
    "t_starts": ("s=s", "e<e"),
}
RELATIONS = frozenset({*_RELATIONS, "t_disjoint"})
OF_INSTANTS = frozenset({"t_after", "t_before", "t_disjoint", "t_equals", "t_intersects"})
"""The relations that instants have too; the others are between intervals."""


def date(value: Any) -> Instant:
    """The day that `DATE(value)` means."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise refusal(f"a DATE is written '2020-01-31', not {shortened(repr(value))}.")
    return instant(value)


def timestamp(value: Any) -> Instant:
    """The moment that `TIMESTAMP(value)` means."""
    if not isinstance(value, str) or _DATE.fullmatch(value):
        raise refusal(f"a TIMESTAMP is written '2020-01-31T12:00:00Z', not {shortened(repr(value))}.")
    return instant(value)


def instant(text: str) -> Instant:
    """The date or timestamp that a text means; the text of GDAL, `2020-01-31T`, is a date."""
    try:
        span = parse_instant(text, "filter")
    except BadRequest:
        raise refusal(
            f"{shortened(repr(text))} is no date ('2020-01-31') or timestamp ('2020-01-31T12:00:00Z')."
        ) from None
    if span.start is None or span.end is None:  # an instant has both
        raise AssertionError(text)
    return Instant(span.start, span.end, is_date=_DATE.fullmatch(text) is not None)


def compared_text(text: str) -> Instant:
    """The date or timestamp that a text means that is compared with one; also `2020/01/31 12:00:00` of GDAL, in UTC."""
    match = _OF_GDAL.fullmatch(text)
    if match is None:
        return instant(text)
    year, month, day, hours = match.groups()
    return instant(f"{year}-{month}-{day}" + (f"T{hours}Z" if hours else ""))


@dataclass(frozen=True)
class _End:
    """An end of a span, or an instant, which is both its ends. `open` is the SQL of what an unknown end is."""

    value: IntervalEnd
    open: str | None = None

    @property
    def day(self) -> Instant | None:
        return self.value if isinstance(self.value, Instant) and self.value.is_date else None

    def sql(self, parameters: SqlParameters) -> str:
        """A moment; of a day its first."""
        if self.value is None:
            return str(self.open)
        if isinstance(self.value, Instant):
            return parameters.add(self.value.start, "timestamptz")
        column = quoted(self.value.field.column)
        return f"coalesce({column}, {self.open})" if self.open else column


def comparison_sql(op: str, left: Instant | Property, right: Instant | Property, parameters: SqlParameters) -> str:
    """`left op right` for =, <>, <, <=, > and >= between instants."""
    if op == "<>":
        return f"NOT ({comparison_sql('=', left, right, parameters)})"
    return _compared(op, _End(left), _End(right), parameters)


def instant_sql(value: Instant | Property, parameters: SqlParameters) -> str:
    """A moment; of a day its first."""
    return _End(value).sql(parameters)


def relation_sql(
    name: str, left: Interval | Instant | Property, right: Interval | Instant | Property, parameters: SqlParameters
) -> str:
    """`left` stands in one of the 15 relations to `right`."""
    if name == "t_disjoint":
        return f"NOT ({relation_sql('t_intersects', left, right, parameters)})"
    return " AND ".join(
        _compared(rule[1:-1], _end(left, rule[0]), _end(right, rule[-1]), parameters) for rule in _RELATIONS[name]
    )


def interval_end_sql(interval: Interval, side: str, parameters: SqlParameters) -> str:
    """The `start` or `end` of an interval as a text that is the same for the same time."""
    end = _end(interval, side[0])
    if end.day:
        return f"{end.sql(parameters)}::date::text"
    return f"({end.sql(parameters)})::text"


def _end(span: Interval | Instant | Property, side: str) -> _End:
    if not isinstance(span, Interval):
        return _End(span)
    return _End(span.start, _EARLIEST) if side == "s" else _End(span.end, _LATEST)


def _compared(op: str, left: _End, right: _End, parameters: SqlParameters) -> str:
    if left.day and not right.day:
        return _compared(_MIRRORED[op], right, left, parameters)
    if right.day and not left.day:
        return _compared_with_day(op, left.sql(parameters), right.day, parameters)
    return f"{left.sql(parameters)} {op} {right.sql(parameters)}"


def _compared_with_day(op: str, moment: str, day: Instant, parameters: SqlParameters) -> str:
    if op == "=":
        first = parameters.add(day.start, "timestamptz")
        return f"{moment} BETWEEN {first} AND {parameters.add(day.end, 'timestamptz')}"
    bound = day.start if op in ("<", ">=") else day.end
    return f"{moment} {op} {parameters.add(bound, 'timestamptz')}"
