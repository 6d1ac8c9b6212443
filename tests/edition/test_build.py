"""Publishing: an edition is what the database holds, made of parts of which only the changed ones are built."""

import json
import re
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest

from otn.edition.build import Published, publish
from otn.edition.manifest import PARTS, read_manifest
from otn.edition.part import Part
from otn.errors import EditionError
from tests.edition.conftest import House


def test_there_is_no_edition_of_what_was_never_loaded(house: House) -> None:
    assert publish(house.url, house.editions) == []


def test_a_load_becomes_an_edition(house: House) -> None:
    number = house.load("elsewhere/roads", "a", "b", "c")
    published = house.publish()
    assert published.parts_built == 1
    manifest = published.manifest
    assert manifest == read_manifest(house.editions / "roads" / f"{number}.json")
    assert (manifest.collection, manifest.number, manifest.count) == ("roads", number, 3)
    [part] = manifest.parts
    assert (part.identity.dataset, part.identity.load_id, part.count) == ("elsewhere/roads", number, 3)
    assert part.bbox == manifest.bbox == (4, 51, 4.2, 51.1)
    assert re.fullmatch(rf"elsewhere--roads\.{number}\.[0-9a-f]{{12}}\.part", part.file)
    assert Part(house.editions / "roads" / PARTS / part.file).checksum == part.checksum


def test_only_the_part_that_changed_is_built(house: House) -> None:
    house.load("elsewhere/roads", "a", "b")
    house.load("be/wechelderzande-roads", "c", "d")
    first = house.publish()
    house.load("be/wechelderzande-roads", "c", "e")
    second = house.publish()
    assert (first.parts_built, second.parts_built) == (2, 1)
    of = {part.identity.dataset: part.file for part in first.manifest.parts}
    now = {part.identity.dataset: part.file for part in second.manifest.parts}
    assert of["elsewhere/roads"] == now["elsewhere/roads"]
    assert of["be/wechelderzande-roads"] != now["be/wechelderzande-roads"]


def test_a_load_that_changes_nothing_publishes_nothing(house: House) -> None:
    house.load("elsewhere/roads", "a", "b")
    before = house.publish()
    house.load("elsewhere/roads", "a", "b")
    again = house.publish(verify=True)
    assert again == Published(before.manifest, 0, is_new=False)


def test_features_that_stand_first_stand_at_their_natural_place_in_their_part(house: House) -> None:
    house.load("elsewhere/roads", *(f"road {number}" for number in range(30)))
    manifest = house.publish().manifest
    part = Part(house.editions / "roads" / PARTS / manifest.parts[0].file)
    with psycopg.connect(house.url) as connection:
        first = [id_ for (id_,) in connection.execute("SELECT id FROM roads WHERE page_rank = 0 ORDER BY id")]
        ranked = connection.execute("SELECT id, page_rank FROM roads WHERE page_rank > 0").fetchall()
    assert [front.id for front in manifest.front] == first
    places = list(zip(part.ranks.tolist(), part.ids.tolist(), strict=True))
    assert places == sorted(places)
    assert {id_: rank for rank, id_ in places if id_ not in first} == dict(ranked)
    assert all(rank > 0 for rank, _ in places)


def test_a_dataset_that_lost_its_features_has_no_part(house: House) -> None:
    house.load("elsewhere/roads", "a")
    house.load("be/wechelderzande-roads", "b")
    with psycopg.connect(house.url) as connection:
        connection.execute("DELETE FROM roads WHERE dataset = 'elsewhere/roads'")
        connection.execute("UPDATE dataset SET number_of_features = 0 WHERE id = 'elsewhere/roads'")
        connection.execute("UPDATE collection_state SET number_of_features = 1")
    assert [part.identity.dataset for part in house.publish().manifest.parts] == ["be/wechelderzande-roads"]


