"""Tiles of rasters: in every tile matrix set, without seams, empty where there is nothing; and what describes them."""

import itertools
from pathlib import Path

import httpx
import numpy as np
import pytest
import rasterio
import rasterio.warp
from rasterio.enums import Resampling
from rasterio.transform import Affine

from otn.api.raster_drawing import picture
from otn.api.raster_pictures import TILE_PIXELS, Drawn, deepest, draw_tile
from otn.api.raster_sampling import Frame, sampled
from otn.etl.progress import Silent
from otn.etl.raster_files import write_cells, write_cloud_optimized
from otn.etl.raster_source import open_sources
from otn.model.rasters import ELEVATION
from otn.model.tile_matrix_sets import TILE_MATRIX_SETS, WEB_MERCATOR_QUAD, Box, TileAddress, TileMatrixSet
from tests.api.test_relief import decoded, read_png
from tests.heights import CELL, HEIGHTS, write_heights

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")

BASE = "/collections/elevation"
BBOX = (7.0, 43.9, 7.116, 44.0)
BELOW = ("coverage/tiles", "map/tiles", "styles/hillshade/map/tiles", "styles/relief/map/tiles")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A large raster of hills as a load leaves it, with overviews."""
    folder = tmp_path_factory.mktemp("hills")
    hills = np.tile(HEIGHTS, (10, 9))
    hills[:, 700:705] = -32768
    source = write_heights(folder / "source.tif", hills)
    with open_sources([source], None, ELEVATION) as sources:
        write_cells(folder / "cells.tif", ELEVATION, sources.window, sources.read, Silent())
    write_cloud_optimized(folder / "cells.tif", folder / "1.tif")
    return folder / "1.tif"


def frame(
    tile_matrix_set: TileMatrixSet, tile: TileAddress, columns: int = 1, rows: int = 1, pixels: int = TILE_PIXELS
) -> Frame:
    """The frame of this tile and those to the east and south of it."""
    box = tile_matrix_set.box(tile)
    size = box.east - box.west
    whole = Box(box.west, box.north - rows * size, box.west + columns * size, box.north)
    metres = tile_matrix_set.metres_per_unit
    return Frame(tile_matrix_set.srid, whole, columns * pixels, rows * pixels, metres)


def some_tile(tile_matrix_set: TileMatrixSet, matrix: int) -> TileAddress:
    limits = tile_matrix_set.limits(BBOX, matrix)
    return TileAddress(matrix, limits.min_row, limits.min_column)


@pytest.mark.parametrize("drawn", Drawn)
@pytest.mark.parametrize("tile_matrix_set", TILE_MATRIX_SETS.values(), ids=lambda entry: entry.id)
def test_tiles_fit_together(path: Path, tile_matrix_set: TileMatrixSet, drawn: Drawn) -> None:
    """Two by two tiles are the picture of the whole, to a step of opacity, also where overviews are read."""
    for matrix in (deepest(tile_matrix_set), deepest(tile_matrix_set) - 3):
        first = some_tile(tile_matrix_set, matrix)
        whole = picture(path, drawn, frame(tile_matrix_set, first, 2, 2, pixels=64))
        assert whole is not None
        for row, column in itertools.product((0, 1), (0, 1)):
            tile = TileAddress(matrix, first.row + row, first.column + column)
            part = picture(path, drawn, frame(tile_matrix_set, tile, pixels=64))
            there = whole[row * 64 : (row + 1) * 64, column * 64 : (column + 1) * 64]
            if part is None:
                assert drawn is Drawn.TERRAIN or not there[..., -1].any()
                continue
            different = (np.abs(part.astype(int) - there.astype(int)) > 4).any(axis=-1)
            assert different.mean() < 0.001


@pytest.mark.parametrize("tile_matrix_set", TILE_MATRIX_SETS.values(), ids=lambda entry: entry.id)
def test_a_pixel_has_the_height_of_its_place(path: Path, tile_matrix_set: TileMatrixSet) -> None:
    """Against GDAL's own warping of the same cells."""
    corner = some_tile(tile_matrix_set, deepest(tile_matrix_set))
    there = frame(tile_matrix_set, TileAddress(corner.matrix, corner.row + 1, corner.column + 1))
    found = sampled(path, there)
    assert found is not None
    expected = np.full((there.height, there.width), np.nan)
    with rasterio.open(path) as file:
        cells = np.where(file.read(1) == -32768, np.nan, file.read(1).astype(float))
        rasterio.warp.reproject(
            cells,
            expected,
            src_transform=file.transform,
            src_crs=file.crs,
            src_nodata=np.nan,
            dst_nodata=np.nan,
            dst_crs=f"EPSG:{tile_matrix_set.srid}",
            dst_transform=Affine(there.across, 0, there.box.west, 0, -there.down, there.box.north),
            resampling=Resampling.bilinear,
            tolerance=0,
        )
    both = ~np.isnan(found) & ~np.isnan(expected)
    assert both.mean() > 0.2
    # GDAL widens its kernel where pixels are wider than cells.
    assert np.median(np.abs(found - expected)[both]) < 0.5
    assert np.quantile(np.abs(found - expected)[both], 0.99) < 5
    assert (np.isnan(found) != np.isnan(expected)).mean() < 0.01


