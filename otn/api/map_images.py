"""`/collections/{collectionId}/map` and `/collections/{collectionId}/styles/{styleId}/map`: a raster as one image.

Source: OGC API - Maps - Part 1 (20-058), "Core", "Collection Map", "Background" and "Coordinate Reference System"; of
"Scaling" and "Spatial Subsetting" the parameters that are named here.
"""

import math
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from starlette.types import Receive, Scope, Send

from otn.api.bbox import BoundingBox, parse_bbox
from otn.api.conditional import REVALIDATE, is_not_modified
from otn.api.context import VARY, Api, request_context, require_reading
from otn.api.crs import CRS84, Crs, available, parse_crs
from otn.api.disconnect import WhileConnected
from otn.api.negotiation import PNG, PNG_TYPE
from otn.api.parameters import parse_boolean, refuse_unknown
from otn.api.query import REPRESENTATION_PARAMETERS
from otn.api.raster_pictures import MapImage, TileKind, draw_image
from otn.api.rasters import ServedRaster
from otn.errors import BadRequest
from otn.model.rasters import Bounds
from otn.model.tile_matrix_sets import Box

MAP_PARAMETERS = REPRESENTATION_PARAMETERS | {
    *("bbox", "bbox-crs", "width", "height", "crs", "bgcolor", "transparent"),
}
MOST_PIXELS = 2048
"""In each direction."""
_DEFAULT_PIXELS = 800
_WEB_MERCATOR = 3857
_MERCATOR_LATITUDE = 85.06
_COLOUR = re.compile(r"(?:0x|#)?([0-9a-fA-F]{6})")
_WHITE = "#ffffff"


class _Place(NamedTuple):
    """A box in the plane of a system, x before y."""

    crs: Crs
    box: Box


class RasterMap:
    """Answers with 200 or 304; beside the raster there is paper, so that every image has what it shows."""

    def __init__(self, api: Api, kind: Callable[[Mapping[str, str]], TileKind]) -> None:
        self._api = api
        self._kind = kind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises what the error handlers know: RequestError, HTTPException, ClientLeft."""
        require_reading(scope)
        names = scope["path_params"]
        served = self._api.rasters.find(names["collection_id"])
        kind = self._kind(names)
        context = request_context(scope, PNG, self._api.public_url)
        refuse_unknown((name for name, _ in context.parameters), MAP_PARAMETERS)
        given = dict(context.parameters)
        crs, box = _place(given, served)
        width, height = _size(given, box)
        image = MapImage(kind.drawn, crs.srid, crs.is_geographic, box, width, height, _paper(given))
        etag = served.etag(str(image))
        headers = [
            (b"etag", etag.encode()),
            (b"cache-control", REVALIDATE.encode()),
            (b"vary", VARY.encode()),
            (b"content-crs", f"<{crs.uri}>".encode()),
            (b"content-bbox", ",".join(f"{edge:.10g}" for edge in _in_axis_order(crs, box)).encode()),
        ]
        if is_not_modified(scope, etag):
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body"})
            return
        async with WhileConnected(receive):
            content = await self._api.rasters.run(draw_image, served.path, image)
        headers += [(b"content-type", PNG_TYPE.encode()), (b"content-length", b"%d" % len(content))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})


def _place(given: dict[str, str], served: ServedRaster) -> _Place:
    """What the image shows: the bbox, else the whole, in `crs`. Raises BadRequest."""
    crs = parse_crs(given["crs"], "crs") if "crs" in given else CRS84
    if crs not in available(served.bbox):
        raise BadRequest(
            f"crs={given['crs'][:80]} is meant for another area than that of {served.id}.", parameter="crs"
        )
    if "bbox-crs" in given and "bbox" not in given:
        raise BadRequest("bbox-crs says what bbox is in, and there is no bbox.", parameter="bbox-crs")
    if "bbox" not in given:
        return _Place(crs, _projected(crs, served.bbox))
    text = given["bbox"]
    found = parse_bbox(text, parse_crs(given["bbox-crs"], "bbox-crs") if "bbox-crs" in given else CRS84)
    if not isinstance(found, BoundingBox):
        if found.crs == crs:
            return _Place(crs, _with_area(text, Box(found.least_x, found.least_y, found.most_x, found.most_y)))
        if found.bounds is None:
            raise BadRequest(f"bbox={text} reaches beyond where its reference system ends.", parameter="bbox")
        found = found.bounds
    if found.west > found.east:
        raise BadRequest(f"bbox={text} spans the antimeridian: ask for its two sides apart.", parameter="bbox")
    return _Place(crs, _with_area(text, _projected(crs, (found.west, found.south, found.east, found.north))))


def _projected(crs: Crs, bounds: Bounds) -> Box:
    """The box of `crs` around one of degrees."""
    if crs.is_geographic:
        return Box(*bounds)
    west, south, east, north = bounds
    if crs.srid == _WEB_MERCATOR:
        south, north = max(south, -_MERCATOR_LATITUDE), min(north, _MERCATOR_LATITUDE)
    box = Box(*crs.from_wgs84.transform_bounds(west, south, east, north))
    if not all(map(math.isfinite, box)):
        raise BadRequest(f"The box reaches beyond where {crs.uri} ends.", parameter="bbox")
    return box


def _with_area(text: str, box: Box) -> Box:
    if box.west >= box.east or box.south >= box.north:
        raise BadRequest(f"bbox={text} has no area.", parameter="bbox")
    return box


def _size(given: dict[str, str], box: Box) -> tuple[int, int]:
    """Width and height in pixels; one that is not given keeps pixels square."""
    ratio = (box.north - box.south) / (box.east - box.west)
    width, height = _pixels(given, "width"), _pixels(given, "height")
    if width is None and height is None:
        longest = _DEFAULT_PIXELS / max(ratio, 1)
        width = max(round(longest), 1)
    if width is None:
        assert height is not None  # noqa: S101 - else the width has just been set
        return min(max(round(height / ratio), 1), MOST_PIXELS), height
    return width, min(max(round(width * ratio), 1), MOST_PIXELS) if height is None else height


def _pixels(given: dict[str, str], name: str) -> int | None:
    text = given.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and 1 <= int(text) <= MOST_PIXELS):
        raise BadRequest(
            f"{name} must be a number of pixels from 1 to {MOST_PIXELS}, not {text[:40]!r}.", parameter=name
        )
    return int(text)


def _paper(given: dict[str, str]) -> str | None:
    """The colour beneath; None where the image is transparent, which it is unless a colour is given."""
    colour = given.get("bgcolor")
    found = None if colour is None else _COLOUR.fullmatch(colour)
    if colour is not None and found is None:
        raise BadRequest(f"bgcolor must be a colour like 0xf6f4ef, not {colour[:40]!r}.", parameter="bgcolor")
    transparent = parse_boolean("transparent", given["transparent"]) if "transparent" in given else colour is None
    if transparent:
        return None
    return _WHITE if found is None else f"#{found[1].lower()}"


def _in_axis_order(crs: Crs, box: Box) -> tuple[float, float, float, float]:
    west, south, east, north = box
    return (south, west, north, east) if crs.axes_swapped else (west, south, east, north)
