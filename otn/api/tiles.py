"""Vector tiles of collections: plain ASGI, from an address to bytes in one statement; and what all tiles share.

Sources: OGC API - Tiles - Part 1 (20-057) "Core" and "Mapbox Vector Tiles"; Mapbox Vector Tile specification 2.1.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache, partial
from typing import Any, NamedTuple

from starlette.types import Receive, Scope, Send

from otn.api.codings import LEAST_TO_COMPRESS, coding_for, unpacked, unpacked_size
from otn.api.conditional import PROGRAM, REVALIDATE, is_conditional, is_not_modified, strong_etag
from otn.api.context import Api, headers_of, require_reading
from otn.api.disconnect import WhileConnected
from otn.api.editions import Editions, ReadyTile
from otn.api.negotiation import MVT, MVT_TYPE, choose_language, choose_representation
from otn.api.parameters import Parameters, parse_parameters, refuse_unknown
from otn.api.query import REPRESENTATION_PARAMETERS
from otn.api.response_cache import KEEP_WHILE
from otn.api.selection import known_parameters, parse_selection
from otn.api.selection_sql import selection_sql
from otn.api.served import find_collection, no_collection
from otn.errors import NotFound
from otn.model.collections import COLLECTIONS, Collection
from otn.model.tile_matrix_sets import TILE_MATRIX_SETS, WEB_MERCATOR_QUAD, TileAddress, TileMatrixSet
from otn.store.pool import Pool
from otn.store.statement import Condition, Statement
from otn.store.tile_sql import MAXIMUM_BYTES, TileRequest, tile_statement, version_statement

# A tile is a place itself: neither a box nor its reference system is asked for.
_TILE_PARAMETERS = REPRESENTATION_PARAMETERS | {"datetime", "subset", "filter", "filter-lang", "q"}
_ADDRESS = re.compile(r"([0-9]{1,10})/([0-9]{1,10})/([0-9]{1,10})(?:\.(?:mvt|pbf))?")
# A map asks for many tiles in the same words: of so many maps a process keeps what they come to. The longest filter
# takes a megabyte.
_MAPS = 32


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
        parameters = tile_request_parameters(scope, tile_parameters(collection.id))
        tile_matrix_set = find_tile_matrix_set(names["tile_matrix_set_id"])
        tile = tile_address(names, tile_matrix_set, tile_matrix_set.deepest)
        request = TileRequest(collection, tile_matrix_set, tile, tile_condition(collection, parameters))
        ready = ready_tile(self._api.editions, request)
        known = None if ready is None else _version_of(collection.id, ready.number)
        if is_conditional(scope):
            version = known or await self._version(collection, receive)
            if is_not_modified(scope, strong_etag(version)):
                self._keep(scope, collection, version)
                await send_not_modified(send, version, REVALIDATE)
                return
        if ready is not None and known is not None:
            self._keep(scope, collection, known)
            await _send_ready(scope, send, known, ready.packed)
            return
        made = await make_tile(self._api.pool, (request,), receive)
        self._keep(scope, collection, made.version)
        await send_tile(send, made, REVALIDATE)

    def _keep(self, scope: Scope, collection: Collection, version: str) -> None:
        """Lets the answer be kept, where it shows what the newest edition holds."""
        edition = self._api.editions.current(collection)
        if edition is not None and version == _version_of(collection.id, edition.number):
            scope[KEEP_WHILE] = self._api.editions.still(edition, pinned=False)

    async def _version(self, collection: Collection, receive: Receive) -> str:
        versions = await read_versions(self._api.pool, (collection,), receive)
        if not versions:
            raise no_collection(collection.id)
        return tile_version(versions)


def ready_tile(editions: Editions, request: TileRequest) -> ReadyTile | None:
    """The tile as the newest edition has it ready-made."""
    if request.tile_matrix_set is not WEB_MERCATOR_QUAD or request.condition is not None:
        return None
    return editions.ready_tile(request.collection, request.tile)


async def read_versions(pool: Pool, collections: Iterable[Collection], receive: Receive) -> dict[str, int]:
    """The versions of those that are served, in the order they are given. Raises Unavailable."""
    wanted = tuple(collections)
    found = await _rows(pool, version_statement(*wanted), receive)
    return {collection.id: found[collection.id]["version"] for collection in wanted if collection.id in found}


def tile_version(versions: Mapping[str, int]) -> str:
    """Other data, another rule or another program may give another tile."""
    layers = (f"{name}-{number}-{COLLECTIONS[name].tile_rule.fingerprint}" for name, number in versions.items())
    return "-".join([*layers, PROGRAM])


async def make_tile(pool: Pool, layers: Sequence[TileRequest], receive: Receive) -> MadeTile:
    """A tile is its layers one after the other. Where they would be more than MAXIMUM_BYTES, the largest ones get fewer
    features.

    Raises NotFound where none of them is served, and Unavailable.
    """
    while True:
        found = await _rows(pool, tile_statement(*layers), receive)
        if not found:
            raise no_collection(layers[0].collection.id)
        served = [(layer, found[layer.collection.id]) for layer in layers if layer.collection.id in found]
        contents = [row["tile"] or b"" for _, row in served]
        content = b"".join(contents)
        if len(content) <= MAXIMUM_BYTES:
            return MadeTile(tile_version({layer.collection.id: row["version"] for layer, row in served}), content)
        most = _share([len(part) for part in contents])
        layers = [
            layer.smaller(row["features"], len(part), most) or layer
            for (layer, row), part in zip(served, contents, strict=True)
        ]


async def _rows(pool: Pool, statement: Statement, receive: Receive) -> dict[str, Any]:
    """Rows by the collection they are about."""
    async with WhileConnected(receive):
        rows = await pool.fetch(statement.sql, statement.parameters)
    return {row["collection"].decode(): row for row in rows}


def _share(sizes: Sequence[int]) -> int:
    """How many bytes each layer may have, where small ones leave what they do not need to the others."""
    left, share = MAXIMUM_BYTES, 0
    for number, size in enumerate(sorted(sizes)):
        share = left // (len(sizes) - number)
        if size > share:
            break
        left -= size
    return share


@cache
def tile_parameters(collection_id: str) -> frozenset[str]:
    """What tiles of the collection, and the documents about them, can be asked for by."""
    return known_parameters(COLLECTIONS[collection_id], _TILE_PARAMETERS)


def tile_condition(collection: Collection, parameters: Parameters) -> Condition | None:
    """What a feature must meet to be in the tile; None where all are. Raises BadRequest for an unusable value."""
    return _condition(collection.id, parameters) if parameters else None


@lru_cache(maxsize=_MAPS)
def _condition(collection_id: str, parameters: Parameters) -> Condition | None:
    selection, _ = parse_selection(COLLECTIONS[collection_id], parameters)
    return None if selection.is_everything else partial(selection_sql, selection)


def tile_request_parameters(scope: Scope, known: frozenset[str]) -> Parameters:
    """The parameters of a request for a tile.

    Raises HTTPException for a method, BadRequest for an unknown parameter and NotAcceptable for an Accept header.
    """
    require_reading(scope)
    return _read_parameters(scope["query_string"], headers_of(scope).get(b"accept", b""), known)


@lru_cache(maxsize=_MAPS)
def _read_parameters(query: bytes, accept: bytes, known: frozenset[str]) -> Parameters:
    parameters = parse_parameters(query)
    given = dict(parameters)
    refuse_unknown(given, known)
    choose_representation(given.get("f"), accept.decode("latin-1"), MVT)
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
    texts = (names["tile_matrix"], names["tile_row"], names["tile_col"])
    if found := _ADDRESS.fullmatch("/".join(texts)):
        tile = TileAddress(*map(int, found.groups()))
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


@lru_cache(maxsize=64)
def _version_of(collection_id: str, number: int) -> str:
    return tile_version({collection_id: number})


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
