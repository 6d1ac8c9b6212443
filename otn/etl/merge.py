"""From the staged rows to the collection's table: only rows that differ are written, and every change is logged."""

from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from otn.etl.indexes import MANY, built_at_the_end
from otn.etl.staging import StagedTable
from otn.model.collections import Collection
from otn.model.fields import Kind

_ORDER: LiteralString = "s.page_rank, s.position, s.part"


@dataclass(frozen=True)
class Changes:
    """How many features, or how many objects of the source, a merge added, changed and removed."""

    added: int = 0
    changed: int = 0
    removed: int = 0

    @property
    def any(self) -> bool:
        return bool(self.added or self.changed or self.removed)


class Merge:
    """What it takes to make the dataset's features of one collection equal to the staged ones.

    A feature keeps its id as long as the publisher keeps its identifier, and gets it back when it returns.
    """

    def __init__(self, connection: psycopg.Connection, staging: StagedTable, dataset: str) -> None:
        self._connection = connection
        self._staging = staging
        self._dataset = dataset
        self._collection = staging.collection
        self._delta = sql.Identifier(f"delta_{self._collection.table}")
        self._find_differences()
        self.features = self._count_features()
        self.objects = self._count_objects()

    def _find_differences(self) -> None:
        """Makes the table of what differs: each feature's id, what becomes of it, and where it is staged."""
        self._run("ANALYZE {staged} (source_id, part)")
        self._run(
            "CREATE TEMPORARY TABLE {delta} ON COMMIT DROP AS"
            " SELECT coalesce(id, nextval('feature_key_id_seq')) AS id, id IS NULL AS is_unknown,"
            "  CASE WHEN staged IS NULL THEN 'removed' WHEN stored THEN 'changed' ELSE 'added' END AS kind,"
            "  staged, source_id, part"
            " FROM (SELECT k.id, k.stored, s.ctid AS staged, coalesce(s.source_id, k.source_id) AS source_id,"
            "   coalesce(s.part, k.part) AS part"
            "  FROM (SELECT k.*, f.id IS NOT NULL AS stored, f.content_hash FROM feature_key k"
            "   LEFT JOIN {table} f ON f.id = k.id WHERE k.dataset = %(dataset)s) k"
            "  FULL JOIN {staged} s ON (s.source_id, s.part) = (k.source_id, k.part)"
            "  WHERE CASE WHEN k.stored THEN s.content_hash IS DISTINCT FROM k.content_hash ELSE s.ctid IS NOT NULL END"
            "  ORDER BY {order}) differing"
        )

    def _count_features(self) -> Changes:
        counted = self._rows("SELECT kind, count(*) FROM {delta} GROUP BY kind")
        return Changes(**{str(kind): int(number) for kind, number in counted})

    def _count_objects(self) -> Changes:
        """An object of the source is changed where any of its features is and it is there before and afterwards."""
        [counts] = self._rows(
            "WITH touched AS MATERIALIZED (SELECT source_id, bool_or(kind <> 'added') AS had FROM {delta} GROUP BY 1),"
            " before AS (SELECT DISTINCT source_id FROM touched JOIN feature_key k USING (source_id)"
            "  JOIN {table} f ON f.id = k.id WHERE NOT had AND k.dataset = %(dataset)s),"
            " after AS (SELECT DISTINCT source_id FROM touched JOIN {staged} USING (source_id)),"
            " objects AS (SELECT had OR b.source_id IS NOT NULL AS before, a.source_id IS NOT NULL AS after"
            "  FROM touched LEFT JOIN before b USING (source_id) LEFT JOIN after a USING (source_id))"
            " SELECT count(*) FILTER (WHERE NOT before), count(*) FILTER (WHERE before AND after),"
            "  count(*) FILTER (WHERE NOT after) FROM objects"
        )
        return Changes(*map(int, counts))

    def objects_before(self) -> int:
        """How many objects of the source have features in the table now."""
        [(number,)] = self._rows(
            "SELECT count(DISTINCT k.source_id) FROM {table} f JOIN feature_key k ON k.id = f.id"
            " WHERE f.dataset = %(dataset)s"
        )
        return int(number)

    @property
    def written(self) -> frozenset[str]:
        """The tables whose statistics the merge, and what follows it, made out of date."""
        keys = frozenset(["feature_key"]) if self.features.added > MANY else frozenset[str]()
        return keys | {self._collection.table, self._collection.overview_table}

    def write(self, load_id: int) -> None:
        """Makes the table what was staged, and logs what that changes."""
        self._run(
            "INSERT INTO feature_key (id, dataset, source_id, part)"
            " SELECT id, %(dataset)s, source_id, part FROM {delta} WHERE is_unknown"
        )
        if self.features.removed:
            self._run("DELETE FROM {table} f USING {delta} d WHERE d.kind = 'removed' AND f.id = d.id")
        if self.features.changed:
            self._update(load_id)
        if self.features.added > MANY:
            with built_at_the_end(self._connection, self._collection.table):
                self._insert(load_id)
        elif self.features.added:
            self._insert(load_id)
        self._log(load_id)

    def _update(self, load_id: int) -> None:
        assignments = sql.SQL(", ").join(
            sql.SQL("{} = {}").format(sql.Identifier(name), _staged(name, self._collection))
            for name in content_columns(self._collection)
        )
        self._run(
            "UPDATE {table} f SET load_id = %(load)s, {assignments},"
            " page_rank = CASE WHEN f.page_rank = 0 THEN 0 ELSE s.page_rank END"
            " FROM {delta} d JOIN {staged} s ON s.ctid = d.staged WHERE d.kind = 'changed' AND f.id = d.id",
            load_id,
            assignments=assignments,
        )

    def _insert(self, load_id: int) -> None:
        """The differences are in the order of pages, and each row is fetched by its place: nothing is sorted again."""
        names = content_columns(self._collection)
        self._run(
            "INSERT INTO {table} (id, page_rank, load_id, {columns})"
            " SELECT d.id, s.page_rank, %(load)s, {values} FROM {delta} d"
            " CROSS JOIN LATERAL (SELECT * FROM {staged} WHERE {staged}.ctid = d.staged OFFSET 0) s"
            " WHERE d.kind = 'added'",
            load_id,
            columns=sql.SQL(", ").join(map(sql.Identifier, names)),
            values=sql.SQL(", ").join(_staged(name, self._collection) for name in names),
        )

    def _log(self, load_id: int) -> None:
        self._run("INSERT INTO feature_change SELECT %(load)s, {collection}, id, kind FROM {delta}", load_id)

    def _run(
        self, statement: LiteralString, load_id: int | None = None, **parts: sql.Composable
    ) -> psycopg.Cursor[Any]:
        composed = sql.SQL(statement).format(
            table=sql.Identifier(self._collection.table),
            staged=self._staging.table,
            delta=self._delta,
            collection=sql.Literal(self._collection.id),
            order=sql.SQL(_ORDER),
            **parts,
        )
        return self._connection.execute(composed, {"dataset": self._dataset, "load": load_id})

    def _rows(self, statement: LiteralString) -> list[tuple[Any, ...]]:
        return self._run(statement).fetchall()


def content_columns(collection: Collection) -> list[str]:
    """What a row of a collection's table is made of beside its id, its place, and its load."""
    return ["content_hash", "geom", *(field.column for field in collection.fields)]


def _staged(column: str, collection: Collection) -> sql.Composable:
    objects = {field.column for field in collection.fields if field.kind is Kind.OBJECT}
    return sql.SQL("s.{}::jsonb" if column in objects else "s.{}").format(sql.Identifier(column))