def test_a_server_tells_the_heights_of_the_source(heights: httpx.Client) -> None:
    tile = some_tile(WEB_MERCATOR_QUAD, 11)
    answer = heights.get(f"{BASE}/coverage/tiles/WebMercatorQuad/{tile.matrix}/{tile.row}/{tile.column}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    told = decoded(read_png(answer.content))
    longitude, latitude = frame(WEB_MERCATOR_QUAD, tile).degrees()
    row, column = np.rint((44 - latitude[:, 0]) / CELL), np.rint((longitude[0] - 7) / CELL)
    rows = np.flatnonzero((row >= 2) & (row < 118))[::9]
    columns = np.flatnonzero((column >= 2) & (column < 138))[::9]
    assert len(rows)
    assert len(columns)
    nearest = HEIGHTS[np.ix_(row[rows].astype(int), column[columns].astype(int))]
    assert np.abs(told[np.ix_(rows, columns)] - nearest).max() < 20


@pytest.mark.parametrize("below", BELOW)
@pytest.mark.parametrize("tile_matrix_set", TILE_MATRIX_SETS.values(), ids=lambda entry: entry.id)
def test_every_tileset_leads_to_its_tiles(heights: httpx.Client, tile_matrix_set: TileMatrixSet, below: str) -> None:
    tilesets = heights.get(f"{BASE}/{below}").json()["tilesets"]
    (described,) = [entry for entry in tilesets if entry["tileMatrixSetId"] == tile_matrix_set.id]
    links = {entry["rel"]: entry["href"] for entry in described["links"]}
    tileset = heights.get(links["self"]).json()
    assert tileset["dataType"] == ("coverage" if below.startswith("coverage") else "map")
    limits = tileset["tileMatrixSetLimits"][-1]
    assert limits["tileMatrix"] == str(deepest(tile_matrix_set))
    address = links["item"].format(
        tileMatrix=limits["tileMatrix"], tileRow=limits["minTileRow"], tileCol=limits["minTileCol"]
    )
    tile = heights.get(address)
    assert tile.status_code == 200
    assert heights.get(address + ".png").content == tile.content
    assert heights.get(address, headers={"If-None-Match": tile.headers["etag"]}).status_code == 304
    assert heights.get(links["self"], headers={"Accept": "text/html"}).status_code == 200


def test_tilejson_is_what_maplibre_takes_as_a_source(heights: httpx.Client) -> None:
    terrain = heights.get(f"{BASE}/coverage/tiles/WebMercatorQuad", params={"f": "tilejson"}).json()
    assert (terrain["encoding"], terrain["tileSize"], terrain["maxzoom"]) == ("mapbox", 256, 11)
    assert terrain["attribution"] == "SRTM, NASA and NGA"
    shade = heights.get(f"{BASE}/map/tiles/WebMercatorQuad", params={"f": "tilejson"}).json()
    assert "encoding" not in shade
    tile = some_tile(WEB_MERCATOR_QUAD, 11)
    address = shade["tiles"][0].format(z=11, y=tile.row, x=tile.column)
    assert read_png(heights.get(address).content).shape == (256, 256, 2)


def test_the_default_style_is_hill_shade(heights: httpx.Client) -> None:
    tile = some_tile(WEB_MERCATOR_QUAD, 10)
    below = f"map/tiles/WebMercatorQuad/10/{tile.row}/{tile.column}"
    plain, styled, relief = (
        heights.get(f"{BASE}/{styles}{below}").content for styles in ("", "styles/hillshade/", "styles/relief/")
    )
    assert plain == styled
    assert read_png(relief).shape == (256, 256, 4)


def test_where_there_is_nothing(heights: httpx.Client, path: Path) -> None:
    assert heights.get(f"{BASE}/map/tiles/WebMercatorQuad/11/0/0").status_code == 204
    flat = heights.get(f"{BASE}/coverage/tiles/WebMercatorQuad/11/0/0")
    assert decoded(read_png(flat.content)) == pytest.approx(np.zeros((256, 256)))
    assert draw_tile(path, Drawn.RELIEF, WEB_MERCATOR_QUAD, TileAddress(11, 0, 0)) is None


@pytest.mark.parametrize(
    ("below", "status"),
    [
        ("map/tiles/WebMercatorQuad/12/0/0", 404),
        ("map/tiles/WebMercatorQuad/1/2/0", 404),
        ("map/tiles/WebMercatorQuad/a/0/0", 404),
        ("map/tiles/Nowhere/1/0/0", 404),
        ("map/tiles/Nowhere", 404),
        ("styles/none/map/tiles", 404),
        ("styles/none/map/tiles/WebMercatorQuad/1/0/0", 404),
        ("map/tiles/WebMercatorQuad/1/0/0?f=webp", 400),
        ("map/tiles/WebMercatorQuad/1/0/0?bbox=1,2,3,4", 400),
    ],
)
def test_a_mistake_is_told(heights: httpx.Client, below: str, status: int) -> None:
    answer = heights.get(f"{BASE}/{below}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert heights.get("/collections/roads/map/tiles/WebMercatorQuad/1/0/0").status_code == 404


def test_every_zoom_has_a_picture(path: Path) -> None:
    """Also where the whole raster is about a pixel, and where it fills many tiles."""
    for matrix in range(2, deepest(WEB_MERCATOR_QUAD) + 1):
        assert sampled(path, frame(WEB_MERCATOR_QUAD, some_tile(WEB_MERCATOR_QUAD, matrix))) is not None, matrix
