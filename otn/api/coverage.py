"""`/collections/{collectionId}/coverage`: the cells of a raster as GeoTIFF or CoverageJSON.

What is asked for is read, and bounded, here; pygeoapi, embedded, makes the answer. The whole as GeoTIFF is the Cloud
Optimized GeoTIFF that the load made, of which any range can be asked for.

Source: OGC API - Coverages - Part 1 (19-087, draft).
"""

import os
from pathlib import Path

from starlette.types import Receive, Scope, Send

from otn.api.conditional import REVALIDATE, is_not_modified
from otn.api.context import VARY, Api, request_context, require_reading
from otn.api.coverage_scaling import SCALING, Domain, asked_domain
from otn.api.disconnect import WhileConnected
from otn.api.file_ranges import SentFile, send_file
from otn.api.negotiation import COVERAGE, GEOTIFF, Representation
from otn.api.parameters import refuse_unknown
from otn.api.query import REPRESENTATION_PARAMETERS
from otn.api.rasters import ServedRaster
from otn.errors import BadRequest, Unavailable
from otn.model.rasters import Window

_PLACE = ("bbox", "bbox-crs", "subset")
_DOMAIN = (*_PLACE, *SCALING)
COVERAGE_PARAMETERS = REPRESENTATION_PARAMETERS | {*_DOMAIN, "properties"}
MOST_CELLS = {"GTiff": 16_000_000, "json": 500_000}
"""At once, by pygeoapi's names of the formats: text takes ten times the room."""
MOST_READ = 64_000_000
"""So many cells, or those of an overview, are read for one answer: four times as many as the largest has."""


class Coverage:
    """Answers with 200, 204 where there is no cell, or 304."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises what the error handlers know: RequestError, HTTPException, ClientLeft."""
        require_reading(scope)
        served = self._api.rasters.find(scope["path_params"]["collection_id"])
        context = request_context(scope, COVERAGE, self._api.public_url)
        refuse_unknown((name for name, _ in context.parameters), COVERAGE_PARAMETERS)
        given = dict(context.parameters)
        _check_properties(given, served)
        if context.representation is GEOTIFF and not any(name in given for name in _DOMAIN):
            await _send_whole(scope, receive, send, served)
            return
        found = asked_domain(given, served.raster.grid, served.window)
        format_ = "GTiff" if context.representation is GEOTIFF else "json"
        if found is not None:
            _check_size(*found, served, format_, given)
        etag = served.etag(str(found), format_)
        if is_not_modified(scope, etag):
            await _send(send, 304, _headers(etag, context.representation, served))
            return
        if found is None:
            await _send(send, 204, _headers(etag, None, served))
            return
        async with WhileConnected(receive):
            content = await self._api.rasters.run(_made, self._api.rasters.directory, served.id, found[0], format_)
        await _send(send, 200, _headers(etag, context.representation, served), content)


def _made(directory: Path, collection_id: str, domain: Domain, format_: str) -> bytes:
    # pygeoapi and GDAL take a hundred megabytes, which a server without rasters has no use for.
    from otn.api.embedded_pygeoapi import coverage

    content = coverage(directory, collection_id, domain, format_)
    if content is None:
        raise Unavailable("The coverage was loaded anew meanwhile: try again.")
    return content


def _check_properties(given: dict[str, str], served: ServedRaster) -> None:
    field = served.raster.field.name
    unknown = [name for name in given.get("properties", field).split(",") if name != field]
    if unknown:
        raise BadRequest(
            f"properties={given['properties'][:60]} cannot be used: {served.id} has {field}.", parameter="properties"
        )


def _check_size(domain: Domain, touched: Window, served: ServedRaster, format_: str, given: dict[str, str]) -> None:
    """Raises BadRequest that names the first parameter of the request that says how much is wanted."""
    parameter = next((name for name in (*SCALING, *_PLACE) if name in given), "bbox")
    cells, most = domain.rows * domain.columns, MOST_CELLS[format_]
    if cells > most:
        raise BadRequest(
            f"That are {cells:,} cells, and at most {most:,} are given at once as {format_}: ask for a smaller bbox, "
            "for fewer cells with scale-size, or for the whole as a file, with f=geotiff and nothing else.",
            parameter=parameter,
        )
    read = domain.cells_read(touched, served.raster.grid.cell)
    if read > MOST_READ:
        raise BadRequest(
            f"For that {read:,} cells would be read, and at most {MOST_READ:,} are: scale both axes alike, or ask for "
            "a smaller bbox.",
            parameter=parameter,
        )


def _headers(etag: str, representation: Representation | None, served: ServedRaster) -> list[tuple[bytes, bytes]]:
    headers = [(b"etag", etag.encode()), (b"cache-control", REVALIDATE.encode()), (b"vary", VARY.encode())]
    if representation is not None:
        headers.append((b"content-type", representation.media_type.encode()))
    if representation is GEOTIFF:
        headers.append((b"content-disposition", f'attachment; filename="{served.id}.tif"'.encode()))
    return headers


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], content: bytes = b"") -> None:
    length = [(b"content-length", b"%d" % len(content))] if status == 200 else []
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
    await send({"type": "http.response.body", "body": content})


async def _send_whole(scope: Scope, receive: Receive, send: Send, served: ServedRaster) -> None:
    """The file as it lies, or a range of it; open as long as it is sent, also when a load has replaced it."""
    try:
        descriptor = os.open(served.path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise Unavailable(f"The raster {served.id} cannot be read now.") from error
    try:
        etag = served.etag("whole")
        headers = tuple(header for header in _headers(etag, GEOTIFF, served) if header[0] != b"etag")

        def read(length: int, offset: int) -> bytes:
            return os.pread(descriptor, length, offset)

        size = os.fstat(descriptor).st_size
        await send_file(scope, receive, send, SentFile(size, read, etag, served.updated, headers))
    finally:
        os.close(descriptor)
