"""Features for people: the answer as a page, or the search form again with what is wrong in it."""

import asyncio
from typing import Any

import orjson

from otn.api.context import Api, RequestContext
from otn.api.documents import collection as collection_document
from otn.api.html import PageContext
from otn.api.negotiation import GEOJSON_TYPE
from otn.api.schemas import feature_schema
from otn.api.served import ServedCollection
from otn.errors import BadRequest
from otn.model.collections import Collection

Document = dict[str, Any]


async def feature_page(api: Api, served: ServedCollection, context: RequestContext, body: bytes) -> bytes:
    """The page of what `body` holds as GeoJSON: features, or one."""
    document = _described(api, served, context) | orjson.loads(body)
    alternates = {GEOJSON_TYPE: context.links.href(context.path, (*context.own_parameters, ("f", "json")))}
    return await _rendered(api, context.page_context(document["collection"]["title"], alternates), document)


async def mistaken_search(api: Api, collection: Collection, context: RequestContext, mistake: BadRequest) -> bytes:
    """The page of a search that cannot be understood: without features, and with `problem` as a problem document."""
    problem = {"status": mistake.status, "detail": mistake.detail, "parameter": mistake.parameter}
    described = _described(api, await api.served.collection(collection.id), context)
    document = described | {"features": [], "numberReturned": 0, "links": [], "problem": problem}
    return await _rendered(api, context.page_context(described["collection"]["title"], {}), document)


def _described(api: Api, served: ServedCollection, context: RequestContext) -> Document:
    """The renderer gets the document itself, its collection and its schema."""
    described = collection_document(api.service, served, context.links, context.language)
    schema = feature_schema(served.collection, described["title"], context.links, context.language)
    return {"collection": described, "schema": schema["properties"]["properties"]}


async def _rendered(api: Api, page_context: PageContext, document: Document) -> bytes:
    page = "items" if "features" in document else "feature"
    return (await asyncio.to_thread(api.renderer.render, page, document, page_context)).encode()
