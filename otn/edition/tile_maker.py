"""Makes tiles in bulk: by the very statement that makes one for a request, for many at a time."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import psycopg

from otn.edition.pmtiles import tile_id
from otn.edition.tile_writer import PackedTile, packed
from otn.model.collections import Collection
from otn.model.sql import SRID, WEB_MERCATOR_SRID, quoted
from otn.model.tile_matrix_sets import WEB_MERCATOR_QUAD, TileAddress, degrees
from otn.store.statement import Statement
from otn.store.tile_sql import BUFFER, EXTENT, TileRequest, tile_statement, tiles_statement

_AT_ONCE = 250
"""Tiles are at most some hundred kilobytes each, and all of a statement's are held."""
_LOOKED_FOR_AT_ONCE = 4000
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
    """Makes tiles of a collection in WebMercatorQuad as a connection sees it."""

    def __init__(self, connection: psycopg.Connection, collection: Collection) -> None:
        self._cursor = psycopg.RawCursor(connection)
        self._collection = collection

    def existing(self, parents: Sequence[TileAddress] | None) -> list[TileAddress]:
        """The tiles that something may show in, within these of the zoom before, in the order of their numbers.

        Without parents it is the first tile of all.
        """
        if parents is None:
            candidates = [TileAddress(0, 0, 0)]
        else:
            candidates = [child for parent in parents for child in _children(parent)]
        found: list[TileAddress] = []
        remaining = iter(candidates)
        while some := list(islice(remaining, _LOOKED_FOR_AT_ONCE)):
            found += [some[number] for (number,) in self._rows(self._existing(some))]
        return sorted(found, key=tile_id)

    def made(self, tiles: Sequence[TileAddress]) -> Iterator[tuple[list[PackedTile], int]]:
        """The tiles, which are of one zoom, that are not empty, in the order in which they are given.

        Those that were made together come together, with the number of those that were asked for.
        """
        remaining = iter(tiles)
        while some := list(islice(remaining, _AT_ONCE)):
            requests = [TileRequest(self._collection, WEB_MERCATOR_QUAD, tile) for tile in some]
            made: list[bytes] = [b""] * len(some)
            for number, tile, features in self._rows(tiles_statement(requests)):
                made[number] = self._small_enough(requests[number], tile or b"", features)
            drawn = zip(some, made, strict=True)
            yield [(tile_id(tile), packed(content)) for tile, content in drawn if content], len(some)

    def _small_enough(self, request: TileRequest, tile: bytes, features: int) -> bytes:
        while (smaller := request.smaller(features, len(tile))) is not None:
            request = smaller
            [(_, _, content, features)] = self._rows(tile_statement(request))
            tile = content or b""
        return tile

    def _existing(self, tiles: Sequence[TileAddress]) -> Statement:
        boxes = [WEB_MERCATOR_QUAD.box(tile, _REACH) for tile in tiles]
        around = [(*degrees(box.west, box.south), *degrees(box.east, box.north)) for box in boxes]
        wider = [(box[0] - _MARGIN, box[1] - _MARGIN, box[2] + _MARGIN, box[3] + _MARGIN) for box in around]
        sql = _EXISTING.format(table=quoted(self._collection.table), degrees=SRID, metres=WEB_MERCATOR_SRID)
        columns = [list(column) for numbers in (wider, boxes) for column in zip(*numbers, strict=True)]
        return Statement(sql, ([*range(len(tiles))], *columns))

    def _rows(self, statement: Statement) -> list[tuple[Any, ...]]:
        return self._cursor.execute(statement.sql.encode(), statement.parameters, binary=True).fetchall()


def _children(tile: TileAddress) -> list[TileAddress]:
    row, column = 2 * tile.row, 2 * tile.column
    return [TileAddress(tile.matrix + 1, row + down, column + right) for down in (0, 1) for right in (0, 1)]
