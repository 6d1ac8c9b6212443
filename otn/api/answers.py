"""Answers with documents: as JSON, as a page, as a file; with a tag, and 304 where the client has it."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from otn.api import documents
from otn.api.conditional import REVALIDATE, is_not_modified, strong_etag
from otn.api.context import VARY, Api, RequestContext, request_context
from otn.api.links import Link
from otn.api.negotiation import HTML, Representation
from otn.api.parameters import refuse_unknown
from otn.api.query import REPRESENTATION_PARAMETERS
from otn.model.text import Text

Document = dict[str, Any]


async def answer(
    api: Api,
    request: Request,
    offered: tuple[Representation, ...],
    page: str,
    title: Text,
    make: Callable[[RequestContext], Awaitable[Document]],
    known: frozenset[str] = REPRESENTATION_PARAMETERS,
) -> Response:
    """The document that `make` makes, or `page` with it. Raises BadRequest for a parameter that is not `known`."""
    context = request_context(request.scope, offered, api.public_url)
    refuse_unknown((name for name, _ in context.parameters), known)
    document = await make(context)
    if not context.representation.is_html:
        return sent(request, context, orjson.dumps(document), context.representation.media_type)
    parameters = (*context.own_parameters, ("f", "json"))
    alternates = {offered[0].media_type: context.links.href(context.path, parameters)}
    page_context = context.page_context(title.in_language(context.language), alternates)
    html = await run_in_threadpool(api.renderer.render, page, document, page_context)
    return sent(request, context, html.encode(), HTML.media_type)


def sent(
    request: Request, context: RequestContext, body: bytes, media_type: str, file_name: str | None = None
) -> Response:
    """A document, or 304 where the client has it: documents are small, so that their bytes themselves make the tag.

    With a file name browsers keep it as a file.
    """
    etag = strong_etag(body)
    headers = {
        "ETag": etag,
        "Cache-Control": REVALIDATE,
        "Vary": VARY,
        "Content-Language": context.language,
        **({"Content-Disposition": f'attachment; filename="{file_name}"'} if file_name else {}),
    }
    if is_not_modified(request.scope, etag):
        return Response(None, 304, headers)
    return Response(body, 200, headers, media_type)


def own_links(context: RequestContext, offered: tuple[Representation, ...]) -> list[Link]:
    """The links of a document to itself and to its page."""
    address = context.links.address(context.path, context.own_parameters)
    return documents.self_links(address, context.language, offered[0])
