"""A build of editions that is killed leaves the editions before it, and the next one is good; two builds take turns."""

import random
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from otn.edition.build import publish
from otn.edition.manifest import PARTS, Manifest, read_manifest
from otn.edition.part import Part
from otn.edition.tile_build import make_tiles
from otn.edition.tile_file import TileFile
from otn.edition.tile_info import TILES, numbers_of_tiles, path_of_tiles
from otn.etl.generalise import generalise_outdated
from otn.model.datasets import Registry
from otn.settings import Settings
from tests.api.sample import declare
from tests.conftest import environment_with
from tests.processes import Process

PLACES = 20_000


class Editions:
    """The editions of ports, which processes build that may be killed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._url = settings.database_url or ""
        self.folder = settings.editions_dir / "ports"

    def load(self, version: int) -> None:
        """Other ports in the place of those before, and what tells that a load brought them."""
        ports = Registry.read().dataset("elsewhere/ports")
        with psycopg.connect(self._url) as connection:
            connection.execute("TRUNCATE ports, dataset, further_collection, collection_state")
            connection.execute(
                "INSERT INTO ports (id, page_rank, load_id, content_hash, geom, local_id, inspire_id, dataset, region,"
                " licence, name) SELECT n, n, 1, gen_random_uuid(), ST_SetSRID(ST_MakePoint(n %% 180, n %% 90), 4326),"
                " n, n, %s, %s, %s, %s FROM generate_series(1, %s) AS n",
                [ports.id, ports.region, ports.licence, f"v{version}", PLACES],
            )
            [(load,)] = connection.execute(
                "INSERT INTO load (dataset, state, started, finished, source, number_read, number_added,"
                " number_changed, number_removed, number_rejected, number_normalised)"
                " VALUES (%s, 'committed', now(), now(), 'a test', 0, 0, 0, 0, 0, 0) RETURNING id",
                [ports.id],
            ).fetchall()
            connection.execute("INSERT INTO feature_change VALUES (%s, 'ports', 0, 'added')", [load])
            declare(connection, ports, number_of_features=PLACES)
            connection.execute("UPDATE collection_state SET version = %s", [load])

    def publish(self) -> None:
        publish(self._url, self._settings.editions_dir, ["ports"])

    def generalise(self) -> None:
        """What a load does too, and tiles need."""
        generalise_outdated(self._url)

    def make_tiles(self) -> None:
        self.publish()
        self.generalise()
        make_tiles(self._url, self._settings.editions_dir, ["ports"])

    def newest_tiles(self) -> TileFile:
        """The newest file of tiles, of which every byte is read."""
        return TileFile(path_of_tiles(self.folder, numbers_of_tiles(self.folder)[0]))

    def start(self) -> Process:
        """A build, running."""
        return Process(
            [sys.executable, "-m", "otn", "editions", "build", "ports"],
            env=environment_with(**self._settings.to_environment()),
            stdout=subprocess.PIPE,
        )

    def files(self) -> list[Path]:
        return [*self.folder.glob("*.json"), *(self.folder / PARTS).glob("*")]

    def newest(self) -> Manifest:
        """The highest edition, of which every byte is read."""
        number = max(int(file.stem) for file in self.folder.glob("*.json"))
        manifest = read_manifest(self.folder / f"{number}.json")
        parts = [Part(self.folder / PARTS / entry.file) for entry in manifest.parts]
        assert [part.checksum for part in parts] == [entry.checksum for entry in manifest.parts]
        assert manifest.count == PLACES
        return manifest


@pytest.fixture
def editions(settings: Settings) -> Editions:
    """One edition, and a load after it that was not published."""
    found = Editions(settings)
    found.load(1)
    found.publish()
    found.load(2)
    return found


def tiles_are_begun(folder: Path) -> bool:
    return any((folder / TILES).glob("*.unfinished"))


def part_is_begun(folder: Path) -> bool:
    return any((folder / PARTS).glob("*.unfinished"))


def part_has_grown(folder: Path) -> bool:
    return any(file.stat().st_size > 1 << 20 for file in (folder / PARTS).glob("*.unfinished"))


def part_is_finished(folder: Path) -> bool:
    return len(list((folder / PARTS).glob("*.part"))) > 1


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline


@pytest.mark.parametrize("moment", [part_is_begun, part_has_grown, part_is_finished])
def test_a_build_killed_at_a_known_moment_leaves_the_edition_before(
    editions: Editions, moment: Callable[[Path], bool]
) -> None:
    old = editions.newest().number
    with editions.start() as build:
        wait_until(lambda: moment(editions.folder) or build.poll() is not None)
        build.kill()
    assert editions.newest().number in (old, old + 1)
    editions.publish()
    assert editions.newest().number == old + 1
    assert not [file for file in editions.files() if "unfinished" in file.name]


def test_a_making_of_tiles_that_is_killed_leaves_the_tiles_before(editions: Editions) -> None:
    editions.make_tiles()
    before = editions.newest_tiles()
    editions.load(1)
    editions.publish()
    editions.generalise()
    with editions.start() as build:
        wait_until(lambda: tiles_are_begun(editions.folder) or build.poll() is not None)
        build.kill()
    assert editions.newest_tiles().checksum == before.checksum
    editions.make_tiles()
    assert editions.newest_tiles().tiles_of.number == editions.newest().number > before.tiles_of.number
    assert len(list((editions.folder / TILES).iterdir())) == 1


@pytest.mark.trust
def test_a_build_killed_at_fifty_random_moments_leaves_a_whole_edition(editions: Editions) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    moments = random.Random(seed)  # noqa: S311
    before = editions.newest().number
    with editions.start() as build:
        wait_until(lambda: part_is_begun(editions.folder) or build.poll() is not None)
        began = time.monotonic()
        wait_until(lambda: editions.newest().number > before)
        duration = time.monotonic() - began
        build.communicate(timeout=60)
    for kill in range(50):
        old = editions.newest().number
        editions.load(1 + kill % 2)
        after = moments.uniform(0, duration)
        with editions.start() as build:
            wait_until(lambda: part_is_begun(editions.folder) or build.poll() is not None)
            with suppress(subprocess.TimeoutExpired):
                build.communicate(timeout=after)
            build.kill()
        found = editions.newest().number
        print(f"{kill}: killed after {after:.2f} s of {duration:.2f} s: edition {found}, {len(editions.files())} files")
        assert found in (old, old + 1)
        editions.publish()
        assert editions.newest().number == old + 1
        assert not [file for file in editions.files() if "unfinished" in file.name]


def test_of_two_builds_the_second_finds_nothing_left_to_do(editions: Editions) -> None:
    with editions.start() as first, editions.start() as second:
        said = [build.communicate(timeout=60)[0] for build in (first, second)]
    assert sorted("nothing to do" in told for told in said) == [False, True]
    editions.newest()
