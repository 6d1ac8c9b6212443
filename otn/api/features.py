"""Features, page by page and one by one: plain ASGI endpoints, the shortest way from a query string to bytes.

The way: context -> query -> edition or database -> encoder. Who has an answer already is told so before a row is read.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Generic, NamedTuple, TypeVar

from starlette.types import Receive, Scope, Send

from otn.api import texts
from otn.api.conditional import is_conditional, is_not_modified
from otn.api.context import VARY, Api, RequestContext, request_context, require_reading
from otn.api.crs import CRS84, NATIONAL, Crs
from otn.api.database import Database
from otn.api.disconnect import WhileConnected
from otn.api.documents import collection_link, licence_link, self_links, xml_schema_link
from otn.api.editions import require_edition, state_of
from otn.api.encoders.registry import BY_MEDIA_TYPE, ITEMS, OutputFormat
from otn.api.encoders.table import IDENTIFIERS
from otn.api.encoders.view import Page, TextFormat
from otn.api.envelope import envelope
from otn.api.feature_files import FeatureFile, Streamed, send_features
from otn.api.feature_pages import feature_page, mistaken_search
from otn.api.found import FoundFeature, FoundPage, Piece, PlaceValues, State
from otn.api.links import Address, Link, link, link_header
from otn.api.negotiation import GEOJSON, GEOJSON_SEQUENCE, GEOJSON_TYPE, GML, HTML, HTML_TYPE, NDJSON
from otn.api.paging import Limits, Place, make_token
from otn.api.presentation import Presentation
from otn.api.query import FeatureQuery, ItemsQuery, feature_query, items_query, parse_identifier, require_available
from otn.api.response_cache import KEEP_WHILE
from otn.api.served import ServedCollection, find_collection, no_collection
from otn.api.sql import view
from otn.api.validators import etag, validators
from otn.errors import BadRequest, DamagedPart, NotFound
from otn.model.collections import Collection
from otn.model.licences import LICENCES
from otn.model.text import Text
from otn.store.statement import SqlParameters

if TYPE_CHECKING:
    from otn.edition.edition import Edition

Query = TypeVar("Query", bound=ItemsQuery | FeatureQuery)

_LINKED_IN_HEADER = ("first", "prev", "next", "license")
# What stands around their features says nothing of whom to name: links do, or nothing can.
_WITHOUT_NOTICE = (GEOJSON, GEOJSON_SEQUENCE, NDJSON, HTML)


class _Asked(NamedTuple, Generic[Query]):
    """A question, and who can answer it: an edition or, where there is none or it is damaged, the database."""

    collection: Collection
    context: RequestContext
    query: Query
    output: OutputFormat
    systems: tuple[Crs, ...]
    edition: "Edition | None"
    database: Database


class _Answer(NamedTuple):
    """An answer in the format that was asked for, with headers of its own, its links and what it was made from."""

    body: bytes | FeatureFile
    links: list[Link]
    state: State
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
        asked = self._asked(collection, context, Database(self._api.pool, receive))
        asked.output.require_able(asked.systems[0])
        head = scope["method"] == "HEAD" and self.known_from_state
        if head or is_conditional(scope) or _are_national(asked.systems):
            state = await self._state(asked)
            require_available(asked.systems, state.bounds, collection)
            if not context.representation.is_html and is_not_modified(
                scope, etag(context, state.version), state.updated
            ):
                self._keep(scope, asked)
                unchanged = validators(context, state.version, state.updated)
                await _send(send, 304, [*unchanged, *self._edition_header(asked, state)], b"")
                return
            if head:
                await _send(send, 200, self._headers(asked, state), b"")
                return
        answer = await self._answer(asked)
        headers = [*self._headers(asked, answer.state), *_link_header(answer.links), *answer.headers]
        if isinstance(answer.body, FeatureFile):
            await self._stream(answer.body, Streamed(send, headers), receive)
            return
        body = answer.body
        if context.representation.is_html:
            body = await feature_page(self._api, await self._served(asked), context, body)
        else:
            self._keep(scope, asked)
        headers.append((b"content-length", b"%d" % len(body)))
        await _send(send, 200, headers, body)

    def _keep(self, scope: Scope, asked: _Asked[Query]) -> None:
        """Lets the answer be kept, where it is an edition's."""
        if asked.edition is not None:
            scope[KEEP_WHILE] = self._api.editions.still(asked.edition, pinned=asked.query.names_edition)

    async def _stream(self, file: FeatureFile, answer: Streamed, receive: Receive) -> None:
        async with self._api.pool.streaming(), WhileConnected(receive):
            await send_features(file, self._api.pool, answer)
        await answer.end()

    @abstractmethod
    def _asked(self, collection: Collection, context: RequestContext, database: Database) -> _Asked[Query]:
        """What is asked. Raises BadRequest, Gone and NotFound."""

    @abstractmethod
    async def _answer(self, asked: _Asked[Query]) -> _Answer:
        """Raises NotFound where what is asked for is not there."""

    @abstractmethod
    async def _state(self, asked: _Asked[Query]) -> State:
        """What the answer will be made from. Raises NotFound where what is asked for is not there."""

    def _headers(self, asked: _Asked[Query], state: State) -> list[tuple[bytes, bytes]]:
        return [
            *_headers(asked.context, state, asked.systems[0]),
            *self._edition_header(asked, state),
            *_disposition(asked.output, asked.collection),
        ]

    def _edition_header(self, asked: _Asked[Query], state: State) -> list[tuple[bytes, bytes]]:
        """The edition that the answer is from; or, though PostgreSQL answers, the one that has the same features."""
        if asked.edition is None and not self._api.editions.is_kept(asked.collection, state.version):
            return []
        return [(b"otn-edition", b"%d" % state.version)]

    async def _served(self, asked: _Asked[Query]) -> ServedCollection:
        if asked.edition is not None:
            return self._api.served.of_edition(asked.edition)
        return await self._api.served.collection(asked.collection.id)

    async def _envelope(
        self,
        asked: _Asked[Query],
        presentation: Presentation,
        updated: datetime,
        links: list[Link],
        counted: FoundPage | None = None,
    ) -> Page:
        """What stands around the features; whom to name stands in links, and in the files of formats without links."""
        context = asked.context
        named = None if context.representation in _WITHOUT_NOTICE else await self._served(asked)
        if context.representation is GML:
            links = [*links, xml_schema_link(asked.collection.id, context.links, context.language)]
        shown = view(asked.collection, presentation, SqlParameters())
        return envelope(self._api.service, shown, context.language, updated, named=named, links=links, counted=counted)


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

    def _asked(self, collection: Collection, context: RequestContext, database: Database) -> _Asked[ItemsQuery]:
        limits = self._api.limits
        if context.representation.is_html:
            limits = Limits(limits.default, self._api.service.page_limit)
        query, output = items_query(collection, context.parameters, limits), _output(context)
        edition = self._api.editions.for_items(collection, query, output.rendered_by)
        if edition is not None and edition.count == 0:
            raise no_collection(collection.id)
        return _Asked(collection, context, query, output, query.systems, edition, database)

    async def _answer(self, asked: _Asked[ItemsQuery]) -> _Answer:
        query, encoder = asked.query, asked.output.rendered_by
        found = await self._found(asked, encoder)
        links = _items_links(asked.collection, asked.context, query, found)
        page = await self._envelope(asked, query.presentation, found.state.updated, links, found)
        if encoder is IDENTIFIERS:
            table = _table(asked.output, page, query.presentation, b",".join(found.pieces))
            return _Answer(table, links, found.state, _counts(found))
        body = _between(encoder.head(page), found.pieces, encoder.separator, encoder.tail(page))
        return _Answer(body, links, found.state, _counts(found))

    async def _found(self, asked: _Asked[ItemsQuery], encoder: TextFormat) -> FoundPage:
        if asked.edition is not None:
            with suppress(DamagedPart):
                return self._api.editions.page(asked.edition, asked.query, encoder)
        found = await asked.database.page(asked.collection, asked.query, encoder)
        if found is None:
            raise no_collection(asked.collection.id)
        require_edition(asked.query.edition, found.state)
        return found

    async def _state(self, asked: _Asked[ItemsQuery]) -> State:
        if asked.edition is not None:
            return state_of(asked.edition)
        state = await asked.database.state(asked.collection)
        if state is None:
            raise no_collection(asked.collection.id)
        require_edition(asked.query.edition, state)
        return state


