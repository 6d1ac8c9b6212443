"""The documents about tiles: tile matrix sets, lists of tilesets, the metadata of a tileset.

Tilesets are those of a collection or of the whole dataset. A document about them takes what selects the features in the
tiles, and hands it on to the addresses it gives.
"""

from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from otn.api import texts, tilesets
from otn.api.answers import Document, answer, own_links
from otn.api.context import Api, RequestContext
from otn.api.dataset_tiles import DATASET_TILE_PARAMETERS, choose_collections, layer_conditions
from otn.api.negotiation import DOCUMENT, TILEJSON, TILESET
from otn.api.selection import parse_selection
from otn.api.served import no_collections
from otn.api.tiles import find_tile_matrix_set, tile_parameters
from otn.api.tilesets import Layer, Tiles
from otn.model.text import Text
from otn.model.tile_matrix_sets import WEB_MERCATOR_QUAD

_Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]
_MakeTiles = Callable[[RequestContext], Tiles]
# What the tiles of a request are of: their title, the parameters they take, and the tiles as they are asked for.
_Subject = tuple[Text, frozenset[str], _MakeTiles]
_FindSubject = Callable[[Request], Awaitable[_Subject]]


def tile_routes(api: Api) -> tuple[tuple[str, _Endpoint], ...]:
    """The endpoint of each path."""
    resources = _TileResources(api)
    collection = "/collections/{collection_id}/tiles"
    return (
        ("/tileMatrixSets", resources.tile_matrix_sets),
        ("/tileMatrixSets/{tile_matrix_set_id}", resources.tile_matrix_set),
        ("/tiles", partial(resources.tilesets, resources.dataset)),
        ("/tiles/{tile_matrix_set_id}", partial(resources.tileset, resources.dataset)),
        (collection, partial(resources.tilesets, resources.collection)),
        (collection + "/{tile_matrix_set_id}", partial(resources.tileset, resources.collection)),
    )


class _TileResources:
    """What a request is about comes first; the rest is the same for a collection and for the whole dataset."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._answer = partial(answer, api)

    async def tile_matrix_sets(self, request: Request) -> Response:
        async def document(context: RequestContext) -> Document:
            return tilesets.tile_matrix_sets(context.links, context.language, own_links(context, DOCUMENT))

        return await self._answer(request, DOCUMENT, "tileMatrixSets", texts.TILE_MATRIX_SETS, document)

    async def tile_matrix_set(self, request: Request) -> Response:
        entry = find_tile_matrix_set(request.path_params["tile_matrix_set_id"])

        async def document(context: RequestContext) -> Document:
            return tilesets.tile_matrix_set(entry, own_links(context, DOCUMENT))

        return await self._answer(request, DOCUMENT, "tileMatrixSet", texts.TILE_MATRIX_SET, document)

    async def collection(self, request: Request) -> _Subject:
        """The tiles of one collection."""
        served = await self._api.served.collection(request.path_params["collection_id"])
        described = self._api.service.collections[served.collection.id]

        def tiles(context: RequestContext) -> Tiles:
            parse_selection(served.collection, context.parameters)
            title, description = (
                text.in_language(context.language) for text in (described.title, described.description)
            )
            return tilesets.of_collection(served, title, description, context.question)

        return described.title, tile_parameters(served.collection.id), tiles

    async def dataset(self, request: Request) -> _Subject:  # noqa: ARG002 - as `collection`
        """The tiles of all collections, which are without layers as long as nothing is loaded."""
        served = {entry.collection.id: entry for entry in await self._api.served.collections()}
        service = self._api.service

        def tiles(context: RequestContext) -> Tiles:
            if not served and "collections" not in dict(context.parameters):
                return tilesets.of_dataset(service, (), context.language, context.question)
            chosen = choose_collections(served, context.parameters)
            layer_conditions(chosen, context.parameters)
            layers = tuple(
                Layer(served[entry.id], service.collections[entry.id].title.in_language(context.language))
                for entry in chosen
            )
            return tilesets.of_dataset(service, layers, context.language, context.question)

        return service.metadata.identification.title, DATASET_TILE_PARAMETERS, tiles

    async def tilesets(self, subject: _FindSubject, request: Request) -> Response:
        title, known, tiles = await subject(request)

        async def document(context: RequestContext) -> Document:
            own = own_links(context, DOCUMENT)
            return tilesets.tilesets(tiles(context), context.links, context.language, own)

        return await self._answer(request, DOCUMENT, "tilesets", title, document, known)

    async def tileset(self, subject: _FindSubject, request: Request) -> Response:
        entry = find_tile_matrix_set(request.path_params["tile_matrix_set_id"])
        title, known, tiles = await subject(request)

        async def document(context: RequestContext) -> Document:
            found = tiles(context)
            if not found.layers:
                raise no_collections()
            if context.representation is TILEJSON:
                return tilesets.tilejson(found, context.links, context.language)
            return tilesets.tileset(found, entry, context.links, context.language, own_links(context, DOCUMENT))

        offered = TILESET if entry is WEB_MERCATOR_QUAD else DOCUMENT
        return await self._answer(request, offered, "tileset", title, document, known)
