"""A download ends with the whole file or with one sentence, whatever the server does."""

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from otn.errors import DownloadError
from otn.etl.download import Downloaded, fetch, user_agent
from otn.etl.progress import Silent
from otn.model.service import read_service
from tests.etl.publisher import HOST, NOON, Asked, Get, Publisher, World, answer, file, head, http_date, redirect

URL = f"http://{HOST}/roads.csv"
CONTENT = b"id;name\n1;Kerkstraat\n2;Dorp\n" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def parts(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.name in ("part", "part.json", "whole"))


def test_a_file_is_fetched_once_and_then_asked_for_only_if_it_changed(publisher: Publisher, get: Get) -> None:
    modified = http_date(NOON - timedelta(days=1))
    publisher.answers(file(CONTENT, Last_Modified=modified))
    first, second = get(), get()
    assert first.path.read_bytes() == CONTENT
    assert (first.path.name, first.sha256, first.bytes) == ("roads.csv", SHA256, len(CONTENT))
    assert (first.etag, first.last_modified, first.from_cache, first.fetched_at) == ('"one"', modified, False, NOON)
    assert (second.path, second.sha256, second.from_cache) == (first.path, SHA256, True)
    assert publisher.asked[1].headers["if-none-match"] == '"one"'
    assert publisher.asked[1].headers["if-modified-since"] == modified


def test_it_says_who_asks(publisher: Publisher, get: Get) -> None:
    publisher.answers(file(CONTENT))
    get()
    assert publisher.asked[0].headers["user-agent"] == user_agent() == user_agent(read_service())
    assert publisher.asked[0].headers["user-agent"].startswith("OTN/")
    assert publisher.asked[0].headers["host"] == HOST


def test_a_new_version_takes_the_place_of_the_old_one_which_stays_for_who_reads_it(
    publisher: Publisher, get: Get, tmp_path: Path
) -> None:
    versions = []
    for version in (b"one", b"two", b"three"):
        publisher.answers(file(version, ETag=f'"{version.decode()}"'))
        versions.append(get())
    assert [version.from_cache for version in versions] == [False] * 3
    assert not versions[0].path.exists()
    assert versions[1].path.read_bytes() == b"two"
    assert versions[2].path.read_bytes() == b"three"
    assert parts(tmp_path) == []


@pytest.mark.parametrize("damage", [b"", CONTENT[:-1], b"x" + CONTENT[1:]])
def test_a_damaged_cache_is_not_believed(publisher: Publisher, get: Get, damage: bytes) -> None:
    publisher.answers(file(CONTENT))
    get().path.write_bytes(damage)
    again = get()
    assert (again.path.read_bytes(), again.from_cache) == (CONTENT, False)
    assert "if-none-match" not in publisher.asked[1].headers


@pytest.mark.parametrize("damage", ["", "{}", '{"url": 1}', "null", "\0"])
def test_a_damaged_sidecar_is_not_believed(publisher: Publisher, get: Get, tmp_path: Path, damage: str) -> None:
    publisher.answers(file(CONTENT))
    get()
    (sidecar,) = tmp_path.rglob("current.json")
    sidecar.write_text(damage)
    assert not get().from_cache
    assert get().from_cache


def test_a_declared_checksum_in_the_cache_is_asked_for_no_more(publisher: Publisher, get: Get) -> None:
    publisher.answers(file(CONTENT))
    get(sha256=SHA256)
    assert get(sha256=SHA256).from_cache
    assert len(publisher.asked) == 1


def test_another_checksum_than_declared_is_refused_and_what_was_there_stays(publisher: Publisher, get: Get) -> None:
    publisher.answers(file(CONTENT))
    before = get()
    with pytest.raises(DownloadError, match=f"its SHA-256 is {SHA256}, and {'0' * 64} is declared"):
        get(sha256="0" * 64)
    assert get() == Downloaded(**(vars(before) | {"from_cache": True}))


@pytest.mark.parametrize("status", ["408 x", "425 x", "429 x", "500 x", "502 x", "503 x", "504 x"])
def test_what_may_pass_is_tried_again(publisher: Publisher, get: Get, status: str) -> None:
    publisher.answers(answer(b"", status), file(CONTENT))
    assert get().path.read_bytes() == CONTENT


@pytest.mark.parametrize("status", ["204", "206", "300", "304", "400", "401", "403", "404", "410", "416", "418", "501"])
def test_what_will_not_pass_is_not(publisher: Publisher, get: Get, world: World, status: str) -> None:
    publisher.answers(answer(b"", f"{status} No"))
    with pytest.raises(DownloadError, match=f"^{URL} cannot be downloaded: {HOST} answered {status} No\\.$"):
        get()
    assert (len(publisher.asked), world.waits) == (1, [])


