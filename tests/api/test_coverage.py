"""Rasters as coverages: the values of the file, cut out as asked for, and every mistake in words."""

import io
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import numpy.typing as npt
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from openapi_spec_validator import validate

from otn.api import embedded_pygeoapi
from otn.api.coverage_cells import asked_bounds, cells_touched
from otn.api.coverage_provider import CoverageProvider
from otn.api.coverage_scaling import Domain
from otn.api.raster_pictures import Drawn, draw_tile
from otn.api.rasters import Rasters
from otn.errors import BadRequest, Unavailable
from otn.model.rasters import ELEVATION, Window
from otn.model.tile_matrix_sets import WEB_MERCATOR_QUAD, TileAddress
from otn.settings import Settings
from otn.store.raster_folder import RasterManifest, published
from tests.heights import CELL, HEIGHTS

PATH = "/collections/elevation/coverage"
GRID = ELEVATION.grid


def opened(content: bytes) -> Any:
    return rasterio.open(io.BytesIO(content))


def cells(answer: httpx.Response) -> npt.NDArray[np.int16]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/tiff; application=geotiff"
    with opened(answer.content) as file:
        return np.asarray(file.read(1), dtype=np.int16)


def box(row: int, column: int, rows: int, columns: int) -> str:
    """The bbox of these cells of the sample, a little within their edges."""
    west, north = 7 + (column - 0.4) * CELL, 44 - (row - 0.4) * CELL
    return f"{west},{north - (rows - 0.2) * CELL},{west + (columns - 0.2) * CELL},{north}"


