"""The features that open every answer: some ten that together fill every property that any feature fills.

Old clients take the type of a property from the first ten features, and a property that is null in all of them for
text (QGIS 3.22, GDAL 3.6). The features that stand first have page rank 0. Where a feature stood before a load moved
it is kept in `first_page_move`: for whoever pages through the collection meanwhile it still stands there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import LiteralString

import numpy as np
import numpy.typing as npt
import psycopg
import pyarrow as pa
import shapely
from psycopg import sql

from otn.model.collections import Collection
from otn.store.hilbert import hilbert_ranks

_SHOWN_FIRST = 10


@dataclass(frozen=True)
class _Shown:
    """A feature that stands first or could, and the names of the properties it fills."""

    id: int
    fills: frozenset[str]


class FirstPage:
    """The first features of a collection. Those that stand there keep their place unless it is needed."""

    def __init__(
        self,
        connection: psycopg.Connection,
        collection: Collection,
        load_id: int,
        loaded: Iterable[tuple[int, int]] | None = None,
    ) -> None:
        """`loaded` are the ids of features that the load has brought, by `lowest_of_each`, where it knows them without
        reading them again, and what they fill."""
        self._connection = connection
        self._collection = collection.id
        self._load_id = load_id
        self._table = sql.Identifier(collection.table)
        self._fields = collection.fields
        self._shown = self._read("page_rank = 0")
        self._others = self._candidates(loaded)

    def fill(self) -> None:
        """Brings features to the front until every property is filled that can be, and sends back spare ones."""
        everything = frozenset(field.name for field in self._fields)
        while missing := everything - self._filled():
            if not self._bring_to_front(missing):
                break
        while len(self._shown) < _SHOWN_FIRST:
            if not self._bring_to_front(everything):
                break
        while len(self._shown) > _SHOWN_FIRST and (spare := self._spare()):
            self._send_back(spare)

    def _candidates(self, loaded: Iterable[tuple[int, int]] | None) -> list[_Shown]:
        """What nobody filled when those that stand first were chosen can only be filled by what came since; where
        nothing stands first, nothing was there."""
        still_stands = self._still_stands()
        if loaded is not None and (still_stands or not self._shown):
            return self._features(loaded)
        return self._read("page_rank > 0 AND load_id = %(load)s" if still_stands else "page_rank > 0")

    def _still_stands(self) -> bool:
        """Whether all that stand first did so before the load, and are what they were."""
        old = sql.SQL("SELECT count(*) FROM {} WHERE page_rank = 0 AND load_id <> %s").format(self._table)
        [(number,)] = self._connection.execute(old, [self._load_id]).fetchall()
        return int(number) >= _SHOWN_FIRST and int(number) == len(self._shown)

    def _filled(self, but: _Shown | None = None) -> frozenset[str]:
        return frozenset[str]().union(*(shown.fills for shown in self._shown if shown is not but))

    def _bring_to_front(self, wanted: frozenset[str]) -> bool:
        """The feature that fills most of the wanted properties; False where none fills any."""

        def worth(feature: _Shown) -> tuple[int, int, int]:
            return len(feature.fills & wanted), len(feature.fills), -feature.id

        best = max(self._others, key=worth, default=None)
        if best is None or not best.fills & wanted:
            return False
        self._move(best, 0)
        self._others.remove(best)
        self._shown.append(best)
        return True

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

    def _read(self, where: LiteralString) -> list[_Shown]:
        """Of the features that fill the same properties those with the lowest ids: as many as ever stand first."""
        statement = sql.SQL(
            "SELECT id, filled FROM (SELECT id, filled, row_number() OVER (PARTITION BY filled ORDER BY id) AS number"
            "  FROM (SELECT id, {filled} AS filled FROM {table} WHERE {where}) AS features) AS numbered"
            " WHERE number <= %(most)s ORDER BY id"
        ).format(filled=self._mask(), table=self._table, where=sql.SQL(where))
        return self._features(
            self._connection.execute(statement, {"most": _SHOWN_FIRST, "load": self._load_id}).fetchall()
        )

    def _features(self, rows: Iterable[tuple[int, int]]) -> list[_Shown]:
        """Of ids and what `filled` says of their features."""
        return [
            _Shown(id_, frozenset(field.name for bit, field in enumerate(self._fields) if fills >> bit & 1))
            for id_, fills in rows
        ]

    def _mask(self) -> sql.Composed:
        """A number that has a bit for each property that a feature fills."""
        bits = [
            sql.SQL("CASE WHEN {} IS NULL THEN 0 ELSE {} END").format(
                sql.Identifier(field.column), sql.Literal(1 << bit)
            )
            for bit, field in enumerate(self._fields)
        ]
        return sql.SQL("({})::int8").format(sql.SQL(" + ").join(bits))


def filled(fields: pa.Table, collection: Collection) -> npt.NDArray[np.int64]:
    """A number for each row that has a bit for each property that it fills."""
    numbers = np.zeros(len(fields), np.int64)
    for bit, field in enumerate(collection.fields):
        numbers |= np.asarray(fields[field.name].is_valid(), dtype=np.int64) << bit
    return numbers


def lowest_of_each(ids: npt.NDArray[np.int64], fills: npt.NDArray[np.int64]) -> list[tuple[int, int]]:
    """Of the features that fill the same properties those with the lowest ids, as many as ever stand first, and what
    they fill. The ids ascend."""
    order = np.argsort(fills, kind="stable")
    kind = fills[order]
    kept = order[np.arange(len(kind)) - np.searchsorted(kind, kind) < _SHOWN_FIRST]
    return list(zip(ids[kept].tolist(), fills[kept].tolist(), strict=True))
