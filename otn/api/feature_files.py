"""Features as a file that is sent as it is made, in any format.

Texts come from a cursor of PostgreSQL, tables as Arrow batches through a thread, and what needs a whole file from a
temporary one. Whatever the size, the server holds some megabytes of it: no more is read than the client has taken.
"""

import asyncio
import io
import os
from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError as FutureCancelled
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol, cast

from starlette.types import Send

from otn.api.disconnect import ClientLeft
from otn.api.encoders.gdal_file import GdalFile, GdalFormat
from otn.api.encoders.registry import OutputFormat
from otn.api.encoders.table import TableFormat, table_sql
from otn.api.encoders.view import Page, TextFormat, source_sql
from otn.store.arrow_rows import ArrowRows
from otn.store.pool import Pool
from otn.store.scratch import scratch

PIECE = 256 * 1024
"""Bytes that are sent at a time, about."""
STALL_LIMIT = 60.0
"""Seconds a client may take for one piece."""
_PATIENCE = 0.5


class ClientStalled(ClientLeft):
    """The client took nothing for a long time: its connection is broken off."""


@dataclass(frozen=True)
class FeatureFile:
    """The features of a collection that meet `conditions`, in an order, as a file of a format.

    `conditions` and `order` are SQL over the collection's table as `f` with `parameters`; no conditions mean all.
    `bare` leaves out what a text format has around the features.
    """

    output: OutputFormat
    page: Page
    conditions: str
    order: str
    parameters: tuple[Any, ...]
    bare: bool = False

    def rows(self, url: str, *, bounds: bool) -> ArrowRows:
        view, encoder = self.page.view, self.output.encoder
        sorts = isinstance(encoder, GdalFormat) and encoder.sorts and view.geometry is not None
        sql = table_sql(view, self.conditions, "" if sorts else self.order, bounds=bounds)
        return ArrowRows(url, sql, self.parameters)


class Sink(Protocol):
    """Where a file goes as it is made."""

    has_begun: bool

    async def begin(self, *more: tuple[bytes, bytes]) -> None:
        """Is called before the first piece, when the database has begun to answer, with headers that are known then."""
        ...

    async def send(self, piece: bytes) -> None:
        """Takes a piece; returns when it can take the next one."""
        ...


async def send_features(file: FeatureFile, pool: Pool, answer: Sink) -> None:
    """Makes the whole file. Raises Unavailable where the database does not answer in time."""
    encoder = file.output.encoder
    if isinstance(encoder, GdalFormat):
        await _send_file(file, encoder, pool.url, answer)
    elif isinstance(encoder, TextFormat):
        await _send_texts(file, encoder, pool, answer)
    else:
        await _send_table(file, encoder, pool.url, answer)


class Streamed:
    """The answer as it is sent: its headers leave with the first piece, so that an early error has a status."""

    def __init__(
        self,
        send: Send,
        headers: list[tuple[bytes, bytes]],
        status: int = 200,
        confirm: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`confirm` is called before anything is sent, and may raise why it must not be."""
        self._send = send
        self._headers = headers
        self._status = status
        self._confirm = confirm
        self.has_begun = False

    async def begin(self, *more: tuple[bytes, bytes]) -> None:
        if not self.has_begun:
            if self._confirm is not None:
                await self._confirm()
            self.has_begun = True
            await self._send(
                {"type": "http.response.start", "status": self._status, "headers": [*self._headers, *more]}
            )

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

    def __init__(self, answer: Sink) -> None:
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


async def _send_texts(file: FeatureFile, encoder: TextFormat, pool: Pool, answer: Sink) -> None:
    page = file.page
    sql = f"SELECT {encoder.feature_sql(page.view)} FROM {source_sql(page.view, file.conditions, file.order)}"  # noqa: S608
    before = b"" if file.bare else encoder.head(page)
    async with pool.stream(sql, file.parameters) as batches:
        async for features in batches:
            await answer.send(before + encoder.separator.join(features))
            before = encoder.separator
        if not answer.has_begun:
            await answer.send(before)
    if not file.bare:
        await answer.send(encoder.tail(page))


async def _send_table(file: FeatureFile, encoder: TableFormat, url: str, answer: Sink) -> None:
    rows = file.rows(url, bounds=encoder.with_bounds)
    sink = _Sink(answer)

    def write() -> None:
        from otn.api.encoders.arrow_schema import table_schema

        schema = table_schema(file.page.view, bounds=encoder.with_bounds)
        try:
            with rows.batches(schema) as batches:
                buffered = io.BufferedWriter(sink, PIECE)
                encoder.write(batches, file.page, cast(BinaryIO, buffered))
                buffered.flush()
        except BaseException:
            # Else the rest in the buffer would be sent when it is thrown away, which may be in the event loop's own
            # thread: that would then wait for itself.
            sink.stop()
            raise

    def stop() -> None:
        sink.stop()
        rows.cancel()

    await _in_thread(write, stop)


async def _send_file(file: FeatureFile, gdal_format: GdalFormat, url: str, answer: Sink) -> None:
    query = file.rows(url, bounds=False).query
    with scratch("download") as folder:
        path = folder / f"{file.page.view.collection.id}.{file.output.extension}"
        written = GdalFile(gdal_format, file.page, path)

        await _in_thread(lambda: written.write(query), written.stop)
        content = path.open("rb")
    # The folder is gone by now; what has been opened stays until it is closed.
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
