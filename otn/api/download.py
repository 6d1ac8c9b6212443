"""`/collections/{collectionId}/download`: all features that are asked for as one file, in any format.

Texts come from a cursor of PostgreSQL, tables as Arrow batches through a thread, and what needs a whole file from a
temporary one. Whatever the size, the server holds some megabytes of it: no more is read than the client has taken.
"""

import asyncio
import io
import os
from collections.abc import Callable
from concurrent.futures import CancelledError as FutureCancelled
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, cast

from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from otn.api import texts
from otn.api.context import VARY, Api, RequestContext, request_context
from otn.api.disconnect import ClientLeft, WhileConnected
from otn.api.documents import instant, licence_link
from otn.api.encoders.gdal_file import GdalFile, GdalFormat
from otn.api.encoders.registry import BY_MEDIA_TYPE, OutputFormat
from otn.api.encoders.table import TableFormat, table_schema, table_sql
from otn.api.encoders.view import Page, TextFormat, View, notice, source_sql, whole_view
from otn.api.links import link_header
from otn.api.negotiation import DOWNLOADS, JSON_TYPE
from otn.api.query import items_query
from otn.api.served import ServedCollection, no_collection, served_collection
from otn.api.sql import _conditions as selection_sql
from otn.api.statement import SqlParameters
from otn.errors import BadRequest
from otn.model.collections import COLLECTIONS, Collection
from otn.store.arrow_rows import ArrowRows

PIECE = 256 * 1024
"""Bytes that are sent at a time, about."""
STALL_LIMIT = 60.0
"""Seconds a client may take for one piece."""
_PATIENCE = 0.5
_PAGING = ("limit", "token")


class ClientStalled(ClientLeft):
    """The client took nothing for a long time: its connection is broken off."""


class Download:
    """Answers with a file, its name, and a link to its licence; without a body to HEAD."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises what the error handlers know: RequestError, HTTPException, ClientLeft."""
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        collection = COLLECTIONS.get(scope["path_params"]["collection_id"])
        if collection is None:
            raise no_collection(scope["path_params"]["collection_id"])
        context = request_context(scope, DOWNLOADS, self._api.public_url)
        request = self._request(collection, context, await served_collection(self._api.pool, collection.id))
        answer = _Answer(send, _headers(request, context))
        if scope["method"] == "GET":
            async with self._api.pool.streaming(), WhileConnected(receive):
                await self._send(request, answer)
        # Once the answer is complete the server reports the client as gone: nobody may be listening then.
        await answer.end()

    def _request(self, collection: Collection, context: RequestContext, served: ServedCollection) -> "_Request":
        for name, _ in context.parameters:
            if name in _PAGING:
                raise BadRequest(f"A download has no pages: leave {name} out.", parameter=name)
        query = items_query(collection, context.parameters, self._api.limits)
        parameters = SqlParameters()
        conditions = selection_sql(query, parameters)
        page = _page(whole_view(collection), self._api, context, served)
        output = BY_MEDIA_TYPE[context.representation.media_type]
        return _Request(output, page, conditions, tuple(parameters.values))

    async def _send(self, request: "_Request", answer: "_Answer") -> None:
        encoder = request.output.encoder
        if isinstance(encoder, GdalFormat):
            await _send_file(request, encoder, self._api.pool.url, answer)
        elif isinstance(encoder, TextFormat):
            await self._send_texts(request, encoder, answer)
        else:
            await _send_table(request, encoder, self._api.pool.url, answer)

    async def _send_texts(self, request: "_Request", encoder: TextFormat, answer: "_Answer") -> None:
        page = request.page
        sql = f"SELECT {encoder.feature_sql(page.view)} FROM {source_sql(page.view, request.conditions)}"  # noqa: S608
        before = encoder.head(page)
        async with self._api.pool.stream(sql, request.parameters) as batches:
            async for features in batches:
                await answer.send(before + encoder.separator.join(features))
                before = encoder.separator
            if not answer.has_begun:
                await answer.send(before)
        await answer.send(encoder.tail(page))


@dataclass(frozen=True)
class _Request:
    output: OutputFormat
    page: Page
    conditions: str
    parameters: tuple[Any, ...]

    def rows(self, url: str, *, bounds: bool) -> ArrowRows:
        return ArrowRows(url, table_sql(self.page.view, self.conditions, bounds=bounds), self.parameters)


