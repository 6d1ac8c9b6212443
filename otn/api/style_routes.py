"""The addresses of styles, those of all data and those of a collection: the same styles, chosen.

Source: OGC API - Styles (20-009, draft), requirements classes core, global-styles and collection-styles.
"""

from collections.abc import Callable, Coroutine, Mapping
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
from otn.api.raster_styles import (
    RasterStyle,
    listed_raster_style,
    raster_style_document,
    raster_style_file,
    raster_style_legend,
    raster_style_metadata,
    raster_styles,
)
from otn.api.styles import (
    Style,
    StyleFile,
    find_style,
    listed_style,
    style_document,
    style_file,
    style_legend,
    style_metadata,
    styles,
    styles_document,
)
from otn.model.rasters import ELEVATION

_Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]
_Style = Style | RasterStyle
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
        known = await self._known(request)

        async def document(context: RequestContext) -> Document:
            service, links, language = self._api.service, context.links, context.language
            entries = [
                listed_raster_style(service, style, links, language)
                if isinstance(style, RasterStyle)
                else listed_style(service, style, links, language)
                for style in known.values()
            ]
            return styles_document(entries, language, own_links(context, DOCUMENT))

        return await answer(self._api, request, DOCUMENT, "styles", texts.STYLES, document)

    async def style(self, request: Request) -> Response:
        style = await self._style(request)

        async def document(context: RequestContext) -> Document:
            if isinstance(style, RasterStyle):
                return raster_style_document(style, context.links, context.language)
            return style_document(style, context.links, context.language)

        context = request_context(request.scope, style.offered, self._api.public_url)
        if context.representation not in STYLE:
            refuse_unknown((name for name, _ in context.parameters), REPRESENTATION_PARAMETERS)
            file = await run_in_threadpool(self._file, style, context)
            return sent(request, context, file.content, context.representation.media_type, file.name)
        return await answer(self._api, request, style.offered, "style", style.title, document)

    def _file(self, style: _Style, context: RequestContext) -> StyleFile:
        wanted, service = context.representation, self._api.service
        if isinstance(style, RasterStyle):
            return raster_style_file(service, style, wanted, context.links, context.language)
        return style_file(service, style, wanted, context.links, context.language)

    async def metadata(self, request: Request) -> Response:
        style = await self._style(request)

        async def document(context: RequestContext) -> Document:
            own, service = own_links(context, DOCUMENT), self._api.service
            if isinstance(style, RasterStyle):
                return raster_style_metadata(service, style, context.links, context.language, own)
            return style_metadata(service, style, context.links, context.language, own)

        return await answer(self._api, request, DOCUMENT, "styleMetadata", style.title, document)

    async def legend(self, request: Request) -> Response:
        style = await self._style(request)
        context = request_context(request.scope, LEGEND, self._api.public_url)
        refuse_unknown((name for name, _ in context.parameters), REPRESENTATION_PARAMETERS)
        language = context.language
        drawn = (
            raster_style_legend(style, language)
            if isinstance(style, RasterStyle)
            else style_legend(self._api.service, style, language)
        )
        return sent(request, context, drawn.encode(), SVG_TYPE)

    async def _style(self, request: Request) -> _Style:
        return find_style(await self._known(request), request.path_params["style_id"])

    async def _known(self, request: Request) -> Mapping[str, _Style]:
        """All styles, or those of the collection that the path names. Raises NotFound where that has no data."""
        collection_id = request.path_params.get("collection_id")
        rasters, service = self._api.rasters, self._api.service
        shade = rasters.current(ELEVATION.id)
        if collection_id is None:
            own = {name: style for raster in rasters.served() for name, style in raster_styles(raster).items()}
            return styles(service, await self._api.served.collections(), shade=shade) | own
        raster = rasters.current(collection_id)
        if raster is not None:
            return raster_styles(raster)
        only = await self._api.served.collection(collection_id)
        return styles(service, (only,), whole=False, shade=shade)
