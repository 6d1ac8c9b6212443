"""Downloads of whole collections: read from an edition, or made once for it, and sent in any range."""

import asyncio
import gc
import os
import random
import socket
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from filelock import FileLock

from otn.api.encoders.geojson import GeoJson
from otn.api.encoders.registry import FORMATS, OutputFormat
from otn.api.encoders.view import Page
from otn.api.feature_document import FeatureDocument
from otn.api.negotiation import GEOJSON, GEOJSON_SEQUENCE, NDJSON, Representation
from otn.edition.kept_files import DOWNLOADS, FileName, KeptFile, UnfinishedFile, files, make_room
from otn.edition.manifest import PARTS
from otn.edition.shelf import Shelf
from otn.errors import DamagedPart
from otn.model.collections import ROADS
from otn.settings import Settings
from tests.api.conftest import served
from tests.api.editions import NOWHERE, Publisher, edition_of, publishing, until
from tests.api.formats import whole_view
from tests.api.sample import NUMBER_OF_ROADS
from tests.api.test_download import count
from tests.conftest import clone
from tests.store.test_pool import busy
from tests.store.test_pool import until as until_told

DOWNLOAD = "/collections/roads/download"
READY = (GEOJSON, GEOJSON_SEQUENCE, NDJSON)
"""What editions hold; the others are made."""
MADE = [output for output in FORMATS if output.representation not in READY]
TEXTS = ("csv", "jsonfg", "gml", "kml")


@pytest.fixture(scope="module")
def publisher(
    cluster_url: Callable[[str], str], template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Publisher]:
    clone(cluster_url, template_database, "otn_downloads")
    with publishing(cluster_url("otn_downloads"), tmp_path_factory.mktemp("downloads")) as publisher:
        publisher.publish()
        yield publisher


@pytest.fixture(scope="module")
def client(publisher: Publisher) -> Iterator[httpx.Client]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("otn.api.download_files._INTERVAL", 0.01)
        with publisher.serving() as client:
            client.headers["accept-encoding"] = "identity"
            yield client


def kept(publisher: Publisher) -> dict[str, list[FileName]]:
    """What is kept of the roads, by format."""
    found: dict[str, list[FileName]] = {}
    for _, name in files(publisher.editions / "roads" / DOWNLOADS):
        found.setdefault(name.format, []).append(name)
    return found


