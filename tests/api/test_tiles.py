"""Vector tiles over real HTTP: what is in them, what is not there, and what a cache may keep."""

import asyncio
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import httpx
import psycopg
import pytest
import shapely
from shapely import LineString, Point

from otn.api.tiles import tile_condition
from otn.etl.generalise import generalise_outdated
from otn.model.collections import COLLECTIONS, ROADS, Collection
from otn.model.datasets import Registry
from otn.model.tile_matrix_sets import EUROPEAN_ETRS89_LAEA_QUAD as EUROPE
from otn.model.tile_matrix_sets import TILE_MATRIX_SETS, WEB_MERCATOR_QUAD, TileAddress, TileMatrixSet
from otn.settings import Settings
from otn.store.pool import Pool
from otn.store.tile_sql import MAXIMUM_BYTES, TileRequest, tile_statement, version_statement
from tests.api import tiles
from tests.api.conftest import served
from tests.api.sample import declare, fill, insert

ROAD_7 = (4.07, 51.05)  # a road with a limit of height; no other lies within 700 m
MVT_TYPE = "application/vnd.mapbox-vector-tile"
SELECTION = (("datetime", "2020-01-01"), ("filter", "dataset LIKE 'be/%' AND S_INTERSECTS(geometry, POINT(4 51))"))


def path(place: str, collection: str = "roads", tile_matrix_set: str = "WebMercatorQuad") -> str:
    return f"/collections/{collection}/tiles/{tile_matrix_set}/{place}"


def drawn(client: httpx.Client, folder: Path, place: str, collection: str = "roads") -> list[tiles.Drawn]:
    answer = client.get(path(place, collection))
    assert answer.status_code == 200
    return tiles.read(answer.content, place, folder, collection)


def test_a_tile_holds_features_by_the_items_ids_and_names(client: httpx.Client, tmp_path: Path) -> None:
    """Quirk 17: integer identifiers for hover and links, and the properties of the items."""
    place = tiles.address(*ROAD_7, 15)
    [road] = drawn(client, tmp_path, place)
    item = client.get(f"/collections/roads/items/{road.id}").json()
    known = {name: value for name, value in item["properties"].items() if value is not None}
    assert road.id == 7
    assert road.properties == known
    west, _, east, _ = road.geometry.bounds
    assert west == pytest.approx(east)
    assert west == pytest.approx(4.07 * 20037508.342789244 / 180, abs=1)


def test_instants_are_spelled_as_in_the_items_and_source_codes_are_left_out(
    client: httpx.Client, tmp_path: Path
) -> None:
    for identifier in (3, 11, 12):
        properties = client.get(f"/collections/roads/items/{identifier}").json()["properties"]
        [road] = drawn(client, tmp_path, tiles.address(4 + identifier / 100, 51.05, 16))
        expected = {name: value for name, value in properties.items() if value is not None and name != "sourceCodes"}
        assert road.properties == expected


def test_the_layer_is_named_as_the_collection(client: httpx.Client, tmp_path: Path) -> None:
    content = client.get(path(tiles.address(4.48444, 50.90139, 9), "airports")).content
    assert tiles.layers(content, tmp_path) == ["airports"]


def test_overviews_carry_what_a_map_shows(client: httpx.Client, tmp_path: Path) -> None:
    roads = drawn(client, tmp_path, tiles.address(4.1, 51.05, 11))
    assert {road.properties.get("functionalRoadClass") for road in roads} == {"mainRoad", None}
    assert not any({"localId", "inspireId", "length"} & road.properties.keys() for road in roads)


@pytest.mark.parametrize("zoom", [5, 11, 12, 15])
def test_all_tile_matrix_sets_show_the_same_features(client: httpx.Client, tmp_path: Path, zoom: int) -> None:
    ids = []
    for tile_matrix_set in TILE_MATRIX_SETS.values():
        matrix = zoom - tile_matrix_set.zoom_offset
        place = tiles.address(4.4845, 50.9014, matrix, tile_matrix_set)
        answer = client.get(path(place, "airports", tile_matrix_set.id))
        assert answer.status_code == 200
        ids.append({feature.id for feature in tiles.read(answer.content, place, tmp_path, "airports")})
    assert 101 in set.intersection(*ids)


