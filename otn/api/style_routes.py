"""The addresses of styles, those of all data and those of a collection: the same styles, chosen.

Source: OGC API - Styles (20-009, draft), requirements classes core, global-styles and collection-styles.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from otn.api import texts
from otn.api.answers import Document, answer, own_links, sent
from otn.api.context import Api, RequestContext, request_context
from otn.api.negotiation import DOCUMENT, LEGEND, STYLE, SVG_TYPE
from otn.api.parameters import refuse_unknown
from otn.api.query import REPRESENTATION_PARAMETERS
from otn.api.raster_documents import raster_styles
from otn.api.rasters import ServedRaster
from otn.api.styles import (
    Style,
    find_style,
    style_document,
    style_file,
    style_legend,
    style_metadata,
    styles,
    styles_document,
)
from otn.model.rasters import ELEVATION

_Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]
_STYLE = "/styles/{style_id}"


def style_routes(api: Api) -> tuple[tuple[str, _Endpoint], ...]:
    """The endpoint of each path."""
    resources = _StyleResources(api)
    collection = "/collections/{collection_id}"
    return (
        ("/styles", resources.styles),
        (_STYLE, resources.style),
        (f"{_STYLE}/legend", resources.legend),
        (f"{_STYLE}/metadata", resources.metadata),
        (f"{collection}/styles", resources.styles),
        (collection + _STYLE, resources.style),
    )


class _StyleResources:
    """Styles, and what describes them."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def styles(self, request: Request) -> Response:
        raster = self._api.rasters.current(request.path_params.get("collection_id", ""))
        if raster is not None:
            return await self._raster_styles(request, raster)
        known = await self._known(request)

        async def document(context: RequestContext) -> Document:
            own = own_links(context, DOCUMENT)
            return styles_document(self._api.service, known, context.links, context.language, own)

        return await answer(self._api, request, DOCUMENT, "styles", texts.STYLES, document)

    async def _raster_styles(self, request: Request, served: ServedRaster) -> Response:
        async def document(context: RequestContext) -> Document:
            own = own_links(context, DOCUMENT)[:1]
            return raster_styles(served, context.links, context.language, own)

        return await answer(self._api, request, DOCUMENT[:1], "styles", texts.STYLES, document)

    async def style(self, request: Request) -> Response:
        style = await self._style(request)

        async def document(context: RequestContext) -> Document:
            return style_document(style, context.links, context.language)

        context = request_context(request.scope, style.offered, self._api.public_url)
        if context.representation not in STYLE:
            refuse_unknown((name for name, _ in context.parameters), REPRESENTATION_PARAMETERS)
            file = await run_in_threadpool(
                style_file, self._api.service, style, context.representation, context.links, context.language
            )
            return sent(request, context, file.content, context.representation.media_type, file.name)
        return await answer(self._api, request, style.offered, "style", style.title, document)

    async def metadata(self, request: Request) -> Response:
        style = await self._style(request)

        async def document(context: RequestContext) -> Document:
            own = own_links(context, DOCUMENT)
            return style_metadata(self._api.service, style, context.links, context.language, own)

        return await answer(self._api, request, DOCUMENT, "styleMetadata", style.title, document)

    async def legend(self, request: Request) -> Response:
        style = await self._style(request)
        context = request_context(request.scope, LEGEND, self._api.public_url)
        refuse_unknown((name for name, _ in context.parameters), REPRESENTATION_PARAMETERS)
        return sent(request, context, style_legend(self._api.service, style, context.language).encode(), SVG_TYPE)

    async def _style(self, request: Request) -> Style:
        return find_style(await self._known(request), request.path_params["style_id"])

    async def _known(self, request: Request) -> dict[str, Style]:
        """All styles, or those of the collection that the path names. Raises NotFound where that has no features."""
        collection_id = request.path_params.get("collection_id")
        shade = self._api.rasters.current(ELEVATION.id)
        if collection_id is None:
            return styles(self._api.service, await self._api.served.collections(), shade=shade)
        only = await self._api.served.collection(collection_id)
        return styles(self._api.service, (only,), whole=False, shade=shade)
