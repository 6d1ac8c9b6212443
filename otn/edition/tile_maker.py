"""Makes tiles in bulk: by the very statement that makes one for a request, for many at a time."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

import psycopg

from otn.edition.pmtiles import tile_id
from otn.edition.side_by_side import SideBySide
from otn.edition.tile_writer import PackedTile, packed
from otn.model.collections import Collection
from otn.model.sql import SRID, WEB_MERCATOR_SRID, quoted
from otn.model.tile_matrix_sets import WEB_MERCATOR_QUAD, TileAddress, degrees
from otn.store.statement import Statement
from otn.store.tile_sql import BUFFER, EXTENT, TileRequest, tile_statement, tiles_statement

_IN_ONE_STATEMENT = 250
"""Tiles are at most some hundred kilobytes each, and all of a statement's are held."""
_LOOKED_FOR_IN_ONE = 4000
_REACH = (BUFFER + 8) / EXTENT
"""How far beyond its edge something may show in a tile: generalising moves it by no more than half a pixel."""
# Degrees by which a rectangle that the index looks for is larger: coordinates were rounded on their way.
_MARGIN = 1e-6

_EXISTING = """
SELECT asked.number FROM unnest(
  $1::bigint[], $2::float8[], $3::float8[], $4::float8[], $5::float8[], $6::float8[], $7::float8[], $8::float8[],
  $9::float8[]) AS asked (number, west, south, east, north, x_least, y_least, x_most, y_most)
WHERE EXISTS (
  SELECT FROM {table} AS f
  WHERE f.geom && ST_MakeEnvelope(asked.west, asked.south, asked.east, asked.north, {degrees})
    AND ST_Intersects(f.geom_3857, ST_MakeEnvelope(asked.x_least, asked.y_least, asked.x_most, asked.y_most, {metres})))
"""


class TileMaker:
    """Makes tiles of a collection in WebMercatorQuad as connections see it."""

    def __init__(self, connections: SideBySide, collection: Collection) -> None:
        self._connections = connections
        self._collection = collection

    def existing(self, parents: Sequence[TileAddress] | None) -> list[TileAddress]:
        """The tiles that something may show in, within these of the zoom before, in the order of their numbers.

        Without parents it is the first tile of all.
        """
        if parents is None:
            candidates = [TileAddress(0, 0, 0)]
        else:
            candidates = [child for parent in parents for child in _children(parent)]
        found = self._connections.answers(self._existing, _blocks(candidates, _LOOKED_FOR_IN_ONE))
        return sorted(chain.from_iterable(found), key=tile_id)

    def made(self, tiles: Sequence[TileAddress]) -> Iterator[tuple[list[PackedTile], int]]:
        """The tiles, which are of one zoom, that are not empty, in the order in which they are given.

        Those that were made together come together, with the number of those that were asked for.
        """
        return self._connections.answers(self._made, _blocks(tiles, _IN_ONE_STATEMENT))

    def _made(self, connection: psycopg.Connection, tiles: list[TileAddress]) -> tuple[list[PackedTile], int]:
        requests = [TileRequest(self._collection, WEB_MERCATOR_QUAD, tile) for tile in tiles]
        made: list[bytes] = [b""] * len(tiles)
        for number, tile, features in _rows(connection, tiles_statement(requests)):
            made[number] = _small_enough(connection, requests[number], tile or b"", features)
        drawn = zip(tiles, made, strict=True)
        return [(tile_id(tile), packed(content)) for tile, content in drawn if content], len(tiles)

    def _existing(self, connection: psycopg.Connection, tiles: list[TileAddress]) -> list[TileAddress]:
        boxes = [WEB_MERCATOR_QUAD.box(tile, _REACH) for tile in tiles]
        around = [(*degrees(box.west, box.south), *degrees(box.east, box.north)) for box in boxes]
        wider = [(box[0] - _MARGIN, box[1] - _MARGIN, box[2] + _MARGIN, box[3] + _MARGIN) for box in around]
        sql = _EXISTING.format(table=quoted(self._collection.table), degrees=SRID, metres=WEB_MERCATOR_SRID)
        columns = [list(column) for numbers in (wider, boxes) for column in zip(*numbers, strict=True)]
        statement = Statement(sql, ([*range(len(tiles))], *columns))
        return [tiles[number] for (number,) in _rows(connection, statement)]


def _small_enough(connection: psycopg.Connection, request: TileRequest, tile: bytes, features: int) -> bytes:
    while (smaller := request.smaller(features, len(tile))) is not None:
        request = smaller
        [(_, _, content, features)] = _rows(connection, tile_statement(request))
        tile = content or b""
    return tile


def _rows(connection: psycopg.Connection, statement: Statement) -> list[tuple[Any, ...]]:
    cursor = psycopg.RawCursor(connection)
    return cursor.execute(statement.sql.encode(), statement.parameters, binary=True).fetchall()


def _blocks(tiles: Sequence[TileAddress], size: int) -> Iterator[list[TileAddress]]:
    remaining = iter(tiles)
    while some := list(islice(remaining, size)):
        yield some


def _children(tile: TileAddress) -> list[TileAddress]:
    row, column = 2 * tile.row, 2 * tile.column
    return [TileAddress(tile.matrix + 1, row + down, column + right) for down in (0, 1) for right in (0, 1)]