@pytest.mark.parametrize("matrix", [7, 9, 13])
def test_roads_lie_where_they_lie_in_the_system_of_europe(client: httpx.Client, tmp_path: Path, matrix: int) -> None:
    """Not a step of the tile, and in an overview half a pixel, from where pyproj puts them."""
    place = tiles.address(*ROAD_7, matrix, EUROPE)
    content = client.get(path(place, tile_matrix_set=EUROPE.id)).content
    [road] = [road for road in tiles.read(content, place, tmp_path, "roads", EUROPE) if road.id == 7]
    step = EUROPE.tile_size(matrix) / (512 if matrix + EUROPE.zoom_offset < 12 else 4096)
    expected = LineString([EUROPE.from_degrees(4.07, 51 + metres / 100_000) for metres in range(0, 10_001, 50)])
    box = EUROPE.box(TileAddress(*map(int, place.split("/"))))
    inside = expected.intersection(shapely.box(*box))
    assert inside.length > 100
    assert road.geometry.hausdorff_distance(inside) < 1.5 * step


def test_what_lies_outside_of_europe_is_not_in_its_tiles(client: httpx.Client, tmp_path: Path) -> None:
    """Two ports lie at 180 degrees, where the projection still reaches but no tile lies."""
    content = client.get(path("0/0/0", "ports", EUROPE.id)).content
    assert [port.id for port in tiles.read(content, "0/0/0", tmp_path, "ports", EUROPE)] == [204]


def test_a_long_line_bends_with_the_parallel(database_url: str, tmp_path: Path) -> None:
    """Its middle lies far from where a straight line between its ends would run."""
    with psycopg.connect(database_url) as connection:
        streets = Registry.read().dataset("be/wechelderzande-roads")
        insert(connection, streets, 1, 1, "LINESTRING(-20 50, 40 50, 120 -50)", functionalRoadClass="mainRoad")
        declare(connection, streets, number_of_features=1)
    generalise_outdated(database_url)
    for matrix in (4, 10):
        place = tiles.address(10, 50, matrix, EUROPE)
        tile = TileAddress(*map(int, place.split("/")))
        content = made(database_url, TileRequest(ROADS, EUROPE, tile))
        [road] = tiles.read(content, place, tmp_path, "roads", EUROPE)
        middle = Point(EUROPE.from_degrees(10, 50))
        assert road.geometry.distance(middle) < EUROPE.tile_size(matrix) / 2048, matrix


def made(url: str, request: TileRequest) -> bytes:
    """A tile as the database makes it."""

    async def fetched() -> bytes:
        pool, statement = Pool(url), tile_statement(request)
        [row] = await pool.fetch(statement.sql, statement.parameters)
        await pool.close()
        return bytes(row["tile"])

    return asyncio.run(fetched())


def test_an_empty_tile_has_no_body(client: httpx.Client) -> None:
    """Quirk 18."""
    answer = client.get(path(tiles.address(-30, 40, 10)))
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["etag"]


@pytest.mark.parametrize(
    "place",
    [
        "0/0/1",
        "5/32/0",
        "5/2147483647/2147483647",
        "2147483647/0/0",
        "99999999999999999999/0/0",
        "5/99999999999999999999/0",
        "17/0/0",
        "5/-1/0",
        "5/1.5/0",
        "x/0/0",
        "5/10/16.mvt.mvt",
        "5/%31%30/\u0661",
    ],
)
def test_outside_the_matrix_there_is_no_tile(client: httpx.Client, place: str) -> None:
    """Quirk 18: also for numbers that no integer column holds."""
    answer = client.get(path(place))
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("/collections/roads/tiles/NowhereQuad/0/0/0", 404),
        ("/collections/nowhere/tiles/WebMercatorQuad/0/0/0", 404),
        ("/collections/railways/tiles/WebMercatorQuad/0/0/0", 404),
        ("/collections/roads/tiles/WebMercatorQuad/0/0/0?limit=1", 400),
        ("/collections/roads/tiles/WebMercatorQuad/0/0/0?f=png", 400),
        ("/collections/roads/tiles/WebMercatorQuad/0/0/0?f=json", 400),
        ("/collections/roads/tiles/WebMercatorQuad/0/0/0?f=", 400),
        ("/collections/roads/tiles/WebMercatorQuad/0/0/0?lang=xx", 400),
        ("/collections/roads/tiles/WebMercatorQuad/0/0/0?lang=", 400),
    ],
)
def test_what_cannot_be_asked_for_is_refused(client: httpx.Client, asked: str, status: int) -> None:
    assert client.get(asked).status_code == status