class _Answer:
    """The answer as it is sent: its headers leave with the first piece, so that an early error has a status."""

    def __init__(self, send: Send, headers: list[tuple[bytes, bytes]]) -> None:
        self._send = send
        self._headers = headers
        self.has_begun = False

    async def begin(self, *more: tuple[bytes, bytes]) -> None:
        if not self.has_begun:
            self.has_begun = True
            await self._send({"type": "http.response.start", "status": 200, "headers": [*self._headers, *more]})

    async def send(self, piece: bytes) -> None:
        """Returns when the client has taken what was sent before, within some kilobytes."""
        await self.begin()
        try:
            async with asyncio.timeout(STALL_LIMIT):
                await self._send({"type": "http.response.body", "body": piece, "more_body": True})
        except TimeoutError as error:
            raise ClientStalled from error

    async def end(self) -> None:
        await self.begin()
        await self._send({"type": "http.response.body", "body": b""})


class _Sink(io.RawIOBase):
    """What a thread writes into is sent by the event loop, piece by piece."""

    def __init__(self, answer: _Answer) -> None:
        self._answer = answer
        self._loop = asyncio.get_running_loop()
        self._stopped = False
        self._sending: Future[None] | None = None

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        if self._stopped:
            raise FutureCancelled
        content = bytes(piece)
        self._sending = asyncio.run_coroutine_threadsafe(self._answer.send(content), self._loop)
        self._sending.result()
        return len(content)

    def stop(self) -> None:
        """Makes the thread's next write fail, and the one that waits for the client."""
        self._stopped = True
        if self._sending is not None:
            self._sending.cancel()


async def _send_table(request: _Request, encoder: TableFormat, url: str, answer: _Answer) -> None:
    rows = request.rows(url, bounds=encoder.with_bounds)
    sink = _Sink(answer)

    def write() -> None:
        schema = table_schema(request.page.view, bounds=encoder.with_bounds)
        with rows.batches(schema) as batches:
            buffered = io.BufferedWriter(sink, PIECE)
            encoder.write(batches, request.page, cast(BinaryIO, buffered))
            buffered.flush()

    def stop() -> None:
        sink.stop()
        rows.cancel()

    await _in_thread(write, stop)


async def _send_file(request: _Request, gdal_format: GdalFormat, url: str, answer: _Answer) -> None:
    rows = request.rows(url, bounds=False)
    with ExitStack() as stack:
        directory = Path(stack.enter_context(TemporaryDirectory(prefix="otn-download-")))
        path = directory / f"{request.page.view.collection.id}.{request.output.extension}"
        file = GdalFile(gdal_format, request.page, path)

        def write() -> None:
            with rows.batches(table_schema(request.page.view)) as batches:
                file.write(batches)

        def stop() -> None:
            rows.cancel()
            file.stop()

        await _in_thread(write, stop)
        content = path.open("rb")
    # The directory is gone by now; what has been opened stays until it is closed.
    with content:
        size = os.fstat(content.fileno()).st_size
        await answer.begin((b"content-length", str(size).encode()))
        while piece := await asyncio.to_thread(content.read, PIECE):
            await answer.send(piece)


async def _in_thread(work: Callable[[], None], stop: Callable[[], None]) -> None:
    """Runs `work` in a thread. Where the task is cancelled, calls `stop` until the thread has ended.

    Once is not enough: to cancel a statement that PostgreSQL has not quite begun does nothing.
    """
    running = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        while not running.done():
            await asyncio.to_thread(stop)
            await asyncio.wait([running], timeout=_PATIENCE)
        # What the thread says about being stopped is of no interest.
        running.exception()
        raise


def _page(view: View, api: Api, context: RequestContext, served: ServedCollection) -> Page:
    path = f"/collections/{view.collection.id}"
    title = texts.COLLECTION.in_language(context.language)
    return Page(
        view=view,
        title=api.service.collections[view.collection.id].title.in_language(context.language),
        notice=notice(served.attribution, served.licences),
        time_stamp=instant(served.updated),
        links=[
            context.links.to("collection", path, JSON_TYPE, title),
            *(licence_link(licence) for licence in served.licences),
        ],
    )


def _headers(request: _Request, context: RequestContext) -> list[tuple[bytes, bytes]]:
    name = f"{request.page.view.collection.id}.{request.output.extension}"
    return [
        (b"content-type", request.output.representation.media_type.encode()),
        (b"content-disposition", f'attachment; filename="{name}"'.encode()),
        (b"content-language", context.language.encode()),
        (b"link", link_header(list(request.page.links), ("license",)).encode("latin-1", "replace")),
        (b"vary", VARY.encode()),
    ]
