"""The documents about tiles: tile matrix sets, lists of tilesets, the metadata of a tileset."""

from starlette.requests import Request
from starlette.responses import Response

from otn.api import texts, tilesets
from otn.api.context import RequestContext
from otn.api.negotiation import DOCUMENT, TILEJSON, TILESET
from otn.api.resources import Document, Resources, own_links
from otn.api.selection import parse_selection
from otn.api.served import ServedCollection
from otn.api.tiles import find_tile_matrix_set, tile_parameters
from otn.api.tilesets import Tiles
from otn.model.tile_matrix_sets import WEB_MERCATOR_QUAD


class TileDocuments(Resources):
    """A document about tiles takes what selects the features in them, and hands it on to the addresses it gives."""

    async def tile_matrix_sets(self, request: Request) -> Response:
        async def document(context: RequestContext) -> Document:
            return tilesets.tile_matrix_sets(context.links, context.language, own_links(context, DOCUMENT))

        return await self._answer(request, DOCUMENT, "tileMatrixSets", texts.TILE_MATRIX_SETS, document)

    async def tile_matrix_set(self, request: Request) -> Response:
        entry = find_tile_matrix_set(request.path_params["tile_matrix_set_id"])

        async def document(context: RequestContext) -> Document:
            return tilesets.tile_matrix_set(entry, own_links(context, DOCUMENT))

        return await self._answer(request, DOCUMENT, "tileMatrixSet", texts.TILE_MATRIX_SET, document)

    async def tilesets(self, request: Request) -> Response:
        served = await self._served(request)

        async def document(context: RequestContext) -> Document:
            tiles = self._tiles(served, context)
            return tilesets.tilesets(tiles, context.links, context.language, own_links(context, DOCUMENT))

        known = tile_parameters(served.collection)
        return await self._answer(request, DOCUMENT, "tilesets", self._title(served), document, known)

    async def tileset(self, request: Request) -> Response:
        entry = find_tile_matrix_set(request.path_params["tile_matrix_set_id"])
        served = await self._served(request)

        async def document(context: RequestContext) -> Document:
            tiles = self._tiles(served, context)
            if context.representation is TILEJSON:
                return tilesets.tilejson(tiles, context.links, context.language)
            return tilesets.tileset(tiles, entry, context.links, context.language, own_links(context, DOCUMENT))

        offered = TILESET if entry is WEB_MERCATOR_QUAD else DOCUMENT
        known = tile_parameters(served.collection)
        return await self._answer(request, offered, "tileset", self._title(served), document, known)

    def _tiles(self, served: ServedCollection, context: RequestContext) -> Tiles:
        """Raises BadRequest for a selection that the tiles themselves would refuse."""
        parse_selection(served.collection, context.parameters)
        described = self._api.service.collections[served.collection.id]
        title, description = (text.in_language(context.language) for text in (described.title, described.description))
        return tilesets.of_collection(served, title, description, context.question)
