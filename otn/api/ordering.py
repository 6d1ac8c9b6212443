"""The order of an answer as SQL: sorting, and the page after or before a place in the order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from otn.api.paging import Place, SortKey
from otn.store.statement import SQL_TYPES, SqlParameters, quoted


@dataclass(frozen=True)
class _Key:
    """A column that orders. Nulls come last in either direction."""

    name: str
    type: str
    descending: bool = False
    nullable: bool = False


@dataclass(frozen=True)
class Ordering:
    """The order by sort keys, or by page rank where there are none, and by id at last; seen from `place`."""

    order: tuple[SortKey, ...]
    place: Place | None

    @property
    def by_rank(self) -> bool:
        return not self.order

    @property
    def backwards(self) -> bool:
        """Whether the page ends at the place instead of beginning there."""
        return self.place is not None and self.place.before

    @cached_property
    def _keys(self) -> tuple[_Key, ...]:
        keys = [
            _Key(key.field.column, SQL_TYPES[key.field.kind], key.descending, nullable=not key.field.required)
            for key in self.order
            if key.field.name != "id"
        ]
        identifier = next((key for key in self.order if key.field.name == "id"), None)
        last = _Key("id", "bigint", descending=identifier is not None and identifier.descending)
        if identifier is not None:
            # Nothing after the id can decide.
            return (*keys[: self.order.index(identifier)], last)
        return (*(keys or [_Key("page_rank", "bigint")]), last)

    @property
    def names(self) -> str:
        """The columns that order, for a SELECT."""
        return ", ".join(quoted(key.name) for key in self._keys)

    @property
    def sql(self) -> str:
        """For ORDER BY."""
        return _directions(self._keys, backwards=False)

    @property
    def place_sql(self) -> str:
        """A row's place as an array of texts, the id at its end."""
        return f"ARRAY[{', '.join(f'{quoted(key.name)}::text' for key in self._keys)}]"

    def page(self, source: str, limit: str, offset: str, parameters: SqlParameters) -> str:
        """A query for a page of the rows of `source`, and one row more where there is one."""
        most = f"LIMIT {limit} + 1" + (f" OFFSET {offset}" if offset else "")
        if self._keys[0].nullable:
            inner = f"LIMIT {limit} + 1" + (f" + {offset}" if offset else "")
            return f"{self._in_two_parts(source, inner, parameters)} {most}"
        tail = f"ORDER BY {_directions(self._keys, backwards=self.backwards)} {most}"
        if self.place is None:
            return f"SELECT {self.names} FROM {source} AS candidate {tail}"  # noqa: S608 - identifiers come from the model
        beyond = _beyond(self._keys, self._values(self.place, parameters), before=self.place.before)
        if not self.by_rank:
            return f"SELECT {self.names} FROM {source} AS candidate WHERE {beyond} {tail}"  # noqa: S608
        # What was brought to the front or sent back since the first page stands where it stood then.
        return (
            f"SELECT * FROM (SELECT page_rank, id FROM {source} AS candidate WHERE {beyond}"  # noqa: S608
            f" AND id NOT IN (SELECT feature_id FROM moved) {tail}) AS unmoved"
            f" UNION ALL SELECT page_rank, id FROM (SELECT moved.from_rank AS page_rank, present.id"
            f" FROM moved JOIN {source} AS present ON present.id = moved.feature_id) AS moved_back"
            f" WHERE {beyond} {tail}"
        )

    def _in_two_parts(self, source: str, most: str, parameters: SqlParameters) -> str:
        """Rows with a value of the first key, and then those without, each from the place in an index.

        A single condition for both would make PostgreSQL begin at the start of the index, however deep the page. The
        second part runs only where the first one does not fill the page: PostgreSQL takes them one after the other.
        """
        lead, rest = self._keys[0], self._keys[1:]
        column = quoted(lead.name)
        filled, unknown = self._conditions(lead, rest, parameters)
        certain = (replace(lead, nullable=False), *rest)
        parts = [
            f"SELECT * FROM (SELECT {self.names} FROM {source} AS candidate WHERE {column} IS {is_null} AND {condition}"  # noqa: S608
            f" ORDER BY {_directions(keys, backwards=self.backwards)} {most}) AS part"
            for is_null, condition, keys in (("NOT NULL", filled, certain), ("NULL", unknown, rest))
            if condition
        ]
        return " UNION ALL ".join(reversed(parts) if self.backwards else parts)

    def _conditions(self, lead: _Key, rest: tuple[_Key, ...], parameters: SqlParameters) -> tuple[str, str]:
        """Beyond the place among rows with a value of the first key, and among those without; empty where none is."""
        if self.place is None:
            return "true", "true"
        before = self.place.before
        value, *others = self._values(self.place, parameters)
        if value is None:
            return "true" if before else "", _beyond(rest, others, before=before)
        filled = _beyond((replace(lead, nullable=False), *rest), [value, *others], before=before)
        return filled, "" if before else "true"

    def _values(self, place: Place, parameters: SqlParameters) -> list[str | None]:
        return [
            None if value is None else f"{parameters.add(value, 'text')}::{key.type}"
            for key, value in zip(self._keys, (*place.values, str(place.id)), strict=True)
        ]


def _beyond(keys: tuple[_Key, ...], values: Sequence[str | None], *, before: bool) -> str:
    """The rows after the place, or before it: those that differ first in a key that comes later."""
    if all(not key.descending and not key.nullable for key in keys):
        # One comparison of rows, which an index on all of them answers at any depth.
        names = ", ".join(quoted(key.name) for key in keys)
        return f"({names}) {'<' if before else '>'} ({', '.join(filter(None, values))})"
    alternatives = []
    equal: list[str] = []
    for key, value in zip(keys, values, strict=True):
        alternatives.append(" AND ".join([*equal, _differs(key, value, before=before)]))
        equal.append(f"{quoted(key.name)} IS NULL" if value is None else f"{quoted(key.name)} = {value}")
    beyond = "(" + " OR ".join(f"({alternative})" for alternative in alternatives) + ")"
    if keys[0].nullable:
        return beyond
    # It follows from the rest, but only so can an index on the first key begin at the place.
    return f"{quoted(keys[0].name)} {'<=' if before is not keys[0].descending else '>='} {values[0]} AND {beyond}"


def _directions(keys: tuple[_Key, ...], *, backwards: bool) -> str:
    return ", ".join(_direction(key, backwards=backwards) for key in keys)


def _direction(key: _Key, *, backwards: bool) -> str:
    descending = key.descending is not backwards
    nulls = "" if not key.nullable else " NULLS FIRST" if backwards else " NULLS LAST"
    return quoted(key.name) + (" DESC" if descending else "") + nulls


def _differs(key: _Key, value: str | None, *, before: bool) -> str:
    column = quoted(key.name)
    if value is None:
        return f"{column} IS NOT NULL" if before else "false"
    comparison = f"{column} {'<' if before is not key.descending else '>'} {value}"
    return f"({comparison} OR {column} IS NULL)" if key.nullable and not before else comparison
