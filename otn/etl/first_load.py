"""The first load of a dataset: there is nothing to compare it with, so rows are written once, where they stay."""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import LiteralString

import numpy as np
import psycopg
import pyarrow as pa
import shapely
from psycopg import sql

from otn.etl.aside import Integers, RowsAside
from otn.etl.background import Background
from otn.etl.copy_binary import fixed_size, images, joined, number_of_fields, one
from otn.etl.first_page import filled, lowest_of_each
from otn.etl.harmonise import Features
from otn.etl.indexes import MANY, built_at_the_end
from otn.etl.merge import Changes, content_columns
from otn.etl.rows import SourceRows
from otn.etl.staging import GEOMETRY, TYPES, Staging, contents, copy_in, create_temporary, hashes
from otn.model.collections import Collection

# As one value: a million rows would be a million objects.
_ISSUED: LiteralString = (
    "SELECT string_agg(int8send(nextval('feature_key_id_seq')), ''::bytea) FROM generate_series(1, %s)"
)


class StagedAside(Staging):
    """Features that wait in files in the order of pages: what they are, and their keys."""

    def __init__(
        self, connection: psycopg.Connection, collection: Collection, background: Background, dataset: str
    ) -> None:
        super().__init__(connection, collection, background)
        self.contents = RowsAside()
        self.keys = RowsAside()
        self._dataset = dataset
        self._positions: list[Integers] = []
        self._filled: list[Integers] = []
        self._least, self._most = np.full(2, np.inf), np.full(2, -np.inf)
        self._some_left_out = False

    def add(self, features: Features, rows: SourceRows) -> None:
        if not len(features):
            return
        identifier = features.fields["localId"].combine_chunks()
        self._background.run(lambda: self._keep(features, identifier))
        position = rows.position[features.row]
        self._positions.append(position)
        self._filled.append(filled(features.fields, self.collection))
        self._note_objects(position, identifier)
        bounds = shapely.total_bounds(features.geometry)
        self._least, self._most = np.fmin(self._least, bounds[:2]), np.fmax(self._most, bounds[2:])
        self.tally.add(features.fields)

    def _keep(self, features: Features, identifier: pa.Array) -> None:
        content = contents(features, self.collection)
        stored = joined([*fixed_size(hashes(joined(content.staged))), *content.stored])
        rank = features.page_rank
        self.contents.add(rank, stored)
        self.keys.add(rank, images([identifier, features.part]))

    def reject_duplicates(self) -> None:
        again = self._again()
        if len(again):
            self._leave_out(again)
        self._positions.clear()

    def filled(self) -> Integers:
        """What each of the rows that are not left out fills, in the order of pages."""
        return np.concatenate(self._filled)[self.contents.numbers()]

    def _leave_out(self, again: Integers) -> None:
        """Rejects the rows at these positions, by way of a temporary table: PostgreSQL describes them."""
        self._some_left_out = True
        position = np.concatenate(self._positions)
        left_out = np.flatnonzero(np.isin(position, again))
        table = sql.Identifier(f"again_{self.collection.table}")
        types = {field.column: TYPES[field.kind] for field in self.collection.fields}
        types = {"position": "int8", "content_hash": "uuid", "geom": GEOMETRY} | types
        create_temporary(self._connection, table, types)
        begin = number_of_fields(len(types))
        rows = self.contents.rows(left_out)
        copy_in(self._connection, table, (joined([begin, images([pa.array(position[at])]), row]) for at, row in rows))
        self.contents.leave_out(left_out)
        self.keys.leave_out(left_out)
        self._reject_again(sql.SQL("SELECT * FROM {}").format(table))

    def close(self) -> None:
        self.contents.close()
        self.keys.close()

    def bbox(self) -> list[float] | None:
        if self._some_left_out:
            return self._stored_bbox()
        return [*self._least.tolist(), *self._most.tolist()] if self.tally.features else None

    def _stored_bbox(self) -> list[float] | None:
        extent = sql.SQL(
            "SELECT ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box)"
            " FROM (SELECT ST_Extent(geom) AS box FROM {} WHERE dataset = %s) AS extent"
        ).format(sql.Identifier(self.collection.table))
        [(west, south, east, north)] = self._connection.execute(extent, [self._dataset]).fetchall()
        return None if west is None else [west, south, east, north]


class Filling:
    """What it takes to write the features of one collection of a dataset that never had any.

    It is to a first load what otn.etl.merge.Merge is to the others.
    """

    def __init__(
        self, connection: psycopg.Connection, staging: StagedAside, background: Background, dataset: str
    ) -> None:
        self._connection = connection
        self._staging = staging
        self._background = background
        self._dataset = dataset
        self._collection = staging.collection
        self.features = Changes(added=staging.tally.features)
        self.objects = Changes(added=staging.number_of_objects)
        self._ids = np.empty(0, np.int64)

    def objects_before(self) -> int:
        """How many objects of the source have features in the table now."""
        return 0

    @property
    def written(self) -> frozenset[str]:
        """The tables whose statistics are out of date then."""
        return frozenset({"feature_key", self._collection.table, self._collection.overview_table})

    def write(self, load_id: int) -> None:
        """Issues ids and writes the rows in the order of pages; logs that it did."""
        self._ids = self._issued()
        many = self.features.added > MANY
        with built_at_the_end(self._connection, self._collection.table) if many else nullcontext():
            copy_in(self._connection, self._target(), self._background.ahead(self._contents(load_id)))
        self._connection.execute(
            "INSERT INTO feature_change VALUES (%s, %s, 0, 'added')", [load_id, self._collection.id]
        )

    def written_features(self) -> list[tuple[int, int]]:
        """Those that could open an answer; see otn.etl.first_page."""
        return lowest_of_each(self._ids, self._staging.filled())

    def write_keys(self) -> None:
        """Writes down which ids were issued to what."""
        keys = sql.SQL("feature_key (id, dataset, source_id, part)")
        copy_in(self._connection, keys, self._background.ahead(self._keys()))

    def _issued(self) -> Integers:
        [(ids,)] = self._connection.execute(_ISSUED, [self.features.added], binary=True).fetchall()
        return np.frombuffer(ids, ">i8").astype(np.int64)

    def _target(self) -> sql.Composed:
        columns = sql.SQL(", ").join(map(sql.Identifier, content_columns(self._collection)))
        table = sql.Identifier(self._collection.table)
        return sql.SQL("{} (id, page_rank, load_id, {})").format(table, columns)

    def _contents(self, load_id: int) -> Iterator[pa.Array]:
        begin = number_of_fields(3 + len(content_columns(self._collection)))
        load = one(load_id.to_bytes(8, "big"))
        done = 0
        for rank, rows in self._staging.contents.chunks():
            keys = images([pa.array(self._ids[done : done + len(rank)]), pa.array(rank)])
            yield joined([begin, keys, load, rows])
            done += len(rank)

    def _keys(self) -> Iterator[pa.Array]:
        """In the order of the rows, which is that of their ids."""
        dataset = one(self._dataset.encode())
        done = 0
        for _, rows in self._staging.keys.chunks():
            yield joined([number_of_fields(4), images([pa.array(self._ids[done : done + len(rows)])]), dataset, rows])
            done += len(rows)