def test_between_attempts_it_waits_longer_each_time_and_then_gives_up(
    publisher: Publisher, get: Get, world: World
) -> None:
    publisher.answers(answer(b"", "503 Busy"))
    with pytest.raises(DownloadError, match="answered 503 Busy, and 5 attempts were made"):
        get()
    assert world.waits == [1, 2, 4, 8]


@pytest.mark.parametrize(
    ("asked", "waited"),
    [("120", 120), (http_date(NOON + timedelta(seconds=90)), 90), ("0", 1), (http_date(NOON), 1), ("soon", 1)],
)
def test_a_server_gets_the_time_it_asks_for(
    publisher: Publisher, get: Get, world: World, asked: str, waited: int
) -> None:
    publisher.answers(answer(b"", "503 Busy", Retry_After=asked), file(CONTENT))
    get()
    assert world.waits == [waited]


@pytest.mark.parametrize("asked", ["301", "9" * 400, http_date(NOON + timedelta(days=1))])
def test_a_server_that_asks_for_too_much_time_is_left_alone(
    publisher: Publisher, get: Get, world: World, asked: str
) -> None:
    publisher.answers(answer(b"", "429 Too Many Requests", Retry_After=asked))
    with pytest.raises(DownloadError, match="429 Too Many Requests, and is not to be asked again for"):
        get()
    assert world.waits == []


def test_waiting_counts_as_time(publisher: Publisher, get: Get, world: World) -> None:
    publisher.answers(answer(b"", "503 Busy", Retry_After="200"))
    with pytest.raises(DownloadError, match="503 Busy, and too little is left of 300 seconds"):
        get(seconds=300)
    assert world.waits == [200]


def test_silence_is_not_waited_for(publisher: Publisher, get: Get) -> None:
    def silent(_: Asked) -> Iterator[bytes]:
        yield head("Content-Length: 99")
        yield publisher.hang()

    publisher.answers(silent)
    with pytest.raises(DownloadError, match=r"nothing came for 0\.05 seconds, and 2 attempts were made"):
        get(silence=0.05, attempts=2)


@pytest.mark.parametrize("start", [head("Transfer-Encoding: chunked"), b"HTTP/1.1 200 OK\r\nX-Long: "])
def test_a_trickle_ends_with_the_time(publisher: Publisher, get: Get, world: World, start: bytes) -> None:
    """Neither a body nor headers that come byte by byte, never silent for long, last longer than is allowed."""

    def trickle(_: Asked) -> Iterator[bytes]:
        yield start
        while not publisher.stopping.is_set():
            world.seconds += 1
            yield b"1\r\nx\r\n" if b"chunked" in start else b"x"

    publisher.answers(trickle)
    with pytest.raises(DownloadError, match="it was not there after 60 seconds"):
        get(seconds=60)


def test_an_endless_body_ends_with_the_room(publisher: Publisher, get: Get, tmp_path: Path) -> None:
    def endless(_: Asked) -> Iterator[bytes]:
        yield head("Transfer-Encoding: chunked")
        while True:
            yield b"10000\r\n" + bytes(0x10000) + b"\r\n"

    publisher.answers(endless)
    with pytest.raises(DownloadError, match="it has more than 1,000,000 bytes"):
        get(max_bytes=1_000_000)
    assert (parts(tmp_path), len(publisher.asked)) == ([], 1)


def test_a_declared_size_beyond_the_room_is_not_begun(publisher: Publisher, get: Get) -> None:
    def promise(_: Asked) -> Iterator[bytes]:
        yield head("Content-Length: 1000001")
        yield publisher.hang()

    publisher.answers(promise)
    with pytest.raises(DownloadError, match="it has more than 1,000,000 bytes"):
        get(max_bytes=1_000_000)


def test_a_compressed_transfer_is_unpacked(publisher: Publisher, get: Get) -> None:
    publisher.answers(file(gzip.compress(CONTENT, mtime=0), Content_Encoding="gzip"))
    downloaded = get()
    assert (downloaded.path.read_bytes(), downloaded.sha256) == (CONTENT, SHA256)
    assert publisher.asked[0].headers["accept-encoding"] == "gzip"


