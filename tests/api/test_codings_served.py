"""Content codings and entity tags over a socket: whole answers, streamed ones, 304 and HEAD."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable, Iterator

import brotli
import httpx
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from otn.api.codings import CODINGS, encoded, stream_encoder
from otn.api.middleware import Answers
from tests.api.conftest import running

DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda content: zlib.decompress(content, wbits=31),
    "zstd": lambda content: zstandard.ZstdDecompressor().decompressobj().decompress(content),
    "br": brotli.decompress,
    "identity": bytes,
}
INCREMENTAL: dict[str, Callable[[], Callable[[bytes], bytes]]] = {
    "gzip": lambda: zlib.decompressobj(wbits=31).decompress,
    "zstd": lambda: zstandard.ZstdDecompressor().decompressobj().decompress,
    "br": lambda: brotli.Decompressor().process,
    "identity": lambda: bytes,
}
DOCUMENTS = ["/", "/collections", "/collections/roads", "/collections/roads/schema", "/api", "/styles", "/conformance"]
TILESETS = ["/collections/roads/tiles", "/tileMatrixSets", "/tileMatrixSets/WebMercatorQuad", "/basemap"]
PAGES = ["/?f=html", "/collections/roads?f=html", "/collections/roads?f=qlr", "/styles?f=html", "/api?f=html"]
TILE = "/collections/roads/tiles/WebMercatorQuad/0/0/0"


def raw(client: httpx.Client, path: str, coding: str, method: str = "GET") -> tuple[httpx.Response, bytes]:
    """The answer and its body as it came."""
    with client.stream(method, path, headers={"Accept-Encoding": coding}) as answer:
        return answer, b"".join(answer.iter_raw())


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("path", ["/collections/roads/items", "/api", "/?f=html"])
def test_whole_answers_come_in_every_coding(client: httpx.Client, path: str, coding: str) -> None:
    plain, expected = raw(client, path, "identity")
    answer, content = raw(client, path, coding)
    assert "content-encoding" not in plain.headers
    assert answer.headers["content-encoding"] == coding
    assert int(answer.headers["content-length"]) == len(content) < len(expected) / 2
    assert DECODERS[coding](content) == expected
    assert "Accept-Encoding" in answer.headers["vary"]
    assert answer.headers["vary"] == plain.headers["vary"]


def test_short_answers_are_coded_only_where_nothing_else_will_do(client: httpx.Client) -> None:
    assert "content-encoding" not in raw(client, "/health/live", "gzip")[0].headers
    answer, content = raw(client, "/health/live", "gzip, identity;q=0")
    assert answer.headers["content-encoding"] == "gzip"
    assert DECODERS["gzip"](content) == b'{"status":"live"}'


@pytest.mark.parametrize("path", [*DOCUMENTS, *TILESETS, *PAGES, TILE])
def test_a_tag_stands_for_one_coding_and_is_known_again(client: httpx.Client, path: str) -> None:
    tags = {}
    for coding in (*CODINGS, "identity"):
        answer, _ = raw(client, path, coding)
        tags[coding] = answer.headers["etag"]
        headers = {"Accept-Encoding": coding, "If-None-Match": f'"other", W/{tags[coding]}'}
        again = client.get(path, headers=headers)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tags[coding]
        assert again.headers["vary"] == answer.headers["vary"]
        assert again.headers["cache-control"] == answer.headers["cache-control"]
        assert "content-encoding" not in again.headers
        assert client.head(path, headers={"Accept-Encoding": coding}).headers["etag"] == tags[coding]
    assert len(set(tags.values())) == len(tags)
    assert not any(tag.startswith("W/") for tag in tags.values())
    crossed = client.get(path, headers={"Accept-Encoding": "gzip", "If-None-Match": tags["identity"]})
    assert crossed.status_code == 200
    assert client.get(path, headers={"If-None-Match": "*"}).status_code == 304


@pytest.mark.parametrize(
    "path", ["/", "/collections", "/health/live", "/health/ready", "/static/portal.css", "/nowhere"]
)
@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_head_says_what_get_would(client: httpx.Client, path: str, coding: str) -> None:
    wanted, _ = raw(client, path, coding)
    answer, content = raw(client, path, coding, "HEAD")
    assert (answer.status_code, content) == (wanted.status_code, b"")
    left_out = {"date", "content-length"}
    assert {name: value for name, value in answer.headers.items() if name not in left_out} == {
        name: value for name, value in wanted.headers.items() if name not in {*left_out, "transfer-encoding"}
    }
    assert answer.headers.get("content-length", wanted.headers["content-length"]) == wanted.headers["content-length"]


@given(st.lists(st.binary(max_size=3000)), st.sampled_from(CODINGS))
def test_what_was_encoded_can_be_read(parts: list[bytes], coding: str) -> None:
    whole = b"".join(parts)
    assert DECODERS[coding](encoded(whole, coding)) == whole
    encode = stream_encoder(coding)
    streamed = b"".join(encode(part, False) for part in parts) + encode(b"", True)
    assert DECODERS[coding](streamed) == whole


PART = b'{"type":"Feature","id":1}\n'


def downloads() -> Starlette:
    """Answers in parts. The second comes when /more was asked for: who waits for it before it reads waits for ever."""
    more = asyncio.Event()

    async def download(request: Request) -> Response:
        async def body() -> AsyncIterator[bytes]:
            yield PART
            await more.wait()
            yield PART * 2

        return StreamingResponse(body(), media_type=request.query_params["type"])

    async def go_on(_: Request) -> Response:
        more.set()
        return Response(status_code=204)

    return Starlette(routes=[Route("/download", download), Route("/more", go_on)])


@pytest.fixture
def downloading() -> Iterator[httpx.Client]:
    """A client of a service that streams."""
    with (
        running(Answers(downloads())) as address,
        httpx.Client(base_url=address, timeout=10) as client,
    ):
        yield client


@pytest.mark.parametrize("coding", [*CODINGS, "identity"])
def test_a_streamed_answer_is_readable_as_it_comes(downloading: httpx.Client, coding: str) -> None:
    asked = {"type": "application/geo+json-seq"}
    decode = INCREMENTAL[coding]()
    with downloading.stream("GET", "/download", params=asked, headers={"Accept-Encoding": coding}) as answer:
        coming = answer.iter_raw()
        content = b""
        while len(content) < len(PART):
            content += decode(next(coming))
        assert content == PART
        assert downloading.get("/more").status_code == 204
        content += b"".join(map(decode, coming))
    assert content == PART * 3
    assert answer.headers.get("content-encoding", "identity") == coding
    assert "content-length" not in answer.headers
    assert answer.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "media_type", ["application/vnd.apache.parquet", "application/geopackage+sqlite3", "image/png", "font/woff2"]
)
def test_what_is_compressed_already_is_left_alone(downloading: httpx.Client, media_type: str) -> None:
    downloading.get("/more")
    answer = downloading.get("/download", params={"type": media_type}, headers={"Accept-Encoding": "gzip, br, zstd"})
    assert "content-encoding" not in answer.headers
    assert answer.content == PART * 3