def test_the_newest_three_editions_are_kept_with_their_parts(house: House) -> None:
    made = []
    for name in "abcde":
        house.load("elsewhere/roads", name)
        made.append(house.publish().manifest)
    expected = {f"roads/{manifest.number}.json" for manifest in made[2:]}
    expected |= {f"roads/parts/{manifest.parts[0].file}" for manifest in made[2:]}
    assert house.files() == expected


def test_what_a_killed_build_left_is_removed(house: House) -> None:
    house.load("elsewhere/roads", "a")
    house.publish()
    parts = house.editions / "roads" / PARTS
    (parts / "elsewhere--roads.9.unfinished").write_bytes(b"half")
    (house.editions / "roads" / "9.unfinished").write_bytes(b"half")
    house.load("elsewhere/roads", "b")
    house.publish()
    assert not [name for name in house.files() if "unfinished" in name]


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def test_a_damaged_part_is_built_anew(house: House) -> None:
    house.load("elsewhere/roads", "a", "b")
    [part] = house.publish().manifest.parts
    file = house.editions / "roads" / PARTS / part.file
    flip(file)
    again = house.publish(verify=True)
    assert (again.parts_built, again.is_new) == (1, True)
    assert Part(file).checksum == part.checksum


@pytest.mark.parametrize("break_it", [flip, Path.unlink], ids=["damaged", "missing"])
def test_a_manifest_that_is_not_whole_is_written_anew(house: House, break_it: Callable[[Path], None]) -> None:
    house.load("elsewhere/roads", "a", "b")
    manifest = house.publish().manifest
    file = house.editions / "roads" / f"{manifest.number}.json"
    break_it(file)
    again = house.publish()
    assert again.is_new
    assert read_manifest(file).parts == manifest.parts


def test_editions_of_another_database_are_not_taken_for_this_ones(house: House, sample_url: str) -> None:
    house.load("elsewhere/roads", "a")
    house.load("elsewhere/roads", "b")
    mine = house.publish().manifest
    [other] = publish(sample_url, house.editions, ["roads"])
    assert other.manifest.count == 23
    assert other.manifest.number < mine.number
    assert {name for name in house.files() if name.endswith(".json")} == {f"roads/{other.manifest.number}.json"}


def test_a_folder_that_cannot_be_written_is_said_so(house: House) -> None:
    house.load("elsewhere/roads", "a")
    house.editions.write_text("a file in its place")
    with pytest.raises(EditionError, match=r"The edition of roads was not built: .* PostgreSQL answers in its place"):
        house.publish()


@contextmanager
def files_no_longer_than(octets: int) -> Iterator[None]:
    """As where the disk is full: writing more fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_is_full_leaves_the_edition_before_and_nothing_else(house: House) -> None:
    house.load("elsewhere/roads", *"abcdefghijklmnop")
    house.publish()
    before = house.files()
    house.load("elsewhere/roads", *"qrstuvwxyz")
    with files_no_longer_than(4000), pytest.raises(EditionError, match="roads was not built: File too large"):
        house.publish()
    assert house.files() == before
    assert house.publish().parts_built == 1


def test_a_database_that_is_away_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(EditionError, match="PostgreSQL ended the build of the edition of roads"):
        publish(f"postgresql:///otn?host={tmp_path}", tmp_path, ["roads"])


def test_fragments_are_what_is_served(house: House, client: httpx.Client, sample_url: str) -> None:
    for published in publish(sample_url, house.editions):
        manifest = published.manifest
        items = client.get(f"/collections/{manifest.collection}/items", params={"limit": 100}).content
        served = items[items.index(b'"features":[') + 12 : -2]
        texts: dict[int, bytes] = {}
        for entry in manifest.parts:
            part = Part(house.editions / manifest.collection / PARTS / entry.file)
            texts |= {id_: bytes(part.fragment(position)) for position, id_ in enumerate(part.ids.tolist())}
        in_order = [feature["id"] for feature in json.loads(items)["features"]]
        assert b",".join(texts[id_] for id_ in in_order) == served
