"""The features of a part, as PostgreSQL renders them, in the order in which they lie in it."""

import heapq
from collections.abc import Iterator
from functools import partial
from itertools import chain, islice

import numpy as np
import psycopg
import shapely
from psycopg.rows import tuple_row
from psycopg.types.string import ByteaBinaryLoader

from otn.edition.part_writer import Rows
from otn.edition.side_by_side import SideBySide
from otn.model.collections import Collection
from otn.model.sql import quoted
from otn.store.geojson_sql import whole_feature_sql
from otn.store.hilbert import hilbert_ranks

RENDERED_TOGETHER = 1024
"""So many features are asked for at once: some connections hold as many each, and areas may be large."""
_BLOCK = 4096
_LAST = (1 << 63) - 1

_Row = tuple[int, int, bytes, bytes]
_Place = tuple[int, int]


def read_rows(
    connection: psycopg.Connection, connections: SideBySide, collection: Collection, dataset: str
) -> Iterator[Rows]:
    """The features of the dataset, block by block, in the order of their natural ranks and ids.

    PostgreSQL takes longest to render them: all the connections do, each some; `connection` is one of them.
    """
    begins = _every_so_many(connection, collection, dataset)
    ranges = zip(begins, [*begins[1:], (_LAST, _LAST)], strict=False)
    rendered = connections.answers(partial(_rendered, collection, dataset), ranges)
    ordered = _in_natural_order(chain.from_iterable(rendered))
    while block := list(islice(ordered, _BLOCK)):
        ids, ranks, fragments, geometries = zip(*block, strict=True)
        yield Rows(np.array(ids, np.int64), np.array(ranks, np.int64), list(fragments), list(geometries))


def _every_so_many(connection: psycopg.Connection, collection: Collection, dataset: str) -> list[_Place]:
    """The rank and id of each feature from which on some are rendered together."""
    numbered = (
        "SELECT page_rank, id, row_number() OVER (ORDER BY page_rank, id) - 1 AS number"  # noqa: S608
        f" FROM {quoted(collection.table)} WHERE dataset = %s"
    )
    statement = f"SELECT page_rank, id FROM ({numbered}) AS rows WHERE number %% {RENDERED_TOGETHER} = 0 ORDER BY 1, 2"  # noqa: S608
    return connection.execute(statement.encode(), [dataset]).fetchall()


def _rendered(
    collection: Collection, dataset: str, connection: psycopg.Connection, between: tuple[_Place, _Place]
) -> list[_Row]:
    # Rows are put in order before anything is rendered: what is rendered is long, and would be sorted with them.
    statement = (
        f"SELECT f.id, f.page_rank, {whole_feature_sql(collection)}, ST_AsBinary(f.geom) FROM"  # noqa: S608
        f" (SELECT * FROM {quoted(collection.table)} WHERE dataset = %s AND (page_rank, id) >= (%s, %s)"
        " AND (page_rank, id) < (%s, %s) ORDER BY page_rank, id) AS f"
    )
    with connection.cursor(row_factory=tuple_row) as cursor:
        # Text comes as the bytes it is, with no detour through str.
        cursor.adapters.register_loader("text", ByteaBinaryLoader)
        first, following = between
        return cursor.execute(statement.encode(), [dataset, *first, *following], binary=True).fetchall()


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