def test_the_whole_is_the_file_and_any_range_of_it(heights: httpx.Client) -> None:
    whole = heights.get(PATH)
    assert np.array_equal(cells(whole), HEIGHTS)
    with opened(whole.content) as file:
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
    part = heights.get(PATH, params={"f": "geotiff"}, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert heights.get(PATH, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304


def test_a_box_takes_the_cells_that_it_touches(heights: httpx.Client) -> None:
    answer = heights.get(PATH, params={"bbox": box(10, 20, 3, 5)})
    assert np.array_equal(cells(answer), HEIGHTS[10:13, 20:25])
    with opened(answer.content) as file:
        assert file.bounds == pytest.approx((7 + 19.5 * CELL, 44 - 12.5 * CELL, 7 + 24.5 * CELL, 44 - 9.5 * CELL))
        assert (file.nodata, file.crs.to_epsg(), file.units) == (-32768, 4326, ("m",))
    again = heights.get(PATH, params={"bbox": box(10, 20, 3, 5)}, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_subset_is_the_same_by_axes(heights: httpx.Client) -> None:
    west, south, east, north = box(10, 20, 3, 5).split(",")
    by_axes = heights.get(PATH, params={"subset": f"Lat({south}:{north}),Lon({west}:{east})", "f": "GTiff"})
    assert np.array_equal(cells(by_axes), HEIGHTS[10:13, 20:25])
    row = heights.get(PATH, params={"subset": "Lat(43.995)"})
    assert np.array_equal(cells(row), HEIGHTS[6:7])
    assert np.array_equal(cells(heights.get(PATH, params={"subset": "Lon(*:7.0)"})), HEIGHTS[:, :1])


def test_a_box_may_be_in_another_system(heights: httpx.Client) -> None:
    west, south, east, north = box(10, 20, 3, 5).split(",")
    for crs in ("http://www.opengis.net/def/crs/EPSG/0/4326", "EPSG:4326"):
        answer = heights.get(PATH, params={"bbox": f"{south},{west},{north},{east}", "bbox-crs": crs})
        assert np.array_equal(cells(answer), HEIGHTS[10:13, 20:25])


def test_coverage_json_has_centres_of_cells_and_null(heights: httpx.Client) -> None:
    answer = heights.get(PATH, params={"bbox": box(0, 0, 2, 3), "f": "covjson"})
    assert answer.headers["content-type"] == "application/prs.coverage+json"
    document = answer.json()
    assert document["domain"]["axes"] == {
        "x": {"start": 7.0, "stop": pytest.approx(7 + 2 * CELL), "num": 3},
        "y": {"start": 44.0, "stop": pytest.approx(44 - CELL), "num": 2},
    }
    values = document["ranges"]["elevation"]
    assert values["shape"] == [2, 3]
    assert values["values"] == [None, *HEIGHTS[0, 1:3].tolist(), *HEIGHTS[1, :3].tolist()]
    assert document["parameters"]["elevation"]["unit"]["symbol"]["value"] == "m"


def test_where_there_is_no_cell_there_is_no_content(heights: httpx.Client) -> None:
    for parameters in ({"bbox": "10,50,11,51"}, {"subset": "Lat(-80)"}, {"bbox": "-170,-80,-160,-70", "f": "json"}):
        assert heights.get(PATH, params=parameters).status_code == 204


@pytest.mark.parametrize(
    ("parameters", "parameter"),
    [
        ({"bbox": "1,2,3"}, "bbox"),
        ({"bbox": "7,44,6,45"}, "bbox"),
        ({"bbox": "7,45,8,44"}, "bbox"),
        ({"bbox": "7,43,8,44", "bbox-crs": "EPSG:1"}, "bbox-crs"),
        ({"bbox-crs": "EPSG:4326"}, "bbox-crs"),
        ({"bbox": "7,43,8,44", "subset": "Lat(43)"}, "subset"),
        ({"subset": "Height(3)"}, "subset"),
        ({"subset": "Lat(44:43)"}, "subset"),
        ({"subset": "Lat(a:b)"}, "subset"),
        ({"subset": "Lat(43)Lon(7)"}, "subset"),
        ({"subset": "Lat(43),Lat(44)"}, "subset"),
        ({"subset": ""}, "subset"),
        ({"properties": "slope"}, "properties"),
        ({"f": "png"}, "f"),
    ],
)
def test_a_mistake_is_told(heights: httpx.Client, parameters: dict[str, str], parameter: str) -> None:
    answer = heights.get(PATH, params=parameters)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json()["parameter"] == parameter


def test_what_is_too_large_is_told(heights: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("otn.api.coverage.MOST_CELLS", {"GTiff": 100, "json": 10})
    assert heights.get(PATH, params={"bbox": box(10, 20, 10, 10)}).status_code == 200
    answer = heights.get(PATH, params={"bbox": box(10, 20, 11, 10)})
    assert answer.status_code == 400
    assert "That are 110 cells, and at most 100 are given at once" in answer.json()["detail"]


def test_the_collection_describes_its_grid(heights: httpx.Client) -> None:
    listed = heights.get("/collections").json()["collections"][-1]
    document = heights.get("/collections/elevation").json()
    assert listed == document
    assert document["extent"]["spatial"]["grid"][0] == {
        "cellsCount": 140,
        "resolution": CELL,
        "firstCoordinate": 7.0,
    }
    assert (document["dataType"], document["attribution"]) == ("coverage", "SRTM, NASA and NGA")
    for entry in document["links"]:
        if entry["href"].startswith(str(heights.base_url)):
            assert heights.get(entry["href"]).status_code == 200, entry
    schema = heights.get("/collections/elevation/schema").json()
    assert schema["properties"]["elevation"]["x-ogc-unit"] == "m"
    assert heights.get("/collections/elevation/items").status_code == 404


def test_it_is_declared_where_it_is_loaded(heights: httpx.Client, client: httpx.Client) -> None:
    def declared(service: httpx.Client) -> list[str]:
        return [name for name in service.get("/conformance").json()["conformsTo"] if "coverages" in name]

    assert declared(heights)
    assert not declared(client)
    assert client.get(PATH).status_code == 404
    definition = heights.get("/api").json()
    validate(definition)
    assert PATH in definition["paths"]
    assert PATH not in client.get("/api").json()["paths"]


def test_pages_tell_of_it(heights: httpx.Client) -> None:
    for path in ("/collections/elevation", "/collections", "/", "/datasets", "/datasets/fr/srtm-elevation"):
        page = heights.get(path, headers={"Accept": "text/html"})
        assert page.status_code == 200
        assert "levation" in page.text, path
    load = heights.get("/datasets/fr/srtm-elevation").json()["loads"][0]
    assert load["counts"]["read"] == HEIGHTS.size - 1


def test_pygeoapi_leaves_the_logging_of_the_process_alone(heights: httpx.Client) -> None:
    root = logging.getLogger()
    before = root.level, list(root.handlers)
    embedded_pygeoapi._api.cache_clear()
    assert heights.get(PATH, params={"bbox": box(10, 20, 3, 5)}).status_code == 200
    assert (root.level, list(root.handlers)) == before


def test_a_damaged_file_is_no_mistake_of_ours(tmp_path: Path) -> None:
    folder = tmp_path / "rasters" / "elevation"
    folder.mkdir(parents=True)
    manifest = RasterManifest(7, datetime(2026, 9, 5, tzinfo=UTC), Window(55200, 224400, 9, 9), (7, 43, 8, 44), ())
    with published(folder, manifest):
        (folder / "7.tif").write_bytes(b"II*\0 no raster")
    rasters = Rasters(tmp_path / "rasters")
    served = rasters.current("elevation")
    assert served is not None
    domain = Domain(GRID.bounds(manifest.window), manifest.window.rows, manifest.window.columns)
    with pytest.raises(Unavailable):
        embedded_pygeoapi.coverage(rasters.directory, "elevation", domain, "GTiff")
    with pytest.raises(Unavailable):
        draw_tile(served.path, Drawn.TERRAIN, WEB_MERCATOR_QUAD, TileAddress(0, 0, 0))
    still = rasters.still(served)
    assert still()
    (folder / "manifest.json").write_text("{")
    assert not still()
    assert rasters.current("elevation") is None


def test_a_stock_pygeoapi_gets_the_same_cells(heights_service: Settings) -> None:
    provider = CoverageProvider(
        {
            "type": "coverage",
            "name": "otn",
            "data": str(heights_service.rasters_dir),
            "collection": "elevation",
            "format": {"name": "GTiff", "mimetype": "image/tiff"},
        }
    )
    document = provider.query(subsets={"Lat": [43.995], "Lon": [7.0, 7.001]})
    assert isinstance(document, dict)
    assert document["ranges"]["elevation"]["values"] == HEIGHTS[6, :2].tolist()


@given(st.integers(0, 99), st.integers(0, 99), st.integers(1, 20), st.integers(1, 20))
def test_the_box_of_cells_touches_just_these(row: int, column: int, rows: int, columns: int) -> None:
    whole = Window(55000, 224000, 120, 120)
    window = Window(whole.row + row, whole.column + column, rows, columns)
    assert cells_touched(GRID, whole, GRID.bounds(window)) == window
    assert GRID.window(GRID.bounds(window)) == window


@given(st.text(max_size=40))
def test_any_subset_is_read_or_refused(text: str) -> None:
    try:
        bounds = asked_bounds({"subset": text}, (7, 43, 8, 44))
    except BadRequest:
        return
    assert bounds is not None
