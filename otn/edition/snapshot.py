"""What an edition is made of, as PostgreSQL has it at one moment: the state of a collection, its datasets, its rows."""

import heapq
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice

import numpy as np
import psycopg
import shapely
from psycopg import sql

from otn.edition.manifest import recipe
from otn.edition.part_format import Bounds, Identity
from otn.edition.part_writer import Rows
from otn.model.collections import Collection
from otn.model.sql import quoted
from otn.store.geojson_sql import whole_feature_sql
from otn.store.hilbert import hilbert_ranks

APPLICATION = "otn-edition"
_BLOCK = 4096
# For sorting the rows of a part.
_WORK_MEM = "64MB"
_RFC3339 = """replace(trim(to_json({})::text, '"'), '+00:00', 'Z')"""

_STATE = f"""
SELECT version, finished::text, updated, licences, number_of_features, west, south, east, north,
  {_RFC3339.format("valid_from")}, {_RFC3339.format("valid_to")}
FROM collection_state LEFT JOIN load ON load.id = version WHERE collection = %s
"""  # noqa: S608 - columns of our own
# The newest load of each dataset that changed anything in the collection. What was not loaded but written by hand is
# as new as the collection.
_DATASETS = """
SELECT dataset, declaration ->> 'licence', coalesce(newest.id, version), coalesce(newest.finished, updated)::text
FROM dataset_collection AS filled JOIN collection_state USING (collection) LEFT JOIN LATERAL (
  SELECT id, finished FROM load WHERE load.dataset = filled.dataset AND state = 'committed' AND EXISTS (
    SELECT FROM feature_change WHERE load_id = load.id AND feature_change.collection = filled.collection)
  ORDER BY id DESC LIMIT 1
) AS newest ON true
WHERE filled.collection = %s AND filled.number_of_features > 0 ORDER BY dataset
"""
_LOADED = "SELECT id, finished::text FROM load WHERE id = ANY(%s)"

_Row = tuple[int, int, bytes, bytes]


@dataclass(frozen=True)
class State:
    """A collection as collection_state describes it; `loaded` is when the load `version` ended, if there was one."""

    version: int
    loaded: str | None
    updated: datetime
    licences: tuple[str, ...]
    count: int
    bbox: Bounds | None
    valid_from: str | None
    valid_to: str | None


@dataclass(frozen=True)
class DatasetState:
    """A dataset in a collection: what a part of it would be made of, and its licence."""

    identity: Identity
    licence: str


@contextmanager
def snapshot(url: str) -> Iterator[psycopg.Connection]:
    """A connection that sees the database as it is now, whatever is committed meanwhile."""
    # A build whose process was killed must not go on in PostgreSQL.
    watched = "-c client_connection_check_interval=1000"
    options = f"{watched} -c timezone=UTC -c datestyle=ISO -c work_mem={_WORK_MEM} -c jit=off"
    with psycopg.connect(url, application_name=APPLICATION, client_encoding="utf8", options=options) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield connection


def read_state(connection: psycopg.Connection, collection: Collection) -> State | None:
    """None where nothing was ever loaded into the collection."""
    row = connection.execute(_STATE.encode(), [collection.id]).fetchone()
    if row is None:
        return None
    version, loaded, updated, licences, count, *bbox, valid_from, valid_to = row
    west, south, east, north = bbox
    bounds = None if west is None else (west, south, east, north)
    return State(version, loaded, updated, tuple(licences), count, bounds, valid_from, valid_to)


def read_datasets(connection: psycopg.Connection, collection: Collection) -> list[DatasetState]:
    """The datasets that have features in the collection, by name."""
    return [
        DatasetState(Identity(collection.id, dataset, load_id, loaded, recipe(collection)), licence)
        for dataset, licence, load_id, loaded in connection.execute(_DATASETS, [collection.id]).fetchall()
    ]


def read_front(connection: psycopg.Connection, collection: Collection) -> list[tuple[int, str]]:
    """The features that stand first, in their order: id and dataset."""
    statement = f"SELECT id, dataset FROM {quoted(collection.table)} WHERE page_rank = 0 ORDER BY id"  # noqa: S608
    return connection.execute(statement.encode()).fetchall()


def read_loads(connection: psycopg.Connection, numbers: list[int]) -> dict[int, str]:
    """When the loads of these numbers ended, of those that there were."""
    return dict(connection.execute(_LOADED, [numbers]).fetchall())


def read_rows(connection: psycopg.Connection, collection: Collection, dataset: str) -> Iterator[Rows]:
    """The features of the dataset, block by block, in the order of their natural ranks and ids."""
    # Rows are put in order before anything is rendered: what is rendered is long, and would be sorted with them.
    statement = (
        f"COPY (SELECT f.id, f.page_rank, {whole_feature_sql(collection)}, ST_AsBinary(f.geom) FROM"  # noqa: S608
        f" (SELECT * FROM {quoted(collection.table)} WHERE dataset = {_literal(dataset)} ORDER BY page_rank, id) AS f)"
        " TO STDOUT (FORMAT BINARY)"
    )
    with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        # Text comes as the bytes it is, with no detour through str.
        copy.set_types(["int8", "int8", "bytea", "bytea"])
        yield from _blocks(copy.rows())


def _blocks(rows: Iterator[_Row]) -> Iterator[Rows]:
    ordered = _in_natural_order(rows)
    while block := list(islice(ordered, _BLOCK)):
        ids, ranks, fragments, geometries = zip(*block, strict=True)
        yield Rows(np.array(ids, np.int64), np.array(ranks, np.int64), list(fragments), list(geometries))


def _in_natural_order(rows: Iterator[_Row]) -> Iterator[_Row]:
    """Features that stand first have the rank 0 and come before all others: here they stand where they would stand."""
    first: list[_Row] = []
    for row in rows:
        if row[1] != 0:
            yield from heapq.merge(_with_natural_ranks(first), chain([row], rows), key=_place)
            return
        first.append(row)
    yield from _with_natural_ranks(first)


def _with_natural_ranks(rows: list[_Row]) -> list[_Row]:
    if not rows:
        return []
    ranks = hilbert_ranks(shapely.from_wkb([row[3] for row in rows])).tolist()
    ranked = [(row[0], rank, *row[2:]) for row, rank in zip(rows, ranks, strict=True)]
    return sorted(ranked, key=_place)


def _place(row: _Row) -> tuple[int, int]:
    return row[1], row[0]


def _literal(text: str) -> str:
    """COPY takes no parameters."""
    return sql.Literal(text).as_string()
