"""Files sent whole and in ranges: what a Range header means, and what clients get."""

import asyncio
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from otn.api.feature_files import PIECE
from otn.api.file_ranges import SentFile, send_file, wanted_range
from otn.api.middleware import Answers
from otn.api.problems import Errors, Problems
from otn.model.service import read_service
from otn.portal.pages import Pages
from tests.api.conftest import running

CONTENT = bytes(range(256)) * (3 * PIECE // 256) + b"end"
SIZE = len(CONTENT)
TAG = '"0123456789abcdef"'
SINCE = "Wed, 01 May 2024 12:00:00 GMT"


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("bytes=0-0", range(1)),
        ("bytes=0-9", range(10)),
        ("bytes=5-", range(5, 10)),
        ("bytes=5-99", range(5, 10)),
        ("bytes=-3", range(7, 10)),
        ("bytes=-99", range(10)),
        (" Bytes = 2 - 4 ", range(2, 5)),
        ("bytes=9-99999999999999999999", range(9, 10)),
    ],
)
def test_a_range_is_what_it_has_of_the_file(header: str, wanted: range) -> None:
    assert wanted_range(header, 10) == wanted


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-12", "bytes=99999999999999999999-", "bytes=-0"])
def test_what_the_file_does_not_have_is_no_byte(header: str) -> None:
    assert wanted_range(header, 10) == range(0)


@pytest.mark.parametrize(
    "header", ["", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-4", "bytes=0-1,4-5", "items=0-1", "bytes=٣-"]
)
def test_what_cannot_be_understood_is_ignored(header: str) -> None:
    assert wanted_range(header, 10) is None


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 10))
def test_a_range_lies_in_the_file(first: int, last: int, size: int) -> None:
    found = wanted_range(f"bytes={first}-{last}", size)
    assert (found is None) == (last < first)
    assert found is None or list(found) == [place for place in range(size) if first <= place <= last]
    of_end = wanted_range(f"bytes=-{last}", size)
    assert of_end is None or list(of_end) == list(range(size))[max(0, size - last) :]


def _sending(path: Path) -> ASGIApp:
    descriptor = os.open(path, os.O_RDONLY)
    headers = ((b"content-type", b"application/vnd.pmtiles"),)
    # Few bytes at a time, as a file on a network may give them.
    read = partial(_few_bytes, descriptor)
    file = SentFile(SIZE, read, TAG, datetime(2024, 5, 1, 12, 0, 0, 5, tzinfo=UTC), headers)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        await send_file(scope, receive, send, file)

    return Answers(Errors(app, Problems(Pages(read_service()), None)))


def _few_bytes(descriptor: int, length: int, offset: int) -> bytes:
    return os.pread(descriptor, min(length, 100_000), offset)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a server that sends one file."""
    path = tmp_path_factory.mktemp("sent") / "file"
    path.write_bytes(CONTENT)
    with running(_sending(path)) as address, httpx.Client(base_url=address, timeout=20) as client:
        yield client


@pytest.mark.parametrize("coding", ["identity", "gzip", "identity;q=0, br"])
def test_the_file_is_sent_as_it_is_to_everybody(client: httpx.Client, coding: str) -> None:
    answer = client.get("/", headers={"Accept-Encoding": coding})
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["etag"] == TAG
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-length"] == str(SIZE)
    assert answer.headers["content-type"] == "application/vnd.pmtiles"
    assert "content-encoding" not in answer.headers
    assert "Content-Range" in answer.headers["access-control-expose-headers"]


@pytest.mark.parametrize(("first", "last"), [(0, 126), (PIECE - 1, 2 * PIECE), (SIZE - 2, SIZE - 1)])
def test_a_range_is_sent_alone(client: httpx.Client, first: int, last: int) -> None:
    answer = client.get("/", headers={"Range": f"bytes={first}-{last}", "Accept-Encoding": "gzip"})
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{SIZE}"
    assert answer.headers["etag"] == TAG
    assert answer.content == CONTENT[first : last + 1]


def test_a_range_beyond_the_end_is_a_mistake(client: httpx.Client) -> None:
    answer = client.get("/", headers={"Range": f"bytes={SIZE}-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{SIZE}"
    assert answer.headers["content-type"] == "application/problem+json"
    assert f"{SIZE:,} bytes" in answer.json()["detail"]


def test_head_tells_of_the_whole_file(client: httpx.Client) -> None:
    answer = client.head("/", headers={"Range": "bytes=0-9"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(SIZE)
    assert answer.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize("coding", ["identity", "gzip"])
@pytest.mark.parametrize(
    "known", [{"If-None-Match": TAG}, {"If-None-Match": f"W/{TAG}"}, {"If-Modified-Since": SINCE}], ids=str
)
def test_who_has_the_file_is_told_so(client: httpx.Client, known: dict[str, str], coding: str) -> None:
    answer = client.get("/", headers={**known, "Range": "bytes=0-9", "Accept-Encoding": coding})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == TAG


@pytest.mark.parametrize(("begun", "status"), [(TAG, 206), (f"W/{TAG}", 200), ('"other"', 200), (SINCE, 200)])
def test_the_rest_is_sent_of_the_same_file_only(client: httpx.Client, begun: str, status: int) -> None:
    answer = client.get("/", headers={"Range": "bytes=10-", "If-Range": begun})
    assert answer.status_code == status
    assert answer.content == (CONTENT[10:] if status == 206 else CONTENT)


def test_a_file_that_was_cut_is_not_sent_as_a_whole_one() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        raise AssertionError("nobody listens")

    def read(length: int, offset: int) -> bytes:
        return b"x" * length if offset < PIECE else b""

    file = SentFile(2 * PIECE, read, TAG, datetime.now(UTC))
    scope: Scope = {"type": "http", "method": "GET", "headers": []}
    with pytest.raises(OSError, match="cut"):
        asyncio.run(send_file(scope, receive, send, file))
    assert [message.get("more_body") for message in sent] == [None, True]