def is_read_in_ranges(client: httpx.Client, asked: dict[str, str], whole: httpx.Response) -> None:
    """Asserts that ranges of an answer are stretches of it."""
    size = len(whole.content)
    chosen = random.Random(1)  # noqa: S311
    edges = [(0, 0), (size - 1, size - 1), (0, size - 1)]
    edges += [(min(pair), max(pair)) for pair in (chosen.sample(range(size), 2) for _ in range(20))]
    for first, last in edges:
        part = client.get(DOWNLOAD, params=asked, headers={"Range": f"bytes={first}-{last}"})
        assert part.status_code == 206
        assert part.headers["content-range"] == f"bytes {first}-{last}/{size}"
        assert part.content == whole.content[first : last + 1]
        assert part.headers["etag"] == whole.headers["etag"]
    beyond = client.get(DOWNLOAD, params=asked, headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")


class TestReady:
    @pytest.mark.parametrize("representation", READY, ids=lambda representation: representation.formats[-1])
    @pytest.mark.parametrize("box", [{}, {"bbox": "4.05,51,4.155,51.05"}, {"bbox": "50,50,51,51"}])
    def test_an_edition_has_what_the_database_has(
        self, publisher: Publisher, client: httpx.Client, representation: Representation, box: dict[str, str]
    ) -> None:
        asked = {"f": representation.formats[-1], **box}
        answer = client.get(DOWNLOAD, params=asked)
        assert edition_of(answer) > 0
        assert answer.headers["accept-ranges"] == "bytes"
        assert answer.headers["content-length"] == str(len(answer.content))
        with served(Settings(database_url=publisher.url, data_dir=publisher.folder / "none")) as address:
            host = {"Host": client.base_url.netloc.decode(), "Accept-Encoding": "identity"}
            written = httpx.get(address + DOWNLOAD, params=asked, headers=host)
        assert "otn-edition" not in written.headers
        assert answer.content == written.content
        assert answer.headers["etag"] == written.headers["etag"]
        if answer.content:
            is_read_in_ranges(client, asked, answer)

    def test_a_document_is_gone_when_nobody_reads_it(self, publisher: Publisher) -> None:
        """Clients that read in ranges ask hundreds of times: nothing may wait for the collector."""
        shelf = Shelf(publisher.editions)
        shelf.poll()
        edition = shelf.current("roads")
        assert edition is not None
        page = Page(whole_view(ROADS), "", "", "")
        document = FeatureDocument(edition.extract(), GeoJson(), page)
        assert len(document.read(document.size, 0)) == document.size
        held = weakref.ref(document)
        gc.disable()
        try:
            del document
            assert held() is None
        finally:
            gc.enable()

    def test_who_asks_for_it_whole_gets_it_in_a_coding(self, client: httpx.Client) -> None:
        plain = client.get(DOWNLOAD)
        coded = client.get(DOWNLOAD, headers={"Accept-Encoding": "gzip"})
        assert coded.headers["content-encoding"] == "gzip"
        assert coded.content == plain.content
        assert coded.headers["etag"] != plain.headers["etag"]
        for answer in (plain, coded):
            assert "accept-encoding" in answer.headers["vary"].lower()
        known = {"Accept-Encoding": "gzip", "If-None-Match": coded.headers["etag"]}
        assert client.get(DOWNLOAD, headers=known).status_code == 304
        part = client.get(DOWNLOAD, headers={"Accept-Encoding": "gzip", "Range": "bytes=5-9"})
        assert "content-encoding" not in part.headers
        assert part.content == plain.content[5:10]
        # The rest of a coded answer is no stretch of the plain one.
        rest = {"Accept-Encoding": "gzip", "Range": "bytes=5-9", "If-Range": coded.headers["etag"]}
        assert client.get(DOWNLOAD, headers=rest).status_code == 200

    def test_a_damaged_part_is_answered_by_the_database(self, publisher: Publisher, client: httpx.Client) -> None:
        before = client.get(DOWNLOAD)
        part = next((publisher.editions / "roads" / PARTS).iterdir())
        content = part.read_bytes()
        part.write_bytes(content[:-20])
        try:
            answer = client.get(DOWNLOAD)
            assert answer.json() == before.json()
            assert "accept-ranges" not in answer.headers
        finally:
            part.write_bytes(content)
        until(lambda: "accept-ranges" in client.get(DOWNLOAD).headers)


class TestMade:
    @pytest.mark.parametrize("output", MADE, ids=lambda output: output.name)
    def test_a_file_is_made_once_and_then_read(
        self, publisher: Publisher, client: httpx.Client, output: OutputFormat, tmp_path: Path
    ) -> None:
        asked = {"f": output.name}
        first = client.get(DOWNLOAD, params=asked)
        assert count(output, first.content, tmp_path) == NUMBER_OF_ROADS
        assert edition_of(first) == edition_of(client.get(DOWNLOAD))
        until(lambda: output.name in kept(publisher))
        again = client.get(DOWNLOAD, params=asked)
        assert again.content == first.content
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["etag"].startswith('"')
        assert again.headers["content-length"] == str(len(again.content))
        assert edition_of(again) == edition_of(client.get(DOWNLOAD))
        assert client.get(DOWNLOAD, params=asked, headers={"If-None-Match": again.headers["etag"]}).status_code == 304
        head = client.head(DOWNLOAD, params=asked)
        assert head.headers["content-length"] == again.headers["content-length"]
        is_read_in_ranges(client, asked, again)
        # In another language it is another file, unless only what stands around the features differs.
        client.get(DOWNLOAD, params={**asked, "lang": "nl"})
        until(lambda: len(kept(publisher)[output.name]) == (1 if output.name in TEXTS else 2))

    def test_a_range_of_what_is_not_there_yet_waits_for_it(self, publisher: Publisher, client: httpx.Client) -> None:
        asked = {"f": "csv"}
        for path, _ in files(publisher.editions / "roads" / DOWNLOADS):
            path.unlink()
        part = client.get(DOWNLOAD, params=asked, headers={"Range": "bytes=0-1"})
        assert (part.status_code, part.content) == (206, b"id")

    def test_a_damaged_file_is_made_anew(self, publisher: Publisher, client: httpx.Client) -> None:
        whole = client.get(DOWNLOAD, params={"f": "csv"})
        until(lambda: "csv" in kept(publisher))
        [path] = [path for path, name in files(publisher.editions / "roads" / DOWNLOADS) if name.format == "csv"]
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
        assert client.get(DOWNLOAD, params={"f": "csv"}).content == whole.content
        until(lambda: "csv" in kept(publisher))
        assert client.get(DOWNLOAD, params={"f": "csv"}, headers={"Range": "bytes=0-"}).content == whole.content

    def test_it_is_made_for_the_next_edition_before_it_is_asked_for(
        self, publisher: Publisher, client: httpx.Client
    ) -> None:
        for output in ("csv", "gpkg"):
            client.get(DOWNLOAD, params={"f": output})
        until(lambda: {"csv", "gpkg"} <= kept(publisher).keys())
        number = publisher.swap()
        until(lambda: {name.edition for names in kept(publisher).values() for name in names} == {number})
        assert {"csv", "gpkg"} <= kept(publisher).keys()
        lines = client.get(DOWNLOAD, params={"f": "csv"}).text.splitlines()[1:]
        assert [int(line.split(",")[0]) for line in lines] == publisher.ids()

    def test_a_client_that_leaves_does_not_break_off_what_is_made(
        self, publisher: Publisher, client: httpx.Client
    ) -> None:
        for path, _ in files(publisher.editions / "roads" / DOWNLOADS):
            path.unlink()
        address = urlsplit(str(client.base_url))
        with psycopg.connect(publisher.url) as blocker:
            blocker.execute("LOCK TABLE roads IN ACCESS EXCLUSIVE MODE")
            with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
                connection.sendall(f"GET {DOWNLOAD}?f=csv HTTP/1.1\r\nHost: otn.example\r\n\r\n".encode())
                asyncio.run(until_told(lambda: busy(publisher.url) == 1))
        until(lambda: "csv" in kept(publisher))

    def test_while_another_process_makes_one_it_is_streamed(self, publisher: Publisher, client: httpx.Client) -> None:
        for path, _ in files(publisher.editions / "roads" / DOWNLOADS):
            path.unlink()
        abandoned = publisher.editions / "roads" / DOWNLOADS / "1.csv.-.0.unfinished"
        abandoned.write_bytes(b"of a process that was killed")
        with FileLock(publisher.editions / "downloads.lock"):
            streamed = client.get(DOWNLOAD, params={"f": "csv"}, headers={"Range": "bytes=0-1"})
            assert streamed.status_code == 200
            assert kept(publisher) == {}
        assert client.get(DOWNLOAD, params={"f": "csv"}, headers={"Range": "bytes=0-"}).content == streamed.content
        assert not abandoned.exists()

    def test_without_room_nothing_is_kept(self, publisher: Publisher) -> None:
        settings = Settings(database_url=publisher.url, data_dir=publisher.folder, downloads_gib=0)
        for path, _ in files(publisher.editions / "roads" / DOWNLOADS):
            path.unlink()
        with served(settings) as address:
            assert httpx.get(address + DOWNLOAD, params={"f": "csv"}).status_code == 200
        assert kept(publisher) == {}

    def test_without_the_database_what_is_kept_is_served(self, publisher: Publisher, client: httpx.Client) -> None:
        whole = client.get(DOWNLOAD, params={"f": "csv"})
        until(lambda: "csv" in kept(publisher))
        with publisher.serving(NOWHERE) as alone:
            assert alone.get(DOWNLOAD, params={"f": "csv"}).content == whole.content
            assert alone.get(DOWNLOAD).status_code == 200
            lacking = alone.get(DOWNLOAD, params={"f": "arrow"})
            assert lacking.status_code == 503
            assert lacking.headers["retry-after"]


@pytest.mark.parametrize("name", ["csv", "arrow"])
def test_what_is_loaded_while_a_download_begins_does_not_mislabel_it(publisher: Publisher, name: str) -> None:
    """What the client got then is what it gets afterwards, by its tag and by its bytes."""
    asked = {"f": name, "sortby": "localId"}
    with publisher.serving() as client, psycopg.connect(publisher.url) as loading:
        loading.execute("LOCK TABLE roads IN ACCESS EXCLUSIVE MODE")
        address = urlsplit(str(client.base_url))
        with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
            query = "&".join(f"{key}={value}" for key, value in asked.items())
            head = f"Host: {address.netloc}\r\nConnection: close\r\n\r\n"
            connection.sendall(f"GET {DOWNLOAD}?{query} HTTP/1.1\r\n{head}".encode())
            asyncio.run(until_told(lambda: busy(publisher.url) == 1))
            loading.execute("UPDATE roads SET name = 'as loaded meanwhile' WHERE id = 3")
            loading.execute("UPDATE collection_state SET version = version + 1 WHERE collection = 'roads'")
            loading.commit()
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        after = client.get(DOWNLOAD, params=asked, headers={"Accept-Encoding": "identity"})
    assert f"etag: {after.headers['etag']}".encode() in answer.lower()
    assert b"as loaded meanwhile" in answer


class TestFolder:
    def written(self, folder: Path, number: int, content: bytes, used: int) -> Path:
        name = FileName(number, "csv", "-", "0")
        file = UnfinishedFile(folder, name)
        file.write(content)
        file.finish()
        path = folder / str(name)
        os.utime(path, (used, used))
        return path

    def test_what_was_asked_for_longest_ago_goes_first(self, tmp_path: Path) -> None:
        paths = [self.written(tmp_path / str(number % 2), number, bytes(68), used=9 - number) for number in range(5)]
        folders = [tmp_path / "0", tmp_path / "1", tmp_path / "none"]
        make_room(folders, 500)
        assert [path.exists() for path in paths] == [True] * 5
        make_room(folders, 299)
        assert [path.exists() for path in paths] == [True, True, False, False, False]

    def test_to_ask_for_a_file_is_noted_and_changes_nothing_in_it(self, tmp_path: Path) -> None:
        path = self.written(tmp_path, 1, b"features", used=1)
        file = KeptFile(path)
        file.use()
        assert file.is_there()
        assert path.stat().st_atime > 1

    @pytest.mark.parametrize("size", [0, 7, 15, 39])
    def test_a_cut_file_is_damaged(self, tmp_path: Path, size: int) -> None:
        path = self.written(tmp_path, 1, b"features", used=1)
        assert KeptFile(path).content(100, 2) == b"atures"
        path.write_bytes(path.read_bytes()[:size])
        with pytest.raises(DamagedPart):
            KeptFile(path)

    def test_other_files_are_left_alone(self, tmp_path: Path) -> None:
        for name in ("readme.txt", "x.csv.-.0", "1.csv.-.0.unfinished"):
            (tmp_path / name).touch()
        assert list(files(tmp_path)) == []
