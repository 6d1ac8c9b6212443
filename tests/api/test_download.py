"""Downloads as clients see them: whole, named, licensed, streamed, and ended when nobody reads them any longer."""

import asyncio
import csv
import io
import json
import os
import socket
import tempfile
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

import geopandas
import httpx
import psycopg
import pyarrow
import pyogrio
import pytest
from lxml import etree
from starlette.types import Message

from otn.api.encoders.registry import BY_MEDIA_TYPE, FORMATS, OutputFormat
from otn.api.encoders.table import Batches
from otn.api.encoders.view import PAGE_ORDER, Page
from otn.api.feature_files import ClientStalled, FeatureFile, Streamed, send_features
from otn.api.negotiation import PARQUET
from otn.errors import Unavailable
from otn.model.collections import ROADS
from otn.settings import Settings
from otn.store.pool import Pool
from tests.api.conftest import served
from tests.api.formats import NUMBER_OF_ROADS, is_streamed, whole_view
from tests.api.sample import NUMBER_OF_ROADS as SAMPLE_ROADS
from tests.api.sample import fill
from tests.conftest import clone
from tests.store.test_pool import busy, until

DOWNLOAD = "/collections/roads/download"


def count(output: OutputFormat, content: bytes, directory: Path) -> int:
    """How many features another library finds."""
    path = directory / f"roads.{output.extension}"
    path.write_bytes(content)
    match output.name:
        case "arrow":
            return int(pyarrow.ipc.open_stream(content).read_all().num_rows)
        case "parquet":
            return len(geopandas.read_parquet(path))
        case "csv":
            return len(list(csv.DictReader(io.StringIO(content.decode(), newline=""), strict=True)))
        case _:
            return int(pyogrio.read_info(path, force_feature_count=True)["features"])


@pytest.fixture(autouse=True)
def own_temporary_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What other servers of this machine leave in theirs is none of ours."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.fixture(scope="module")
def nasty_client(nasty_url: str) -> Iterator[httpx.Client]:
    with served(Settings(database_url=nasty_url)) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield client


@pytest.mark.parametrize("output", FORMATS, ids=lambda output: output.name)
def test_what_is_streamed_and_can_be_shorter_is_sent_so(nasty_client: httpx.Client, output: OutputFormat) -> None:
    asked = {"f": output.name}
    answer = nasty_client.get(DOWNLOAD, params=asked, headers={"Accept-Encoding": "gzip"})
    assert ("content-encoding" in answer.headers) is (is_streamed(output) and output.name != "parquet")
    if output.name != "gpkg":  # it holds the time at which it was made
        assert (
            answer.content == nasty_client.get(DOWNLOAD, params=asked, headers={"Accept-Encoding": "identity"}).content
        )


@pytest.mark.parametrize("output", FORMATS, ids=lambda output: output.name)
def test_every_format_holds_everything(nasty_client: httpx.Client, output: OutputFormat, tmp_path: Path) -> None:
    answer = nasty_client.get(DOWNLOAD, params={"f": output.name})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == output.representation.media_type
    assert answer.headers["content-disposition"] == f'attachment; filename="roads.{output.extension}"'
    assert 'rel="license"' in answer.headers["link"]
    assert ("content-length" in answer.headers) == (not is_streamed(output))
    assert count(output, answer.content, tmp_path) == NUMBER_OF_ROADS


@pytest.mark.parametrize("output", FORMATS, ids=lambda output: output.name)
def test_a_selection_holds_what_items_hold(client: httpx.Client, output: OutputFormat, tmp_path: Path) -> None:
    selection = {"bbox": "4.05,51,4.155,51.05", "speedLimit": "50"}
    assert client.get("/collections/roads/items", params=selection).json()["numberMatched"] == 6
    answer = client.get(DOWNLOAD, params=selection | {"f": output.name})
    assert count(output, answer.content, tmp_path) == 6


@pytest.mark.parametrize("output", FORMATS, ids=lambda output: output.name)
def test_a_selection_of_nothing_is_a_whole_document(client: httpx.Client, output: OutputFormat) -> None:
    answer = client.get(DOWNLOAD, params={"localId": "none", "f": output.name})
    assert answer.status_code == 200
    if output.name in ("geojson", "jsonfg"):
        assert answer.json()["features"] == []
    if output.name in ("gml", "kml"):
        etree.fromstring(answer.content)


def test_features_come_in_the_order_of_pages(client: httpx.Client) -> None:
    pages = client.get("/collections/roads/items", params={"limit": 100}).json()["features"]
    assert client.get(DOWNLOAD).json()["features"] == pages
    assert len(pages) == SAMPLE_ROADS


def test_the_format_is_negotiated(client: httpx.Client) -> None:
    assert client.get(DOWNLOAD).headers["content-type"] == "application/geo+json"
    accepted = client.get(DOWNLOAD, headers={"Accept": "application/x-ndjson"})
    assert accepted.headers["content-type"] == "application/x-ndjson"
    assert client.get(DOWNLOAD, headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("limit=10", "limit"), ("token=x", "token"), ("f=shp", "f"), ("bbox=1", "bbox"), ("x=1", "x")],
)
def test_mistakes_are_named(client: httpx.Client, query: str, parameter: str) -> None:
    answer = client.get(f"{DOWNLOAD}?{query}")
    assert answer.status_code == 400
    assert answer.json()["parameter"] == parameter


def test_there_is_nothing_to_download_of_an_empty_collection(client: httpx.Client) -> None:
    assert client.get("/collections/railways/download").status_code == 404
    assert client.get("/collections/nothing/download").status_code == 404
    assert client.post(DOWNLOAD).status_code == 405


