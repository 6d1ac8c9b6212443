"""What tests stand on: a real PostgreSQL of their own, databases cloned from a migrated template, the real data."""

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis
import psycopg
import pytest
from filelock import FileLock
from psycopg import sql

from otn.etl.pipeline import load_dataset
from otn.etl.progress import Silent
from otn.etl.wishes import Wishes
from otn.model.datasets import Registry
from otn.settings import ROOT, Settings
from otn.store import migrations
from otn.store.cluster import database
from tests.api.sample import fill
from tests.processes import Process

# Where this runs in the background of a shell, or without a terminal, these are ignored, and so they would be by the
# processes tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

# How long an example takes says how busy the machine is, not whether the code is right.
hypothesis.settings.register_profile("otn", deadline=None)
hypothesis.settings.load_profile("otn")

REAL_DATA = Path(os.environ.get("OTN_REAL_DATA") or ROOT.parent / "shared" / "data")
_LONG_FILES = ("test_kills.py", "test_docs.py", "test_every_link.py", "test_download.py")
# The directory that the processes of one run share, with the cluster in it.
_SHARED = "TESTS_SHARED_DIRECTORY"
_shared = pytest.StashKey[ExitStack]()
_numbers = itertools.count(1)
# For machines without the real extract: two roads of the village, as OpenStreetMap publishes roads.
_VILLAGE = """<?xml version='1.0' encoding='UTF-8'?>
<osm version="0.6">
  <node id="1" lat="51.2600" lon="4.7800"/><node id="2" lat="51.2610" lon="4.7850"/>
  <node id="3" lat="51.2620" lon="4.7870"/><node id="4" lat="51.2650" lon="4.7900"/>
  <way id="10"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/><tag k="name" v="Dorp"/></way>
  <way id="11"><nd ref="2"/><nd ref="3"/><nd ref="4"/><tag k="highway" v="tertiary"/><tag k="maxspeed" v="50"/></way>
</osm>
"""


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data beside the project."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"there is no real data in {REAL_DATA}; OTN_REAL_DATA names another folder")
    return REAL_DATA


def pytest_configure(config: pytest.Config) -> None:
    """Makes what the processes of this run share; those that pytest-xdist starts find it in their environment."""
    if not hasattr(config, "workerinput"):
        stack = config.stash[_shared] = ExitStack()
        os.environ[_SHARED] = str(stack.enter_context(open_directory()))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files whose tests are few and long come first, so that no process of the run is alone with one at the end."""
    items.sort(key=lambda item: item.path.name not in _LONG_FILES)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Removes it."""
    if _shared in config.stash:
        config.stash[_shared].close()


@pytest.fixture(scope="session")
def cluster_url() -> Iterator[Callable[[str], str]]:
    """The URL of a database, by name, in a cluster that lives as long as the test session."""
    with database(Settings(data_dir=Path(os.environ[_SHARED]))) as url:
        yield lambda name: url.replace("///otn?", f"///{name}?")


@contextmanager
def open_directory() -> Iterator[Path]:
    """A temporary directory that PostgreSQL's user can enter too, unlike pytest's own."""
    with TemporaryDirectory(prefix="otn test ") as name:
        directory = Path(name)
        directory.chmod(0o755)
        yield directory