def test_a_tile_may_end_in_a_suffix_or_be_asked_for_by_format(client: httpx.Client) -> None:
    """Quirk 19: GDAL takes an address without suffix for a directory of zooms."""
    place = path(tiles.address(*ROAD_7, 12))
    plain = client.get(place)
    for asked in (place + ".mvt", place + ".pbf", place + "?f=mvt", place + "?f=pbf"):
        answer = client.get(asked)
        assert answer.content == plain.content
        assert answer.headers["content-type"] == MVT_TYPE


def test_methods_and_media_types(client: httpx.Client) -> None:
    place = path(tiles.address(*ROAD_7, 12))
    head, got = client.head(place), client.get(place)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == got.headers["etag"]
    assert client.post(place).status_code == 405
    assert client.get(place, headers={"Accept": "image/png"}).status_code == 406
    assert client.get(place, headers={"Accept": "application/x-protobuf"}).status_code == 200
    assert got.headers["access-control-allow-origin"] == "*"


def ids(client: httpx.Client, folder: Path, place: str, selection: str = "") -> set[int]:
    """The roads of a tile."""
    answer = client.get(f"{path(place)}?{selection}")
    assert answer.status_code in (200, 204), answer.text
    return {road.id for road in tiles.read(answer.content, place, folder, "roads")} if answer.content else set()


@pytest.mark.parametrize("zoom", [8, 12])
@pytest.mark.parametrize(
    "selection",
    [
        "speedLimit=50",
        "id=3",
        "q=dorp",
        "datetime=2012-01-01",
        "datetime=2018-01-01/..",
        "filter=speedLimit IS NULL AND bridge = true",
        'filter={"op":"isNull","args":[{"property":"speedLimit"}]}&filter-lang=cql2-json',
        "filter=S_INTERSECTS(geometry, POLYGON((4 51,4.055 51,4.055 52,4 52,4 51)))",
        "datetime=2018-01-01&functionalRoadClass=mainRoad&filter=id > 3",
    ],
)
def test_a_tile_holds_what_items_select(client: httpx.Client, tmp_path: Path, zoom: int, selection: str) -> None:
    """From geometry generalised for a low zoom, and from the features themselves."""
    place = tiles.address(4.09, 51.05, zoom)
    everything = ids(client, tmp_path, place)
    features = client.get(f"/collections/roads/items?limit=100&{selection}").json()["features"]
    chosen = ids(client, tmp_path, place, selection)
    assert chosen == everything & {feature["id"] for feature in features}
    assert chosen < everything


@pytest.mark.parametrize(
    ("subset", "datetime"),
    [
        ('datetime("2012-01-01")', "2012-01-01"),
        ('datetime("2018-01-01T00:00:00Z":"2019-01-01T00:00:00Z")', "2018-01-01/2019-01-01"),
        ('datetime("2018-01-01":*)', "2018-01-01/.."),
        ('datetime(*:"2009-12-31")', "../2009-12-31"),
        ("datetime(*:*)", "../.."),
    ],
)
def test_a_part_of_the_axis_of_time_is_an_interval(
    client: httpx.Client, tmp_path: Path, subset: str, datetime: str
) -> None:
    """20-057, /req/datetime/axis."""
    place = tiles.address(4.09, 51.05, 8)
    assert ids(client, tmp_path, place, f"subset={subset}") == ids(client, tmp_path, place, f"datetime={datetime}")


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        ("filter=nowhere = 1", "filter"),
        ("filter=speedLimit >", "filter"),
        ("speedLimit=fast", "speedLimit"),
        ("datetime=yesterday", "datetime"),
        ("subset=datetime(*)", "subset"),
        ('subset=Lat("1":"2")', "subset"),
        ('subset=datetime("2018-13-01")', "subset"),
        ('subset=datetime("2018-01-01")&datetime=2018-01-01', "subset"),
        ("bbox=4,50,5,51", "bbox"),
        ("filter-crs=EPSG:4326", "filter-crs"),
        ("limit=1", "limit"),
        ("surfaces=paved", "surfaces"),
    ],
)
@pytest.mark.parametrize("below", ["", "/WebMercatorQuad", "/WebMercatorQuad/0/0/0"])
def test_what_selects_nothing_is_refused(client: httpx.Client, below: str, asked: str, parameter: str) -> None:
    """By the tiles, and by the documents that lead to them."""
    answer = client.get(f"/collections/roads/tiles{below}?{asked}")
    assert (answer.status_code, answer.json().get("parameter")) == (400, parameter)


