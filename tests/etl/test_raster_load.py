"""A raster is loaded as every dataset is: brought to the grid, compared, recorded; refused in words if it is wrong."""

from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
import rasterio
import rasterio.warp

from otn.errors import LoadError
from otn.etl.load_records import LoadSummary
from otn.etl.pipeline import load_dataset
from otn.etl.progress import Silent
from otn.etl.wishes import Wishes
from otn.model.datasets import Registry
from otn.model.rasters import ELEVATION
from otn.store.raster_folder import PARTS, raster_path, read_manifest
from tests.conftest import MadeOnce
from tests.heights import HEIGHTS, write_heights

REGISTRY = Registry.read()


class Loads:
    """Loads rasters into a database and a folder of the test's own."""

    def __init__(self, url: str, directory: Path) -> None:
        self.url = url
        self.rasters = directory / "rasters"
        self.folder = self.rasters / ELEVATION.id
        self._before = len(self._all_states())

    def load(self, *files: Path, dataset: str = "fr/srtm-elevation", **wishes: Any) -> LoadSummary:
        return load_dataset(
            self.url,
            REGISTRY.dataset(dataset),
            registry=REGISTRY,
            progress=Silent(),
            wishes=Wishes(files, **wishes),
            rasters=self.rasters,
        )

    def refusal(self, *files: Path, **wishes: Any) -> str:
        with pytest.raises(LoadError) as raised:
            self.load(*files, **wishes)
        return str(raised.value)

    def served(self) -> Any:
        manifest = read_manifest(self.folder)
        assert manifest is not None
        return rasterio.open(raster_path(self.folder, manifest.number))

    def states(self) -> list[tuple[str, str]]:
        """Of the loads of the test."""
        return self._all_states()[self._before :]

    def _all_states(self) -> list[tuple[str, str]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute("SELECT state, coalesce(message, '') FROM load ORDER BY id").fetchall()


@pytest.fixture
def loads(made_once: MadeOnce, tmp_path: Path) -> Loads:
    """The database holds records only, so that one will do for all."""
    return Loads(made_once("otn_raster_loads", lambda _: None), tmp_path)


@pytest.fixture
def tile(tmp_path: Path) -> Path:
    return write_heights(tmp_path / "N43E007.tif")


def test_a_raster_on_the_grid_keeps_its_values(loads: Loads, tile: Path) -> None:
    summary = loads.load(tile)
    assert (summary.number_read, summary.number_added, summary.number_changed) == (HEIGHTS.size - 1,) * 2 + (0,)
    with loads.served() as served, rasterio.open(tile) as source:
        assert served.bounds == pytest.approx(source.bounds)
        assert np.array_equal(served.read(1), source.read(1))
        assert served.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert (served.descriptions, served.units, served.nodata) == (("elevation",), ("m",), -32768)
    assert loads.states() == [("committed", "")]


def test_the_same_again_changes_nothing(loads: Loads, tile: Path) -> None:
    first = loads.load(tile)
    again = loads.load(tile)
    assert (again.number_added, again.number_changed, again.number_removed) == (0, 0, 0)
    manifest = read_manifest(loads.folder)
    assert manifest is not None
    assert manifest.number == first.load_id
    assert [file.name for file in (loads.folder / PARTS).iterdir()] == [f"fr.srtm-elevation.{first.load_id}.tif"]


def test_what_a_killed_load_left_is_removed_and_was_never_served(loads: Loads, tile: Path) -> None:
    """It was killed after its files were whole, before the manifest was: they have its number, above the served one."""
    first = loads.load(tile)
    left = [loads.folder / "999999.tif", loads.folder / "manifest.json.unfinished", loads.folder / PARTS / "a.9.tif"]
    for file in left:
        file.write_bytes(b"half")
    with loads.served() as served:
        assert served.shape == HEIGHTS.shape
    assert loads.load(tile).number_added == 0
    assert not [file for file in left if file.exists()]
    manifest = read_manifest(loads.folder)
    assert manifest is not None
    assert manifest.number == first.load_id


def test_what_differs_is_counted(loads: Loads, tile: Path, tmp_path: Path) -> None:
    loads.load(tile)
    other = HEIGHTS.copy()
    other[5, 5], other[6, 6], other[0, 0] = 99, -32768, 7
    summary = loads.load(write_heights(tmp_path / "new" / "N43E007.tif", other))
    assert (summary.number_added, summary.number_changed, summary.number_removed) == (1, 1, 1)
    with loads.served() as served:
        assert served.read(1)[5, 5] == 99
    assert len(list(loads.folder.glob("*.tif"))) == 2, "who has read the manifest before may still open the file"


def test_datasets_are_put_together(loads: Loads, tmp_path: Path) -> None:
    """Those of two regions that touch; where there is none between them there is no value."""
    south = write_heights(tmp_path / "south.tif", west=3.0, north=49.9)
    loads.load(south)
    loads.load(write_heights(tmp_path / "north.tif", west=3.2, north=50.1), dataset="be/srtm-elevation")
    with loads.served() as served, rasterio.open(south) as source:
        values = list(served.sample([(3.005, 49.89), (3.205, 50.09), (3.005, 50.09)]))
        assert values[0] == next(source.sample([(3.005, 49.89)]))
        assert values[0] == values[1]
        assert values[2] == -32768


def test_a_raster_in_another_system_is_brought_to_the_grid(loads: Loads, tmp_path: Path) -> None:
    """A plane that rises to the east keeps its heights where it lies, to what rounding takes."""
    x = np.arange(200, dtype=np.float32)
    plane = np.broadcast_to(x, (200, 200))
    path = write_heights(tmp_path / "lambert.tif", plane, crs="EPSG:2154", west=1_030_000, north=6_310_000, cell=50)
    loads.load(path)
    with loads.served() as served:
        (longitude,), (latitude,) = rasterio.warp.transform("EPSG:2154", "EPSG:4326", [1_036_025], [6_305_000])
        assert float(next(served.sample([(longitude, latitude)]))[0]) == pytest.approx(120.5, abs=2)


def test_what_cannot_be_is_refused(loads: Loads, tile: Path, tmp_path: Path) -> None:
    loads.load(tile)
    cut = tmp_path / "cut.tif"
    cut.write_bytes(tile.read_bytes()[: tile.stat().st_size // 2])
    assert "is damaged, cut off or no raster" in loads.refusal(cut)
    text = tmp_path / "text.tif"
    text.write_text("no raster")
    assert "is damaged, cut off or no raster" in loads.refusal(text)
    undeclared = write_heights(tmp_path / "undeclared.tif", nodata=None)
    assert "does not declare what stands for no value" in loads.refusal(undeclared)
    assert "outside the region fr" in loads.refusal(write_heights(tmp_path / "far.tif", west=100.0))
    assert "not clipped" in loads.refusal(tile, clip=True)
    assert "2 bands" in loads.refusal(write_heights(tmp_path / "two.tif", np.stack([HEIGHTS, HEIGHTS])))
    assert "tell it, as in --crs" in loads.refusal(write_heights(tmp_path / "nowhere.tif", crs=None))
    nothing = write_heights(tmp_path / "nothing.tif", np.full((8, 8), -32768, dtype=np.int16))
    assert "no value at all" in loads.refusal(nothing)
    assert "too coarse" in loads.refusal(write_heights(tmp_path / "coarse.tif", HEIGHTS[:4, :4], cell=0.02))
    few = write_heights(tmp_path / "few.tif", HEIGHTS[:10])
    assert "would be removed" in loads.refusal(few)
    with loads.served() as served:
        assert served.shape == HEIGHTS.shape
    states = [state for state, _ in loads.states()]
    assert states == ["committed", *["failed"] * (len(states) - 1)]
    assert not list(loads.folder.rglob("*.unfinished")) or loads.load(tile)


def test_what_is_damaged_on_the_disk_is_told_with_what_to_do(loads: Loads, tile: Path, tmp_path: Path) -> None:
    loads.load(tile)
    (part,) = (loads.folder / PARTS).iterdir()
    part.write_bytes(part.read_bytes()[:100])
    changed = HEIGHTS.copy()
    changed[5, 5] = 99
    other = write_heights(tmp_path / "other" / "N43E007.tif", changed)
    assert f"remove {loads.folder}/manifest.json and load" in loads.refusal(other)
    (loads.folder / "manifest.json").write_text("{")
    assert f"remove {loads.folder}/manifest.json and load" in loads.refusal(tile)
    (loads.folder / "manifest.json").unlink()
    assert loads.load(tile).number_added == HEIGHTS.size - 1


def test_a_dry_run_writes_nothing(loads: Loads, tile: Path) -> None:
    assert loads.load(tile, dry_run=True).number_added == HEIGHTS.size - 1
    assert read_manifest(loads.folder) is None
    assert not list(loads.folder.rglob("*.tif*"))
    assert loads.states() == []


def test_the_real_tile_keeps_its_values(loads: Loads, real_data: Path) -> None:
    path = real_data / "srtm_dem" / "N43E007.tif"
    loads.load(path)
    with loads.served() as served, rasterio.open(path) as source:
        assert np.array_equal(served.read(1), source.read(1))
        assert served.overviews(1)
