"""From the staged rows to the collection's table: only rows that differ are written."""

from dataclasses import dataclass

import psycopg
from psycopg import sql

from otn.model.collections import Collection
from otn.model.fields import Kind


@dataclass(frozen=True)
class Changes:
    """How many features a merge added, changed and removed."""

    added: int
    changed: int
    removed: int

    @property
    def any(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def wait_for_other_merges(connection: psycopg.Connection, collection: str) -> None:
    """Until the transaction ends nobody else changes what is served of the collection."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [collection])


def merge(connection: psycopg.Connection, collection: Collection, dataset: str, load_id: int) -> Changes:
    """Makes the dataset's features equal to the staged ones.

    A feature keeps its id as long as the publisher keeps its identifier, and gets it back when it returns.
    """
    _find_differences(connection, collection, dataset)
    table = sql.Identifier(collection.table)
    columns = ["content_hash", "geom", *(field.column for field in collection.fields)]
    return Changes(
        removed=connection.execute(
            sql.SQL(
                "DELETE FROM {table} f USING feature_key k WHERE f.dataset = %s AND k.id = f.id"
                " AND NOT EXISTS (SELECT FROM staged s WHERE (s.source_id, s.part) = (k.source_id, k.part))"
            ).format(table=table),
            [dataset],
        ).rowcount,
        changed=connection.execute(
            sql.SQL(
                "UPDATE {table} f SET load_id = %s, {assignments},"
                " page_rank = CASE WHEN f.page_rank = 0 THEN 0 ELSE d.page_rank END"
                " FROM delta d WHERE NOT d.is_new AND f.id = d.id"
            ).format(
                table=table,
                assignments=sql.SQL(", ").join(
                    sql.SQL("{} = {}").format(sql.Identifier(name), _from_delta(name, collection)) for name in columns
                ),
            ),
            [load_id],
        ).rowcount,
        added=connection.execute(
            sql.SQL(
                "INSERT INTO {table} (id, page_rank, load_id, {columns})"
                " SELECT d.id, d.page_rank, %s, {values} FROM delta d WHERE d.is_new ORDER BY d.page_rank, d.id"
            ).format(
                table=table,
                columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
                values=sql.SQL(", ").join(_from_delta(name, collection) for name in columns),
            ),
            [load_id],
        ).rowcount,
    )


def _find_differences(connection: psycopg.Connection, collection: Collection, dataset: str) -> None:
    """Issues ids for new identifiers, and makes `delta`: the staged rows that differ from the table."""
    connection.execute(
        "INSERT INTO feature_key (dataset, source_id, part)"
        " SELECT %(dataset)s, s.source_id, s.part FROM staged s"
        " LEFT JOIN feature_key k ON k.dataset = %(dataset)s AND (k.source_id, k.part) = (s.source_id, s.part)"
        " WHERE k.id IS NULL ORDER BY s.page_rank, s.position",
        {"dataset": dataset},
    )
    connection.execute(
        sql.SQL(
            "CREATE TEMPORARY TABLE delta ON COMMIT DROP AS"
            " SELECT k.id, f.id IS NULL AS is_new, s.* FROM staged s"
            " JOIN feature_key k ON k.dataset = %s AND (k.source_id, k.part) = (s.source_id, s.part)"
            " LEFT JOIN {table} f ON f.id = k.id WHERE f.content_hash IS DISTINCT FROM s.content_hash"
        ).format(table=sql.Identifier(collection.table)),
        [dataset],
    )


def _from_delta(column: str, collection: Collection) -> sql.Composable:
    objects = {field.column for field in collection.fields if field.kind is Kind.OBJECT}
    return sql.SQL("d.{}::jsonb" if column in objects else "d.{}").format(sql.Identifier(column))
