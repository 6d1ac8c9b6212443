"""The addresses of documents about tiles of rasters, for each kind of tiles."""

from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from otn.api.answers import Document, answer, own_links
from otn.api.context import Api, RequestContext
from otn.api.map_images import RasterMap
from otn.api.negotiation import DOCUMENT, TILEJSON, TILESET
from otn.api.raster_pictures import MAP_TILES, TERRAIN_TILES, TileKind
from otn.api.raster_tiles import RasterTile, find_map_style
from otn.api.raster_tilesets import raster_tilejson, raster_tileset, raster_tilesets
from otn.api.tiles import find_tile_matrix_set
from otn.model.tile_matrix_sets import WEB_MERCATOR_QUAD

_Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]
_FindKind = Callable[[Mapping[str, str]], TileKind]

_COLLECTION = "/collections/{collection_id}/"
_KINDS: tuple[tuple[str, _FindKind], ...] = (
    (_COLLECTION + TERRAIN_TILES.below, lambda _: TERRAIN_TILES),
    (_COLLECTION + MAP_TILES.below, lambda _: MAP_TILES),
    (_COLLECTION + "styles/{style_id}/map/tiles", find_map_style),
)
"""The address of each kind of tiles, and how what it names tells the kind."""
_TILESET = "/{tile_matrix_set_id}"


def raster_endpoints(api: Api) -> dict[str, ASGIApp]:
    """Tiles and map images by path."""
    tile = _TILESET + "/{tile_matrix}/{tile_row}/{tile_col}"
    return {path + tile: RasterTile(api, kind) for path, kind in _KINDS} | {
        _COLLECTION + "map": RasterMap(api, lambda _: MAP_TILES),
        _COLLECTION + "styles/{style_id}/map": RasterMap(api, find_map_style),
    }


def raster_routes(api: Api) -> tuple[tuple[str, _Endpoint], ...]:
    """The endpoint of each document."""
    resources = _RasterTileResources(api)
    return tuple(
        route
        for path, kind in _KINDS
        for route in (
            (path, partial(resources.tilesets, kind)),
            (path + _TILESET, partial(resources.tileset, kind)),
        )
    )


class _RasterTileResources:
    """Lists of tilesets, and tilesets."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def tilesets(self, find: _FindKind, request: Request) -> Response:
        served, kind = self._api.rasters.find(request.path_params["collection_id"]), find(request.path_params)

        async def document(context: RequestContext) -> Document:
            own = own_links(context, DOCUMENT)
            return raster_tilesets(served, kind, context.links, context.language, own)

        return await answer(self._api, request, DOCUMENT, "tilesets", kind.title, document)

    async def tileset(self, find: _FindKind, request: Request) -> Response:
        served, kind = self._api.rasters.find(request.path_params["collection_id"]), find(request.path_params)
        entry = find_tile_matrix_set(request.path_params["tile_matrix_set_id"])
        service = self._api.service

        async def document(context: RequestContext) -> Document:
            if context.representation is TILEJSON:
                return raster_tilejson(service, served, kind, context.links, context.language)
            own = own_links(context, DOCUMENT)
            return raster_tileset(service, served, kind, entry, context.links, context.language, own)

        offered = TILESET if entry is WEB_MERCATOR_QUAD else DOCUMENT
        return await answer(self._api, request, offered, "tileset", kind.title, document)
