"""The access log, as the tools of operators read it."""

import asyncio
import itertools
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otn.api.access_log import AccessLog
from otn.app import create_app
from otn.errors import SettingsError
from otn.settings import Settings
from tests.api.conftest import served
from tests.api.sample import fill
from tests.store.test_pool import busy, until
from tests.test_app import server

LINE = re.compile(
    r'(?P<client>\S+) - - \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000\] "(?P<request>(?:[^"\\]|\\.)*)" '
    r'(?P<status>\d{3}) (?P<sent>\d+) "-" "(?P<agent>(?:[^"\\]|\\.)*)" (?P<seconds>\d+\.\d{6})\n'
)


def lines(path: Path) -> list[dict[str, str]]:
    """The fields of each line; every line is whole."""
    found = [LINE.fullmatch(line) for line in path.read_text("ascii").splitlines(keepends=True)]
    assert all(found)
    return [line.groupdict() for line in found if line]


def test_every_answer_has_a_line(sample_url: str, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    settings, headers = Settings(database_url=sample_url, access_log=str(log)), {"User-Agent": 'My "agent"\\'}
    with served(settings) as address, httpx.Client(base_url=address, headers=headers) as client:
        page = client.get("/collections/roads/items?limit=2&name=Dorp", headers={"Accept-Encoding": "identity"})
        client.head("/collections")
        client.get("/nowhere")
        client.options("/")
        client.get("/collections/")
        packed = client.get("/collections/roads/items", headers={"Accept-Encoding": "gzip"})
    first, *others = lines(log)
    assert first["client"] == "127.0.0.1"
    assert first["request"] == "GET /collections/roads/items?limit=2&name=Dorp HTTP/1.1"
    assert first["agent"] == r"My \x22agent\x22\x5c"
    assert int(first["sent"]) == len(page.content)
    assert 0 < float(first["seconds"]) < 20
    assert [(line["request"].split()[0], line["status"]) for line in others] == [
        ("HEAD", "200"),
        ("GET", "404"),
        ("OPTIONS", "204"),
        ("GET", "308"),
        ("GET", "200"),
    ]
    assert [others[0]["sent"], others[-1]["sent"]] == ["0", packed.headers["content-length"]]


def test_who_did_not_wait_has_a_line_too(settings: Settings, tmp_path: Path) -> None:
    url, log = settings.database_url or "", tmp_path / "access.log"
    fill(url)
    own = Settings(database_url=url, access_log=str(log))
    with served(own) as address, psycopg.connect(url) as blocker:
        blocker.execute("LOCK TABLE roads IN ACCESS EXCLUSIVE MODE")
        parts = urlsplit(address)
        with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
            connection.sendall(b"GET /collections/roads/items HTTP/1.1\r\nHost: otn.example\r\n\r\n")
            wait(lambda: busy(url) == 1)
        wait(lambda: log.read_text() != "")
    (line,) = lines(log)
    assert (line["status"], line["sent"], line["agent"]) == ("499", "0", "-")


@pytest.mark.parametrize(
    ("public_url", "client"), [(None, "127.0.0.1"), ("https://data.example", "192.0.2.7")], ids=["direct", "proxy"]
)
def test_whom_a_proxy_names_counts_where_there_is_one(
    sample_url: str, tmp_path: Path, public_url: str | None, client: str
) -> None:
    log = tmp_path / "access.log"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with server(Settings(database_url=sample_url, public_url=public_url, access_log=str(log)), OTN_PORT=str(port)):
        httpx.get(f"http://127.0.0.1:{port}", headers={"X-Forwarded-For": "192.0.2.7"})
        # The answer is there before its line is.
        wait(lambda: log.read_text() != "")
    assert [line["client"] for line in lines(log)] == [client]


def test_a_log_that_was_moved_away_is_begun_anew(tmp_path: Path) -> None:
    path, moved, seconds = tmp_path / "access.log", tmp_path / "access.log.1", itertools.count(1_700_000_000)
    with AccessLog(str(path), clock=lambda: next(seconds)) as log:
        log.write(SCOPE, 200, 5, 0.1)
        path.rename(moved)
        log.write(SCOPE, 200, 5, 0.1)
        log.write(SCOPE, 200, 5, 0.1)
    assert (len(lines(moved)), len(lines(path))) == (1, 2)


SCOPE = {
    "method": "GET",
    "raw_path": b"/collections",
    "query_string": b"",
    "http_version": "1.1",
    "client": ("127.0.0.1", 1),
    "headers": [],
}
_WRITER = """
import sys
from otn.api.access_log import AccessLog
from tests.api.test_access_log import SCOPE
with AccessLog(sys.argv[1]) as log:
    for number in range(2000):
        log.write(SCOPE | {"query_string": b"x" * (number % 700)}, 200, number, 0.1)
"""


def test_processes_share_a_log_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    writers = [subprocess.Popen([sys.executable, "-c", _WRITER, path]) for _ in range(3)]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    assert sorted(int(line["sent"]) for line in lines(path)) == sorted([*range(2000)] * 3)


@given(st.binary(), st.binary(), st.text())
def test_no_client_writes_a_line_of_its_own(path: bytes, query: bytes, agent: str) -> None:
    read, write = os.pipe()
    try:
        with AccessLog(f"/dev/fd/{write}") as log:
            headers = [(b"user-agent", agent.encode("utf-8", "surrogatepass"))]
            log.write(SCOPE | {"raw_path": path, "query_string": query, "headers": headers}, 200, 0, 0)
        assert LINE.fullmatch(os.read(read, 100_000).decode("ascii"))
    finally:
        os.close(read)
        os.close(write)


def test_a_log_that_cannot_be_written_is_said_at_the_start(tmp_path: Path) -> None:
    settings = Settings(database_url="postgresql:///otn", access_log=str(tmp_path / "nowhere" / "access.log"))
    with pytest.raises(SettingsError, match=r"OTN_ACCESS_LOG: cannot write .*No such file"):
        create_app(settings)


def test_a_full_disk_stops_no_answer() -> None:
    with AccessLog("/dev/full") as log:
        log.write(SCOPE, 200, 0, 0.1)


def wait(condition: Callable[[], bool]) -> None:
    """Until something outside this process has come true."""
    asyncio.run(until(condition))