def test_head_has_the_same_headers_and_no_work(client: httpx.Client) -> None:
    head = client.head(DOWNLOAD, params={"f": "gpkg"})
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-disposition"] == 'attachment; filename="roads.gpkg"'


@pytest.fixture(scope="module", autouse=True)
def _own_directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Files in the making lie where no other process that makes some puts them."""
    tempfile.tempdir = str(tmp_path_factory.mktemp("downloads"))
    yield
    tempfile.tempdir = None


@pytest.fixture(scope="module")
def many(cluster_url: Callable[[str], str], template_database: str) -> Iterator[tuple[str, str]]:
    """The address of a service with more roads than a socket holds, and its database."""
    clone(cluster_url, template_database, "otn_many")
    url = cluster_url("otn_many")
    fill(url)
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO roads (id, page_rank, load_id, content_hash, geom, local_id, inspire_id, name, dataset,"
            " region, licence) SELECT number, number, 1, gen_random_uuid(), ST_SetSRID(ST_MakeLine(ST_MakePoint(4, 51),"
            " ST_MakePoint(5, 52)), 4326), number, number,"
            " (SELECT string_agg(md5(number::text || part), '') FROM generate_series(1, 16) AS part), 'a', 'b', 'MIT'"
            " FROM generate_series(1000, 21000) AS number"
        )
    with served(Settings(database_url=url)) as address:
        yield address, url


@pytest.mark.parametrize("name", ["geojson", "arrow", "parquet"])
def test_a_download_ends_when_the_client_leaves(many: tuple[str, str], name: str) -> None:
    address, url = many
    with httpx.stream("GET", address + DOWNLOAD, params={"f": name}, timeout=20) as answer:
        pieces = answer.iter_raw(1000)
        assert next(pieces)
        asyncio.run(until(lambda: connections(url) > 1))
    asyncio.run(until(lambda: connections(url) == 1))
    assert httpx.get(address + DOWNLOAD, params={"f": name, "localId": "1000"}, timeout=20).status_code == 200


@pytest.mark.parametrize("name", ["geojson", "csv", "arrow", "parquet", "gpkg", "fgb"])
def test_the_query_of_a_download_is_cancelled_when_the_client_leaves(many: tuple[str, str], name: str) -> None:
    address, url = many
    parts = urlsplit(address)
    httpx.get(address + "/collections/roads")
    with psycopg.connect(url) as blocker:
        blocker.execute("LOCK TABLE roads IN ACCESS EXCLUSIVE MODE")
        with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
            connection.sendall(f"GET {DOWNLOAD}?f={name} HTTP/1.1\r\nHost: otn.example\r\n\r\n".encode())
            asyncio.run(until(lambda: busy(url) == 1))
        asyncio.run(until(lambda: busy(url) == 0))
    asyncio.run(until(lambda: leftovers() == []))


def test_nothing_stays_of_a_file(many: tuple[str, str], tmp_path: Path) -> None:
    address, _ = many
    answer = httpx.get(address + DOWNLOAD, params={"f": "gpkg"}, timeout=60)
    (tmp_path / "roads.gpkg").write_bytes(answer.content)
    assert pyogrio.read_info(tmp_path / "roads.gpkg")["features"] == 20001 + SAMPLE_ROADS
    assert leftovers() == []


class _Failing:
    """A format that fails when it has begun."""

    with_bounds = False

    def write(self, batches: Batches, page: Page, sink: BinaryIO) -> None:  # noqa: ARG002
        sink.write(b"begun")
        raise Unavailable("as if the database had gone")


def test_what_a_failed_table_left_in_its_buffer_is_never_sent(sample_url: str) -> None:
    sent: list[Message] = []
    failed: list[BaseException] = []

    async def send(message: Message) -> None:
        sent.append(message)

    def forget() -> None:
        for frame, _ in traceback.walk_tb(failed[0].__traceback__):
            if frame.f_code.co_name == "write":
                frame.clear()

    async def fail() -> None:
        output = replace(BY_MEDIA_TYPE[PARQUET.media_type], encoder=_Failing())
        page = Page(whole_view(ROADS), "", "", "")
        file = FeatureFile(output, page, "", PAGE_ORDER, ())
        try:
            await send_features(file, Pool(sample_url), Streamed(send, []))
        except Unavailable as error:
            failed.append(error)
        assert failed
        # In a thread, so that what must not happen is seen to happen, in place of waiting for ever.
        await asyncio.to_thread(forget)

    asyncio.run(fail())
    assert sent == []


def test_downloads_do_not_keep_small_reads_waiting(many: tuple[str, str]) -> None:
    address, _ = many
    with httpx.Client(base_url=address, timeout=20) as client:
        downloads = [client.stream("GET", DOWNLOAD, params={"f": name}) for name in ("geojson", "arrow")]
        with downloads[0] as first, downloads[1] as second:
            assert first.status_code == second.status_code == 200
            assert client.get("/collections/roads/items").status_code == 200
            assert client.get(DOWNLOAD, params={"f": "csv"}).status_code == 503


def leftovers() -> list[str]:
    return [name for name in os.listdir(tempfile.gettempdir()) if name.startswith("otn-scratch-download-")]  # noqa: PTH208


def connections(url: str) -> int:
    """How many connections of the API there are, beside those of its pool that are free."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'otn-api' AND datname = current_database()"
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_json_of_a_download_is_one_document(nasty_client: httpx.Client) -> None:
    document = json.loads(nasty_client.get(DOWNLOAD).content)
    assert {link["rel"] for link in document["links"]} == {"collection", "license"}
    assert "numberMatched" not in document


def test_a_client_that_takes_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("otn.api.feature_files.STALL_LIMIT", 0.01)

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    async def main() -> None:
        with pytest.raises(ClientStalled):
            await Streamed(send, []).send(b"piece")

    asyncio.run(main())
