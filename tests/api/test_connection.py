"""What is kept is sent by the connection itself: the same as the application's, in its place among other answers."""

import asyncio
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.types import Receive, Scope, Send
from uvicorn import Config
from uvicorn.server import ServerState

from otn.api.access_log import AccessLog
from otn.api.codings import CODINGS
from otn.api.connection import Connection
from otn.api.middleware import Answers
from otn.api.response_cache import KEEP_WHILE, ResponseCache
from tests.api.conftest import running
from tests.api.editions import until

_MIB = 2**20
_TIMEOUT = 20
_READING = b"GET /a HTTP/1.1\r\nHost: otn.example\r\n\r\n"


class Counting:
    """An endpoint that counts how often it answers; `holds` is whether what it said may be said again."""

    def __init__(self, status: int = 200, pieces: int = 1, size: int = 4000, *, holds: bool | None = True) -> None:
        self.calls = 0
        self.holds = holds
        self._status = status
        self._pieces = pieces
        self._size = size

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            raise NotImplementedError
        self.calls += 1
        while scope["method"] == "POST" and (await receive()).get("more_body"):
            pass
        if self.holds is not None:
            scope[KEEP_WHILE] = lambda: self.holds
        if (b"if-none-match", b'"one"') in scope["headers"]:
            await send({"type": "http.response.start", "status": 304, "headers": [(b"etag", b'"one"')]})
            await send({"type": "http.response.body"})
            return
        headers = [(b"content-type", b"application/json"), (b"etag", b'"one"')]
        if self._pieces == 1:
            headers.append((b"content-length", b"%d" % self._size))
        await send({"type": "http.response.start", "status": self._status, "headers": headers})
        for piece in range(self._pieces):
            more = piece < self._pieces - 1
            await send(
                {"type": "http.response.body", "body": b"%d" % (self.calls % 10) * self._size, "more_body": more}
            )


