"""Pure builders of the SQL that makes vector tiles: PostGIS renders the whole tile (ST_AsMVT).

The order of a tile's features is part of the statement, so that the same data gives the same bytes. Identifiers come
from the model and values are parameters; the zoom alone is written out, as each has an index of its own that a plan for
every zoom could not use.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from otn.model.collections import COLLECTIONS, Collection
from otn.model.fields import Field, Kind
from otn.model.sql import SRID, WEB_MERCATOR_SRID
from otn.model.tile_matrix_sets import WEB_MERCATOR_QUAD, Box, TileAddress, TileMatrixSet
from otn.store.importance import drawn, most_important_first
from otn.store.statement import Condition, SharedParameters, SqlParameters, Statement

MAXIMUM_BYTES = 500_000
"""No tile is larger before compression; where it would be, the features that matter least are left out."""
EXTENT = 4096
"""Steps across a tile."""
BUFFER = 64
"""Steps beyond its edge, so that the end or the casing of a line does not show there."""

_MARGIN = 1e-6  # degrees
# So many straight pieces along a tile keep a curve within half a step of where it lies.
_PIECES = 128
_PARAMETER = re.compile(r"\$([0-9]+)::(\w+(?:\[\])?)", re.ASCII)


class TileRequest(NamedTuple):
    """A tile of a collection.

    With a `condition` on the columns of the collection's table it holds only the features that meet it, and with
    `at_most` only so many: those that matter most.
    """

    collection: Collection
    tile_matrix_set: TileMatrixSet
    tile: TileAddress
    condition: Condition | None = None
    at_most: int | None = None

    @property
    def zoom(self) -> int:
        """The zoom of WebMercatorQuad with the same scale."""
        return self.tile.matrix + self.tile_matrix_set.zoom_offset

    def smaller(self, features: int, size: int, most: int | None = None) -> "TileRequest | None":
        """What is asked for next where so many features made more than `most` bytes, MAXIMUM_BYTES where it is None;
        None where they did not.
        """
        limit = MAXIMUM_BYTES if most is None else most
        if size <= limit:
            return None
        return self._replace(at_most=features * limit * 9 // (size * 10))


def version_statement(*collections: Collection) -> Statement:
    """A row for each of the collections that is served, in no order: collection and version."""
    return Statement(
        "SELECT collection, version FROM collection_state"
        " WHERE collection = ANY ($1::text[]) AND number_of_features > 0",
        ([collection.id for collection in collections],),
    )


def tile_statement(*layers: TileRequest) -> Statement:
    """A row for each layer whose collection is served, in no order, all of one moment: collection, version, tile
    (bytes, empty where nothing is there) and features.

    `features` is how many it was made from. ST_AsMVT itself leaves out a feature without geometry in the tile.
    """
    parameters = SharedParameters()
    sql = "\nUNION ALL".join(_layer(request, parameters) for request in layers)
    return Statement(sql, tuple(parameters.values))


def _layer(request: TileRequest, parameters: SqlParameters) -> str:
    name = parameters.add(request.collection.id, "text")
    return f"""
