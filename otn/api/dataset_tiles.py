"""Vector tiles of the whole dataset: one tile with a layer for each collection, or for those that are asked for.

Source: OGC API - Tiles - Part 1 (20-057), "Dataset Tilesets", "Collections Selection" and "Datetime".
"""

from collections.abc import Iterable, Sequence

from starlette.types import Receive, Scope, Send

from otn.api.conditional import is_conditional, is_not_modified, strong_etag
from otn.api.context import Api
from otn.api.parameters import Parameters
from otn.api.query import REPRESENTATION_PARAMETERS
from otn.api.tiles import (
    REVALIDATE,
    find_tile_matrix_set,
    make_tile,
    read_versions,
    send_not_modified,
    send_tile,
    tile_address,
    tile_condition,
    tile_request_parameters,
    tile_version,
)
from otn.errors import BadRequest, NotFound, UnknownProperty
from otn.model.collections import COLLECTIONS, Collection
from otn.store.statement import Condition
from otn.store.tile_sql import TileRequest

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
        versions = await read_versions(self._api.pool, COLLECTIONS.values(), receive)
        collections = choose_collections(versions, parameters)
        conditions = layer_conditions(collections, parameters)
        if is_conditional(scope):
            version = tile_version({collection.id: versions[collection.id] for collection in collections})
            if is_not_modified(scope, strong_etag(version)):
                await send_not_modified(send, version, REVALIDATE)
                return
        layers = [
            TileRequest(collection, tile_matrix_set, tile, condition)
            for collection, condition in zip(collections, conditions, strict=True)
        ]
        await send_tile(send, await make_tile(self._api.pool, layers, receive), REVALIDATE)


def choose_collections(served: Iterable[str], parameters: Parameters) -> tuple[Collection, ...]:
    """Those that `collections` names, in its order; without it all that are served.

    Raises BadRequest that names what is not served, and NotFound where nothing is.
    """
    known = {name: COLLECTIONS[name] for name in served}
    if not known:
        raise NotFound("There are no collections with features here.")
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
