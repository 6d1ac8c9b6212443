"""The order of an answer as SQL: sorting, and the page after or before a place in the order."""

from dataclasses import dataclass
from functools import cached_property

from otn.api.paging import Place, SortKey
from otn.api.statement import SQL_TYPES, SqlParameters, quoted


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
        return ", ".join(_direction(key, backwards=False) for key in self._keys)

    @property
    def place_sql(self) -> str:
        """A row's place as an array of texts, the id at its end."""
        return f"ARRAY[{', '.join(f'{quoted(key.name)}::text' for key in self._keys)}]"

    def page(self, source: str, limit: str, parameters: SqlParameters) -> str:
        """A query for a page of the rows of `source`, and one row more where there is one."""
        backwards = ", ".join(_direction(key, backwards=self.backwards) for key in self._keys)
        tail = f" ORDER BY {backwards} LIMIT {limit} + 1"
        if self.place is None:
            return f"SELECT {self.names} FROM {source} AS candidate{tail}"  # noqa: S608 - identifiers come from the model
        beyond = self._beyond(self.place, parameters)
        if not self.by_rank:
            return f"SELECT {self.names} FROM {source} AS candidate WHERE {beyond}{tail}"  # noqa: S608
        # What was brought to the front or sent back since the first page stands where it stood then.
        return (
            f"SELECT * FROM (SELECT page_rank, id FROM {source} AS candidate WHERE {beyond}"  # noqa: S608
            f" AND id NOT IN (SELECT feature_id FROM moved){tail}) AS unmoved"
            f" UNION ALL SELECT page_rank, id FROM (SELECT moved.from_rank AS page_rank, present.id"
            f" FROM moved JOIN {source} AS present ON present.id = moved.feature_id) AS moved_back WHERE {beyond}{tail}"
        )

    def _beyond(self, place: Place, parameters: SqlParameters) -> str:
        """The rows after the place, or before it: those that differ first in a key that comes later."""
        values = [
            None if value is None else f"{parameters.add(value, 'text')}::{key.type}"
            for key, value in zip(self._keys, (*place.values, str(place.id)), strict=True)
        ]
        if all(not key.descending and not key.nullable for key in self._keys):
            # One comparison of rows, which the index on both columns answers at any depth.
            return f"({self.names}) {'<' if place.before else '>'} ({', '.join(filter(None, values))})"
        alternatives = []
        equal: list[str] = []
        for key, value in zip(self._keys, values, strict=True):
            alternatives.append(" AND ".join([*equal, _differs(key, value, before=place.before)]))
            equal.append(f"{quoted(key.name)} IS NULL" if value is None else f"{quoted(key.name)} = {value}")
        return "(" + " OR ".join(f"({alternative})" for alternative in alternatives) + ")"


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
