"""A transfer that broke off is taken up where it ended, if what follows is sure to be the rest of the same file."""

import gzip
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from otn.errors import DownloadError
from otn.etl.download import Downloaded, DownloadLimits, fetch
from otn.etl.progress import Silent
from tests.etl.publisher import NOON, Asked, Get, Publisher, World, answer, file, head, http_date
from tests.processes import Process

CONTENT = b"id;name\n1;Kerkstraat\n2;Dorp\n" * 1000


def cut(at: int, **headers: str) -> Callable[[Asked], Iterable[bytes]]:
    """The file, broken off."""
    return answer(CONTENT[:at], "200 OK", len(CONTENT), **({"ETag": '"one"'} | headers))


def test_a_broken_transfer_is_taken_up_where_it_ended(publisher: Publisher, get: Get, world: World) -> None:
    publisher.answers(cut(10_000), file(CONTENT))
    assert get().path.read_bytes() == CONTENT
    assert publisher.asked[1].headers["range"] == "bytes=10000-"
    assert publisher.asked[1].headers["if-range"] == '"one"'
    assert world.waits == [1.0]


def test_a_transfer_that_was_given_up_is_taken_up_by_the_next_call(publisher: Publisher, get: Get) -> None:
    publisher.answers(cut(10_000))
    with pytest.raises(DownloadError, match="5 attempts were made"):
        get()
    publisher.answers(file(CONTENT))
    assert get().path.read_bytes() == CONTENT
    assert "range" in publisher.asked[0].headers


@pytest.mark.parametrize(
    "headers",
    [
        {"ETag": 'W/"one"'},
        {"ETag": '"one"', "Accept_Ranges": "none"},
        {"ETag": '"\xe9"'},
        {"ETag": "", "Date": http_date(NOON), "Last_Modified": http_date(NOON)},
        {"ETag": "", "Last_Modified": "yesterday"},
    ],
)
def test_without_a_sure_sign_of_the_version_it_begins_anew(
    publisher: Publisher, get: Get, headers: dict[str, str]
) -> None:
    publisher.answers(cut(10_000, **headers), answer(CONTENT))
    assert get().path.read_bytes() == CONTENT
    assert "range" not in publisher.asked[1].headers


def test_a_date_is_a_sign_if_the_file_was_left_alone(publisher: Publisher, get: Get) -> None:
    modified = http_date(NOON - timedelta(hours=1))
    dated = answer(CONTENT[:99], "200 OK", len(CONTENT), Date=http_date(NOON), Last_Modified=modified)
    publisher.answers(dated, answer(CONTENT))
    get()
    assert publisher.asked[1].headers["if-range"] == modified


def rest(where: str, body: bytes, **headers: str) -> Callable[[Asked], Iterable[bytes]]:
    return answer(body, "206 Partial Content", Content_Range=where, **({"ETag": '"one"'} | headers))


SIZE = len(CONTENT)


@pytest.mark.parametrize(
    "wrong",
    [
        rest(f"bytes 0-{SIZE - 1}/{SIZE}", CONTENT),
        rest(f"bytes 9999-{SIZE - 1}/{SIZE}", CONTENT[9999:]),
        rest(f"bytes 10000-{SIZE}/{SIZE + 1}", CONTENT[10_000:] + b"x"),
        rest(f"bytes 10000-{SIZE - 1}/*", CONTENT[10_000:]),
        rest(f"bytes 10000-{SIZE - 1}/{SIZE}", CONTENT[10_000:], ETag='"two"'),
        rest(f"bytes 10000-{SIZE - 1}/{SIZE}", CONTENT[10_000:], Content_Encoding="gzip"),
        rest(f"bytes 10000-{SIZE - 1}/{SIZE}", CONTENT[10_000:] + b"more than there is"),
        rest("everything", CONTENT[10_000:]),
        answer(CONTENT[10_000:], "206 Partial Content"),
        answer(CONTENT[10_000:], "206 Partial Content", Content_Type="multipart/byteranges; boundary=x"),
        answer(b"", "416 Range Not Satisfiable", Content_Range=f"bytes */{SIZE}"),
    ],
)
def test_a_wrong_rest_is_not_added(publisher: Publisher, get: Get, wrong: Callable[[Asked], Iterable[bytes]]) -> None:
    publisher.answers(cut(10_000), wrong, file(CONTENT))
    assert get().path.read_bytes() == CONTENT
    assert "range" not in publisher.asked[2].headers


def test_a_rest_in_several_pieces_is_put_together(publisher: Publisher, get: Get) -> None:
    short = rest(f"bytes 10000-19999/{SIZE}", CONTENT[10_000:20_000])
    publisher.answers(cut(10_000), short, file(CONTENT))
    assert get().path.read_bytes() == CONTENT
    assert publisher.asked[2].headers["range"] == "bytes=20000-"


def test_a_file_that_changed_meanwhile_begins_anew(publisher: Publisher, get: Get) -> None:
    publisher.answers(cut(10_000), file(b"another", ETag='"two"'))
    downloaded = get()
    assert (downloaded.path.read_bytes(), downloaded.etag) == (b"another", '"two"')


def test_a_compressed_transfer_is_taken_up_too(publisher: Publisher, get: Get) -> None:
    packed = gzip.compress(CONTENT)
    tags = {"ETag": '"one"', "Content_Encoding": "x-gzip"}
    publisher.answers(answer(packed[:50], "200 OK", len(packed), **tags), file(packed, **tags))
    assert get().path.read_bytes() == CONTENT
    assert publisher.asked[1].headers["range"] == "bytes=50-"


def test_a_process_killed_in_the_middle_leaves_what_the_next_one_goes_on_with(
    publisher: Publisher, tmp_path: Path
) -> None:
    def half(_: Asked) -> Iterator[bytes]:
        yield head(f"Content-Length: {SIZE}", 'ETag: "one"') + CONTENT[:10_000]
        yield publisher.hang()

    def fetched() -> Downloaded:
        return fetch(publisher.url, cache=tmp_path, progress=Silent(), limits=DownloadLimits(allow_private=True))

    publisher.answers(half, file(CONTENT))
    program = (
        "import sys; from pathlib import Path; from otn.etl.download import *; from otn.etl.progress import Silent\n"
        "class Told(Silent):\n"
        "    def advance(self, rows): print(rows, flush=True)\n"
        "fetch(sys.argv[1], cache=Path(sys.argv[2]), progress=Told(), limits=DownloadLimits(allow_private=True))"
    )
    with Process([sys.executable, "-c", program, publisher.url, str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        arrived = 0
        while arrived < 10_000:
            arrived += int(process.stdout.readline())
        os.kill(process.pid, signal.SIGKILL)
    assert fetched().path.read_bytes() == CONTENT
    assert publisher.asked[1].headers["range"].startswith("bytes=")
