"""The features that open every answer: some ten that together fill every property that any feature fills.

Old clients take the type of a property from the first ten features, and a property that is null in all of them for
text (QGIS 3.22, GDAL 3.6). The features that stand first have page rank 0. Where a feature stood before a load moved
it is kept in `first_page_move`: for whoever pages through the collection meanwhile it still stands there.
"""

from dataclasses import dataclass
from typing import LiteralString

import numpy as np
import psycopg
import shapely
from psycopg import sql

from otn.etl.geometry import hilbert_ranks
from otn.model.collections import Collection
from otn.model.fields import Field

_SHOWN_FIRST = 10


@dataclass(frozen=True)
class _Shown:
    """A feature that stands first, and the names of the properties it fills."""

    id: int
    fills: frozenset[str]


class FirstPage:
    """The first features of a collection. Those that stand there keep their place unless it is needed."""

    def __init__(self, connection: psycopg.Connection, collection: Collection, load_id: int) -> None:
        self._connection = connection
        self._collection = collection.id
        self._load_id = load_id
        self._table = sql.Identifier(collection.table)
        self._fields = collection.fields
        self._shown = self._read(sql.SQL("SELECT id, {filled} FROM {table} WHERE page_rank = 0 ORDER BY id"))

    def fill(self) -> None:
        """Brings features to the front until every property is filled that can be, and sends back spare ones."""
        while missing := [field for field in self._fields if field.name not in self._filled()]:
            if not self._bring_to_front(missing):
                break
        while len(self._shown) < _SHOWN_FIRST:
            if not self._bring_to_front(list(self._fields)):
                break
        while len(self._shown) > _SHOWN_FIRST and (spare := self._spare()):
            self._send_back(spare)

    def _filled(self, but: _Shown | None = None) -> frozenset[str]:
        return frozenset[str]().union(*(shown.fills for shown in self._shown if shown is not but))

    def _bring_to_front(self, wanted: list[Field]) -> bool:
        """The feature that fills most of the wanted properties; False where none fills any."""
        found = self._read(
            sql.SQL(
                "SELECT id, {filled} FROM {table} WHERE page_rank > 0 AND num_nonnulls({wanted}) > 0"
                " ORDER BY num_nonnulls({wanted}) DESC, num_nonnulls({every}) DESC, id LIMIT 1"
            ),
            wanted=_columns(wanted, "{}"),
            every=_columns(self._fields, "{}"),
        )
        for shown in found:
            self._move(shown, 0)
        self._shown += found
        return bool(found)

    def _spare(self) -> _Shown | None:
        """The emptiest feature that no property needs."""
        everything = self._filled()
        spare = [shown for shown in self._shown if self._filled(but=shown) == everything]
        return min(spare, key=lambda shown: (len(shown.fills), -shown.id), default=None)

    def _send_back(self, spare: _Shown) -> None:
        [(place,)] = self._connection.execute(
            sql.SQL("SELECT ST_AsBinary(geom) FROM {} WHERE id = %s").format(self._table), [spare.id]
        ).fetchall()
        [rank] = hilbert_ranks(np.array([shapely.from_wkb(place)]))
        self._move(spare, int(rank))
        self._shown.remove(spare)

    def _move(self, shown: _Shown, rank: int) -> None:
        self._connection.execute(
            sql.SQL(
                "INSERT INTO first_page_move (collection, load_id, feature_id, from_rank)"
                " SELECT %s, %s, id, page_rank FROM {} WHERE id = %s ON CONFLICT DO NOTHING"
            ).format(self._table),
            [self._collection, self._load_id, shown.id],
        )
        statement = sql.SQL("UPDATE {} SET page_rank = %s WHERE id = %s").format(self._table)
        self._connection.execute(statement, [rank, shown.id])

    def _read(self, statement: sql.SQL, **parts: sql.Composable) -> list[_Shown]:
        filled = _columns(self._fields, "{} IS NOT NULL")
        rows = self._connection.execute(statement.format(table=self._table, filled=filled, **parts)).fetchall()
        names = [field.name for field in self._fields]
        return [
            _Shown(row[0], frozenset(name for name, is_filled in zip(names, row[1:], strict=True) if is_filled))
            for row in rows
        ]


def _columns(fields: list[Field] | tuple[Field, ...], template: LiteralString) -> sql.Composed:
    return sql.SQL(", ").join(sql.SQL(template).format(sql.Identifier(field.column)) for field in fields)
