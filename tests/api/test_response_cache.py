"""Answers that are kept: what is the same request, for how long an answer holds, and how much is kept."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message, Receive, Scope, Send

from otn.api.access_log import AccessLog
from otn.api.codings import CODINGS
from otn.api.middleware import Answers
from otn.api.response_cache import KEEP_WHILE, KeptAnswer, ResponseCache, key_of
from tests.api.editions import ROADS, Publisher, edition_of, publishing, until
from tests.conftest import clone

_MIB = 2**20


def answer(size: int, holds: bool = True) -> KeptAnswer:
    return KeptAnswer([], b"x" * size, lambda: holds)


class TestBounds:
    @given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, _MIB // 4)), max_size=40))
    def test_never_more_is_kept_than_there_is_room_for(self, asked: list[tuple[int, int]]) -> None:
        cache = ResponseCache(_MIB)
        for name, size in asked:
            cache.keep((name,), answer(size))
            kept = [found for number in range(10) if (found := cache.find((number,))) is not None]
            assert sum(len(one.body) for one in kept) <= cache.bytes <= _MIB
        assert (cache.bytes == 0) == all(cache.find((number,)) is None for number in range(10))

    def test_what_was_asked_for_longest_ago_goes_first(self) -> None:
        cache = ResponseCache(_MIB)
        size = _MIB // 10
        for name in range(8):
            cache.keep((name,), answer(size))
        assert cache.find((0,)) is not None
        for name in range(8, 12):
            cache.keep((name,), answer(size))
        assert [name for name in range(12) if cache.find((name,)) is None] == [1, 2, 3]

    def test_one_answer_does_not_take_the_room_of_all_others(self) -> None:
        cache = ResponseCache(_MIB)
        cache.keep((1,), answer(_MIB // 8))
        assert cache.find((1,)) is None

    def test_without_room_nothing_is_kept(self) -> None:
        cache = ResponseCache(0)
        cache.keep((1,), answer(0))
        assert cache.find((1,)) is None

    def test_what_no_longer_holds_is_forgotten(self) -> None:
        cache = ResponseCache(_MIB)
        cache.keep((1,), answer(10, holds=False))
        assert cache.find((1,)) is None
        assert cache.bytes == 0


def scope(method: str = "GET", path: str = "/a", query: str = "", **headers: str) -> Scope:
    return {
        "type": "http",
        "method": method,
        "scheme": "http",
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "http_version": "1.1",
        "server": ("127.0.0.1", 80),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }


class TestTheSameRequest:
    @pytest.mark.parametrize(
        "other",
        [
            scope(path="/b"),
            scope(query="limit=1"),
            scope(accept="text/html"),
            scope(accept_language="nl"),
            scope(accept_encoding="gzip"),
            scope(host="example.org"),
            {**scope(), "scheme": "https"},
            {**scope(), "server": ("127.0.0.2", 80)},
        ],
        ids=["path", "query", "accept", "accept-language", "accept-encoding", "host", "scheme", "server"],
    )
    def test_is_another_where_the_answer_may_be(self, other: Scope) -> None:
        assert key_of(other) != key_of(scope())

    def test_is_the_same_whoever_asks(self) -> None:
        assert key_of(scope(user_agent="QGIS", cookie="a=b")) == key_of(scope(user_agent="curl"))

    @pytest.mark.parametrize(
        "uncommon",
        [scope("HEAD"), scope("POST"), scope(if_none_match="*"), scope(if_modified_since="x"), {"type": "lifespan"}],
        ids=["HEAD", "POST", "if-none-match", "if-modified-since", "lifespan"],
    )
    def test_is_answered_anew_where_it_is_no_plain_reading(self, uncommon: Scope) -> None:
        assert key_of(uncommon) is None


class Counting:
    """An endpoint that counts how often it answers; `holds` is whether what it said may be said again."""

    def __init__(self, status: int = 200, pieces: int = 1, *, holds: bool | None = True) -> None:
        self.calls = 0
        self.holds = holds
        self._status = status
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        self.calls += 1
        if self.holds is not None:
            scope[KEEP_WHILE] = lambda: self.holds
        headers = [(b"content-type", b"application/json"), (b"etag", b'"one"')]
        await send({"type": "http.response.start", "status": self._status, "headers": headers})
        for piece in range(self._pieces):
            more = piece < self._pieces - 1
            await send({"type": "http.response.body", "body": b"[]" * 2000, "more_body": more})


def asked(app: Answers, **headers: str) -> list[Message]:
    """What a request comes to."""
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(dict(message))

    async def receive() -> Message:
        raise AssertionError("nobody listens")

    asyncio.run(app(scope(**headers), receive, send))
    return messages


class TestAnswering:
    @pytest.mark.parametrize("coding", [*CODINGS, "identity"])
    def test_asked_again_the_answer_is_the_same(self, coding: str) -> None:
        endpoint = Counting()
        app = Answers(endpoint, ResponseCache(_MIB))
        first = asked(app, accept_encoding=coding)
        again = asked(app, accept_encoding=coding)
        assert endpoint.calls == 1
        assert again[0]["headers"] == first[0]["headers"]
        assert again[0]["status"] == first[0]["status"] == 200
        assert again[1]["body"] == first[1]["body"]

    def test_every_answer_has_its_line_in_the_access_log(self, tmp_path: Path) -> None:
        with AccessLog(str(tmp_path / "log")) as log:
            app = Answers(Counting(), ResponseCache(_MIB), log)
            asked(app)
            asked(app)
        first, again = (line.rpartition(" ")[0] for line in (tmp_path / "log").read_text().splitlines())
        assert " 200 4000 " in first
        assert again.partition("]")[2] == first.partition("]")[2]

    def test_every_coding_is_kept_for_itself(self) -> None:
        endpoint = Counting()
        app = Answers(endpoint, ResponseCache(_MIB))
        bodies = {asked(app, accept_encoding=coding)[1]["body"] for coding in (*CODINGS, "identity") * 2}
        assert endpoint.calls == len(bodies) == 4

    def test_what_no_longer_holds_is_made_anew(self) -> None:
        endpoint = Counting()
        app = Answers(endpoint, ResponseCache(_MIB))
        asked(app)
        endpoint.holds = False
        asked(app)
        assert endpoint.calls == 2

    @pytest.mark.parametrize(
        "endpoint",
        [Counting(404), Counting(pieces=2), Counting(holds=None)],
        ids=["an error", "in pieces", "without leave"],
    )
    def test_the_rest_is_not_kept(self, endpoint: Counting) -> None:
        app = Answers(endpoint, ResponseCache(_MIB))
        asked(app)
        asked(app)
        assert endpoint.calls == 2


@pytest.fixture(scope="module")
def publisher(
    cluster_url: Callable[[str], str], template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Publisher]:
    clone(cluster_url, template_database, "otn_kept")
    with publishing(cluster_url("otn_kept"), tmp_path_factory.mktemp("kept")) as publisher:
        yield publisher


def shown(response: httpx.Response) -> dict[str, Any]:
    """All of an answer but its date."""
    headers = {name: value for name, value in response.headers.items() if name != "date"}
    return {"headers": headers, "content": response.content}


def test_an_answer_holds_as_long_as_its_edition_answers(publisher: Publisher) -> None:
    number = publisher.publish()
    with publisher.serving() as client:
        first = client.get(ROADS, params={"limit": 3})
        one = f"{ROADS}/{first.json()['features'][0]['id']}"
        pinned = client.get(ROADS, params={"limit": 3, "edition": number})
        following = next(link["href"] for link in first.json()["links"] if link["rel"] == "next")
        second = client.get(following)
        assert shown(client.get(ROADS, params={"limit": 3})) == shown(first)
        assert shown(client.get(one)) == shown(client.get(one))
        assert (
            client.get(ROADS, params={"limit": 3}, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
        )
        assert (
            client.get(ROADS, params={"limit": 3}, headers={"Accept-Language": "nl"}).headers["content-language"]
            == "nl"
        )
        newer = publisher.swap()
        # Asked all the time, so that it is kept all the time.
        until(lambda: edition_of(client.get(ROADS, params={"limit": 3})) == newer)
        assert edition_of(client.get(one)) == newer
        assert client.get(ROADS, params={"limit": 3}).headers["etag"] != first.headers["etag"]
        assert shown(client.get(ROADS, params={"limit": 3, "edition": number})) == shown(pinned)
        assert shown(client.get(following)) == shown(second)
        for _ in range(3):
            newer = publisher.swap()
            until(lambda newest=newer: edition_of(client.get(ROADS, params={"limit": 1})) == newest)  # type: ignore[misc]
        until(lambda: client.get(following).status_code == 410)
        until(lambda: client.get(ROADS, params={"limit": 3, "edition": number}).status_code == 410)
