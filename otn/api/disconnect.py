"""Noticing that a client has left, so that nobody works for it any longer."""

import asyncio
from types import TracebackType
from typing import Self

from starlette.types import Receive

_PATIENCE = 0.05


class ClientLeft(Exception):
    """The client closed the connection before its answer was ready."""


class WhileConnected:
    """Cancels the block when the client leaves, and then raises ClientLeft.

    Listening begins after a twentieth of a second: an answer that is there by then costs nothing more.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._listener: asyncio.Task[None] | None = None
        self._left = False

    async def __aenter__(self) -> Self:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine of asyncio always runs in a task
        self._task = task
        self._timer = asyncio.get_running_loop().call_later(_PATIENCE, self._start)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if self._listener is not None:
            self._listener.cancel()
        if self._left and isinstance(error, asyncio.CancelledError):
            self._task.uncancel()
            raise ClientLeft from error

    def _start(self) -> None:
        self._listener = asyncio.get_running_loop().create_task(self._listen())

    async def _listen(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._left = True
        self._task.cancel()
