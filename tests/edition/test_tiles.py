"""Ready-made tiles: what a request would get, made once; after a change only what it touches is made anew."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pyogrio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otn.api.codings import encoded, unpacked
from otn.edition.build import publish
from otn.edition.pmtiles import tile_address, tile_data_offset, tile_id
from otn.edition.standing import behind, standings
from otn.edition.tile_build import MadeTiles, make_tiles
from otn.edition.tile_file import TileFile
from otn.edition.tile_info import TilesOf, path_of_tiles, told
from otn.edition.tile_writer import packed, write_tiles
from otn.errors import DamagedPart, EditionError
from otn.etl.pipeline import load_dataset
from otn.etl.progress import Silent
from otn.etl.wishes import Wishes
from otn.model.collections import COLLECTIONS, Collection
from otn.model.tile_matrix_sets import WEB_MERCATOR_QUAD, TileAddress
from otn.store import tile_sql
from otn.store.tile_sql import TileRequest, tile_statement
from tests.edition.conftest import REGISTRY, House
from tests.edition.test_build import files_no_longer_than, flip


def made_now(
    cursor: "psycopg.RawCursor[tuple[int, bytes | None, int]]", collection: Collection, tile: TileAddress
) -> bytes:
    """What a request for the tile makes."""
    request: TileRequest | None = TileRequest(collection, WEB_MERCATOR_QUAD, tile)
    content = b""
    while request is not None:
        statement = tile_statement(request)
        [(_, made, features)] = cursor.execute(statement.sql.encode(), statement.parameters, binary=True).fetchall()
        content = made or b""
        request = request.smaller(features, len(content))
    return content


def tiles_of(house: House, collection: str = "roads") -> TileFile:
    [path] = (house.editions / collection / "tiles").glob("*.pmtiles")
    return TileFile(path)


def assert_as_made_now(url: str, file: TileFile, collection: Collection) -> None:
    """A third of the tiles that are there, and some beside them, are what requests would make."""
    with psycopg.connect(url) as connection:
        cursor = psycopg.RawCursor(connection)
        tiles = [tile_address(number) for number in file.ids.tolist()]
        beside = {
            tile._replace(row=tile.row + down, column=tile.column + right)
            for tile in random.Random(7).sample(tiles, min(60, len(tiles)))  # noqa: S311
            for down in (-1, 0, 1)
            for right in (-1, 0, 1)
        }
        for tile in {*tiles[::3], *filter(WEB_MERCATOR_QUAD.contains, beside)}:
            found = file.find(tile)
            made = made_now(cursor, collection, tile)
            assert (b"" if found is None else unpacked(found)) == made, tile
            assert found is None or bytes(found) == encoded(made, "gzip")


@pytest.mark.parametrize("collection", ["roads", "ports", "airports"])
def test_a_tile_of_any_collection_is_what_a_request_would_make(
    sample_url: str, tmp_path: Path, collection: str
) -> None:
    publish(sample_url, tmp_path, [collection])
    [made] = make_tiles(sample_url, tmp_path, [collection])
    file = TileFile(path_of_tiles(tmp_path / collection, made.number))
    assert made.made == len(file) > 5
    assert_as_made_now(sample_url, file, COLLECTIONS[collection])


@pytest.fixture(scope="module")
def village(village_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TileFile]:
    """The tiles of a village's roads, of which only few bytes are allowed."""
    folder = tmp_path_factory.mktemp("village")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tile_sql, "MAXIMUM_BYTES", 6000)
        publish(village_url, folder, ["roads"])
        [made] = make_tiles(village_url, folder, ["roads"])
        yield TileFile(path_of_tiles(folder / "roads", made.number))


def test_ready_made_too_a_tile_that_would_be_too_large_keeps_what_matters_most(
    village: TileFile, village_url: str
) -> None:
    sizes = [len(unpacked(village.at(position))) for position in range(len(village))]
    assert max(sizes) <= 6000
    assert_as_made_now(village_url, village, COLLECTIONS["roads"])