def test_a_collection_without_names_is_not_searched(client: httpx.Client) -> None:
    assert client.get("/collections/accidents/tiles/WebMercatorQuad/0/0/0?q=dorp").status_code == 400


def test_who_has_a_selection_is_told_so(client: httpx.Client) -> None:
    place = path(tiles.address(4.09, 51.05, 8)) + "?filter=bridge = true"
    tag = client.get(place).headers["etag"]
    assert client.get(place, headers={"If-None-Match": tag}).status_code == 304


def test_the_same_question_gives_the_same_bytes(client: httpx.Client) -> None:
    for zoom in (0, 6, 11, 12, 16):
        place = path(tiles.address(4.1, 51.05, zoom))
        assert client.get(place).content == client.get(place).content


def test_who_has_a_tile_is_told_so(client: httpx.Client) -> None:
    place = path(tiles.address(*ROAD_7, 12))
    for coding in ("gzip", "identity"):
        answer = client.get(place, headers={"Accept-Encoding": coding})
        tag = answer.headers["etag"]
        assert re.fullmatch(r'"[\x21\x23-\x7e]+"', tag)
        assert "Accept-Encoding" in answer.headers["vary"]
        assert answer.headers["cache-control"] == "public, no-cache"
        for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
            again = client.get(place, headers={"Accept-Encoding": coding, "If-None-Match": known})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == tag
        fresh = client.get(place, headers={"Accept-Encoding": coding, "If-None-Match": '"other"'})
        assert fresh.content == answer.content
    by_coding = {client.get(place, headers={"Accept-Encoding": name}).headers["etag"] for name in ("gzip", "identity")}
    assert len(by_coding) == 2


def test_a_question_whether_it_still_holds_reads_no_features() -> None:
    assert "roads" not in version_statement(ROADS).sql


@pytest.fixture
def own_client(database_url: str) -> Iterator[httpx.Client]:
    """A client of a service before the test's own database, which holds the sample."""
    fill(database_url)
    with served(Settings(database_url=database_url)) as address, httpx.Client(base_url=address, timeout=20) as client:
        yield client


