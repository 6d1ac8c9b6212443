"""Other people's programs read elevation: GDAL its values and its maps, MapLibre its terrain."""

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import numpy.typing as npt
import pytest
import rasterio
from playwright.sync_api import Browser

from tests.clients.programs import run

pytestmark = pytest.mark.clients

PLACES = ((7.42, 43.74), (7.25, 43.85), (7.12, 43.62), (7.6, 43.9))
WAIT = 60_000  # milliseconds


@pytest.fixture(scope="module")
def expected(real_data: Path) -> list[int]:
    """The heights of the source at the places."""
    with rasterio.open(real_data / "srtm_dem" / "N43E007.tif") as source:
        return [int(value[0]) for value in source.sample(PLACES)]


def test_gdal_reads_the_values_of_the_source(elevation_service: str, expected: list[int]) -> None:
    address = f"/vsicurl/{elevation_service}/collections/elevation/coverage?f=geotiff"
    read = [int(run("gdallocationinfo", "-valonly", "-wgs84", address, str(x), str(y)).strip()) for x, y in PLACES]
    assert read == expected
    described = run("gdalinfo", address)
    assert "LAYOUT=COG" in described
    assert "NoData Value=-32768" in described
    assert "Overviews" in described


WINDOW = ("-projwin", "7.199583333333334", "43.90041666666667", "7.699583333333334", "43.50041666666667")
"""So that no cell is cut."""


def collection(service: str) -> str:
    return f"OGCAPI:{service}/collections/elevation"


def source_cells(real_data: Path) -> npt.NDArray[np.int16]:
    """Those of the source in the window."""
    with rasterio.open(real_data / "srtm_dem" / "N43E007.tif") as source:
        return np.asarray(source.read(1, window=rasterio.windows.Window(240, 120, 600, 480)))


def test_gdal_reads_the_coverage_by_discovery(elevation_service: str, real_data: Path, tmp_path: Path) -> None:
    by_coverage = ("-oo", "API=COVERAGE")
    described = run("gdalinfo", collection(elevation_service), *by_coverage, folder=tmp_path)
    assert "Size is 1201, 1201" in described
    assert "Type=Int16" in described
    read = tmp_path / "read.tif"
    run("gdal_translate", "-q", *WINDOW, collection(elevation_service), *by_coverage, str(read), folder=tmp_path)
    with rasterio.open(read) as file:
        assert np.array_equal(file.read(1), source_cells(real_data))


def test_gdal_reads_overviews_of_the_coverage(elevation_service: str, real_data: Path, tmp_path: Path) -> None:
    read = tmp_path / "read.tif"
    fewer = ("-outsize", "60", "48", *WINDOW, "-oo", "API=COVERAGE")
    run("gdal_translate", "-q", *fewer, collection(elevation_service), str(read), folder=tmp_path)
    means = source_cells(real_data).reshape(48, 10, 60, 10).mean(axis=(1, 3))
    with rasterio.open(read) as file:
        apart = np.abs(file.read(1) - means)
    # It takes the nearest of a block that is finer: eight of its cells are one of the overview.
    assert np.median(apart) < 30


def test_gdal_draws_the_map_by_discovery(elevation_service: str, tmp_path: Path) -> None:
    picture = tmp_path / "map.tif"
    window = ("-projwin", "7.2", "43.9", "7.4", "43.7", "-outsize", "200", "200")
    run("gdal_translate", "-q", *window, collection(elevation_service), "-oo", "API=MAP", str(picture), folder=tmp_path)
    with rasterio.open(picture) as file:
        assert file.shape == (200, 200)
        assert file.read().std() > 5


@pytest.mark.parametrize(("api", "size"), [("COVERAGE", (1201, 1201)), ("MAP", (1201, 1201)), ("TILES", (1458, 1458))])
def test_a_newer_gdal_reads_all_of_it(
    api: str, size: tuple[int, int], elevation_service: str, real_data: Path, tmp_path: Path
) -> None:
    """That of pyogrio: GDAL 3.6 knows tile matrix sets by version 1.0 of their standard only."""
    read = tmp_path / "read.tif"
    program = Path(__file__).with_name("newer_gdal.py")
    command = (program, collection(elevation_service), f"API={api}", read, *WINDOW)
    printed = run(sys.executable, *map(str, command), folder=tmp_path)
    version, columns, rows = printed.split()
    assert int(version) >= 3_12_00_00
    assert (int(columns), int(rows)) == pytest.approx(size, abs=2)
    with rasterio.open(read) as file:
        if api == "COVERAGE":
            assert np.array_equal(file.read(1), source_cells(real_data))
        else:
            assert file.count == 4
            assert file.read(4).std() > 5


def test_maplibre_reads_terrain(browser: Browser, web_site: str, elevation_service: str, expected: list[int]) -> None:
    places = ";".join(f"{x},{y}" for x, y in PLACES)
    asked = {"service": elevation_service, "centre": "7.35,43.82", "zoom": "9.4", "places": places}
    complaints: list[str] = []
    with browser.new_page() as page:
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("response", lambda answer: complaints.append(answer.url) if answer.status >= 400 else None)
        page.goto(f"{web_site}/maplibre-terrain.html?{urlencode(asked)}")
        seen: dict[str, Any] = page.wait_for_function("() => window.seen", timeout=WAIT).json_value()
    assert complaints == []
    assert "error" not in seen, seen
    # Of tiles that are coarser than the cells.
    assert seen["heights"] == pytest.approx(expected, abs=60)
    assert "SRTM, NASA and NGA" in seen["attribution"]