class Feature(_Endpoint[FeatureQuery]):
    """`/collections/{collectionId}/items/{featureId}`: OGC API - Features - Part 1 (17-069r4) 7.17."""

    known_from_state = False

    def _asked(self, collection: Collection, context: RequestContext, database: Database) -> _Asked[FeatureQuery]:
        identifier = parse_identifier(_last_part(context))
        query = feature_query(collection, context.parameters, -1 if identifier is None else identifier)
        if identifier is None:
            raise _no_feature(collection, context)
        output = _output(context)
        edition = self._api.editions.for_feature(collection, query, output.rendered_by)
        return _Asked(collection, context, query, output, (query.presentation.crs,), edition, database)

    async def _answer(self, asked: _Asked[FeatureQuery]) -> _Answer:
        context, encoder = asked.context, asked.output.rendered_by
        found = await self._found(asked, encoder)
        licence = LICENCES.get(found.licence)
        links = [
            *self_links(_address(context), context.language, context.representation),
            collection_link(asked.collection.id, context.links, context.language),
            *([licence_link(licence)] if licence else []),
        ]
        page = await self._envelope(asked, asked.query.presentation, found.state.updated, links)
        body: bytes | FeatureFile = encoder.single(page, found.text)
        if encoder is IDENTIFIERS:
            body = _table(asked.output, page, asked.query.presentation, found.text)
        return _Answer(body, links, found.state)

    async def _found(self, asked: _Asked[FeatureQuery], encoder: TextFormat) -> FoundFeature:
        query = asked.query
        if asked.edition is not None:
            with suppress(DamagedPart):
                ready = self._api.editions.feature(asked.edition, query.identifier, encoder)
                if ready is None:
                    raise _no_feature(asked.collection, asked.context)
                return ready
        found = await asked.database.feature(asked.collection, query.identifier, query.presentation, encoder)
        if found is None:
            raise _no_feature(asked.collection, asked.context)
        require_edition(query.edition, found.state)
        return found

    async def _state(self, asked: _Asked[FeatureQuery]) -> State:
        if asked.edition is not None:
            return (await self._found(asked, asked.output.rendered_by)).state
        state = await asked.database.state(asked.collection, asked.query.identifier)
        if state is None:
            raise _no_feature(asked.collection, asked.context)
        require_edition(asked.query.edition, state)
        return state


