"""What a load writes first, in temporary tables: what it would like the dataset to be, and what it rejects."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import psycopg
import pyarrow as pa
import xxhash
from psycopg import sql

from otn.etl.background import Background
from otn.etl.copy_binary import (
    HEADER,
    TRAILER,
    Piece,
    as_jsonb,
    body,
    fixed_size,
    geometries,
    images,
    joined,
    number_of_fields,
    pieces,
)
from otn.etl.harmonise import Features
from otn.etl.quality import Tally
from otn.etl.rows import Reason, Reject, SourceRows, json_text
from otn.model.collections import Collection
from otn.model.fields import Kind

TYPES = {
    Kind.TEXT: "text",
    Kind.CODE: "text",
    Kind.INTEGER: "int4",
    Kind.NUMBER: "float8",
    Kind.BOOLEAN: "bool",
    Kind.INSTANT: "timestamptz",
    Kind.OBJECT: "jsonb",
}
# Only the objects of rows that differ are made jsonb.
_STAGED_TYPES = TYPES | {Kind.OBJECT: "text"}
_KEYS = {"position": "int8", "source_id": "text", "part": "text", "page_rank": "int8", "content_hash": "uuid"}
# The type gives geometries their SRID, which they come without.
GEOMETRY = "geometry(Geometry, 4326)"


class Rejects:
    """The temporary table `staged_reject`, which goes with the transaction."""

    def __init__(self, connection: psycopg.Connection, background: Background) -> None:
        self._connection = connection
        self._background = background
        connection.execute(
            "CREATE TEMPORARY TABLE staged_reject"
            " (position int8, source_id text, reason text, detail text, row jsonb) ON COMMIT DROP"
        )

    def add(self, rejects: Iterable[Reject]) -> None:
        """Keeps rejects until the load is recorded."""
        kept = list(rejects)
        if kept:
            self._background.run(lambda: self._copy(kept))

    def _copy(self, rejects: list[Reject]) -> None:
        with self._connection.cursor() as cursor, cursor.copy("COPY staged_reject FROM STDIN") as copy:
            for reject in rejects:
                identifier = None if reject.source_id is None else _storable(reject.source_id)
                row = json_text(reject.row)
                copy.write_row((reject.position, identifier, reject.reason.value, _storable(reject.detail), row))

    def by_reason(self) -> dict[str, int]:
        """How many there are of each reason."""
        counted = "SELECT reason, count(*) FROM staged_reject GROUP BY reason ORDER BY reason"
        return dict(self._connection.execute(counted).fetchall())


class Staging(ABC):
    """What takes the features of one collection until all are there, and then says which of them count.

    `tally` counts them; `number_of_objects` is how many identifiers the publisher has given to them, which is known
    when duplicates are rejected.
    """

    def __init__(self, connection: psycopg.Connection, collection: Collection, background: Background) -> None:
        self.collection = collection
        self.tally = Tally()
        self.number_of_objects = 0
        self._connection = connection
        self._background = background
        # Of each batch the positions of its objects, and their identifiers: all pieces of one come in one batch.
        self._objects: list[tuple[npt.NDArray[np.int64], pa.Array]] = []

    @abstractmethod
    def add(self, features: Features, rows: SourceRows) -> None:
        """Takes a batch of features, each with the hash of everything that makes it what it is."""

    @abstractmethod
    def reject_duplicates(self) -> None:
        """Of rows with the same identifier the first stays with all its parts, the others become rejects."""

    @abstractmethod
    def bbox(self) -> list[float] | None:
        """West, south, east and north of what is staged."""

    @abstractmethod
    def close(self) -> None:
        """The load is over: what is staged is gone."""

    def _note_objects(self, position: npt.NDArray[np.int64], identifier: pa.Array) -> None:
        """Keeps who is in a batch: the position of each feature, and the publisher's identifier."""
        objects, first = np.unique(position, return_index=True)
        self._objects.append((objects, identifier.take(pa.array(first))))

    def _again(self) -> npt.NDArray[np.int64]:
        """The positions of objects whose identifier one before them has; counts the others, forgets them all."""
        position = np.concatenate([np.empty(0, np.int64), *(positions for positions, _ in self._objects)])
        identifiers = pa.chunked_array([ids for _, ids in self._objects], pa.string()).combine_chunks()
        self._objects.clear()
        in_order = np.argsort(position, kind="stable")
        identifier = identifiers.dictionary_encode().indices.to_numpy()[in_order]
        _, first = np.unique(identifier, return_index=True)
        self.number_of_objects = len(first)
        return np.delete(position[in_order], first)

    def _reject_again(self, again: sql.Composable) -> None:
        """Rejects what `again` selects: rows whose identifier a row before them has."""
        fields = self.collection.fields
        described = sql.SQL(", ").join(
            sql.SQL("{}, {}::{}").format(
                sql.Literal(field.name), sql.Identifier(field.column), sql.SQL(TYPES[field.kind])
            )
            for field in fields
        )
        counted = sql.SQL(", ").join(sql.SQL("count({})").format(sql.Identifier(field.column)) for field in fields)
        [(features, *filled)] = self._connection.execute(
            sql.SQL(
                "WITH again AS ({again}), kept AS (INSERT INTO staged_reject SELECT position, local_id, {reason},"
                "   {detail}, jsonb_strip_nulls(jsonb_build_object({described}))"
                "   || jsonb_build_object('geometry', ST_AsText(geom)) FROM again)"
                " SELECT count(*), {counted} FROM again"
            ).format(
                again=again,
                reason=sql.Literal(Reason.DUPLICATE_ID.value),
                detail=sql.Literal("another row before it has the same identifier"),
                described=described,
                counted=counted,
            )
        ).fetchall()
        self.tally.subtract(features, {field.name: number for field, number in zip(fields, filled, strict=True)})


