"""Answers that are kept: what is the same request, for how long an answer holds, and how much is kept."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otn.api.response_cache import KeptAnswer, Key, ResponseCache, key_of
from tests.api.editions import ROADS, Publisher, edition_of, publishing, until
from tests.conftest import clone

_MIB = 2**20


def answer(size: int, holds: bool = True) -> KeptAnswer:
    return KeptAnswer(200, b"", b"x" * size, lambda: holds)


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


def key(target: str = "/a", scheme: str = "http", server: str = "127.0.0.1", **headers: str) -> Key:
    said = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return key_of(target.encode(), said, scheme, (server, 80))


class TestTheSameRequest:
    @pytest.mark.parametrize(
        "other",
        [
            key("/b"),
            key("/a?limit=1"),
            key(accept="text/html"),
            key(accept_language="nl"),
            key(accept_encoding="gzip"),
            key(if_none_match='"one"'),
            key(if_modified_since="Sat, 01 Nov 2025 00:00:00 GMT"),
            key(host="example.org"),
            key(scheme="https"),
            key(server="127.0.0.2"),
        ],
        ids=["path", "query", "accept", "language", "coding", "tag", "date", "host", "scheme", "server"],
    )
    def test_is_another_where_the_answer_may_be(self, other: Key) -> None:
        assert other != key()

    def test_is_the_same_whoever_asks(self) -> None:
        assert key(user_agent="QGIS", cookie="a=b") == key(user_agent="curl")


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
        known = {"If-None-Match": first.headers["etag"]}
        assert [client.get(ROADS, params={"limit": 3}, headers=known).status_code for _ in range(2)] == [304, 304]
        assert (
            client.get(ROADS, params={"limit": 3}, headers={"Accept-Language": "nl"}).headers["content-language"]
            == "nl"
        )
        newer = publisher.swap()
        # Asked all the time, so that it is kept all the time.
        until(lambda: edition_of(client.get(ROADS, params={"limit": 3})) == newer)
        assert edition_of(client.get(one)) == newer
        assert client.get(ROADS, params={"limit": 3}, headers=known).status_code == 200
        assert client.get(ROADS, params={"limit": 3}).headers["etag"] != first.headers["etag"]
        assert shown(client.get(ROADS, params={"limit": 3, "edition": number})) == shown(pinned)
        assert shown(client.get(following)) == shown(second)
        for _ in range(3):
            newer = publisher.swap()
            until(lambda newest=newer: edition_of(client.get(ROADS, params={"limit": 1})) == newest)  # type: ignore[misc]
        until(lambda: client.get(following).status_code == 410)
        until(lambda: client.get(ROADS, params={"limit": 3, "edition": number}).status_code == 410)
