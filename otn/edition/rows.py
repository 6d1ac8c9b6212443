"""The features of a part, as PostgreSQL renders them, in the order in which they lie in it."""

import heapq
from collections.abc import Iterator
from itertools import chain, islice

import numpy as np
import psycopg
import shapely
from psycopg.rows import tuple_row
from psycopg.types.string import ByteaBinaryLoader

from otn.edition.part_writer import Rows
from otn.model.collections import Collection
from otn.model.sql import quoted
from otn.store.geojson_sql import whole_feature_sql
from otn.store.hilbert import hilbert_ranks

_BLOCK = 4096

_Row = tuple[int, int, bytes, bytes]


def read_rows(connection: psycopg.Connection, collection: Collection, dataset: str) -> Iterator[Rows]:
    """The features of the dataset, block by block, in the order of their natural ranks and ids."""
    # Rows are put in order before anything is rendered: what is rendered is long, and would be sorted with them.
    statement = (
        f"SELECT f.id, f.page_rank, {whole_feature_sql(collection)}, ST_AsBinary(f.geom) FROM"  # noqa: S608
        f" (SELECT * FROM {quoted(collection.table)} WHERE dataset = %s ORDER BY page_rank, id) AS f"
    )
    # All rows will be fetched: a plan that gives the first ones soon takes longer.
    connection.execute("SET LOCAL cursor_tuple_fraction = 1")
    # A cursor of the server takes half the time of COPY, of which psycopg takes each row by itself.
    with connection.cursor("features", row_factory=tuple_row) as cursor:
        cursor.itersize = _BLOCK
        # Text comes as the bytes it is, with no detour through str.
        cursor.adapters.register_loader("text", ByteaBinaryLoader)
        yield from _blocks(iter(cursor.execute(statement.encode(), [dataset], binary=True)))


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