def test_a_load_ends_what_caches_hold(own_client: httpx.Client, database_url: str) -> None:
    place = path(tiles.address(*ROAD_7, 12))
    tag = own_client.get(place).headers["etag"]
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE collection_state SET version = version + 1 WHERE collection = 'roads'")
    answer = own_client.get(place, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert answer.headers["etag"] != tag
    assert own_client.get(path("0/0/0", "airports")).headers["etag"] != answer.headers["etag"]


def test_a_tile_that_would_be_too_large_keeps_what_matters_most(
    own_client: httpx.Client, database_url: str, tmp_path: Path
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO roads (id, page_rank, load_id, content_hash, geom, local_id, inspire_id, name, dataset,"
            "  region, licence, functional_road_class)"
            " SELECT 1000 + n, 1000 + n, 1, gen_random_uuid(),"
            "  ST_SetSRID(ST_MakeLine(ST_MakePoint(10 + n * 1e-6, 50), ST_MakePoint(10 + n * 1e-6, 50.005)), 4326),"
            "  n::text, n::text, repeat(md5(n::text), 4), 'elsewhere/roads', 'elsewhere', 'ODbL-1.0',"
            "  CASE WHEN n % 10 = 0 THEN 'mainRoad' ELSE 'fourthClass' END"
            " FROM generate_series(1, 6000) AS n"
        )
    place = tiles.address(10.001, 50.001, 14)
    answer = own_client.get(path(place))
    assert MAXIMUM_BYTES / 2 < len(answer.content) <= MAXIMUM_BYTES
    roads = tiles.read(answer.content, place, tmp_path, "roads")
    kept = [road.id for road in roads if road.properties["functionalRoadClass"] == "mainRoad"]
    assert kept == list(range(1010, 7001, 10))
    plain = own_client.get(path(place), headers={"Accept-Encoding": "identity"})
    assert plain.content == answer.content
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < int(plain.headers["content-length"])


@pytest.mark.parametrize("collection", COLLECTIONS.values(), ids=lambda collection: collection.id)
@pytest.mark.parametrize("tile_matrix_set", TILE_MATRIX_SETS.values(), ids=lambda entry: entry.id)
def test_every_value_of_a_statement_is_a_parameter(collection: Collection, tile_matrix_set: TileMatrixSet) -> None:
    for matrix in range(tile_matrix_set.deepest + 1):
        for condition, at_most in product((None, tile_condition(collection, SELECTION)), (None, 10)):
            tile = TileAddress(matrix, 0, 0)
            statement = tile_statement(TileRequest(collection, tile_matrix_set, tile, condition, at_most))
            used = {int(number) for number in re.findall(r"\$(\d+)", statement.sql)}
            assert used == set(range(1, len(statement.parameters) + 1))


@pytest.mark.parametrize("tile_matrix_set", TILE_MATRIX_SETS.values(), ids=lambda entry: entry.id)
def test_every_statement_is_one_that_postgresql_understands(sample_url: str, tile_matrix_set: TileMatrixSet) -> None:
    condition = tile_condition(ROADS, SELECTION)
    with psycopg.connect(sample_url) as connection:
        for number, (matrix, at_most) in enumerate(product((3, 13), (None, 10))):
            request = TileRequest(ROADS, tile_matrix_set, TileAddress(matrix, 0, 0), condition, at_most)
            connection.execute(f"PREPARE tile_{number} AS {tile_statement(request).sql}".encode())


def quadtree(client: httpx.Client, collection: str, deepest: int) -> Iterator[tuple[TileAddress, int]]:
    """Every tile that could be large, with its size: below a tile of 5 kB that hides nothing there is no large one."""
    waiting = [TileAddress(0, 0, 0)]
    while waiting:
        tile = waiting.pop()
        answer = client.get(path("/".join(map(str, tile)), collection), headers={"Accept-Encoding": "identity"})
        yield tile, len(answer.content)
        if len(answer.content) > 5_000 and tile.matrix < deepest:
            waiting += [
                TileAddress(tile.matrix + 1, 2 * tile.row + down, 2 * tile.column + right)
                for down in (0, 1)
                for right in (0, 1)
            ]


@pytest.fixture(scope="module")
def loaded_client(loaded_url: str) -> Iterator[httpx.Client]:
    """A client of a service before real data."""
    with served(Settings(database_url=loaded_url)) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


@pytest.mark.parametrize("collection", ["roads", "railways", "ports", "sea-lanes", "airports"])
def test_no_tile_of_real_data_is_large(loaded_client: httpx.Client, collection: str) -> None:
    largest: dict[int, int] = {}
    for tile, size in quadtree(loaded_client, collection, 14):
        largest[tile.matrix] = max(size, largest.get(tile.matrix, 0))
    assert largest[0] > 0
    assert max(largest.values()) <= MAXIMUM_BYTES, largest


def test_no_tile_of_a_street_map_is_large(loaded_client: httpx.Client, real_data: Path) -> None:
    assert real_data
    wechelderzande = (4.77, 51.25, 4.81, 51.28)
    sizes = []
    for zoom in range(11, 15):
        limits = WEB_MERCATOR_QUAD.limits(wechelderzande, zoom)
        for row in range(limits.min_row, limits.max_row + 1):
            for column in range(limits.min_column, limits.max_column + 1):
                sizes.append(len(loaded_client.get(path(f"{zoom}/{row}/{column}")).content))
    assert 0 < max(sizes) <= MAXIMUM_BYTES
