"""Features, page by page and one by one: plain ASGI endpoints, the shortest way from a query string to bytes.

The way: context -> query -> sql -> pool -> encoder. Who has an answer already is told so before a row is read.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from starlette.types import Receive, Scope, Send

from otn.api import texts
from otn.api.conditional import is_conditional, is_not_modified
from otn.api.context import VARY, Api, RequestContext, request_context, require_reading
from otn.api.crs import NATIONAL, Bounds, Crs
from otn.api.disconnect import WhileConnected
from otn.api.documents import instant, licence_link, self_links, xml_schema_link
from otn.api.encoders.registry import BY_MEDIA_TYPE, ITEMS, OutputFormat
from otn.api.encoders.table import IDENTIFIERS
from otn.api.encoders.view import Page, TextFormat, notice
from otn.api.feature_files import FeatureFile, Streamed, send_features
from otn.api.feature_pages import feature_page, mistaken_search
from otn.api.links import Link, link_header
from otn.api.negotiation import GEOJSON, GEOJSON_TYPE, GML, HTML_TYPE, JSON_TYPE
from otn.api.paging import Limits, Place, make_token
from otn.api.presentation import Presentation
from otn.api.query import ItemsQuery, feature_query, items_query, parse_identifier, require_available
from otn.api.served import find_collection, no_collection, served_collection
from otn.api.sql import feature_statement, items_statement, state_statement, view
from otn.api.statement import SqlParameters, Statement
from otn.api.validators import etag, validators
from otn.errors import BadRequest, NotFound, TookTooLong
from otn.model.collections import Collection
from otn.model.licences import LICENCES

Query = TypeVar("Query")

_COUNTING = 0.5
"""The share of a page's time after which it is made without the number of all matches."""
_LINKED_IN_HEADER = ("first", "prev", "next", "license")


@dataclass(frozen=True)
class _State:
    """What is served of a collection; `bounds` are west, south, east, north in degrees."""

    version: int
    updated: datetime
    bounds: Bounds | None = None


@dataclass(frozen=True)
class _Answer:
    """An answer in the format that was asked for, with headers of its own, its links and what it was made from."""

    body: bytes | FeatureFile
    links: list[Link]
    state: _State
    headers: tuple[tuple[bytes, bytes], ...] = ()


class _Endpoint(ABC, Generic[Query]):
    known_from_state: ClassVar[bool]
    """Whether there is an answer can be told without reading rows."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises what the error handlers know: RequestError, HTTPException, ClientLeft."""
        require_reading(scope)
        collection = find_collection(scope["path_params"]["collection_id"])
        context = request_context(scope, ITEMS, self._api.public_url)
        query, systems = self._parse(collection, context)
        _output(context).require_able(systems[0])
        head = scope["method"] == "HEAD" and self.known_from_state
        if head or is_conditional(scope) or any(crs in NATIONAL for crs in systems):
            state = await self._state(collection, context, query, receive)
            require_available(systems, state.bounds, collection)
            if not context.representation.is_html and is_not_modified(
                scope, etag(context, state.version), state.updated
            ):
                await _send(send, 304, validators(context, state.version, state.updated), b"")
                return
            if head:
                headers = [*_headers(context, state, systems[0]), *_disposition(context, collection)]
                await _send(send, 200, headers, b"")
                return
        answer = await self._answer(collection, context, query, receive)
        headers = [
            *_headers(context, answer.state, systems[0]),
            *_disposition(context, collection),
            *_link_header(answer.links),
            *answer.headers,
        ]
        if isinstance(answer.body, FeatureFile):
            await self._stream(answer.body, Streamed(send, headers), receive)
            return
        body = answer.body
        if context.representation.is_html:
            body = await feature_page(self._api, collection, context, body)
        headers.append((b"content-length", str(len(body)).encode()))
        await _send(send, 200, headers, body)

    async def _stream(self, file: FeatureFile, answer: Streamed, receive: Receive) -> None:
        async with self._api.pool.streaming(), WhileConnected(receive):
            await send_features(file, self._api.pool, answer)
        await answer.end()

    @abstractmethod
    def _parse(self, collection: Collection, context: RequestContext) -> tuple[Query, tuple[Crs, ...]]:
        """What is asked, and the reference systems it is asked in, that of the answer first."""

    @abstractmethod
    async def _answer(
        self, collection: Collection, context: RequestContext, query: Query, receive: Receive
    ) -> _Answer: ...

    @abstractmethod
    def _state_statement(self, collection: Collection, query: Query) -> Statement:
        """What is asked of the state of the collection; no row where what is asked for is not there."""

    @abstractmethod
    def _nothing(self, collection: Collection, context: RequestContext) -> NotFound:
        """What is said where what is asked for is not there."""

    async def _state(self, collection: Collection, context: RequestContext, query: Query, receive: Receive) -> _State:
        rows = await self._rows(self._state_statement(collection, query), receive)
        if not rows:
            raise self._nothing(collection, context)
        row = rows[0]
        bounds = (row["west"], row["south"], row["east"], row["north"])
        return _State(row["version"], row["updated"], None if None in bounds else bounds)

    async def _rows(self, statement: Statement, receive: Receive, *, share: float = 1.0) -> list[Any]:
        async with WhileConnected(receive):
            return await self._api.pool.fetch(statement.sql, statement.parameters, share=share)

    async def _envelope(
        self,
        collection: Collection,
        presentation: Presentation,
        context: RequestContext,
        updated: datetime,
        links: list[Link],
    ) -> Page:
        """What stands around the features; whom to name stands in links, and in the files of formats without links."""
        title = self._api.service.collections[collection.id].title.in_language(context.language)
        named = ""
        if context.representation is not GEOJSON and not context.representation.is_html:
            served = await served_collection(self._api.pool, collection.id)
            named = notice(served.attribution, served.licences)
        if context.representation is GML:
            links = [*links, xml_schema_link(collection.id, context.links, context.language)]
        return Page(view(collection, presentation, SqlParameters()), title, named, instant(updated), links)


