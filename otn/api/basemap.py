"""The base map as vector tiles: land, boundaries and names of countries under every map of ours."""

import time
from typing import Any

from starlette.types import Receive, Scope, Send

from otn.api.conditional import PROGRAM, is_conditional, is_not_modified, strong_etag
from otn.api.context import Api
from otn.api.disconnect import WhileConnected
from otn.api.links import Links
from otn.api.query import REPRESENTATION_PARAMETERS
from otn.api.response_cache import KEEP_WHILE
from otn.api.tiles import (
    MadeTile,
    send_not_modified,
    send_tile,
    tile_address,
    tile_request_parameters,
)
from otn.errors import NotFound
from otn.model.sql import WEB_MERCATOR_SRID
from otn.model.text import LANGUAGES
from otn.model.tile_matrix_sets import WEB_MERCATOR_QUAD, TileAddress
from otn.model.tiling import BASEMAP_ZOOMS
from otn.store.statement import SqlParameters, Statement
from otn.store.tile_sql import BUFFER, EXTENT, envelope

_LAYERS = {
    "land": {},
    "boundaries": {},
    "labels": {"name": "Name in English"} | {f"name:{language}": f"Name in {language}" for language in LANGUAGES},
}
# It changes with the program only.
_A_DAY = "public, max-age=86400"
_KEPT_SECONDS = 3600


def basemap_tilejson(links: Links) -> dict[str, Any]:
    """The base map as TileJSON 3.0.0."""
    deepest = BASEMAP_ZOOMS[-1]
    return {
        "tilejson": "3.0.0",
        "name": "Base map",
        "attribution": "Natural Earth, Unicode CLDR",
        "scheme": "xyz",
        "tiles": [f"{links.base}/basemap/{{z}}/{{y}}/{{x}}"],
        "minzoom": 0,
        "maxzoom": deepest,
        "bounds": [-180.0, -85.0511287798066, 180.0, 85.0511287798066],
        "vector_layers": [
            {"id": layer, "minzoom": 0, "maxzoom": deepest, "fields": fields} for layer, fields in _LAYERS.items()
        ],
    }


class BasemapTile:
    """`/basemap/{tileMatrix}/{tileRow}/{tileCol}`, in WebMercatorQuad."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises what the error handlers know: RequestError, HTTPException, ClientLeft."""
        tile_request_parameters(scope, REPRESENTATION_PARAMETERS)
        tile = tile_address(scope["path_params"], WEB_MERCATOR_QUAD, BASEMAP_ZOOMS[-1])
        until = time.monotonic() + _KEPT_SECONDS
        scope[KEEP_WHILE] = lambda: time.monotonic() < until
        if is_conditional(scope):
            version = await self._version(receive)
            if is_not_modified(scope, strong_etag(version)):
                await send_not_modified(send, version, _A_DAY)
                return
        await send_tile(send, await self._make(tile, receive), _A_DAY)

    async def _version(self, receive: Receive) -> str:
        row = await self._row(Statement("SELECT source FROM basemap_state", ()), receive)
        return _version(row["source"])

    async def _make(self, tile: TileAddress, receive: Receive) -> MadeTile:
        row = await self._row(basemap_statement(tile), receive)
        return MadeTile(_version(row["source"]), row["tile"])

    async def _row(self, statement: Statement, receive: Receive) -> Any:
        async with WhileConnected(receive):
            rows = await self._api.pool.fetch(statement.sql, statement.parameters)
        if not rows:
            raise NotFound("There is no base map here yet: `otn up` and `otn serve` make it.")
        return rows[0]


def _version(source: bytes) -> str:
    return f"{source.decode()}-{PROGRAM}"


def basemap_statement(tile: TileAddress) -> Statement:
    """One row with the columns source and tile, or none where there is no base map."""
    parameters = SqlParameters()
    zoom = parameters.add(tile.matrix, "smallint")
    box = envelope(WEB_MERCATOR_QUAD.box(tile), WEB_MERCATOR_SRID, parameters)
    around = envelope(WEB_MERCATOR_QUAD.box(tile, BUFFER / EXTENT), WEB_MERCATOR_SRID, parameters)
    layers = " || ".join(_layer(name, zoom, box, around) for name in _LAYERS)
    return Statement(f"SELECT source, {layers} AS tile FROM basemap_state", tuple(parameters.values))  # noqa: S608


def _layer(name: str, zoom: str, box: str, around: str) -> str:
    """A tile is its layers one after the other, each as ST_AsMVT makes it."""
    return f"""(
  SELECT ST_AsMVT(drawn, '{name}', {EXTENT}, 'geom', 'id' ORDER BY drawn.id) FROM (
    SELECT id, properties, ST_AsMVTGeom(geom, {box}, {EXTENT}, {BUFFER}, true) AS geom
    FROM basemap WHERE zoom = {zoom} AND layer = '{name}' AND geom && {around}
  ) AS drawn)"""  # noqa: S608
