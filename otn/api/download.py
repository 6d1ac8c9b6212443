"""`/collections/{collectionId}/download`: all features that are asked for as one file, in any format.

GeoJSON and its kin of everything, or of a box, are read from an edition. The other formats of everything are files that
are made once for each edition. All else is sent as PostgreSQL finds it.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from starlette.types import Receive, Scope, Send

from otn.api.conditional import REVALIDATE, is_not_modified, strong_etag
from otn.api.context import VARY, Api, RequestContext, headers_of, request_context, require_reading
from otn.api.disconnect import WhileConnected
from otn.api.documents import collection_link, licence_link, xml_schema_link
from otn.api.download_files import DownloadFiles
from otn.api.download_making import Making
from otn.api.editions import is_whole
from otn.api.encoders.gdal_file import GdalFormat
from otn.api.encoders.registry import BY_MEDIA_TYPE, DOWNLOADS, OutputFormat
from otn.api.encoders.view import Page, TextFormat
from otn.api.envelope import envelope
from otn.api.feature_files import FeatureFile, Streamed, send_features
from otn.api.file_ranges import SentFile, send_file
from otn.api.links import link_header
from otn.api.negotiation import GML
from otn.api.ordering import Ordering
from otn.api.query import FeaturesQuery, download_query, require_available
from otn.api.selection_sql import selection_sql
from otn.api.served import ServedCollection, find_collection
from otn.api.sql import view
from otn.api.validators import etag, validators
from otn.edition.kept_files import KeptFile
from otn.errors import DamagedPart, Superseded
from otn.model.collections import Collection
from otn.store.statement import SqlParameters

if TYPE_CHECKING:
    from otn.edition.edition import Edition

_TRIES = 3
"""Loads do not follow upon each other so fast that the data are others each time a download begins."""


@dataclass(frozen=True)
class _Asked:
    """A download that is asked for, and how to answer."""

    collection: Collection
    context: RequestContext
    query: FeaturesQuery
    output: OutputFormat
    scope: Scope
    receive: Receive
    send: Send

    @property
    def is_of_everything(self) -> bool:
        """Whether every feature is asked for, shown whole, in the order in which features stand."""
        query = self.query
        return query.selection.is_everything and not query.order and is_whole(query.presentation, self.collection)

    @property
    def needs_size(self) -> bool:
        """Whether the answer cannot begin before the file is whole: it is to be a part of it, or GDAL makes it."""
        has_range = headers_of(self.scope).get(b"range", b"") != b""
        return has_range or isinstance(self.output.encoder, GdalFormat)


class Download:
    """Answers with a file, its name, and a link to its licence; without a body to HEAD."""

    def __init__(self, api: Api, files: DownloadFiles) -> None:
        self._api = api
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises what the error handlers know: RequestError, HTTPException, ClientLeft."""
        require_reading(scope)
        collection = find_collection(scope["path_params"]["collection_id"])
        context = request_context(scope, DOWNLOADS, self._api.public_url)
        query = download_query(collection, context.parameters)
        output = BY_MEDIA_TYPE[context.representation.media_type]
        output.require_able(query.presentation.crs)
        asked = _Asked(collection, context, query, output, scope, receive, send)
        for tries_left in reversed(range(_TRIES)):
            try:
                await self._answer(asked)
            except Superseded:
                if not tries_left:
                    raise
            else:
                return

    async def _answer(self, asked: _Asked) -> None:
        """Raises Superseded before anything is sent."""
        edition = self._api.editions.for_download(asked.collection, asked.query, asked.output.encoder)
        if edition is not None and edition.count and await self._send_document(asked, edition):
            return
        served = await self._api.served.collection(asked.collection.id)
        require_available(asked.query.systems, served.bbox, asked.collection)
        edition = self._api.editions.current(asked.collection) if asked.is_of_everything else None
        if edition is not None and edition.number == served.version and await self._send_kept(asked, edition, served):
            return
        await self._stream(asked, served)

    async def _send_document(self, asked: _Asked, edition: "Edition") -> bool:
        """Sends what the edition has ready-made; False where it turns out to be damaged before anything is sent."""
        assert isinstance(asked.output.encoder, TextFormat)  # noqa: S101 - editions have no others
        editions, served = self._api.editions, self._api.served.of_edition(edition)
        page = self._page(asked, served)
        try:
            document = editions.document(edition, asked.query.selection, asked.output.encoder, page)
        except DamagedPart:
            return False

        def read(length: int, offset: int) -> bytes:
            with editions.taken_down_when_damaged(edition):
                return document.read(length, offset)

        tag = etag(asked.context, served.version)
        await self._send_file(asked, served, page, SentFile(document.size, read, tag, served.updated))
        return True

    async def _send_kept(self, asked: _Asked, edition: "Edition", served: ServedCollection) -> bool:
        """Sends the file that is kept, or is made to be; False where none is."""
        file = self._files.of(edition, asked.output, asked.context.language)
        kept = await self._files.find(file)
        if kept is None and asked.scope["method"] == "GET":
            making = self._files.make(file)
            if making is None:
                return False
            if not asked.needs_size:
                await self._read_along(asked, served, making)
                return True
            async with WhileConnected(asked.receive):
                await making.whole()
            kept = await self._files.find(file)
        if kept is None:
            return False
        page = self._page(asked, served)
        await self._send_file(asked, served, page, _framed(asked, served, page, kept))
        return True

    async def _read_along(self, asked: _Asked, served: ServedCollection, making: Making) -> None:
        page = self._page(asked, served)
        head, tail = _around(asked.output, page)
        answer = Streamed(
            asked.send, [*_headers(asked, page), *_validators(asked, served), *self._edition_header(asked, served)]
        )
        async with WhileConnected(asked.receive):
            before = head
            async for piece in making.pieces():
                await answer.send(before + piece)
                before = b""
            await answer.send(before + tail)
        await answer.end()

    async def _send_file(self, asked: _Asked, served: ServedCollection, page: Page, file: SentFile) -> None:
        cached = ((b"cache-control", REVALIDATE.encode()), (b"vary", VARY.encode()))
        headers = (*_headers(asked, page), *cached, (b"otn-edition", b"%d" % served.version))
        await send_file(asked.scope, asked.receive, asked.send, replace(file, headers=headers))

    async def _stream(self, asked: _Asked, served: ServedCollection) -> None:
        """What PostgreSQL finds, as it finds it."""
        checked = [*_validators(asked, served), *self._edition_header(asked, served)]
        if is_not_modified(asked.scope, etag(asked.context, served.version), served.updated):
            await asked.send({"type": "http.response.start", "status": 304, "headers": checked})
            await asked.send({"type": "http.response.body"})
            return
        parameters = SqlParameters()
        page = self._page(asked, served, parameters)
        conditions = selection_sql(asked.query.selection, parameters)
        order = Ordering(asked.query.order, None).sql
        file = FeatureFile(asked.output, page, conditions, order, tuple(parameters.values))
        confirm = partial(self._api.served.confirm, asked.collection, served.version)
        answer = Streamed(asked.send, [*_headers(asked, page), *checked], confirm=confirm)
        if asked.scope["method"] == "GET":
            async with self._api.pool.streaming(), WhileConnected(asked.receive):
                await send_features(file, self._api.pool, answer)
        # Once the answer is complete the server reports the client as gone: nobody may be listening then.
        await answer.end()

    def _page(self, asked: _Asked, served: ServedCollection, parameters: SqlParameters | None = None) -> Page:
        context, collection = asked.context, served.collection
        links = [
            collection_link(collection.id, context.links, context.language),
            *(licence_link(licence) for licence in served.licences),
        ]
        if asked.output.representation is GML:
            links.append(xml_schema_link(collection.id, context.links, context.language))
        shown = view(asked.collection, asked.query.presentation, SqlParameters() if parameters is None else parameters)
        return envelope(self._api.service, shown, context.language, served.updated, named=served, links=links)

    def _edition_header(self, asked: _Asked, served: ServedCollection) -> list[tuple[bytes, bytes]]:
        """The edition that has the same features."""
        is_kept = self._api.editions.is_kept(asked.collection, served.version)
        return [(b"otn-edition", b"%d" % served.version)] if is_kept else []


