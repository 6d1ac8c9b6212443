"""The base map over real HTTP."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from otn.etl.basemap import load_basemap
from otn.settings import Settings
from tests.api import tiles
from tests.api.conftest import served


@pytest.fixture(scope="module")
def basemap_client(loaded_url: str) -> Iterator[httpx.Client]:
    """A client of a service that has a base map."""
    load_basemap(loaded_url)
    with served(Settings(database_url=loaded_url)) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def test_tilejson_leads_to_its_tiles(basemap_client: httpx.Client, tmp_path: Path) -> None:
    for asked in ("/basemap", "/basemap?f=tilejson", "/basemap?f=json"):
        answer = basemap_client.get(asked)
        assert answer.headers["content-type"] == "application/vnd.mapbox.tilejson+json"
    document = answer.json()
    assert [layer["id"] for layer in document["vector_layers"]] == ["land", "boundaries", "labels"]
    tile = basemap_client.get(document["tiles"][0].format(z=4, y=5, x=8))
    assert tile.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert tiles.layers(tile.content, tmp_path) == ["land", "boundaries", "labels"]
    names = {feature.properties["name:nl"] for feature in tiles.read(tile.content, "4/5/8", tmp_path, "labels")}
    assert {"Duitsland", "België"} <= names


def test_no_tile_is_large(basemap_client: httpx.Client) -> None:
    for zoom in range(9):
        place = tiles.address(24.9, 35.3, zoom)
        answer = basemap_client.get(f"/basemap/{place}", headers={"Accept-Encoding": "identity"})
        assert 0 < len(answer.content) < 500_000


@pytest.mark.parametrize("place", ["9/0/0", "0/0/1", "2147483647/0/0", "x/0/0"])
def test_there_are_no_others(basemap_client: httpx.Client, place: str) -> None:
    """Clients enlarge the tiles of the deepest zoom."""
    assert basemap_client.get(f"/basemap/{place}").status_code == 404


def test_who_has_a_tile_is_told_so(basemap_client: httpx.Client) -> None:
    answer = basemap_client.get("/basemap/3/2/4")
    assert answer.headers["cache-control"] == "public, max-age=86400"
    again = basemap_client.get("/basemap/3/2/4", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_tile_is_made_once(database_url: str) -> None:
    """Every map of ours asks for it."""
    load_basemap(database_url)
    with served(Settings(database_url=database_url)) as address, httpx.Client(base_url=address, timeout=60) as client:
        first = client.get("/basemap/2/1/2")
        with psycopg.connect(database_url) as connection:
            connection.execute("DELETE FROM basemap_state")
        again, other = client.get("/basemap/2/1/2"), client.get("/basemap/2/1/1")
    assert (first.status_code, again.status_code, other.status_code) == (200, 200, 404)
    assert again.content == first.content


def test_without_a_base_map_there_is_none(database_url: str) -> None:
    with served(Settings(database_url=database_url)) as address:
        answer = httpx.get(f"{address}/basemap/0/0/0")
    assert answer.status_code == 404
    assert "base map" in answer.json()["detail"]
