"""The data of the bench: real road lines, loaded by OTN's own loader, kept between runs."""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import psycopg

from otn.edition.build import publish
from otn.edition.tile_build import make_tiles
from otn.etl.pipeline import load_dataset
from otn.etl.prepare import prepare_tiles
from otn.etl.progress import Silent
from otn.etl.wishes import Wishes
from otn.model.collections import ROADS
from otn.model.datasets import Dataset, Registry
from otn.settings import MIGRATIONS_DIR, ROOT, Settings
from otn.store import migrations
from otn.store.cluster import database

TOOLS = ROOT / ".tools"
DATA_DIR = TOOLS / "bench-data"
REAL_DATA = Path(os.environ.get("OTN_REAL_DATA") or ROOT.parent / "shared" / "data")
VIEW = "bench_roads"
"""What peers read of OTN's table: its rows, with the columns that OTN serves under the names it serves them by."""

_ANY_ROADS = "elsewhere/roads"
_OSM = {
    "andorra-latest.osm.pbf": "elsewhere/andorra-roads",
    "lebbeke-be-test_network_big.osm": "be/lebbeke-roads",
    "liechtenstein-latest.osm.pbf": "elsewhere/liechtenstein-roads",
    "liechtenstein-pyosmium.osm.pbf": _ANY_ROADS,
    "london.osm.pbf": "gb/london-roads",
    "monaco.osm.pbf": "elsewhere/monaco-roads",
    "paris_bss.osm.pbf": "fr/paris-roads",
    "porto.osm.pbf": "elsewhere/porto-roads",
    "prague-small.osm.pbf": "cz/prague-roads",
    "rnv-mannheim-heidelberg.osm.pbf": "elsewhere/mannheim-heidelberg-roads",
    "wechelderzande-be.osm.pbf": "be/wechelderzande-roads",
}


class NoData(Exception):
    """The real data are not there, or another bench is using them."""


@contextmanager
def bench_database() -> Iterator[str]:
    """Yields the URL of a database of OTN's kind that holds the roads; made once for the data and the code that loads.

    Raises NoData where the folder of real data is missing, or another bench runs.
    """
    key, stamp = _key(), DATA_DIR / "made-of"
    with alone():
        if not stamp.exists() or stamp.read_text() != key:
            _remove()
            with database(Settings(data_dir=DATA_DIR)) as url:
                _load(url)
            stamp.write_text(key)
        with database(Settings(data_dir=DATA_DIR)) as url:
            _make_view(url)
            publish(url, DATA_DIR / "editions")
            make_tiles(url, DATA_DIR / "editions")
            yield url


@contextmanager
def alone() -> Iterator[None]:
    """Raises NoData where another bench runs: two would measure each other."""
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "bench.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NoData("Another bench is running here.") from None
        yield


def _sources() -> list[Path]:
    if not REAL_DATA.is_dir():
        raise NoData(f"There is no real data in {REAL_DATA}; OTN_REAL_DATA names another folder.")
    return sorted([*REAL_DATA.glob("neatnet_city_roads/*.parquet"), *REAL_DATA.glob("osm/*.osm*")])


def _key() -> str:
    """What the database is made of: the files, and the code that reads, harmonises and stores them."""
    code = [
        *(ROOT / "otn" / "etl").rglob("*.py"),
        *(ROOT / "otn" / "model").rglob("*.py"),
        *MIGRATIONS_DIR.rglob("*.py"),
    ]
    digest = hashlib.sha256()
    for path in sorted([*code, Path(__file__)]):
        digest.update(path.read_bytes())
    for path in _sources():
        digest.update(f"{path.name} {path.stat().st_size}".encode())
    return digest.hexdigest()


def _remove() -> None:
    cluster = DATA_DIR / "postgres"
    if cluster.is_symlink():  # root keeps it where the server's user may enter
        shutil.rmtree(cluster.resolve(), ignore_errors=True)
    shutil.rmtree(DATA_DIR, ignore_errors=True)


def _load(url: str) -> None:
    migrations.upgrade(url)
    registry = Registry.read()
    for dataset in registry.defaults():
        if dataset.collection == ROADS.id:
            _say(url, dataset, registry, None)
    any_roads = registry.dataset(_ANY_ROADS)
    with tempfile.TemporaryDirectory() as directory:
        for path in _sources():
            if path.suffix == ".parquet":
                name = "elsewhere/neatnet-" + path.name.split("_")[0]
                _say(url, any_roads.model_copy(update={"id": name}), registry, _as_flatgeobuf(path, Path(directory)))
            else:
                _say(url, registry.dataset(_OSM.get(path.name, _ANY_ROADS)), registry, path)
    prepare_tiles(url, Silent())
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def _say(url: str, dataset: Dataset, registry: Registry, path: Path | None) -> None:
    summary = load_dataset(url, dataset, registry=registry, progress=Silent(), wishes=Wishes([path] if path else []))
    print(f"loaded {summary.dataset}: {summary.number_added:,} roads", flush=True)


def _as_flatgeobuf(path: Path, directory: Path) -> Path:
    """GDAL, as pyogrio brings it, reads no Parquet."""
    target = directory / f"{path.stem}.fgb"
    roads = gpd.read_parquet(path, columns=["highway", "geometry"])
    roads.to_crs("EPSG:4326").to_file(target, driver="FlatGeobuf", engine="pyogrio")
    return target


def _make_view(url: str) -> None:
    columns = ", ".join(f'"{field.column}" AS "{field.name}"' for field in ROADS.fields)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP VIEW IF EXISTS "{VIEW}"')
        # The names are the model's.
        connection.execute(f'CREATE VIEW "{VIEW}" AS SELECT id, geom, {columns} FROM "{ROADS.table}"')  # noqa: S608