class Asked:
    """An application that is served, and who asks it."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        assert parts.hostname is not None
        assert parts.port is not None
        self.address = (parts.hostname, parts.port)

    def whole(self, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        """An answer on a connection of its own, without its date."""
        connection = HTTPConnection(*self.address, timeout=_TIMEOUT)
        connection.request(method, "/a", headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        shown = {name.lower(): value for name, value in answer.getheaders() if name.lower() != "date"}
        body = answer.read()
        connection.close()
        return answer.status, shown, body

    def all_of(self, sent: bytes) -> bytes:
        """What comes back, until the server closes the connection."""
        with socket.create_connection(self.address, timeout=_TIMEOUT) as connection:
            connection.sendall(sent)
            return b"".join(iter(lambda: connection.recv(65536), b""))


@contextmanager
def serving(endpoint: Counting, log: AccessLog | None = None) -> Iterator[Asked]:
    with running(Answers(endpoint, ResponseCache(64 * _MIB), log), http=Connection) as address:
        yield Asked(address)


@pytest.mark.parametrize("coding", [*CODINGS, "identity"])
def test_asked_again_the_answer_is_the_same(coding: str) -> None:
    endpoint = Counting()
    with serving(endpoint) as asked:
        first, again = (asked.whole(accept_encoding=coding) for _ in range(2))
    assert endpoint.calls == 1
    assert again == first
    assert again[0] == 200


def test_every_answer_has_its_line_in_the_access_log(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with AccessLog(str(path)) as log, serving(Counting(), log) as asked:
        for _ in range(2):
            asked.whole(user_agent="curl")
        until(lambda: path.read_text().count("\n") == 2)
    first, again = (line.rpartition(" ")[0] for line in path.read_text().splitlines())
    assert '"GET /a HTTP/1.1" 200 4000 "-" "curl"' in first
    assert again.partition("]")[2] == first.partition("]")[2]


def test_who_has_the_answer_is_told_so_again() -> None:
    endpoint = Counting()
    with serving(endpoint) as asked:
        first, again = (asked.whole(if_none_match='"one"') for _ in range(2))
        assert asked.whole()[0] == 200
    assert endpoint.calls == 2
    assert again == first
    assert (again[0], again[1]["etag"], again[2]) == (304, '"one"', b"")


def test_that_there_is_nothing_is_kept_too() -> None:
    endpoint = Counting(204, size=0)
    with serving(endpoint) as asked:
        first, again = (asked.whole() for _ in range(2))
    assert endpoint.calls == 1
    assert again == first
    assert (again[0], again[2]) == (204, b"")


def test_every_coding_is_kept_for_itself() -> None:
    endpoint = Counting()
    with serving(endpoint) as asked:
        bodies = {asked.whole(accept_encoding=coding)[2] for coding in (*CODINGS, "identity") * 2}
    assert endpoint.calls == len(bodies) == 4


def test_what_no_longer_holds_is_made_anew() -> None:
    endpoint = Counting()
    with serving(endpoint) as asked:
        asked.whole()
        endpoint.holds = False
        asked.whole()
    assert endpoint.calls == 2


@pytest.mark.parametrize(
    "make",
    [lambda: Counting(404), lambda: Counting(pieces=2), lambda: Counting(holds=None)],
    ids=["an error", "in pieces", "without leave"],
)
def test_the_rest_is_not_kept(make: Callable[[], Counting]) -> None:
    endpoint = make()
    with serving(endpoint) as asked:
        asked.whole()
        asked.whole()
    assert endpoint.calls == 2


@pytest.mark.parametrize(
    ("method", "headers"),
    [("HEAD", {}), ("POST", {}), ("GET", {"if_none_match": '"two"'}), ("GET", {"if_modified_since": "x"})],
    ids=["HEAD", "POST", "a tag out of date", "a date"],
)
def test_what_is_no_plain_reading_is_answered_anew(method: str, headers: dict[str, str]) -> None:
    endpoint = Counting()
    with serving(endpoint) as asked:
        asked.whole()
        for _ in range(2):
            asked.whole(method, **headers)
    assert endpoint.calls == 3


@pytest.mark.parametrize(
    ("last", "line"),
    [
        (b"GET /a HTTP/1.0\r\nHost: otn.example\r\n\r\n", b"connection: close"),
        (b"GET /a HTTP/1.1\r\nHost: otn.example\r\nConnection: close\r\n\r\n", b"connection: close"),
    ],
    ids=["HTTP/1.0", "close"],
)
def test_who_wants_one_answer_gets_it_and_the_end(last: bytes, line: bytes) -> None:
    endpoint = Counting()
    with serving(endpoint) as asked:
        answers = [asked.all_of(last) for _ in range(2)]
    assert endpoint.calls == 1
    first, again = (re.sub(rb"date: [^\r]*\r\n", b"", answer) for answer in answers)
    assert line in again
    assert sorted(again.split(b"\r\n")) == sorted(first.split(b"\r\n"))


def test_answers_come_in_the_order_of_their_requests() -> None:
    """Those kept do not overtake others, asked for on one connection all at once."""
    endpoint = Counting()
    other = b"GET /b HTTP/1.1\r\nHost: otn.example\r\n\r\n"
    end = b"GET /end HTTP/1.1\r\nHost: otn.example\r\nConnection: close\r\n\r\n"
    with serving(endpoint) as asked:
        asked.whole(host="otn.example", accept_encoding="identity")
        asked.all_of(_READING + end)
        before = endpoint.calls
        answer = asked.all_of(_READING + _READING + other + _READING + end)
    bodies = re.findall(rb"\r\n\r\n(\d)", answer)
    assert answer.count(b"HTTP/1.1 200 OK") == 5
    # The first two are kept; that of /b is made, and what comes behind it waits for it.
    assert endpoint.calls > before
    assert bodies[0] == bodies[1] != bodies[2]


def test_a_body_that_means_nothing_is_passed_over() -> None:
    endpoint = Counting()
    with_body = b"GET /a HTTP/1.1\r\nHost: otn.example\r\nContent-Length: 5\r\n\r\nhello"
    end = b"GET /a HTTP/1.1\r\nHost: otn.example\r\nConnection: close\r\n\r\n"
    with serving(endpoint) as asked:
        asked.all_of(end)
        answer = asked.all_of(with_body + end)
    assert endpoint.calls == 1
    assert answer.count(b"HTTP/1.1 200 OK") == 2


def test_who_reads_nothing_does_not_fill_the_memory() -> None:
    """Behind so many answers that nobody takes, what is asked for waits."""
    endpoint = Counting(size=4 * _MIB)
    with serving(endpoint) as asked:
        asked.all_of(_READING.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        with socket.create_connection(asked.address, timeout=_TIMEOUT) as connection:
            connection.sendall(_READING * 200)
            until(lambda: endpoint.calls > 1)
    # One is sent from memory and fills the buffer of its connection; the next is the application's, which waits.
    assert endpoint.calls == 2


def test_the_head_comes_with_the_body() -> None:
    with serving(Counting(holds=None)) as asked, socket.create_connection(asked.address, _TIMEOUT) as connection:
        for _ in range(20):
            connection.sendall(_READING)
            assert len(connection.recv(65536)) > 4000


def test_who_waits_for_leave_to_go_on_gets_it() -> None:
    """And a head without a body does not wait for one."""
    asking = b"POST /a HTTP/1.1\r\nHost: otn.example\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    with serving(Counting()) as asked, socket.create_connection(asked.address, _TIMEOUT) as connection:
        connection.sendall(asking)
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"{}")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")
        connection.sendall(_READING.replace(b"GET", b"HEAD"))
        assert connection.recv(65536).endswith(b"\r\n\r\n")


def test_only_our_application_is_served_so() -> None:
    loop = asyncio.new_event_loop()
    with closing(loop), pytest.raises(TypeError, match="keeps no answers"):
        Connection(Config(Counting(), proxy_headers=False), ServerState(), {}, _loop=loop)