SELECT state.collection, state.version, made.tile, made.features
FROM collection_state AS state CROSS JOIN LATERAL ({_made(request, parameters)}) AS made
WHERE state.collection = {name} AND state.number_of_features > 0"""  # noqa: S608


def tiles_statement(requests: Sequence[TileRequest]) -> Statement:
    """Tiles of one collection and tile matrix: for each request its number from 0, tile and features, in no order.

    It is what `tile_statement` says, so the tiles are the same: what differs from tile to tile comes as columns.
    """
    made = []
    for request in requests:
        parameters = SqlParameters()
        made.append((_made(request, parameters), parameters.values))
    sql = made[0][0]
    if any(other != sql for other, _ in made):
        raise ValueError("Tiles of several tile matrices or collections are no one statement.")
    all_parameters = SqlParameters()
    columns = {"number": all_parameters.add([*range(len(made))], "bigint[]")}

    def given(found: re.Match[str]) -> str:
        index, kind = int(found[1]) - 1, found[2]
        values = [values[index] for _, values in made]
        if all(value == values[0] for value in values):
            return all_parameters.add(values[0], kind)
        columns[f"p{index}"] = all_parameters.add(values, f"{kind}[]")
        return f"asked.p{index}"

    body = _PARAMETER.sub(given, sql)
    return Statement(
        f"SELECT asked.number, made.tile, made.features FROM unnest({', '.join(columns.values())})"  # noqa: S608
        f" AS asked ({', '.join(columns)}) CROSS JOIN LATERAL ({body}) AS made",
        tuple(all_parameters.values),
    )


def _made(request: TileRequest, parameters: SqlParameters) -> str:
    """A row of tile and features, also where nothing is served."""
    is_overview = request.zoom < request.collection.tile_rule.overviews_below
    features = _overview(request, parameters) if is_overview else _features(request, parameters)
    return f"""
  SELECT ST_AsMVT(drawn, '{request.collection.id}', {EXTENT}, 'geom', 'id' ORDER BY drawn.id) AS tile,
    count(*) AS features
  FROM ({features}) AS drawn"""  # noqa: S608


def _overview(request: TileRequest, parameters: SqlParameters) -> str:
    """Features as they were generalised when they were loaded.

    Of several that became the same line, or that share a place, one was kept: it alone is asked about the condition.
    """
    collection, tile_matrix_set = request.collection, request.tile_matrix_set
    geometry, around = "g.geom", tile_matrix_set.box(request.tile, BUFFER / EXTENT)
    if tile_matrix_set is not WEB_MERCATOR_QUAD:
        around = WEB_MERCATOR_QUAD.around_degrees(tile_matrix_set.in_degrees(around))
        geometry = _transformed(geometry, around, WEB_MERCATOR_SRID, tile_matrix_set, parameters)
    joined = "" if request.at_most is None else f"JOIN {collection.table} AS f ON f.id = g.id"
    selected = ""
    if request.condition is not None:
        meets = request.condition(parameters)
        selected = f"AND EXISTS (SELECT FROM {collection.table} AS own WHERE own.id = g.id AND {meets})"
    return f"""
    SELECT g.id, {_clipped(geometry, request, parameters)} AS geom, g.properties
    FROM {collection.overview_table} AS g {joined}
    WHERE g.zoom = {request.zoom} AND g.geom && {envelope(around, WEB_MERCATOR_SRID, parameters)}
    {selected} {_first(request, parameters)}"""  # noqa: S608


def _features(request: TileRequest, parameters: SqlParameters) -> str:
    """Features as they are."""
    collection, tile_matrix_set = request.collection, request.tile_matrix_set
    around = tile_matrix_set.box(request.tile, BUFFER / EXTENT)
    # The index is that of the degrees, in which most tiles are rectangles too: a second one would find the same.
    around_in_degrees = _widened(tile_matrix_set.in_degrees(around))
    near = f"f.geom && {envelope(around_in_degrees, SRID, parameters)}"
    if tile_matrix_set is WEB_MERCATOR_QUAD:
        geometry = "f.geom_3857"
        near += f" AND {geometry} && {envelope(around, tile_matrix_set.srid, parameters)}"
    else:
        geometry = _transformed("f.geom", around_in_degrees, SRID, tile_matrix_set, parameters)
    hidden = collection.tile_rule.hidden_at(request.zoom)
    shown = f"AND {drawn(collection, parameters.add(hidden, 'text[]'))}" if hidden else ""
    selected = f"AND {request.condition(parameters)}" if request.condition is not None else ""
    return f"""
    SELECT f.id, {_clipped(geometry, request, parameters)} AS geom, {_properties(collection.id, request.zoom)}
    FROM {collection.table} AS f WHERE {near} {shown} {selected}
    {_first(request, parameters)}"""  # noqa: S608


@cache
def _properties(collection_id: str, zoom: int) -> str:
    # By its name: a collection takes longer to be hashed than all the rest of a statement takes.
    collection = COLLECTIONS[collection_id]
    carried = (field for field in collection.tile_fields if collection.tile_rule.carries(field.name, zoom))
    return ", ".join(f'{_value(field)} AS "{field.name}"' for field in carried)


def _widened(box: Box) -> Box:
    """A rectangle of degrees, a little larger: coordinates were rounded on their way."""
    return Box(box.west - _MARGIN, box.south - _MARGIN, box.east + _MARGIN, box.north + _MARGIN)


def _transformed(
    geometry: str, around: Box, srid: int, tile_matrix_set: TileMatrixSet, parameters: SqlParameters
) -> str:
    """The geometry in the CRS of the tile. `around` is the tile with its buffer, and more, in the geometry's CRS.

    A projection that reaches only so far is spared what lies elsewhere; what curves in it is bent, not only its ends.
    """
    if tile_matrix_set.curved:
        clipped = f"ST_ClipByBox2D({geometry}, {envelope(around, srid, parameters)}::box2d)"
        piece = parameters.add((around.east - around.west) / _PIECES, "float8")
        geometry = f"ST_Segmentize({clipped}, {piece})"
    return geometry if srid == tile_matrix_set.srid else f"ST_Transform({geometry}, {tile_matrix_set.srid})"


def _clipped(geometry: str, request: TileRequest, parameters: SqlParameters) -> str:
    box = envelope(request.tile_matrix_set.box(request.tile), request.tile_matrix_set.srid, parameters)
    return f"ST_AsMVTGeom({geometry}, {box}, {EXTENT}, {BUFFER}, true)"


def _first(request: TileRequest, parameters: SqlParameters) -> str:
    if request.at_most is None:
        return ""
    return f"ORDER BY {most_important_first(request.collection)} LIMIT {parameters.add(request.at_most, 'bigint')}"


def envelope(box: Box, srid: int, parameters: SqlParameters) -> str:
    """A rectangle as geometry."""
    return f"ST_MakeEnvelope({', '.join(parameters.add(number, 'float8') for number in box)}, {srid})"


def _value(field: Field) -> str:
    """Instants as text, spelled as in the items."""
    if field.kind is Kind.INSTANT:
        return f"to_json(f.{field.column}) #>> '{{}}'"
    return f"f.{field.column}"