@pytest.fixture(scope="session")
def template_database(cluster_url: Callable[[str], str]) -> str:
    """The name of a migrated, empty database to clone."""
    name = "otn_template"
    with _once(name) as is_there:
        if not is_there:
            # What a crash of the machine would do to it is no matter here. Kills are tested on clusters of their own.
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                statement = sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting))
                _run(cluster_url("postgres"), statement)
            _run(cluster_url("postgres"), sql.Composed([sql.SQL("SELECT pg_reload_conf()")]))
            _run(cluster_url("postgres"), sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            migrations.upgrade(cluster_url(name))
    return name


MadeOnce = Callable[[str, Callable[[str], None]], str]


@pytest.fixture(scope="session")
def made_once(cluster_url: Callable[[str], str], template_database: str) -> MadeOnce:
    """Gives the URL of a database, by name, that is cloned and filled by the first process of the run to ask for it."""

    def make(name: str, fill: Callable[[str], None]) -> str:
        with _once(name) as is_there:
            if not is_there:
                clone(cluster_url, template_database, name)
                fill(cluster_url(name))
        return cluster_url(name)

    return make


@contextmanager
def _once(name: str) -> Iterator[bool]:
    """Whether what has this name is there already; while the block runs no other process of the run looks."""
    done = Path(os.environ[_SHARED]) / f"{name}.made"
    with FileLock(done.with_suffix(".lock")):
        yield done.exists()
        done.touch()


@pytest.fixture
def database_url(cluster_url: Callable[[str], str], template_database: str) -> Iterator[str]:
    """The URL of a migrated, empty database of the test's own."""
    name = f"otn_test_{os.getpid()}_{next(_numbers)}"
    clone(cluster_url, template_database, name)
    yield cluster_url(name)
    _run(cluster_url("postgres"), sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings with the test's own database and data directory."""
    return Settings(database_url=database_url, data_dir=tmp_path)


@pytest.fixture(scope="session")
def loaded_url(made_once: MadeOnce) -> str:
    """The URL of a database, to be read only, with the default datasets of be and lv.

    The highways of gb and fr make its roads more than 50,000; with the real data it holds those of Wechelderzande too.
    """
    return made_once("otn_loaded", _load_defaults)


def _load_defaults(url: str) -> None:
    registry = Registry.read()
    large = ("gb/highways", "fr/highways")
    for dataset in registry.defaults():
        if dataset.region in ("be", "lv") or dataset.id in large:
            load_dataset(url, dataset, registry=registry, progress=Silent())
    extract = REAL_DATA / "osm" / "wechelderzande-be.osm.pbf"
    if extract.is_file():
        roads = registry.dataset("be/wechelderzande-roads")
        load_dataset(url, roads, registry=registry, progress=Silent(), wishes=Wishes([extract]))


@pytest.fixture(scope="session")
def sample_url(made_once: MadeOnce) -> str:
    """The URL of a database, to be read only, that holds the sample."""
    return made_once("otn_sample", fill)


@pytest.fixture(scope="session")
def village_url(made_once: MadeOnce) -> str:
    """The URL of a database that holds the roads of Wechelderzande and nothing else."""
    return made_once("otn_village", _load_village)


def _load_village(url: str) -> None:
    registry = Registry.read()
    roads = registry.dataset("be/wechelderzande-roads")
    with open_directory() as directory:
        wishes = Wishes([_extract(directory)])
        load_dataset(url, roads, registry=registry, progress=Silent(), wishes=wishes)


@pytest.fixture(scope="session")
def elevation_service(village_url: str, real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `otn serve` with the elevation about Monaco and the roads of Wechelderzande."""
    folder, registry = tmp_path_factory.mktemp("elevation"), Registry.read()
    dataset, tile = registry.dataset("fr/srtm-elevation"), real_data / "srtm_dem" / "N43E007.tif"
    load_dataset(village_url, dataset, registry=registry, progress=Silent(), wishes=Wishes([tile]), rasters=folder)
    with serving(village_url, rasters=folder) as address:
        yield address


def _extract(directory: Path) -> Path:
    real = REAL_DATA / "osm" / "wechelderzande-be.osm.pbf"
    if real.is_file():
        return real
    written = directory / "village.osm"
    written.write_text(_VILLAGE)
    return written


@pytest.fixture(scope="session")
def service(loaded_url: str) -> Iterator[str]:
    """The address of `otn serve` over the loaded database, without a slash at its end."""
    with serving(loaded_url) as address:
        yield address


@contextmanager
def serving(database_url: str, access_log: Path | None = None, rasters: Path | None = None) -> Iterator[str]:
    """The address of `otn serve` in a process of its own, without a slash at its end.

    `rasters` is a folder where some were loaded.
    """
    command = [sys.executable, "-m", "otn", "serve"]
    with open_directory() as directory:
        if rasters is not None:
            (directory / "rasters").symlink_to(rasters)
        environment = environment_with(OTN_DATABASE_URL=database_url, OTN_PORT="0", OTN_DATA_DIR=str(directory))
        if access_log is not None:
            environment["OTN_ACCESS_LOG"] = str(access_log)
        with _served(command, environment) as address:
            yield address


@contextmanager
def _served(command: list[str], environment: dict[str, str]) -> Iterator[str]:
    with Process(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield next(line.split()[-1].rstrip("/") for line in process.stdout if "http://" in line)
        process.terminate()
        assert process.wait(timeout=30) == 0


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    """The environment of commands that may write: a migrated, empty database and a data directory of the test's own."""
    return environment_with(OTN_DATABASE_URL=database_url, OTN_DATA_DIR=str(tmp_path / "data"))


def environment_with(**variables: str) -> dict[str, str]:
    """This process's environment with these settings of OTN and no others."""
    return {name: value for name, value in os.environ.items() if not name.startswith("OTN_")} | variables


def clone(cluster_url: Callable[[str], str], template: str, name: str) -> None:
    """Makes the database `name` as a copy of `template`."""
    # Where nothing waits for the disk, copying files takes a fifth of the time that copying pages takes.
    copying = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
    statement = copying.format(sql.Identifier(name), sql.Identifier(template))
    _run(cluster_url("postgres"), statement)


def _run(url: str, statement: sql.Composed) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)