@given(st.integers(0, 24), st.data())
def test_a_tile_is_known_by_its_number(zoom: int, data: st.DataObject) -> None:
    tile = TileAddress(zoom, *(data.draw(st.integers(0, (1 << zoom) - 1)) for _ in range(2)))
    assert tile_address(tile_id(tile)) == tile


def test_others_find_in_it_what_we_do(village: TileFile) -> None:
    """GDAL, by the directories of PMTiles, which ours does not look at."""
    assert [name for name, _ in pyogrio.list_layers(village.path)] == ["roads"]
    frame = pyogrio.read_dataframe(village.path, ZOOM_LEVEL="14")
    assert {"functionalRoadClass", "localId"} <= set(frame.columns)
    assert len(frame) > 0
    assert addresses_in(village.path) == sorted(map(tile_address, village.ids.tolist()))


def test_others_find_every_tile_of_a_large_file(tmp_path: Path) -> None:
    """Whose directory does not fit into the beginning of the file; some tiles are the same."""
    some = random.Random(3)  # noqa: S311
    tiles = {TileAddress(16, some.randrange(65536), some.randrange(8)): some.randbytes(4) for _ in range(4000)}
    same = {TileAddress(13, 4000 + number % 512, 4000 + number // 512): b"sea" for number in range(2048)}
    numbered = sorted((tile_id(tile), packed(content)) for tile, content in (tiles | same).items())
    path = tmp_path / "1.pmtiles"
    of = TilesOf("roads", 1, None, "2026-01-02T03:04:05+00:00", "recipe", 16)
    assert write_tiles(path, told(of), (0, 0, 1, 1), numbered) == len(tiles) + len(same)
    file = TileFile(path)
    assert tile_data_offset(file.window(0, file.size)) > 16384
    assert file.tiles_of == of
    assert {tile: unpacked(file.find(tile) or b"") for tile in (tiles | same)} == tiles | same
    assert file.find(TileAddress(13, 0, 0)) is None
    assert path.read_bytes().count(packed(b"sea")) == 1
    assert addresses_in(path) == sorted(tiles | same)


def addresses_in(path: Path) -> list[TileAddress]:
    """The tiles that GDAL finds in a file."""
    listed = pyogrio.vsi_listtree(f"/vsipmtiles/{path}", pattern="*.mvt")
    named = (name.removesuffix(".mvt").split("/")[-3:] for name in listed)
    return sorted(TileAddress(int(zoom), int(row), int(column)) for zoom, column, row in named)


Places = dict[int, tuple[float, float]]


def load(house: House, dataset: str, places: Places) -> int:
    """A feature at each place: a short line, which goes the same way as others nearby, or a point."""
    is_line = dataset.endswith("roads")
    features = [
        {
            "type": "Feature",
            "properties": {"localId": str(name), "name": f"number {name}", "functionalRoadClass": "mainRoad"},
            "geometry": {
                "type": "LineString" if is_line else "Point",
                "coordinates": [[x, y], [x + 0.01, y + 0.002]] if is_line else [x, y],
            },
        }
        for name, (x, y) in places.items()
    ]
    file = house.folder / "some.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    wishes = Wishes([file], accept_losses=True)
    declared = REGISTRY.dataset(dataset)
    return load_dataset(house.url, declared, registry=REGISTRY, progress=Silent(), wishes=wishes).load_id


def publish_with_tiles(house: House, collection: str = "roads", *, verify: bool = False) -> list[MadeTiles]:
    publish(house.url, house.editions, [collection], verify=verify)
    return make_tiles(house.url, house.editions, [collection], verify=verify)


@pytest.mark.parametrize("dataset", ["elsewhere/roads", "elsewhere/ports"])
def test_after_a_change_what_was_not_touched_is_kept_and_all_is_as_if_made_anew(house: House, dataset: str) -> None:
    """Places lie in clusters, so that on low zooms features take the place of others that go or come."""
    collection = REGISTRY.dataset(dataset).collection
    some = random.Random(5)  # noqa: S311
    corners = [(some.uniform(-5, 25), some.uniform(45, 57)) for _ in range(9)]

    def place() -> tuple[float, float]:
        west, south = some.choice(corners)
        return round(west + some.random() / 50, 7), round(south + some.random() / 50, 7)

    places = {name: place() for name in range(60)}
    load(house, dataset, places)
    [first] = publish_with_tiles(house, collection)
    assert first.made == first.count
    for _ in range(2):
        for name in some.sample(sorted(places), 2):
            del places[name]
        moved = some.choice(sorted(places))
        places |= {moved: place(), max(places) + 1: place()}
        load(house, dataset, places)
        [again] = publish_with_tiles(house, collection)
        assert 0 < again.made < again.count
        changed = tiles_of(house, collection)
        fresh = House(house.url, house.folder / f"anew-{again.number}")
        [anew] = publish_with_tiles(fresh, collection)
        assert anew.made == anew.count == again.count
        assert tiles_of(fresh, collection).path.read_bytes() == changed.path.read_bytes()


def test_tiles_that_are_there_are_not_made_again(house: House) -> None:
    house.load("elsewhere/roads", "a", "b")
    assert behind(house.url, house.editions) == ["roads"]
    house.publish()
    assert behind(house.url, house.editions) == ["roads"]
    [made] = make_tiles(house.url, house.editions)
    assert behind(house.url, house.editions) == []
    assert make_tiles(house.url, house.editions, verify=True) == []
    [standing] = standings(house.url, house.editions)
    assert standing.tiles is not None
    assert standing.tiles.size == tiles_of(house).size
    number = house.load("elsewhere/roads", "a", "c")
    publish_with_tiles(house)
    assert tiles_of(house).tiles_of.number == number > made.number


@pytest.mark.parametrize("keeps_old", [True, False])
def test_damaged_tiles_are_made_again(house: House, keeps_old: bool) -> None:
    house.load("elsewhere/roads", "a", "b")
    publish_with_tiles(house)
    path = tiles_of(house).path
    content = path.read_bytes()
    if not keeps_old:
        house.load("elsewhere/roads", "a", "c")
        house.publish()
    flip(path)
    with pytest.raises(DamagedPart):
        TileFile(path)
    [again] = publish_with_tiles(house, verify=True)
    assert again.made == again.count
    assert (tiles_of(house).path.read_bytes() == content) is keeps_old


def test_of_a_database_that_is_ahead_of_the_edition_no_tiles_are_made(house: House) -> None:
    assert make_tiles(house.url, house.editions) == []
    house.load("elsewhere/roads", "a")
    house.publish()
    house.load("elsewhere/roads", "b")
    assert make_tiles(house.url, house.editions) == []
    assert list(house.editions.glob("*/tiles/*")) == []


def test_before_overviews_are_made_anew_no_tiles_are(house: House) -> None:
    house.load("elsewhere/roads", "a")
    house.publish()
    with psycopg.connect(house.url) as connection:
        connection.execute("UPDATE dataset SET generalised_by = 'another rule'")
    assert make_tiles(house.url, house.editions) == []


def test_a_full_disk_leaves_the_tiles_before_and_nothing_else(house: House) -> None:
    house.load("elsewhere/roads", *"abcdefghij")
    publish_with_tiles(house)
    before = tiles_of(house).path
    house.load("elsewhere/roads", *"klmnopqrst")
    house.publish()
    with (
        files_no_longer_than(3000),
        pytest.raises(EditionError, match="tile file of roads was not built: File too large"),
    ):
        make_tiles(house.url, house.editions)
    assert list(before.parent.iterdir()) == [before]
    (before.parent / "9.unfinished").write_bytes(b"of a making that was killed")
    [made] = make_tiles(house.url, house.editions)
    assert list(before.parent.iterdir()) == [before.with_stem(str(made.number))]
