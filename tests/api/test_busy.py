"""A service whose connections to the database are all at work."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from urllib.parse import urlsplit

import httpx
import psycopg

from otn.store.pool import CONNECTIONS, MOST_WAITING
from tests.api.sample import fill
from tests.conftest import serving
from tests.store.test_pool import busy, until

ITEMS = "/collections/roads/items"


def test_a_busy_service_says_when_to_come_again_and_lives(database_url: str) -> None:
    fill(database_url)
    with (
        serving(database_url) as address,
        httpx.Client(base_url=address, timeout=60) as client,
        psycopg.connect(database_url) as blocker,
        ThreadPoolExecutor(CONNECTIONS + 2) as others,
    ):
        blocker.execute("LOCK TABLE roads IN ACCESS EXCLUSIVE MODE")
        answers = [others.submit(client.get, ITEMS) for _ in range(CONNECTIONS)]
        asyncio.run(until(lambda: busy(database_url) == CONNECTIONS))
        with ExitStack() as leaving:
            for number in range(MOST_WAITING):
                leaving.enter_context(asking(address, "/collections" if number % 2 else ITEMS))
            asyncio.run(until(lambda: not waits(address)))
            refused = client.get(ITEMS)
            assert (refused.status_code, refused.headers["content-type"]) == (503, "application/problem+json")
            assert int(refused.headers["retry-after"]) > 0
            assert refused.headers["access-control-allow-origin"] == "*"
            assert client.get("/health/live").status_code == 200
            assert client.get("/health/ready").status_code == 503
        # Whoever left holds no place any more: others wait there and are answered in the end.
        asyncio.run(until(lambda: waits(address)))
        answers += [others.submit(client.get, ITEMS), others.submit(client.get, "/collections")]
        blocker.rollback()
        assert [answer.result().status_code for answer in answers] == [200] * len(answers)


def asking(address: str, path: str) -> socket.socket:
    """A request whose answer nobody will read."""
    parts = urlsplit(address)
    connection = socket.create_connection((parts.hostname, parts.port), timeout=20)
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: otn.example\r\n\r\n".encode())
    return connection


def waits(address: str) -> bool:
    """Whether a request waits for its turn in place of being refused."""
    try:
        return httpx.get(address + ITEMS, timeout=0.5).status_code != 503
    except httpx.TimeoutException:
        return True
