"""A download in the making: written to a file once, and read along by whoever asks for it meanwhile."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from otn.api.feature_files import PIECE, FeatureFile, send_features
from otn.edition.kept_files import FileName, UnfinishedFile
from otn.store.pool import Pool

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class WholeFile:
    """The file of all features of an edition: its name, and how it is made."""

    collection: str
    name: FileName
    features: FeatureFile
    confirm: Callable[[], Awaitable[None]]
    """Raises Superseded where the database no longer has the edition's features."""


class Making:
    """A file in the making, which any number of clients read along."""

    def __init__(self, file: WholeFile, written: UnfinishedFile) -> None:
        self.file = file
        self.has_begun = False
        self._written = written
        self._more = asyncio.Event()
        self._made: asyncio.Task[None] | None = None

    def start(self, pool: Pool, ended: Callable[[], None]) -> None:
        """Begins; `ended` is called when it is whole, or has failed."""
        self._made = asyncio.create_task(self._make(pool))
        self._made.add_done_callback(partial(self._end, ended))

    async def begin(self, *_: tuple[bytes, bytes]) -> None:
        """Raises Superseded."""
        if not self.has_begun:
            await self.file.confirm()
            self.has_begun = True

    async def send(self, piece: bytes) -> None:
        """Adds a piece."""
        await self.begin()
        self._written.write(piece)
        self._tell()

    async def pieces(self) -> AsyncIterator[bytes]:
        """All of it, as it grows. Raises why it is not made."""
        assert self._made is not None  # noqa: S101 - it has been started
        offset = 0
        while True:
            more, ended = self._more, self._made.done()
            if piece := self._written.content(PIECE, offset):
                offset += len(piece)
                yield piece
            elif ended:
                await self._made
                return
            else:
                await more.wait()

    async def whole(self) -> None:
        """Returns when it is made. Raises why it is not."""
        assert self._made is not None  # noqa: S101 - it has been started
        await asyncio.shield(self._made)

    async def stop(self) -> None:
        """Breaks it off."""
        if self._made is not None:
            self._made.cancel()
            await asyncio.wait([self._made])

    async def _make(self, pool: Pool) -> None:
        try:
            async with pool.streaming():
                await send_features(self.file.features, pool, self)
            await asyncio.to_thread(self._written.finish)
        except BaseException:
            self._written.discard()
            raise

    def _end(self, ended: Callable[[], None], made: asyncio.Task[None]) -> None:
        ended()
        self._tell()
        # Whoever reads along is told; where nobody does, the log is.
        if not made.cancelled() and (error := made.exception()) is not None:
            _log.info("The download %s of %s was not kept: %s", self.file.name, self.file.collection, error)

    def _tell(self) -> None:
        self._more.set()
        self._more = asyncio.Event()
