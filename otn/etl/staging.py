"""The temporary tables a load writes first: what it would like the dataset to be, and what it rejects."""

import json
from collections.abc import Iterable
from uuid import UUID

import psycopg
import shapely
import xxhash
from psycopg import sql

from otn.etl.harmonise import Features
from otn.etl.rows import Reason, Reject, SourceRows
from otn.model.collections import Collection
from otn.model.fields import Kind

_TYPES = {
    Kind.TEXT: "text",
    Kind.CODE: "text",
    Kind.INTEGER: "int4",
    Kind.NUMBER: "float8",
    Kind.BOOLEAN: "bool",
    Kind.INSTANT: "timestamptz",
    Kind.OBJECT: "text",
}
_KEYS = {"position": "int8", "source_id": "text", "part": "text", "page_rank": "int8", "content_hash": "uuid"}


class Staging:
    """Two temporary tables, `staged` and `staged_reject`, that go with the transaction."""

    def __init__(self, connection: psycopg.Connection, collection: Collection) -> None:
        self._connection = connection
        self._collection = collection
        self._types = _KEYS | {"geom": "bytea"} | {field.column: _TYPES[field.kind] for field in collection.fields}
        columns = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(name), sql.Identifier("geometry" if name == "geom" else kind))
            for name, kind in self._types.items()
        )
        connection.execute(sql.SQL("CREATE TEMPORARY TABLE staged ({}) ON COMMIT DROP").format(columns))
        connection.execute(
            "CREATE TEMPORARY TABLE staged_reject"
            " (position int8, source_id text, reason text, detail text, row jsonb) ON COMMIT DROP"
        )

    def add(self, features: Features, rows: SourceRows) -> None:
        """Copies a batch of features, each with the hash of everything that makes it what it is."""
        positions = rows.position[features.row].tolist()
        contents = zip(
            shapely.to_wkb(shapely.set_srid(features.geometry, 4326), include_srid=True).tolist(),
            *(features.fields[field.name].to_pylist() for field in self._collection.fields),
            strict=True,
        )
        keys = zip(
            positions,
            features.fields["localId"].to_pylist(),
            features.part.to_pylist(),
            features.page_rank.tolist(),
            strict=True,
        )
        columns = sql.SQL(", ").join(map(sql.Identifier, self._types))
        statement = sql.SQL("COPY staged ({}) FROM STDIN (FORMAT BINARY)").format(columns)
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types(list(self._types.values()))
            for key, content in zip(keys, contents, strict=True):
                copy.write_row((*key, _content_hash(content), *content))

    def reject(self, rejects: Iterable[Reject]) -> None:
        """Keeps rejects until the load is recorded."""
        with self._connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO staged_reject VALUES (%s, %s, %s, %s, %s)",
                [(r.position, r.source_id, r.reason.value, r.detail, json.dumps(r.row)) for r in rejects],
            )

    def reject_duplicates(self) -> None:
        """Of rows with the same identifier the first stays with all its parts, the others become rejects."""
        self._connection.execute("CREATE INDEX ON staged (source_id, part)")
        self._connection.execute("ANALYZE staged")
        fields = sql.SQL(", ").join(
            sql.SQL("{}, {}").format(sql.Literal(field.name), sql.Identifier(field.column))
            for field in self._collection.fields
        )
        self._connection.execute(
            sql.SQL(
                "WITH again AS (DELETE FROM staged s USING (SELECT ctid AS row, rank() OVER"
                "   (PARTITION BY source_id ORDER BY position) AS occurrence FROM staged) numbered"
                "  WHERE s.ctid = numbered.row AND numbered.occurrence > 1 RETURNING s.*)"
                " INSERT INTO staged_reject SELECT position, source_id, {reason}, {detail},"
                "  jsonb_strip_nulls(jsonb_build_object({fields})) || jsonb_build_object('geometry', ST_AsText(geom))"
                " FROM again"
            ).format(
                reason=sql.Literal(Reason.DUPLICATE_ID.value),
                detail=sql.Literal("another row before it has the same identifier"),
                fields=fields,
            )
        )


def _content_hash(content: tuple[object, ...]) -> UUID:
    return UUID(bytes=xxhash.xxh3_128_digest(repr(content).encode()))
