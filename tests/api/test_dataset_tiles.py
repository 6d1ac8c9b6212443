"""Tiles of the whole dataset over real HTTP: a layer for each collection, and what is asked of all of them at once."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from otn.api.dataset_tiles import choose_collections, layer_conditions
from otn.api.documents import TILESETS_REL
from otn.api.tiles import make_tile
from otn.api.tilesets import DATASET_REL
from otn.errors import NotFound
from otn.model.collections import AIRPORTS, COLLECTIONS, ROADS
from otn.model.datasets import Registry
from otn.model.tile_matrix_sets import TILE_MATRIX_SETS, WEB_MERCATOR_QUAD, TileAddress
from otn.store.pool import Pool
from otn.store.tile_sql import MAXIMUM_BYTES, TileRequest, tile_statement
from tests.api import tiles
from tests.api.sample import declare, insert

SERVED = ("roads", "ports", "airports")
MERCATOR = "/tiles/WebMercatorQuad"
WORLD = f"{MERCATOR}/0/0/0"
COMMON = "filter=dataset LIKE 'be/%'"


def of_collections(client: httpx.Client, place: str, collections: tuple[str, ...], question: str = "") -> bytes:
    """Their tiles, one after the other."""
    return b"".join(client.get(f"/collections/{name}/tiles/{place}?{question}").content for name in collections)


@pytest.mark.parametrize("identifier", TILE_MATRIX_SETS)
def test_a_tile_is_the_tiles_of_the_collections(client: httpx.Client, tmp_path: Path, identifier: str) -> None:
    answer = client.get(f"/tiles/{identifier}/0/0/0")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert answer.content == of_collections(client, f"{identifier}/0/0/0", SERVED)
    if identifier == "WebMercatorQuad":
        assert tiles.layers(answer.content, tmp_path) == list(SERVED)


@pytest.mark.parametrize("zoom", [8, 13])
@pytest.mark.parametrize("question", ["datetime=2012-01-01", 'subset=datetime("2018-01-01":*)', COMMON])
def test_what_is_asked_is_asked_of_every_layer(client: httpx.Client, question: str, zoom: int) -> None:
    place = tiles.address(4.11, 51.05, zoom)
    expected = of_collections(client, f"WebMercatorQuad/{place}", SERVED, question)
    answer = client.get(f"{MERCATOR}/{place}?{question}")
    assert answer.content == expected != b""
    assert answer.content != client.get(f"{MERCATOR}/{place}").content


@pytest.mark.parametrize("chosen", [("airports",), ("airports", "roads"), ("roads", "airports")])
def test_collections_are_layers_in_the_order_they_are_asked_for(client: httpx.Client, chosen: tuple[str, ...]) -> None:
    """20-057, /req/collections-selection/collections-response."""
    asked = {"collections": ",".join(chosen)}
    assert client.get(WORLD, params=asked).content == of_collections(client, "WebMercatorQuad/0/0/0", chosen)
    tileset = client.get(MERCATOR, params=asked).json()
    assert [layer["id"] for layer in tileset["layers"]] == list(chosen)
    tilejson = client.get(MERCATOR, params=asked | {"f": "tilejson"}).json()
    assert [layer["id"] for layer in tilejson["vector_layers"]] == list(chosen)
    assert dict(httpx.URL(tilejson["tiles"][0].format(z=0, y=0, x=0)).params) == asked


def test_a_filter_may_name_what_the_asked_collections_have_in_common(client: httpx.Client) -> None:
    question = "filter=speedLimit = 50"
    refused = client.get(f"{WORLD}?{question}")
    assert (refused.status_code, refused.json()["parameter"]) == (400, "filter")
    assert "ports has no property 'speedLimit'" in refused.json()["detail"]
    assert "collections=roads." in refused.json()["detail"]
    alone = client.get(f"{WORLD}?{question}&collections=roads")
    assert alone.content == of_collections(client, "WebMercatorQuad/0/0/0", ("roads",), question) != b""
    nobody = client.get(f"{WORLD}?filter=nowhere = 1")
    assert (nobody.status_code, nobody.json()["parameter"]) == (400, "filter")
    assert "Not all layers" not in nobody.json()["detail"]
    wrong = client.get(f"{WORLD}?filter=region >")
    assert (wrong.status_code, "line 1" in wrong.json()["detail"]) == (400, True)


def test_the_longest_filter_may_be_asked_of_all_layers(client: httpx.Client) -> None:
    """Each date is two parameters: of thirteen layers they would be more than a statement can have."""
    dates = ",".join(f"DATE('{1900 + day // 28}-01-{day % 28 + 1:02d}')" for day in range(1990))
    body = {"collections": "roads,ports,airports", "filter": f"validFrom IN ({dates}) OR region = 'be'"}
    statement = tile_statement(
        *(
            TileRequest(collection, WEB_MERCATOR_QUAD, TileAddress(0, 0, 0), condition)
            for collection, condition in zip(
                COLLECTIONS.values(), layer_conditions(tuple(COLLECTIONS.values()), tuple(body.items())), strict=True
            )
        )
    )
    assert 3900 < len(statement.parameters) < 4100
    answer = client.get(WORLD, params=body)
    assert answer.content == of_collections(client, "WebMercatorQuad/0/0/0", SERVED, "filter=region = 'be'") != b""


@pytest.mark.parametrize("below", ["/tiles", MERCATOR, WORLD])
@pytest.mark.parametrize(
    ("question", "parameter"),
    [
        ("collections=roads,nowhere", "collections"),
        ("collections=railways", "collections"),
        ("collections=", "collections"),
        ("filter=speedLimit = 50", "filter"),
        ("datetime=yesterday", "datetime"),
        ("speedLimit=50", "speedLimit"),
        ("q=dorp", "q"),
        ("bbox=4,50,5,51", "bbox"),
    ],
)
def test_what_cannot_be_asked_of_all_is_refused(
    client: httpx.Client, below: str, question: str, parameter: str
) -> None:
    answer = client.get(f"{below}?{question}")
    assert (answer.status_code, answer.json().get("parameter")) == (400, parameter)


def test_unknown_collections_are_named_and_known_ones_told(client: httpx.Client) -> None:
    detail = client.get(f"{WORLD}?collections=roads,lanes,railways").json()["detail"]
    assert "'lanes', 'railways'" in detail
    assert "roads,ports,airports" in detail


def test_without_features_there_are_no_tiles() -> None:
    with pytest.raises(NotFound):
        choose_collections([], ())


@pytest.mark.parametrize("place", ["0/0/1", "17/0/0", "x/0/0", "5/2147483647/2147483647"])
def test_outside_the_matrix_there_is_no_tile(client: httpx.Client, place: str) -> None:
    assert client.get(f"{MERCATOR}/{place}").status_code == 404
    assert client.get("/tiles/NowhereQuad/0/0/0").status_code == 404


def test_suffix_method_and_nothing(client: httpx.Client) -> None:
    assert client.get(WORLD + ".mvt").content == client.get(WORLD + "?f=pbf").content == client.get(WORLD).content
    assert client.post(WORLD).status_code == 405
    assert client.get(WORLD, headers={"Accept": "image/png"}).status_code == 406
    empty = client.get(f"{MERCATOR}/{tiles.address(-30, 40, 10)}")
    assert (empty.status_code, empty.content) == (204, b"")


def test_who_has_a_tile_is_told_so(client: httpx.Client) -> None:
    tags = set()
    for question in ("", "?collections=roads", "?collections=airports,roads"):
        answer = client.get(WORLD + question)
        tag = answer.headers["etag"]
        again = client.get(WORLD + question, headers={"If-None-Match": tag})
        assert (again.status_code, again.headers["etag"]) == (304, tag)
        assert client.get(WORLD + question, headers={"If-None-Match": '"other"'}).content == answer.content
        tags.add(tag)
    assert len(tags) == 3


def test_the_largest_layers_give_way_and_small_ones_stay_whole(database_url: str, tmp_path: Path) -> None:
    registry = Registry.read()
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO roads (id, page_rank, load_id, content_hash, geom, local_id, inspire_id, name, dataset,"
            "  region, licence, functional_road_class)"
            " SELECT 1000 + n, 1000 + n, 1, gen_random_uuid(),"
            "  ST_SetSRID(ST_MakeLine(ST_MakePoint(10 + n * 1e-6, 50), ST_MakePoint(10 + n * 1e-6, 50.005)), 4326),"
            "  n::text, n::text, repeat(md5(n::text), 40), 'elsewhere/roads', 'elsewhere', 'ODbL-1.0',"
            "  CASE WHEN n % 10 = 0 THEN 'mainRoad' ELSE 'fourthClass' END"
            " FROM generate_series(1, 600) AS n"
        )
        declare(connection, registry.dataset("elsewhere/roads"), number_of_features=600)
        airports = registry.dataset("be/airports")
        for number in range(20):
            insert(connection, airports, number, number, "POINT(10.001 50.001)", name="A" * 100)
        declare(connection, airports, number_of_features=20)
    place = tiles.address(10.001, 50.001, 14)
    tile = TileAddress(*map(int, place.split("/")))
    layers = [TileRequest(collection, WEB_MERCATOR_QUAD, tile) for collection in (ROADS, AIRPORTS)]
    content = asyncio.run(made(database_url, layers))
    assert MAXIMUM_BYTES / 2 < len(content) <= MAXIMUM_BYTES
    assert len(tiles.read(content, place, tmp_path, "airports")) == 20
    kept = [road.id for road in tiles.read(content, place, tmp_path, "roads")]
    assert set(range(1010, 1601, 10)) < set(kept)
    assert len(kept) < 600


async def made(url: str, layers: list[TileRequest]) -> bytes:
    """A tile as it is made for a client that stays."""
    pool = Pool(url)
    try:
        return (await make_tile(pool, layers, asyncio.Event().wait)).content  # type: ignore[arg-type]
    finally:
        await pool.close()


def link(document: dict[str, Any], rel: str) -> dict[str, Any]:
    return dict(next(entry for entry in document["links"] if entry["rel"] == rel))


@pytest.mark.parametrize("question", ["", "?collections=ports,roads&datetime=2020-01-01"])
def test_the_landing_page_leads_to_the_tiles(client: httpx.Client, address: str, question: str) -> None:
    """20-057, /req/dataset-tilesets: landing page, list of tilesets, tileset, tile."""
    listed = link(client.get("/").json(), TILESETS_REL)["href"]
    assert listed == f"{address}/tiles"
    entries = client.get(listed + question).json()["tilesets"]
    assert [entry["tileMatrixSetId"] for entry in entries] == list(TILE_MATRIX_SETS)
    for entry in entries:
        tileset = client.get(link(entry, "self")["href"]).json()
        assert [layer["id"] for layer in tileset["layers"]] == (["ports", "roads"] if question else list(SERVED))
        assert link(tileset, DATASET_REL)["href"] == f"{address}/"
        limits = tileset["tileMatrixSetLimits"][0]
        template = link(tileset, "item")["href"]
        tile = template.format(
            tileMatrix=limits["tileMatrix"], tileRow=limits["minTileRow"], tileCol=limits["minTileCol"]
        )
        assert client.get(tile).status_code == 200


def test_the_metadata_are_those_of_all_layers(client: httpx.Client) -> None:
    tileset = client.get(MERCATOR).json()
    collections = [client.get(f"/collections/{name}").json() for name in SERVED]
    for collection in collections:
        assert all(part in tileset["attribution"] for part in collection["attribution"].split("; "))
    licences = {entry["href"] for entry in tileset["links"] if entry["rel"] == "license"}
    assert licences == {
        entry["href"] for collection in collections for entry in collection["links"] if entry["rel"] == "license"
    }
    boxes = [collection["extent"]["spatial"]["bbox"][0] for collection in collections]
    bounds = client.get(f"{MERCATOR}?f=tilejson").json()["bounds"]
    wests, souths, easts, norths = zip(*boxes, strict=True)
    assert bounds == [min(wests), min(souths), max(easts), max(norths)]
    assert [layer["geometryDimension"] for layer in tileset["layers"]] == [1, 0, 0]


def test_the_operations_are_named_as_the_standard_has_it(client: httpx.Client) -> None:
    paths = client.get("/api").json()["paths"]
    operations = {item["get"]["operationId"]: path for path, item in paths.items() if "get" in item}
    assert operations["otn.dataset.vector.getTileSetsList"] == "/tiles"
    assert operations["otn.dataset.vector.getTileSet"] == "/tiles/{tileMatrixSetId}"
    tile = operations["otn.dataset.vector.getTile"]
    assert tile == "/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}"
    [collections] = [entry for entry in paths[tile]["get"]["parameters"] if entry.get("name") == "collections"]
    assert collections["schema"]["items"]["enum"] == list(SERVED)
    assert (collections["style"], collections["explode"]) == ("form", False)
