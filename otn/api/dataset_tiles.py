"""Vector tiles of the whole dataset: one tile with a layer for each collection, or for those that are asked for.

Source: OGC API - Tiles - Part 1 (20-057), "Dataset Tilesets", "Collections Selection" and "Datetime".
"""

from collections.abc import Iterable, Sequence

from starlette.types import Receive, Scope, Send

from otn.api.codings import unpacked, unpacked_size
from otn.api.conditional import REVALIDATE, is_conditional, is_not_modified, strong_etag
from otn.api.context import Api
from otn.api.parameters import Parameters
from otn.api.query import REPRESENTATION_PARAMETERS
from otn.api.served import no_collections
from otn.api.tiles import (
    MadeTile,
    find_tile_matrix_set,
    make_tile,
    read_versions,
    ready_tile,
    send_not_modified,
    send_tile,
    tile_address,
    tile_condition,
    tile_request_parameters,
    tile_version,
)
from otn.errors import BadRequest, Unavailable, UnknownProperty
from otn.model.collections import COLLECTIONS, Collection
from otn.store.statement import Condition
from otn.store.tile_sql import MAXIMUM_BYTES, TileRequest

DATASET_TILE_PARAMETERS = REPRESENTATION_PARAMETERS | {"collections", "datetime", "subset", "filter", "filter-lang"}
"""What tiles of the whole dataset, and the documents about them, can be asked for by."""


class DatasetTile:
    """`/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}`."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises what the error handlers know: RequestError, HTTPException, ClientLeft."""
        parameters = tile_request_parameters(scope, DATASET_TILE_PARAMETERS)
        tile_matrix_set = find_tile_matrix_set(scope["path_params"]["tile_matrix_set_id"])
        tile = tile_address(scope["path_params"], tile_matrix_set, tile_matrix_set.deepest)
        versions = await self._served(receive)
        collections = choose_collections(versions, parameters)
        conditions = layer_conditions(collections, parameters)
        layers = [
            TileRequest(collection, tile_matrix_set, tile, condition)
            for collection, condition in zip(collections, conditions, strict=True)
        ]
        ready = self._ready(layers)
        if is_conditional(scope):
            shown = {collection.id: versions[collection.id] for collection in collections}
            version = tile_version(shown) if ready is None else ready.version
            if is_not_modified(scope, strong_etag(version)):
                await send_not_modified(send, version, REVALIDATE)
                return
        await send_tile(send, ready or await make_tile(self._api.pool, layers, receive), REVALIDATE)

    async def _served(self, receive: Receive) -> dict[str, int]:
        """The versions of the collections that are served; while the database does not answer, those last known."""
        try:
            return await read_versions(self._api.pool, COLLECTIONS.values(), receive)
        except Unavailable:
            return {served.collection.id: served.version for served in await self._api.served.collections()}

    def _ready(self, layers: Sequence[TileRequest]) -> MadeTile | None:
        """The tile put together of what the newest editions have ready-made; None where one of them has it not, or
        layers must give way to each other."""
        found = {layer.collection.id: ready_tile(self._api.editions, layer) for layer in layers}
        packed = [tile.packed for tile in found.values() if tile is not None and tile.packed is not None]
        if None in found.values() or sum(map(unpacked_size, packed)) > MAXIMUM_BYTES:
            return None
        version = tile_version({name: tile.number for name, tile in found.items() if tile is not None})
        return MadeTile(version, b"".join(map(unpacked, packed)))


def choose_collections(served: Iterable[str], parameters: Parameters) -> tuple[Collection, ...]:
    """Those that `collections` names, in its order; without it all that are served.

    Raises BadRequest that names what is not served, and NotFound where nothing is.
    """
    known = {name: COLLECTIONS[name] for name in served}
    if not known:
        raise no_collections()
    text = dict(parameters).get("collections")
    if text is None:
        return tuple(known.values())
    names = dict.fromkeys(text.split(","))
    unknown = ", ".join(repr(name[:60]) for name in names if name not in known)
    if unknown:
        detail = f"collections must be some of {','.join(known)}; there is no {unknown} with features here."
        raise BadRequest(detail, parameter="collections")
    return tuple(known[name] for name in names)


def layer_conditions(collections: Sequence[Collection], parameters: Parameters) -> list[Condition | None]:
    """What the features of each layer must meet.

    Raises BadRequest for an unusable value, and for a filter by properties that some of the collections do not have.
    """
    conditions: list[Condition | None] = []
    able: list[str] = []
    refused: UnknownProperty | None = None
    for collection in collections:
        try:
            conditions.append(tile_condition(collection, parameters))
            able.append(collection.id)
        except UnknownProperty as error:
            refused = refused or error
    if refused is None:
        return conditions
    if not able:
        raise refused
    detail = f"{refused.detail} Not all layers can be asked this, only collections={','.join(able)}."
    raise BadRequest(detail, parameter=refused.parameter)
