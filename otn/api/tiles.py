"""Vector tiles of collections: plain ASGI, from an address to bytes in one statement.

Sources: OGC API - Tiles - Part 1 (20-057) "Core" and "Mapbox Vector Tiles"; Mapbox Vector Tile specification 2.1.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from typing import NamedTuple

from starlette.types import Receive, Scope, Send

from otn.api.conditional import is_conditional, is_not_modified, strong_etag
from otn.api.context import Api, headers_of, require_reading
from otn.api.disconnect import WhileConnected
from otn.api.negotiation import MVT, MVT_TYPE, choose_language, choose_representation
from otn.api.parameters import Parameters, parse_parameters, refuse_unknown
from otn.api.query import REPRESENTATION_PARAMETERS
from otn.api.selection import known_parameters, parse_selection
from otn.api.selection_sql import selection_sql
from otn.api.served import find_collection, no_collection
from otn.errors import NotFound
from otn.model.collections import Collection
from otn.model.tile_matrix_sets import TILE_MATRIX_SETS, TileAddress, TileMatrixSet
from otn.store.statement import Condition
from otn.store.tile_sql import TileRequest, tile_statement, version_statement

MAXIMUM_BYTES = 500_000
"""No tile is larger before compression; where it would be, the features that matter least are left out."""

# A tile is a place itself: neither a box nor its reference system is asked for.
_TILE_PARAMETERS = REPRESENTATION_PARAMETERS | {"datetime", "subset", "filter", "filter-lang", "q"}
# Whoever holds a tile asks whether it still holds, and is mostly told so without a row being read.
REVALIDATE = "public, no-cache"
_INTEGER = re.compile(r"[0-9]{1,10}")
_SUFFIX = re.compile(r"\.(?:mvt|pbf)$")
PROGRAM = version("otn")


class MadeTile(NamedTuple):
    """A tile and the version of what it was made from."""

    version: str
    content: bytes


class CollectionTile:
    """`/collections/{collectionId}/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}`."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises what the error handlers know: RequestError, HTTPException, ClientLeft."""
        names = scope["path_params"]
        collection = find_collection(names["collection_id"])
        parameters = tile_request_parameters(scope, tile_parameters(collection))
        tile_matrix_set = find_tile_matrix_set(names["tile_matrix_set_id"])
        tile = tile_address(names, tile_matrix_set, tile_matrix_set.deepest)
        request = TileRequest(collection, tile_matrix_set, tile, tile_condition(collection, parameters))
        if is_conditional(scope):
            version = await self._version(collection, receive)
            if is_not_modified(scope, strong_etag(version)):
                await send_not_modified(send, version, REVALIDATE)
                return
        await send_tile(send, await self._make(request, receive), REVALIDATE)

    async def _version(self, collection: Collection, receive: Receive) -> str:
        statement = version_statement(collection)
        async with WhileConnected(receive):
            rows = await self._api.pool.fetch(statement.sql, statement.parameters)
        if not rows:
            raise no_collection(collection.id)
        return _version(rows[0]["version"], collection)

    async def _make(self, request: TileRequest, receive: Receive) -> MadeTile:
        """The tile, with fewer features where all of them would be more than MAXIMUM_BYTES."""
        while True:
            statement = tile_statement(request)
            async with WhileConnected(receive):
                rows = await self._api.pool.fetch(statement.sql, statement.parameters)
            if not rows:
                raise no_collection(request.collection.id)
            content = rows[0]["tile"] or b""
            if len(content) <= MAXIMUM_BYTES:
                return MadeTile(_version(rows[0]["version"], request.collection), content)
            request = replace(request, at_most=rows[0]["features"] * MAXIMUM_BYTES * 9 // (len(content) * 10))


def _version(data_version: int, collection: Collection) -> str:
    """Other data, another rule or another program may give another tile."""
    return f"{data_version}-{collection.tile_rule.fingerprint}-{PROGRAM}"


def tile_parameters(collection: Collection) -> frozenset[str]:
    """What tiles of the collection, and the documents about them, can be asked for by."""
    return known_parameters(collection, _TILE_PARAMETERS)


def tile_condition(collection: Collection, parameters: Parameters) -> Condition | None:
    """What a feature must meet to be in the tile; None where all are. Raises BadRequest for an unusable value."""
    selection, _ = parse_selection(collection, parameters)
    return None if selection.is_everything else partial(selection_sql, selection)


def tile_request_parameters(scope: Scope, known: frozenset[str]) -> Parameters:
    """The parameters of a request for a tile.

    Raises HTTPException for a method, BadRequest for an unknown parameter and NotAcceptable for an Accept header.
    """
    require_reading(scope)
    parameters = parse_parameters(scope["query_string"])
    given = dict(parameters)
    refuse_unknown(given, known)
    choose_representation(given.get("f"), headers_of(scope, (b"accept",))[b"accept"], MVT)
    choose_language(given.get("lang"), "")
    return parameters


def find_tile_matrix_set(identifier: str) -> TileMatrixSet:
    """Raises NotFound."""
    if identifier not in TILE_MATRIX_SETS:
        known = ", ".join(TILE_MATRIX_SETS)
        raise NotFound(f"There is no tile matrix set {identifier[:60]!r} here; there are {known}.")
    return TILE_MATRIX_SETS[identifier]


def tile_address(names: Mapping[str, str], tile_matrix_set: TileMatrixSet, deepest: int) -> TileAddress:
    """The tile that a path names; it may end in .mvt or .pbf, which GDAL needs.

    Raises NotFound where there is no such tile, or it lies beyond the tile matrix `deepest`.
    """
    texts = (names["tile_matrix"], names["tile_row"], _SUFFIX.sub("", names["tile_col"]))
    if all(_INTEGER.fullmatch(text) for text in texts):
        tile = TileAddress(*map(int, texts))
        if tile.matrix <= deepest and tile_matrix_set.contains(tile):
            return tile
    shown = "/".join(text[:20] for text in texts)
    raise NotFound(f"{tile_matrix_set.id} has no tile {shown} here: tile matrices go from 0 to {deepest}.")


async def send_not_modified(send: Send, version: str, cache_control: str) -> None:
    """304: the client has it already."""
    await send({"type": "http.response.start", "status": 304, "headers": _headers(version, cache_control)})
    await send({"type": "http.response.body"})


async def send_tile(send: Send, made: MadeTile, cache_control: str) -> None:
    """200 with the tile, or 204 where it is empty."""
    headers = _headers(made.version, cache_control)
    content = made.content
    if not content:
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body"})
        return
    headers += [(b"content-type", MVT_TYPE.encode()), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _headers(version: str, cache_control: str) -> list[tuple[bytes, bytes]]:
    return [(b"etag", strong_etag(version).encode()), (b"cache-control", cache_control.encode())]
