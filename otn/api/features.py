"""Features, page by page and one by one: plain ASGI endpoints, the shortest way from a query string to bytes.

The way: context -> query -> sql -> pool -> encoder.
"""

import asyncio
from abc import ABC, abstractmethod
from typing import Any

import orjson
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from otn.api import texts
from otn.api.context import VARY, Api, RequestContext, request_context
from otn.api.disconnect import WhileConnected
from otn.api.documents import collection as collection_document
from otn.api.documents import instant, licence_link, self_links
from otn.api.encoders.geojson import feature, feature_collection
from otn.api.links import Link, link_header
from otn.api.negotiation import FEATURES, GEOJSON_TYPE, HTML_TYPE, JSON_TYPE
from otn.api.parameters import refuse_unknown
from otn.api.query import REPRESENTATION_PARAMETERS, ItemsQuery, Key, Limits, items_query, make_token, parse_identifier
from otn.api.schemas import feature_schema
from otn.api.served import no_collection, served_collection
from otn.api.sql import feature_statement, items_statement
from otn.errors import NotFound
from otn.model.collections import COLLECTIONS, Collection
from otn.model.licences import LICENCES


class _Endpoint(ABC):
    def __init__(self, api: Api) -> None:
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises what the error handlers know: RequestError, HTTPException, ClientLeft."""
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        collection = COLLECTIONS.get(scope["path_params"]["collection_id"])
        if collection is None:
            raise no_collection(scope["path_params"]["collection_id"])
        context = request_context(scope, FEATURES, self._api.public_url)
        body, links = await self._answer(collection, context, receive)
        if context.representation.is_html:
            body = await self._page(collection, context, body)
        await _send(send, body, context, link_header(links))

    @abstractmethod
    async def _answer(
        self, collection: Collection, context: RequestContext, receive: Receive
    ) -> tuple[bytes, list[Link]]:
        """The answer as GeoJSON, and its links."""

    async def _page(self, collection: Collection, context: RequestContext, body: bytes) -> bytes:
        """The same answer for people. The renderer gets the document itself, its collection and its schema."""
        served = await served_collection(self._api.pool, collection.id)
        described = collection_document(self._api.service, served, context.links, context.language)
        schema = feature_schema(collection, described["title"], context.links, context.language)
        document = orjson.loads(body) | {
            "collection": described,
            "schema": schema["properties"]["properties"],
        }
        page = "items" if "features" in document else "feature"
        alternates = {GEOJSON_TYPE: context.links.href(context.path, (*context.own_parameters, ("f", "json")))}
        page_context = context.page_context(described["title"], alternates)
        html = await asyncio.to_thread(self._api.renderer.render, page, document, page_context)
        return html.encode()


class Items(_Endpoint):
    """`/collections/{collectionId}/items`: OGC API - Features - Part 1 (17-069r4) 7.15 and 7.16."""

    async def _answer(
        self, collection: Collection, context: RequestContext, receive: Receive
    ) -> tuple[bytes, list[Link]]:
        limits = self._api.limits
        if context.representation.is_html:
            limits = Limits(limits.default, self._api.service.page_limit)
        query = items_query(collection, context.parameters, limits)
        row = await self._row(collection, query, receive)
        links = _items_links(collection, context, row)
        body = feature_collection(
            row["features"] or b"",
            number_matched=row["matched"],
            number_returned=row["returned"],
            time_stamp=instant(row["updated"]),
            links=links,
        )
        return body, links

    async def _row(self, collection: Collection, query: ItemsQuery, receive: Receive) -> Any:
        statement = items_statement(collection, query)
        async with WhileConnected(receive):
            rows = await self._api.pool.fetch(statement.sql, statement.parameters)
        if not rows:
            raise no_collection(collection.id)
        return rows[0]


class Feature(_Endpoint):
    """`/collections/{collectionId}/items/{featureId}`: OGC API - Features - Part 1 (17-069r4) 7.17."""

    async def _answer(
        self, collection: Collection, context: RequestContext, receive: Receive
    ) -> tuple[bytes, list[Link]]:
        refuse_unknown((name for name, _ in context.parameters), REPRESENTATION_PARAMETERS)
        text = context.path.rpartition("/")[2]
        identifier = parse_identifier(text)
        if identifier is None:
            raise _no_feature(collection, text)
        statement = feature_statement(collection, identifier)
        async with WhileConnected(receive):
            rows = await self._api.pool.fetch(statement.sql, statement.parameters)
        if not rows:
            raise _no_feature(collection, text)
        licence = LICENCES.get(rows[0]["licence"].decode())
        links = [
            *self_links(context.links, context.language, context.path, context.representation, context.own_parameters),
            _collection_link(collection, context),
            *([licence_link(licence)] if licence else []),
        ]
        return feature(rows[0]["feature"], links), links


def _items_links(collection: Collection, context: RequestContext, row: Any) -> list[Link]:
    own = context.own_parameters
    links = self_links(context.links, context.language, context.path, FEATURES[0], own)
    if row["id"] is not None:
        token = make_token(Key(row["page_rank"], row["id"]))
        following = (*((name, value) for name, value in own if name != "token"), ("token", token))
        title = texts.NEXT.in_language(context.language)
        links.append(context.links.to("next", context.path, GEOJSON_TYPE, title, following))
    links.append(_collection_link(collection, context))
    licences = (row["licences"] or b"").decode().split()
    links.extend(licence_link(LICENCES[name]) for name in licences if name in LICENCES)
    return links


def _no_feature(collection: Collection, text: str) -> NotFound:
    return NotFound(f"The collection {collection.id} has no feature {text[:60]!r}.")


def _collection_link(collection: Collection, context: RequestContext) -> Link:
    title = texts.COLLECTION.in_language(context.language)
    return context.links.to("collection", f"/collections/{collection.id}", JSON_TYPE, title)


async def _send(send: Send, body: bytes, context: RequestContext, link: str) -> None:
    media_type = HTML_TYPE + "; charset=utf-8" if context.representation.is_html else GEOJSON_TYPE
    headers = [
        (b"content-type", media_type.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"content-language", context.language.encode()),
        (b"vary", VARY.encode()),
    ]
    if link:
        headers.append((b"link", link.encode("latin-1", "replace")))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