def _around(output: OutputFormat, page: Page) -> tuple[bytes, bytes]:
    """What stands before and after the features in a text; nothing in a table."""
    return (
        (output.encoder.head(page), output.encoder.tail(page)) if isinstance(output.encoder, TextFormat) else (b"", b"")
    )


def _framed(asked: _Asked, served: ServedCollection, page: Page, kept: KeptFile) -> SentFile:
    """A file with what stands around its features."""
    head, tail = _around(asked.output, page)
    ends = len(head) + kept.length

    def read(length: int, offset: int) -> bytes:
        if offset < len(head):
            return head[offset : offset + length]
        return kept.content(length, offset - len(head)) if offset < ends else tail[offset - ends :][:length]

    tag = etag(asked.context, served.version)
    if tag.startswith("W/"):
        # Made again, it has other bytes.
        tag = strong_etag(kept.checksum)
    return SentFile(ends + len(tail), read, tag, served.updated)


def _headers(asked: _Asked, page: Page) -> list[tuple[bytes, bytes]]:
    name = asked.output.file_name(asked.collection.id)
    return [
        (b"content-type", asked.output.representation.media_type.encode()),
        (b"content-disposition", f'attachment; filename="{name}"'.encode()),
        (b"content-language", asked.context.language.encode()),
        (b"content-crs", f"<{page.view.crs.uri}>".encode()),
        (b"link", link_header(list(page.links), ("license",)).encode("latin-1", "replace")),
    ]


def _validators(asked: _Asked, served: ServedCollection) -> list[tuple[bytes, bytes]]:
    return validators(asked.context, served.version, served.updated)
