"""Ready-made tiles as clients see them: answers as without them, also while PostgreSQL is gone, and all as one file."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pyogrio
import pytest

from otn.edition.tile_build import make_tiles
from otn.edition.tile_file import TileFile
from otn.edition.tile_info import path_of_tiles
from tests.api import tiles
from tests.api.editions import NOWHERE, Publisher, publishing, until
from tests.conftest import clone

ARCHIVE = "/collections/roads/tiles/WebMercatorQuad.pmtiles"
PMTILES = "application/vnd.pmtiles"


@pytest.fixture(scope="module")
def publisher(
    cluster_url: Callable[[str], str], template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Publisher]:
    clone(cluster_url, template_database, "otn_ready_tiles")
    with publishing(cluster_url("otn_ready_tiles"), tmp_path_factory.mktemp("ready")) as publisher:
        yield publisher


def tiles_path(publisher: Publisher, number: int) -> Path:
    return path_of_tiles(publisher.editions / "roads", number)


def asked() -> list[str]:
    """Tiles around the roads of the sample, with neighbours that are empty, and deeper ones than are ready-made."""
    some = random.Random(4)  # noqa: S311
    places = [(4 + some.random(), 50.9 + some.random() / 3) for _ in range(20)]
    found = {tiles.address(*place, zoom) for place in places for zoom in (0, 3, 8, 11, 12, 14, 15)}
    return [f"/collections/roads/tiles/WebMercatorQuad/{place}" for place in sorted(found)]


def shown(client: httpx.Client, path: str, coding: str, method: str = "GET", **headers: str) -> dict[str, Any]:
    """An answer as it comes over the wire, but for its date."""
    with client.stream(method, path, headers={"Accept-Encoding": coding, **headers}) as answer:
        content = b"".join(answer.iter_raw())
    told = {name: value for name, value in answer.headers.items() if name != "date"}
    return {"status": answer.status_code, "headers": told, "content": content}


@pytest.fixture(scope="module")
def ready(publisher: Publisher) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """A client of a service that has ready-made tiles and no PostgreSQL, and of one that has PostgreSQL alone."""
    number = publisher.publish()
    nothing = Publisher(publisher.url, publisher.folder / "nothing")
    make_tiles(publisher.url, publisher.editions)
    assert tiles_path(publisher, number).exists()
    with publisher.serving(NOWHERE) as made, nothing.serving() as making:
        yield made, making


@pytest.mark.parametrize("coding", ["gzip", "identity", "br", "gzip;q=0.5, zstd", "identity;q=0, gzip"])
def test_a_ready_made_tile_is_answered_as_one_that_is_made(
    ready: tuple[httpx.Client, httpx.Client], coding: str
) -> None:
    made, making = ready
    statuses = set()
    for path in asked():
        if "/15/" not in path:
            found = shown(made, path, coding)
            assert found == shown(making, path, coding), path
            statuses.add(found["status"])
    assert statuses == {200, 204}


@pytest.mark.parametrize("question", ["", "?collections=airports,roads"])
def test_tiles_of_the_whole_dataset_are_put_together_of_ready_made_ones(
    ready: tuple[httpx.Client, httpx.Client], question: str
) -> None:
    made, making = ready
    statuses = set()
    for place in ("0/0/0", tiles.address(4.4845, 50.9014, 7), tiles.address(4.1, 51.05, 5), tiles.address(-30, 40, 7)):
        path = f"/tiles/WebMercatorQuad/{place}{question}"
        found = shown(made, path, "gzip")
        assert found == shown(making, path, "gzip"), path
        statuses.add(found["status"])
        told = shown(made, path, "gzip", **{"If-None-Match": found["headers"]["etag"]})
        assert told["status"] == 304
    assert statuses == {200, 204}
    for unready in ("/tiles/WorldCRS84Quad/0/0/0", "/tiles/WebMercatorQuad/0/0/0?datetime=2020-01-01"):
        assert made.get(unready).status_code == 503
        assert making.get(unready).status_code == 200


def test_methods_conditions_and_mistakes_are_answered_alike(ready: tuple[httpx.Client, httpx.Client]) -> None:
    made, making = ready
    for coding in ("gzip", "identity"):
        for path in (asked()[0], asked()[30]):
            tag = made.get(path, headers={"Accept-Encoding": coding}).headers["etag"]
            told = shown(made, path, coding, **{"If-None-Match": tag})
            assert told["status"] == 304
            assert told == shown(making, path, coding, **{"If-None-Match": tag})
            assert shown(made, path, coding, "HEAD")["headers"]["etag"] == tag
            assert shown(made, path, coding, "HEAD")["content"] == b""
    for wrong in (asked()[0] + "?f=png", asked()[0] + "?limit=1", "/collections/roads/tiles/WebMercatorQuad/0/0/1"):
        assert shown(made, wrong, "gzip") == shown(making, wrong, "gzip")


def test_what_is_not_ready_made_is_made(publisher: Publisher) -> None:
    make_tiles(publisher.url, publisher.editions)
    deep = [path for path in asked() if "/15/" in path]
    with publisher.serving() as client:
        answers = [client.get(path) for path in deep]
        assert {answer.status_code for answer in answers} == {200, 204}
        for path, answer in zip(deep, answers, strict=True):
            assert shown(client, path, "gzip") == shown(client, path, "gzip")
            assert client.get(path).content == answer.content


def test_all_tiles_are_offered_as_one_file(ready: tuple[httpx.Client, httpx.Client], publisher: Publisher) -> None:
    made, making = ready
    document = made.get("/collections/roads").json()
    [link] = [link for link in document["links"] if link["type"] == PMTILES]
    size = tiles_path(publisher, int(made.head(ARCHIVE).headers["otn-edition"])).stat().st_size
    assert link["rel"] == "enclosure"
    assert link["length"] == size
    assert link["href"] == str(made.base_url) + ARCHIVE
    titles = {
        link["title"]
        for language in ("en", "nl", "fr", "de")
        for link in made.get("/collections/roads", params={"lang": language}).json()["links"]
        if link["type"] == PMTILES
    }
    assert len(titles) == 4
    assert "/collections/roads/tiles/WebMercatorQuad.pmtiles" in made.get("/api").json()["paths"]
    assert not [link for link in making.get("/collections/roads").json()["links"] if link["type"] == PMTILES]
    assert making.get(ARCHIVE).status_code == 404
    assert "/collections/roads/tiles/WebMercatorQuad.pmtiles" not in making.get("/api").json()["paths"]


def test_the_file_is_sent_whole_and_in_ranges(ready: tuple[httpx.Client, httpx.Client], tmp_path: Path) -> None:
    made, _ = ready
    whole = made.get(ARCHIVE)
    assert whole.headers["content-type"] == PMTILES
    assert whole.headers["content-disposition"] == 'attachment; filename="roads.pmtiles"'
    copy = tmp_path / "roads.pmtiles"
    copy.write_bytes(whole.content)
    assert whole.headers["etag"] == f'"{TileFile(copy).checksum}"'
    head = made.get(ARCHIVE, headers={"Range": "bytes=0-16383", "If-Range": whole.headers["etag"]})
    assert (head.status_code, head.content) == (206, whole.content[:16384])
    assert made.get(ARCHIVE, headers={"Range": "bytes=999999999-"}).status_code == 416
    assert made.get(ARCHIVE, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    assert made.get(ARCHIVE, params={"f": "json"}).status_code == 400
    assert made.post(ARCHIVE).status_code == 405
    info = pyogrio.read_info(copy, layer="roads")
    assert info["crs"] == "EPSG:3857"


def test_tiles_show_the_edition_that_answers(publisher: Publisher) -> None:
    """Until the tiles of a new edition are there, they are made; damaged ones are never sent. The last test here: it
    publishes."""
    number = publisher.publish()
    make_tiles(publisher.url, publisher.editions)
    path = asked()[0]
    with publisher.serving() as client:
        before = client.get(path).headers["etag"]
        assert client.head(ARCHIVE).headers["otn-edition"] == str(number)
        newer = publisher.swap()
        until(lambda: client.get(path).headers["etag"] != before)
        after = client.get(path)
        # The file of before is still offered while the new one is made.
        assert client.head(ARCHIVE).headers["otn-edition"] == str(number)
        make_tiles(publisher.url, publisher.editions)
        until(lambda: client.head(ARCHIVE).headers.get("otn-edition") == str(newer))
        assert client.get(path).headers["etag"] == after.headers["etag"]
        assert client.get(path).content == after.content
        file = tiles_path(publisher, newer)
        content = file.read_bytes()
        file.write_bytes(content[: len(content) // 2])
        assert client.get(path).content == after.content
        assert client.get(ARCHIVE).status_code == 404