class Items(_Endpoint[ItemsQuery]):
    """`/collections/{collectionId}/items`: OGC API - Features - Part 1 (17-069r4) 7.15 and 7.16."""

    known_from_state = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As every endpoint; but a person gets the search form back with the mistake beside its field."""
        try:
            await super().__call__(scope, receive, send)
        except BadRequest as mistake:
            # Raises again where format, language or address are the mistake.
            context = request_context(scope, ITEMS, self._api.public_url)
            if not context.representation.is_html:
                raise
            collection = find_collection(scope["path_params"]["collection_id"])
            page = await mistaken_search(self._api, collection, context, mistake)
            headers = [*_page_headers(context), (b"content-length", b"%d" % len(page))]
            await _send(send, mistake.status, headers, page)

    def _parse(self, collection: Collection, context: RequestContext) -> tuple[ItemsQuery, tuple[Crs, ...]]:
        limits = self._api.limits
        if context.representation.is_html:
            limits = Limits(limits.default, self._api.service.page_limit)
        query = items_query(collection, context.parameters, limits)
        return query, query.systems

    async def _answer(
        self, collection: Collection, context: RequestContext, query: ItemsQuery, receive: Receive
    ) -> _Answer:
        output = _output(context)
        encoder = output.rendered_by
        rows = await self._page_rows(collection, query, encoder, receive)
        if not rows:
            raise self._nothing(collection, context)
        row = rows[0]
        links = _items_links(collection, context, query, row)
        page = await self._envelope(collection, query.presentation, context, row["updated"], links)
        page = replace(page, number_matched=row["matched"], number_returned=row["returned"])
        features = encoder.separator.join(piece["features"] for piece in rows if piece["features"])
        body: bytes | FeatureFile = b"".join((encoder.head(page), features, encoder.tail(page)))
        if encoder is IDENTIFIERS:
            body = _table(output, page, query.presentation, features)
        return _Answer(body, links, _State(row["version"], row["updated"]), _counts(row))

    async def _page_rows(
        self, collection: Collection, query: ItemsQuery, encoder: TextFormat, receive: Receive
    ) -> list[Any]:
        """The page; without the number of all matches where counting them takes more than half of the time there is."""
        if query.selection.is_everything or query.hits:
            return await self._rows(items_statement(collection, query, encoder), receive)
        try:
            return await self._rows(items_statement(collection, query, encoder), receive, share=_COUNTING)
        except TookTooLong:
            statement = items_statement(collection, query, encoder, counted=False)
            return await self._rows(statement, receive, share=1 - _COUNTING)

    def _state_statement(self, collection: Collection, query: ItemsQuery) -> Statement:  # noqa: ARG002
        return state_statement(collection)

    def _nothing(self, collection: Collection, context: RequestContext) -> NotFound:  # noqa: ARG002
        return no_collection(collection.id)


@dataclass(frozen=True)
class _FeatureQuery:
    identifier: int
    presentation: Presentation


class Feature(_Endpoint[_FeatureQuery]):
    """`/collections/{collectionId}/items/{featureId}`: OGC API - Features - Part 1 (17-069r4) 7.17."""

    known_from_state = False

    def _parse(self, collection: Collection, context: RequestContext) -> tuple[_FeatureQuery, tuple[Crs, ...]]:
        presentation = feature_query(collection, context.parameters)
        identifier = parse_identifier(_last_part(context))
        if identifier is None:
            raise self._nothing(collection, context)
        return _FeatureQuery(identifier, presentation), (presentation.crs,)

    async def _answer(
        self, collection: Collection, context: RequestContext, query: _FeatureQuery, receive: Receive
    ) -> _Answer:
        output = _output(context)
        encoder = output.rendered_by
        statement = feature_statement(collection, query.identifier, query.presentation, encoder)
        rows = await self._rows(statement, receive)
        if not rows:
            raise self._nothing(collection, context)
        row = rows[0]
        licence = LICENCES.get(row["licence"].decode())
        links = [
            *self_links(context.links, context.language, context.path, context.representation, context.own_parameters),
            _collection_link(collection, context),
            *([licence_link(licence)] if licence else []),
        ]
        page = await self._envelope(collection, query.presentation, context, row["updated"], links)
        body: bytes | FeatureFile = encoder.single(page, row["feature"])
        if encoder is IDENTIFIERS:
            body = _table(output, page, query.presentation, row["feature"])
        return _Answer(body, links, _State(row["version"], row["updated"]))

    def _state_statement(self, collection: Collection, query: _FeatureQuery) -> Statement:
        return state_statement(collection, query.identifier)

    def _nothing(self, collection: Collection, context: RequestContext) -> NotFound:
        return NotFound(f"The collection {collection.id} has no feature {_last_part(context)[:60]!r}.")


def _output(context: RequestContext) -> OutputFormat:
    """The format of the answer; a page for people is made from GeoJSON."""
    return BY_MEDIA_TYPE[GEOJSON_TYPE if context.representation.is_html else context.representation.media_type]


def _table(output: OutputFormat, page: Page, presentation: Presentation, identifiers: bytes) -> FeatureFile:
    """The features with these identifiers, separated by commas, in their order."""
    parameters = SqlParameters()
    shown = view(page.view.collection, presentation, parameters)
    wanted = parameters.add([int(identifier) for identifier in identifiers.split(b",") if identifier], "bigint[]")
    order = f"array_position({wanted}, f.id)"
    return FeatureFile(output, replace(page, view=shown), f"f.id = ANY({wanted})", order, tuple(parameters.values))


def _counts(row: Any) -> tuple[tuple[bytes, bytes], ...]:
    """For formats that have no place for them."""
    returned = (b"ogc-numberreturned", b"%d" % row["returned"])
    return (returned,) if row["matched"] is None else ((b"ogc-numbermatched", b"%d" % row["matched"]), returned)


def _disposition(context: RequestContext, collection: Collection) -> list[tuple[bytes, bytes]]:
    """The name of the file, where the answer is one rather than a document."""
    output = BY_MEDIA_TYPE.get(context.representation.media_type)
    if output is None or output.is_document:
        return []
    return [(b"content-disposition", f'attachment; filename="{output.file_name(collection.id)}"'.encode())]


def _items_links(collection: Collection, context: RequestContext, query: ItemsQuery, row: Any) -> list[Link]:
    own = context.own_parameters
    representation = GEOJSON if context.representation.is_html else context.representation
    links = self_links(context.links, context.language, context.path, representation, own)
    without_token = tuple((name, value) for name, value in own if name != "token")

    def to(rel: str, title: str, *token: tuple[str, str]) -> Link:
        return context.links.to(rel, context.path, representation.media_type, title, (*without_token, *token))

    backwards = query.place is not None and query.place.before
    version = query.place.version if query.place else row["version"]
    if query.place is not None:
        links.append(to("first", texts.FIRST.in_language(context.language)))
        if row["first"] and (row["more"] or not backwards):
            token = make_token(_place(row["first"], version, before=True), query.order)
            links.append(to("prev", texts.PREVIOUS.in_language(context.language), ("token", token)))
    if row["last"] and (row["more"] or backwards):
        token = make_token(_place(row["last"], version, before=False), query.order)
        links.append(to("next", texts.NEXT.in_language(context.language), ("token", token)))
    links.append(_collection_link(collection, context))
    links.extend(licence_link(LICENCES[name]) for name in row["licences"] if name in LICENCES)
    return links


def _place(values: list[str | None], version: int, *, before: bool) -> Place:
    return Place(tuple(values[:-1]), int(values[-1] or 0), version, before)


def _last_part(context: RequestContext) -> str:
    return context.path.rpartition("/")[2]


def _collection_link(collection: Collection, context: RequestContext) -> Link:
    title = texts.COLLECTION.in_language(context.language)
    return context.links.to("collection", f"/collections/{collection.id}", JSON_TYPE, title)


def _headers(context: RequestContext, state: _State, crs: Crs) -> list[tuple[bytes, bytes]]:
    system = (b"content-crs", f"<{crs.uri}>".encode())
    if context.representation.is_html:
        return [*_page_headers(context), system]
    return [
        (b"content-type", context.representation.media_type.encode()),
        (b"content-language", context.language.encode()),
        system,
        *validators(context, state.version, state.updated),
    ]


def _page_headers(context: RequestContext) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", f"{HTML_TYPE}; charset=utf-8".encode()),
        (b"content-language", context.language.encode()),
        (b"vary", VARY.encode()),
    ]


def _link_header(links: list[Link]) -> list[tuple[bytes, bytes]]:
    value = link_header(links, _LINKED_IN_HEADER)
    return [(b"link", value.encode("latin-1", "replace"))] if value else []


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
