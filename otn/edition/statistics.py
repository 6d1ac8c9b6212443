"""What can be told of many features without reading them: domains with counts, and histograms that can be summed.

The statistics of a part are JSON, by the name of the property:

- of codes, of booleans and of what says where a feature comes from: `count` of the features that have a value, and
  `values`, how many have each;
- of numbers: `count`, `min`, `max`, `step` (its number, see otn.edition.steps) and `bins`, pairs of n and how many
  values lie from n steps on until before n + 1 steps;
- of instants: `count`, `min`, `max`, `step` ("day", "month", "year" or "decade") and `bins`, pairs of the day on which
  a step begins and how many instants lie in it. Days are those of UTC.

Bins begin at the same places everywhere, and each step is made of whole smaller ones, so that those of many parts are
summed exactly.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import psycopg

from otn.edition.steps import TIME_STEPS, coarser_bin, coarser_day, smallest_step, smallest_time_step, step_size
from otn.model.collections import Collection
from otn.model.fields import Field, Kind
from otn.model.sql import quoted

VERSION = 1
"""Of what is counted and how: another one makes parts out of date."""
_ORIGIN = frozenset({"dataset", "region", "licence", "country"})
_RANGED = (Kind.INTEGER, Kind.NUMBER, Kind.INSTANT)

Statistics = dict[str, Any]


def read_statistics(connection: psycopg.Connection, collection: Collection, dataset: str) -> Statistics:
    """Of the dataset's features in the collection, as the connection sees them."""
    domains = _domains(connection, collection, dataset)
    ranges = _ranges(connection, collection, dataset)
    by_name = domains | ranges
    return {field.name: by_name[field.name] for field in collection.fields if field.name in by_name}


def summed(parts: Iterable[Statistics]) -> Statistics:
    """The statistics of the features of several parts of one collection together."""
    given = list(parts)
    names = dict.fromkeys(name for part in given for name in part)
    return {name: _sum([part[name] for part in given if name in part]) for name in names}


def _domains(connection: psycopg.Connection, collection: Collection, dataset: str) -> Statistics:
    fields = [field for field in collection.fields if field.kind in (Kind.CODE, Kind.BOOLEAN) or field.name in _ORIGIN]
    facts = ", ".join(f"({number}, {_column(field)}::text)" for number, field in enumerate(fields))
    statement = (
        f"SELECT number, value, count(*) FROM {quoted(collection.table)} AS f"  # noqa: S608 - identifiers come from the model
        f" CROSS JOIN LATERAL (VALUES {facts}) AS fact (number, value)"
        " WHERE f.dataset = %s AND value IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2"
    )
    domains: Statistics = {field.name: {"count": 0, "values": {}} for field in fields}
    for number, value, count in connection.execute(statement.encode(), [dataset]).fetchall():
        domain = domains[fields[number].name]
        domain["values"][value] = count
        domain["count"] += count
    return domains


def _ranges(connection: psycopg.Connection, collection: Collection, dataset: str) -> Statistics:
    fields = [field for field in collection.fields if field.kind in _RANGED]
    statement = f"SELECT {', '.join(map(_measures, fields))} FROM {quoted(collection.table)} AS f WHERE f.dataset = %s"  # noqa: S608
    [measured] = connection.execute(statement.encode(), [dataset]).fetchall()
    ranges: Statistics = {}
    for number, field in enumerate(fields):
        count, least, most = measured[3 * number : 3 * number + 3]
        ranges[field.name] = {"count": count, "min": least, "max": most, "step": None, "bins": []}
        if count:
            ranges[field.name]["step"] = _step(field, least, most)
    _fill(connection, collection, dataset, [field for field in fields if ranges[field.name]["count"]], ranges)
    return ranges


def _measures(field: Field) -> str:
    """SQL: how many values there are, the least and the greatest.

    What no JSON number and no year of four digits can say is left out. Instants are texts of one width, which compare
    like instants.
    """
    column, usable = _column(field), _usable(field)
    if field.kind is Kind.INSTANT:
        column = f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
    counted = f"FILTER (WHERE {usable})"
    return f"count(*) {counted}, min({column}) {counted}, max({column}) {counted}"


def _usable(field: Field) -> str:
    column = _column(field)
    match field.kind:
        case Kind.INSTANT:
            return f"{column} >= '0001-01-01Z' AND {column} < '10000-01-01Z'"
        case Kind.NUMBER:
            return f"{column} > '-Infinity' AND {column} < 'Infinity'"
        case _:
            return f"{column} IS NOT NULL"


def _step(field: Field, least: Any, most: Any) -> Any:
    if field.kind is Kind.INSTANT:
        return smallest_time_step(least, most)
    return smallest_step(least, most, at_least=0) if field.kind is Kind.INTEGER else smallest_step(least, most)


def _fill(
    connection: psycopg.Connection, collection: Collection, dataset: str, fields: Sequence[Field], ranges: Statistics
) -> None:
    """Counts the values in each bin."""
    if not fields:
        return
    facts = ", ".join(
        f"({number}, CASE WHEN {_usable(field)} THEN {_bin(field, ranges[field.name]['step'])} END)"
        for number, field in enumerate(fields)
    )
    statement = (
        f"SELECT number, bin, count(*) FROM {quoted(collection.table)} AS f"  # noqa: S608 - identifiers come from the model
        f" CROSS JOIN LATERAL (VALUES {facts}) AS fact (number, bin)"
        " WHERE f.dataset = %s AND bin IS NOT NULL GROUP BY 1, 2"
    )
    for number, found, count in connection.execute(statement.encode(), [dataset]).fetchall():
        field = fields[number]
        ranges[field.name]["bins"].append([found if field.kind is Kind.INSTANT else int(found), count])
    for field in fields:
        ranges[field.name]["bins"].sort()


def _bin(field: Field, step: Any) -> str:
    """SQL: the bin as text. Decimal arithmetic, in which 0.3 is three steps of 0.1."""
    if field.kind is Kind.INSTANT:
        return f"to_char(date_trunc('{step}', {_column(field)} AT TIME ZONE 'UTC'), 'YYYY-MM-DD')"
    return f"floor({_column(field)}::numeric / {step_size(step):f})::text"


def _column(field: Field) -> str:
    return f"f.{quoted(field.column)}"


def _sum(parts: Sequence[Statistics]) -> Statistics:
    count = sum(part["count"] for part in parts)
    if "values" in parts[0]:
        values = sum((Counter(part["values"]) for part in parts), Counter[str]())
        return {"count": count, "values": dict(sorted(values.items()))}
    known = [part for part in parts if part["count"]]
    if not known:
        return {"count": 0, "min": None, "max": None, "step": None, "bins": []}
    least, most = min(part["min"] for part in known), max(part["max"] for part in known)
    step = _common_step(least, most, [part["step"] for part in known])
    bins = Counter[Any]()
    for part in known:
        for bin_, number in part["bins"]:
            bins[coarser_day(bin_, step) if isinstance(step, str) else coarser_bin(bin_, part["step"], step)] += number
    return {"count": count, "min": least, "max": most, "step": step, "bins": [[*bin_] for bin_ in sorted(bins.items())]}


def _common_step(least: Any, most: Any, steps: Sequence[Any]) -> Any:
    """The smallest step that is made of whole ones of all these, and leaves few bins."""
    if isinstance(least, str):
        return max((smallest_time_step(least, most), *steps), key=TIME_STEPS.index)
    return smallest_step(least, most, at_least=max(steps))