def _are_national(systems: tuple[Crs, ...]) -> bool:
    """Whether any of them may be one that the collection does not have."""
    return any([crs is not CRS84 and crs in NATIONAL for crs in systems])


def _no_feature(collection: Collection, context: RequestContext) -> NotFound:
    return NotFound(f"The collection {collection.id} has no feature {_last_part(context)[:60]!r}.")


def _between(head: bytes, pieces: Sequence[Piece], separator: bytes, tail: bytes) -> bytes:
    """All of it in one piece; nothing is copied twice."""
    parts: list[Piece] = [separator] * (2 * len(pieces) + 1)
    parts[1::2] = pieces
    parts[-1] = tail
    parts[0] = head if pieces else head + tail
    return b"".join(parts)


def _output(context: RequestContext) -> OutputFormat:
    """The format of the answer; a page for people is made from GeoJSON."""
    return BY_MEDIA_TYPE[GEOJSON_TYPE if context.representation.is_html else context.representation.media_type]


def _table(output: OutputFormat, page: Page, presentation: Presentation, identifiers: bytes) -> FeatureFile:
    """The features with these identifiers, separated by commas, in their order."""
    parameters = SqlParameters()
    shown = view(page.view.collection, presentation, parameters)
    wanted = parameters.add([int(identifier) for identifier in identifiers.split(b",") if identifier], "bigint[]")
    order = f"array_position({wanted}, f.id)"
    return FeatureFile(output, page._replace(view=shown), f"f.id = ANY({wanted})", order, tuple(parameters.values))


def _counts(found: FoundPage) -> tuple[tuple[bytes, bytes], ...]:
    """For formats that have no place for them."""
    returned = (b"ogc-numberreturned", b"%d" % found.returned)
    return (returned,) if found.matched is None else ((b"ogc-numbermatched", b"%d" % found.matched), returned)


def _disposition(output: OutputFormat, collection: Collection) -> list[tuple[bytes, bytes]]:
    """The name of the file, where the answer is one rather than a document."""
    if output.is_document:
        return []
    return [(b"content-disposition", f'attachment; filename="{output.file_name(collection.id)}"'.encode())]


def _items_links(collection: Collection, context: RequestContext, query: ItemsQuery, found: FoundPage) -> list[Link]:
    language, address, place = context.language, _address(context), query.place
    representation = GEOJSON if context.representation.is_html else context.representation
    links = self_links(address, language, representation)

    def to(rel: str, href: str, title: Text) -> None:
        links.append(link(rel, href, representation.media_type, title.in_language(language)))

    backwards = place is not None and place.before
    version = place.version if place else found.state.version
    if place is not None:
        to("first", address.without("token"), texts.FIRST)
        if found.first and (found.more or not backwards):
            token = make_token(_place(found.first, version, before=True), query.order)
            to("prev", address.having("token", token), texts.PREVIOUS)
    if found.last and (found.more or backwards):
        token = make_token(_place(found.last, version, before=False), query.order)
        to("next", address.having("token", token), texts.NEXT)
    links.append(collection_link(collection.id, context.links, language))
    links.extend([licence_link(LICENCES[name]) for name in found.licences if name in LICENCES])
    return links


def _address(context: RequestContext) -> Address:
    return context.links.address(context.path, context.own_parameters)


def _place(values: PlaceValues, version: int, *, before: bool) -> Place:
    return Place(tuple(values[:-1]), int(values[-1] or 0), version, before)


def _last_part(context: RequestContext) -> str:
    return context.path.rpartition("/")[2]


# The same few are written around every answer.
@lru_cache(maxsize=512)
def _negotiated(media_type: str, language: str, system: str) -> tuple[tuple[bytes, bytes], ...]:
    return (
        (b"content-type", media_type.encode()),
        (b"content-language", language.encode()),
        (b"content-crs", f"<{system}>".encode()),
    )


def _headers(context: RequestContext, state: State, crs: Crs) -> list[tuple[bytes, bytes]]:
    if context.representation.is_html:
        return [*_page_headers(context), (b"content-crs", f"<{crs.uri}>".encode())]
    negotiated = _negotiated(context.representation.media_type, context.language, crs.uri)
    return [*negotiated, *validators(context, state.version, state.updated)]


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
