"""Tiles of rasters as PNG: plain ASGI, drawn in a thread, and kept as other tiles are.

Source: OGC API - Tiles - Part 1 (20-057), "Core" with map tilesets and coverage tilesets.
"""

from collections.abc import Callable, Mapping

from starlette.types import Receive, Scope, Send

from otn.api.conditional import REVALIDATE, is_not_modified
from otn.api.context import Api, headers_of, require_reading
from otn.api.disconnect import WhileConnected
from otn.api.negotiation import PNG, PNG_TYPE, choose_language, choose_representation
from otn.api.parameters import parse_parameters, refuse_unknown
from otn.api.query import REPRESENTATION_PARAMETERS
from otn.api.raster_pictures import MAP_STYLES, TileKind, deepest, draw_tile, styled_map_tiles
from otn.api.response_cache import KEEP_WHILE
from otn.api.tiles import find_tile_matrix_set, tile_address
from otn.errors import NotFound

_SUFFIX = ".png"


class RasterTile:
    """`.../{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}` of one kind, which the names of the path may tell."""

    def __init__(self, api: Api, kind: Callable[[Mapping[str, str]], TileKind]) -> None:
        self._api = api
        self._kind = kind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises what the error handlers know: RequestError, HTTPException, ClientLeft."""
        require_reading(scope)
        _check_parameters(scope)
        names = scope["path_params"]
        served = self._api.rasters.find(names["collection_id"])
        kind = self._kind(names)
        tile_matrix_set = find_tile_matrix_set(names["tile_matrix_set_id"])
        wanted = names | {"tile_col": names["tile_col"].removesuffix(_SUFFIX)}
        tile = tile_address(wanted, tile_matrix_set, deepest(tile_matrix_set))
        etag = served.etag(kind.drawn.value)
        scope[KEEP_WHILE] = self._api.rasters.still(served)
        if is_not_modified(scope, etag):
            await send_picture(send, 304, etag)
            return
        async with WhileConnected(receive):
            content = await self._api.rasters.run(draw_tile, served.path, kind.drawn, tile_matrix_set, tile)
        await send_picture(send, 204 if content is None else 200, etag, content or b"")


def find_map_style(names: Mapping[str, str]) -> TileKind:
    """The map tiles in the style that a path names. Raises NotFound."""
    style = names["style_id"]
    if style not in MAP_STYLES:
        raise NotFound(f"There is no map style {style[:60]!r} here; there are {', '.join(MAP_STYLES)}.")
    return styled_map_tiles(style)


def _check_parameters(scope: Scope) -> None:
    """Raises BadRequest for an unknown parameter, and NotAcceptable for an Accept header."""
    given = dict(parse_parameters(scope["query_string"]))
    refuse_unknown(given, REPRESENTATION_PARAMETERS)
    choose_representation(given.get("f"), headers_of(scope).get(b"accept", b"").decode("latin-1"), PNG)
    choose_language(given.get("lang"), "")


async def send_picture(send: Send, status: int, etag: str, content: bytes = b"") -> None:
    """200 with the picture, 204 where it is empty, or 304."""
    headers = [(b"etag", etag.encode()), (b"cache-control", REVALIDATE.encode())]
    if status == 200:
        headers += [(b"content-type", PNG_TYPE.encode()), (b"content-length", b"%d" % len(content))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
