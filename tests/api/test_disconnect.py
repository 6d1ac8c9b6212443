"""Nobody works for a client that has left."""

import asyncio
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import psycopg
import pytest
from starlette.types import Message

from otn.api.disconnect import ClientLeft, WhileConnected
from otn.settings import Settings
from tests.api.conftest import served
from tests.api.sample import fill
from tests.store.test_pool import busy, until


def messages(*given: Message) -> Callable[[], "asyncio.Future[Message]"]:
    """A `receive` that gives these messages and then waits for ever."""
    left = list(given)

    def receive() -> "asyncio.Future[Message]":
        future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        if left:
            future.set_result(left.pop(0))
        return future

    return receive


def test_work_ends_when_the_client_leaves() -> None:
    async def main() -> None:
        receive = messages({"type": "http.request"}, {"type": "http.disconnect"})
        with pytest.raises(ClientLeft):
            async with asyncio.timeout(60), WhileConnected(receive):
                await asyncio.Event().wait()
        task = asyncio.current_task()
        assert task is not None
        assert not task.cancelling()

    asyncio.run(main())


def test_work_is_done_while_the_client_stays() -> None:
    async def main() -> None:
        async with WhileConnected(messages({"type": "http.request"})):
            await asyncio.sleep(0.1)

    asyncio.run(main())


def test_cancellation_from_elsewhere_stays_what_it_is() -> None:
    async def work() -> None:
        async with WhileConnected(messages({"type": "http.request"})):
            await asyncio.Event().wait()

    async def main() -> None:
        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())


@pytest.mark.parametrize("path", ["/collections/roads/items", "/collections/roads/items/1"])
def test_the_query_of_a_client_that_left_is_cancelled(
    settings: Settings, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    url = settings.database_url or ""
    fill(url)
    with served(settings) as address, psycopg.connect(url) as blocker:
        blocker.execute("LOCK TABLE roads IN ACCESS EXCLUSIVE MODE")
        parts = urlsplit(address)
        with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: otn.example\r\n\r\n".encode())
            asyncio.run(until(lambda: busy(url) == 1))
        asyncio.run(until(lambda: busy(url) == 0))
    assert not caplog.records
