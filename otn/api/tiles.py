"""Vector tiles of collections: plain ASGI, from an address to bytes in one statement.

Sources: OGC API - Tiles - Part 1 (20-057) "Core" and "Mapbox Vector Tiles"; Mapbox Vector Tile specification 2.1.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import version
from typing import NamedTuple

from starlette.types import Receive, Scope, Send

from otn.api.codings import LEAST_TO_COMPRESS, coding_for, unpacked, unpacked_size
from otn.api.conditional import is_conditional, is_not_modified, strong_etag
from otn.api.context import Api, headers_of, require_reading
from otn.api.disconnect import WhileConnected
from otn.api.editions import ReadyTile
from otn.api.negotiation import MVT, MVT_TYPE, choose_language, choose_representation
from otn.api.parameters import parse_parameters, refuse_unknown
from otn.api.query import REPRESENTATION_PARAMETERS
from otn.api.response_cache import KEEP_WHILE
from otn.api.served import find_collection, no_collection
from otn.errors import NotFound
from otn.model.collections import Collection
from otn.model.tile_matrix_sets import TILE_MATRIX_SETS, WEB_MERCATOR_QUAD, TileAddress, TileMatrixSet
from otn.store.tile_sql import TileRequest, tile_statement, version_statement

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
        check_tile_request(scope)
        names = scope["path_params"]
        collection = find_collection(names["collection_id"])
        tile_matrix_set = find_tile_matrix_set(names["tile_matrix_set_id"])
        request = TileRequest(
            collection, tile_matrix_set, tile_address(names, tile_matrix_set, tile_matrix_set.deepest)
        )
        ready = self._ready(request)
        if is_conditional(scope):
            version = await self._version(collection, receive) if ready is None else _version(ready.number, collection)
            if is_not_modified(scope, strong_etag(version)):
                await send_not_modified(send, version, REVALIDATE)
                return
        if ready is not None:
            self._keep(scope, collection, _version(ready.number, collection))
            await _send_ready(scope, send, _version(ready.number, collection), ready.packed)
            return
        made = await self._make(request, receive)
        self._keep(scope, collection, made.version)
        await send_tile(send, made, REVALIDATE)

    def _ready(self, request: TileRequest) -> ReadyTile | None:
        """The tile as the newest edition has it ready-made."""
        if request.tile_matrix_set is not WEB_MERCATOR_QUAD:
            return None
        return self._api.editions.ready_tile(request.collection, request.tile)

    def _keep(self, scope: Scope, collection: Collection, version: str) -> None:
        """Lets the answer be kept, where it shows what the newest edition holds."""
        edition = self._api.editions.current(collection)
        if edition is not None and version == _version(edition.number, collection):
            scope[KEEP_WHILE] = self._api.editions.still(edition, pinned=False)

    async def _version(self, collection: Collection, receive: Receive) -> str:
        statement = version_statement(collection)
        async with WhileConnected(receive):
            rows = await self._api.pool.fetch(statement.sql, statement.parameters)
        if not rows:
            raise no_collection(collection.id)
        return _version(rows[0]["version"], collection)

    async def _make(self, request: TileRequest, receive: Receive) -> MadeTile:
        """The tile, with fewer features where all of them would be more than MAXIMUM_BYTES."""
        smaller: TileRequest | None = request
        while smaller is not None:
            request = smaller
            statement = tile_statement(request)
            async with WhileConnected(receive):
                rows = await self._api.pool.fetch(statement.sql, statement.parameters)
            if not rows:
                raise no_collection(request.collection.id)
            content = rows[0]["tile"] or b""
            smaller = request.smaller(rows[0]["features"], len(content))
        return MadeTile(_version(rows[0]["version"], request.collection), content)


def _version(data_version: int, collection: Collection) -> str:
    """Other data, another rule or another program may give another tile."""
    return f"{data_version}-{collection.tile_rule.fingerprint}-{PROGRAM}"


def check_tile_request(scope: Scope) -> None:
    """Raises HTTPException for a method, BadRequest for a parameter and NotAcceptable for an Accept header."""
    require_reading(scope)
    parameters = dict(parse_parameters(scope["query_string"]))
    refuse_unknown(parameters, REPRESENTATION_PARAMETERS)
    choose_representation(parameters.get("f"), headers_of(scope, (b"accept",))[b"accept"], MVT)
    choose_language(parameters.get("lang"), "")


def find_tile_matrix_set(identifier: str) -> TileMatrixSet:
    """Raises NotFound."""
    if identifier not in TILE_MATRIX_SETS:
        known = " and ".join(TILE_MATRIX_SETS)
        raise NotFound(f"There is no tile matrix set {identifier[:60]!r} here; there are {known}.")
    return TILE_MATRIX_SETS[identifier]


def tile_address(names: Mapping[str, str], tile_matrix_set: TileMatrixSet, deepest: int) -> TileAddress:
    """The tile that a path names; it may end in .mvt or .pbf, which GDAL needs.

    Raises NotFound where there is no such tile, or it lies beyond the tile matrix `deepest`.
    """
    column = names["tile_col"]
    texts = (names["tile_matrix"], names["tile_row"], _SUFFIX.sub("", column) if "." in column else column)
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


async def _send_ready(scope: Scope, send: Send, version: str, packed: memoryview | None) -> None:
    """Sends the same bytes as if the tile had been made and compressed now."""
    if packed is None or coding_for(scope).coding != "gzip" or unpacked_size(packed) < LEAST_TO_COMPRESS:
        content = b"" if packed is None else unpacked(packed)
        await send_tile(send, MadeTile(version, content), REVALIDATE)
        return
    headers = [
        *_headers(version, REVALIDATE),
        (b"content-type", MVT_TYPE.encode()),
        (b"content-encoding", b"gzip"),
        (b"content-length", b"%d" % len(packed)),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": bytes(packed)})


def _headers(version: str, cache_control: str) -> list[tuple[bytes, bytes]]:
    return [(b"etag", _etag(version)), (b"cache-control", cache_control.encode())]


@lru_cache(maxsize=64)
def _etag(version: str) -> bytes:
    """All tiles of a collection have the same."""
    return strong_etag(version).encode()
