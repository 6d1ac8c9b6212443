"""The statistics of some features as SQL: pure builders, and what the rows of their statements say.

The form of statistics is told in otn.edition.statistics. Values come as PostgreSQL's text where they may be of several
types.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from otn.edition.steps import smallest_step, smallest_time_step, step_size
from otn.model.collections import Collection
from otn.model.fields import Field, Kind
from otn.model.sql import quoted

_ORIGIN = frozenset({"dataset", "region", "licence", "country"})
_RANGED = (Kind.INTEGER, Kind.NUMBER, Kind.INSTANT)

Statistics = dict[str, Any]
Rows = Iterable[Sequence[Any]]


def coded_fields(collection: Collection) -> list[Field]:
    """The fields whose values are counted one by one: codes, booleans, and what says where a feature comes from."""
    return [field for field in collection.fields if field.kind in (Kind.CODE, Kind.BOOLEAN) or field.name in _ORIGIN]


def ranged_fields(collection: Collection) -> list[Field]:
    """The fields whose values are counted by steps: numbers and instants."""
    return [field for field in collection.fields if field.kind in _RANGED]


class Counting:
    """Counts the features of a collection that meet a condition, which is SQL over its table as `f`."""

    def __init__(self, collection: Collection, condition: str) -> None:
        self._names = [field.name for field in collection.fields]
        self._coded = coded_fields(collection)
        self._ranged = ranged_fields(collection)
        self._table = quoted(collection.table)
        self._condition = condition

    @property
    def domains(self) -> str:
        """Rows of a number, a value and how many features have it.

        Features that are alike in all of these fields, of which there are many, are counted together first.
        """
        columns = [quoted(field.column) for field in self._coded]
        alike = (
            f"SELECT {', '.join(columns)}, count(*) AS features FROM {self._table} AS f"  # noqa: S608 - as below
            f" WHERE {self._condition} GROUP BY {', '.join(columns)}"
        )
        facts = ", ".join(f"({number}, alike.{column}::text)" for number, column in enumerate(columns))
        return (
            f"SELECT number, value, sum(features)::bigint FROM ({alike}) AS alike"  # noqa: S608 - as below
            f" CROSS JOIN LATERAL (VALUES {facts}) AS fact (number, value)"
            " WHERE value IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2"
        )

    @property
    def measures(self) -> str:
        """One row: for each field with a range, how many values there are, the least and the greatest."""
        measures = ", ".join(map(_measures, self._ranged)) or "NULL"
        return f"SELECT {measures} FROM {self._table} AS f WHERE {self._condition}"  # noqa: S608 - identifiers come from the model

    def ranges(self, measured: Sequence[Any]) -> Statistics:
        """What the row of `measures` says, with steps but without bins."""
        ranges: Statistics = {}
        for number, field in enumerate(self._ranged):
            count, least, most = measured[3 * number : 3 * number + 3]
            step = step_of(field, least, most) if count else None
            ranges[field.name] = {"count": count, "min": least, "max": most, "step": step, "bins": []}
        return ranges

    def bins(self, ranges: Statistics) -> str:
        """Rows of a number, a bin and how many values lie in it, where the steps are those of `ranges`."""
        facts = ", ".join(
            f"({number}, CASE WHEN {_usable(field)} THEN {_bin(field, ranges[field.name]['step'])} END)"
            for number, field in enumerate(self._ranged)
            if ranges[field.name]["count"]
        )
        return self._facts(facts or "(0, NULL)")

    def statistics(self, ranges: Statistics, domains: Rows, bins: Rows) -> Statistics:
        """All together, in the order of the model; `domains` and `bins` are the rows of those statements."""
        found: Statistics = {field.name: {"count": 0, "values": {}} for field in self._coded} | ranges
        for number, value, count in domains:
            domain = found[self._coded[number].name]
            domain["values"][value] = count
            domain["count"] += count
        for number, bin_, count in bins:
            field = self._ranged[number]
            found[field.name]["bins"].append([bin_ if field.kind is Kind.INSTANT else int(bin_), count])
        for field in self._ranged:
            found[field.name]["bins"].sort()
        return {name: found[name] for name in self._names if name in found}

    def _facts(self, facts: str) -> str:
        return (
            f"SELECT number, value, count(*) FROM {self._table} AS f"  # noqa: S608 - identifiers come from the model
            f" CROSS JOIN LATERAL (VALUES {facts}) AS fact (number, value)"
            f" WHERE {self._condition} AND value IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2"
        )


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


def step_of(field: Field, least: Any, most: Any) -> Any:
    """The step of the histogram of a field's values, of which these are the least and the greatest."""
    if field.kind is Kind.INSTANT:
        return smallest_time_step(least, most)
    return smallest_step(least, most, at_least=0) if field.kind is Kind.INTEGER else smallest_step(least, most)


def _bin(field: Field, step: Any) -> str:
    """SQL: the bin as text. Decimal arithmetic, in which 0.3 is three steps of 0.1."""
    if field.kind is Kind.INSTANT:
        return f"to_char(date_trunc('{step}', {_column(field)} AT TIME ZONE 'UTC'), 'YYYY-MM-DD')"
    return f"floor({_column(field)}::numeric / {step_size(step):f})::text"


def _column(field: Field) -> str:
    return f"f.{quoted(field.column)}"