def test_a_bomb_in_the_transfer_does_not_go_off(publisher: Publisher, get: Get, tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(10_000_000))
    assert len(bomb) < 20_000
    publisher.answers(file(bomb, Content_Encoding="gzip"))
    with pytest.raises(DownloadError, match="it has more than 1,000,000 bytes"):
        get(max_bytes=1_000_000)
    assert parts(tmp_path) == []


@pytest.mark.parametrize(
    "body", [CONTENT, gzip.compress(CONTENT, mtime=0)[:-9], gzip.compress(CONTENT)[:50] + bytes(900)]
)
def test_a_transfer_that_is_not_compressed_as_it_says(publisher: Publisher, get: Get, body: bytes) -> None:
    publisher.answers(file(body, Content_Encoding="gzip"))
    with pytest.raises(DownloadError, match="it is said to be compressed with gzip but is not"):
        get()


def test_a_coding_that_was_not_asked_for(publisher: Publisher, get: Get) -> None:
    publisher.answers(file(zlib.compress(CONTENT), Content_Encoding="deflate"))
    with pytest.raises(DownloadError, match="it is sent in the coding 'deflate', which was not asked for"):
        get()


@pytest.mark.parametrize(
    "sent", [gzip.compress(CONTENT, mtime=0), gzip.compress(gzip.compress(CONTENT, mtime=0), mtime=0)]
)
def test_a_gz_stays_a_gz_whether_the_server_calls_it_encoded_or_encodes_it(
    publisher: Publisher, get: Get, sent: bytes
) -> None:
    publisher.answers(file(sent, Content_Encoding="gzip"))
    assert gzip.decompress(get(f"http://{HOST}/roads.csv.gz").path.read_bytes()) == CONTENT


@pytest.mark.parametrize("broken", [b"", b"<html>", b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"])
def test_what_is_no_http_is_tried_again(publisher: Publisher, get: Get, broken: bytes) -> None:
    publisher.answers(lambda _: [broken], file(CONTENT))
    assert get().path.read_bytes() == CONTENT


def test_more_than_declared_is_cut_where_it_was_declared_to_end(publisher: Publisher, get: Get) -> None:
    publisher.answers(answer(CONTENT, "200 OK", 10))
    assert get().path.read_bytes() == CONTENT[:10]


def test_an_empty_file_is_none(publisher: Publisher, get: Get) -> None:
    publisher.answers(answer(b""))
    with pytest.raises(DownloadError, match="cannot be downloaded: it is empty"):
        get()


def test_nobody_there(publisher: Publisher, get: Get) -> None:
    publisher.stop()
    with pytest.raises(DownloadError, match=r"the connection failed \(.*refused.*\), and 5 attempts were made"):
        get()


def test_two_at_once_fetch_it_once(publisher: Publisher, get: Get) -> None:
    publisher.answers(file(CONTENT))
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: get(), range(4)))
    assert sorted(result.from_cache for result in results) == [False, True, True, True]
    assert {result.path.read_bytes() for result in results} == {CONTENT}


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (f"http://{HOST}/a/b%2F..%2Fc.csv?x=1", "c.csv"),
        (f"http://{HOST}/", "download"),
        (f"http://{HOST}/..%00", "_"),
        (f"http://{HOST}/.hidden", "hidden"),
        (f"http://{HOST}/{'x' * 300}.csv", "x" * 96 + ".csv"),
    ],
)
def test_the_file_gets_a_name_that_any_file_system_takes(publisher: Publisher, get: Get, url: str, name: str) -> None:
    publisher.answers(file(CONTENT))
    assert get(url).path.name == name
    assert get(url, name="roads.csv").path.name == "roads.csv"


def test_a_redirect_within_the_public_internet_is_followed(publisher: Publisher, get: Get, world: World) -> None:
    world.names["cdn.example"] = ["2606:2800:21f:cb07:6820:80da:af6b:8b2c"]
    publisher.answers(redirect("//cdn.example/x?y=1"), file(CONTENT))
    assert get().path.name == "roads.csv"
    assert publisher.asked[1].target == "/x?y=1"
    assert publisher.asked[1].headers["host"] == "cdn.example"


@pytest.mark.parametrize("status", ["301", "302", "303", "307", "308"])
def test_redirects_without_end_are_left(publisher: Publisher, get: Get, status: str) -> None:
    publisher.answers(redirect("/roads.csv", f"{status} Found"))
    with pytest.raises(DownloadError, match="it was redirected more than 5 times"):
        get()
    assert len(publisher.asked) == 6


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(DownloadError, match=r"cannot be kept in .*cache: Not a directory"):
        fetch(URL, cache=tmp_path / "cache", progress=Silent())