class StagedTable(Staging):
    """Features staged in a temporary table, which goes with the transaction, to be compared with what is there."""

    def __init__(self, connection: psycopg.Connection, collection: Collection, background: Background) -> None:
        super().__init__(connection, collection, background)
        self.table = sql.Identifier(f"staged_{collection.table}")
        types = _KEYS | {"geom": GEOMETRY} | {field.column: _STAGED_TYPES[field.kind] for field in collection.fields}
        background.wait()
        create_temporary(connection, self.table, types)
        self._begin = number_of_fields(len(types))

    def add(self, features: Features, rows: SourceRows) -> None:
        positions = rows.position[features.row]
        self._background.run(lambda: self._copy(features, positions))
        self.tally.add(features.fields)
        self._note_objects(positions, features.fields["localId"].combine_chunks())

    def _copy(self, features: Features, positions: npt.NDArray[np.int64]) -> None:
        content = joined(contents(features, self.collection).staged)
        keys = [pa.array(positions), features.fields["localId"], features.part, pa.array(features.page_rank)]
        staged = joined([self._begin, images(keys), *fixed_size(hashes(content)), content])
        copy_in(self._connection, self.table, [staged])

    def reject_duplicates(self) -> None:
        if not len(self._again()):
            return
        self._reject_again(
            sql.SQL(
                "DELETE FROM {staged} s USING (SELECT ctid AS row, rank() OVER"
                "  (PARTITION BY source_id ORDER BY position) AS occurrence FROM {staged}) numbered"
                " WHERE s.ctid = numbered.row AND numbered.occurrence > 1 RETURNING s.*"
            ).format(staged=self.table)
        )

    def bbox(self) -> list[float] | None:
        extent = sql.SQL(
            "SELECT ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box)"
            " FROM (SELECT ST_Extent(geom) AS box FROM {}) AS extent"
        ).format(self.table)
        [(west, south, east, north)] = self._connection.execute(extent).fetchall()
        return None if west is None else [west, south, east, north]

    def close(self) -> None:
        """The table went with the transaction."""


def create_temporary(connection: psycopg.Connection, table: sql.Composable, types: dict[str, str]) -> None:
    """Makes a table that goes with the transaction."""
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind)) for name, kind in types.items()
    )
    connection.execute(sql.SQL("CREATE TEMPORARY TABLE {} ({}) ON COMMIT DROP").format(table, columns))


def copy_in(connection: psycopg.Connection, table: sql.Composable, rows: Iterable[pa.Array]) -> None:
    """Copies batches of rows, assembled for COPY, into `table`, which may be followed by its columns."""
    statement = sql.SQL("COPY {} FROM STDIN (FORMAT BINARY)").format(table)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(HEADER)
        for batch in rows:
            copy.write(body(batch))
        copy.write(TRAILER)


@dataclass(frozen=True)
class Contents:
    """What makes features what they are, their geometry and their fields, in pieces of rows for COPY: `staged` is what
    is hashed, and what temporary tables take; `stored` is what the collection's table takes."""

    staged: list[Piece]
    stored: list[Piece]


def contents(features: Features, collection: Collection) -> Contents:
    """The contents of each feature, in the order of otn.etl.merge.content_columns."""
    kinds = [field.kind for field in collection.fields]
    columns = [_stored(features.fields[field.name], field.kind) for field in collection.fields]
    alike = next((number for number, kind in enumerate(kinds) if kind is Kind.OBJECT), len(kinds))
    # Most columns are the same in both, and joined but once.
    both = joined([*geometries(features.geometry), *(piece for column in columns[:alike] for piece in pieces(column))])
    staged: list[Piece] = [both]
    stored: list[Piece] = [both]
    for column, kind in zip(columns[alike:], kinds[alike:], strict=True):
        staged += pieces(column)
        stored += pieces(as_jsonb(column) if kind is Kind.OBJECT else column)
    return Contents(staged, stored)


def _stored(column: pa.ChunkedArray, kind: Kind) -> pa.ChunkedArray:
    return column.cast(pa.int32()) if kind is Kind.INTEGER else column


def hashes(content: pa.Array) -> pa.Array:
    """XXH3 of each row's fields, 128 bits as PostgreSQL has a UUID."""
    octets = body(content)
    ends = np.frombuffer(content.buffers()[1], np.int32)[content.offset :][: len(content) + 1]
    ends = ends - ends[0]
    digests = b"".join(xxhash.xxh3_128_digest(octets[start:end]) for start, end in pairwise(ends.tolist()))
    return pa.Array.from_buffers(pa.binary(16), len(content), [None, pa.py_buffer(digests)])


def _storable(text: str) -> str:
    """PostgreSQL keeps no text with the character NUL."""
    return text.replace("\0", "\ufffd")
