"""Coverages of fewer or more cells than there are: sizes as asked for, and values that agree with the cells."""

import io
from typing import Any

import httpx
import numpy as np
import numpy.typing as npt
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st

from otn.api.coverage_scaling import asked_domain
from otn.errors import BadRequest
from otn.model.rasters import ELEVATION, Window
from tests.heights import CELL, HEIGHTS

PATH = "/collections/elevation/coverage"
GRID = ELEVATION.grid
EDGES = (7 - CELL / 2, 44 - 119.5 * CELL, 7 + 139.5 * CELL, 44 + CELL / 2)


def asked(heights: httpx.Client, **parameters: str) -> tuple[npt.NDArray[np.int16], Any]:
    """The cells of a GeoTIFF, and its bounds."""
    answer = heights.get(PATH, params={name.replace("_", "-"): value for name, value in parameters.items()})
    assert answer.status_code == 200, answer.text
    with rasterio.open(io.BytesIO(answer.content)) as file:
        return np.asarray(file.read(1)), file.bounds


def box(row: int, column: int, rows: int, columns: int) -> str:
    """The bbox whose edges are those of these cells of the sample."""
    west, north = 7 + (column - 0.5) * CELL, 44 - (row - 0.5) * CELL
    return f"{west!r},{north - rows * CELL!r},{west + columns * CELL!r},{north!r}"


def means(cells: npt.NDArray[np.int16], rows: int, columns: int) -> npt.NDArray[np.float64]:
    """Of blocks of so many rows and columns."""
    blocks = cells.reshape(cells.shape[0] // rows, rows, cells.shape[1] // columns, columns)
    return np.asarray(blocks.mean(axis=(1, 3)), dtype=np.float64)


def test_the_size_of_the_box_gives_its_cells(heights: httpx.Client) -> None:
    for size in ({"scale_size": "Lon(64),Lat(32)"}, {"width": "64", "height": "32"}, {"scale_factor": "1"}):
        found, _ = asked(heights, bbox=box(10, 20, 32, 64), **size)
        assert np.array_equal(found, HEIGHTS[10:42, 20:84]), size


def test_fewer_cells_are_the_means_of_what_they_cover(heights: httpx.Client) -> None:
    expected = means(HEIGHTS[10:90, 20:120], 4, 4)
    for size in (
        {"scale_size": "Lon(25),Lat(20)"},
        {"scaleSize": "Lat(20),Lon(25)"},
        {"width": "25", "height": "20"},
        {"scale_factor": "4"},
        {"scale_axes": "Lat(4),Lon(4.0)"},
    ):
        found, bounds = asked(heights, bbox=box(10, 20, 80, 100), **size)
        assert np.abs(found - expected).max() <= 1, size
        assert bounds == pytest.approx((7 + 19.5 * CELL, 44 - 89.5 * CELL, 7 + 119.5 * CELL, 44 - 9.5 * CELL))


def test_cells_without_value_do_not_count(heights: httpx.Client) -> None:
    found, _ = asked(heights, bbox=box(0, 0, 2, 2), width="1", height="1")
    assert found[0, 0] == pytest.approx(HEIGHTS[:2, :2][HEIGHTS[:2, :2] > -32768].mean(), abs=1)


def test_more_cells_are_interpolated(heights: httpx.Client) -> None:
    found, _ = asked(heights, bbox=box(10, 20, 30, 30), scale_factor="0.2")
    assert found.shape == (150, 150)
    assert np.abs(found[2::5, 2::5] - HEIGHTS[10:40, 20:50]).max() <= 1
    steps = np.abs(np.diff(found.astype(int), axis=0)).max(), np.abs(np.diff(found.astype(int), axis=1)).max()
    assert max(steps) < np.abs(np.diff(HEIGHTS[10:40, 20:50].astype(int))).max()


def test_an_axis_that_is_not_named_keeps_its_cells(heights: httpx.Client) -> None:
    found, _ = asked(heights, bbox=box(10, 20, 30, 60), scale_size="Lon(12)")
    assert found.shape == (30, 12)
    assert np.abs(found - means(HEIGHTS[10:40, 20:80], 1, 5)).max() <= 2
    assert asked(heights, scale_axes="Lat(3)")[0].shape == (40, 140)
    assert asked(heights, height="40")[0].shape == (40, 140)


def test_the_size_is_that_of_the_box_even_beyond_the_coverage(heights: httpx.Client) -> None:
    found, bounds = asked(heights, bbox="6.9,43.8,7.3,44.2", width="80", height="80")
    assert (found.shape, bounds) == ((80, 80), pytest.approx((6.9, 43.8, 7.3, 44.2)))
    rows, columns = np.nonzero(found != -32768)
    assert (rows.min(), columns.min()) == (40, 20)
    assert found[50, 30] == pytest.approx(HEIGHTS[60:67, 60:67].mean(), abs=4)


def test_the_whole_may_be_scaled(heights: httpx.Client) -> None:
    found, bounds = asked(heights, scale_factor="2")
    assert (found.shape, bounds) == ((60, 70), pytest.approx(EDGES))
    document = heights.get(PATH, params={"f": "covjson", "width": "7", "height": "6"}).json()
    assert document["ranges"]["elevation"]["shape"] == [6, 7]
    assert document["domain"]["axes"]["x"]["start"] == pytest.approx(EDGES[0] + 10 * CELL)


def test_a_place_may_be_asked_for_by_size(heights: httpx.Client) -> None:
    found, _ = asked(heights, subset=f"Lon({7 + 3 * CELL}),Lat({44 - 2 * CELL})", scale_size="Lon(1),Lat(1)")
    assert found.tolist() == [[HEIGHTS[2, 3]]]
    beyond = {"bbox": "10,50,11,51", "scale-size": "Lon(5),Lat(5)"}
    assert heights.get(PATH, params=beyond).status_code == 204


@pytest.mark.parametrize(
    ("parameters", "parameter"),
    [
        ({"scale-size": "Lon(0),Lat(5)"}, "scale-size"),
        ({"scale-size": "Lon(5.5)"}, "scale-size"),
        ({"scale-size": "Long(5)"}, "scale-size"),
        ({"scale-size": "Lon(5),Lon(6)"}, "scale-size"),
        ({"scale-size": "5,6"}, "scale-size"),
        ({"scaleSize": ""}, "scaleSize"),
        ({"width": "-1"}, "width"),
        ({"height": "many"}, "height"),
        ({"scale-axes": "Height(2)"}, "scale-axes"),
        ({"scale-axes": "Lat(-2)"}, "scale-axes"),
        ({"scale-factor": "0"}, "scale-factor"),
        ({"scale-factor": "inf"}, "scale-factor"),
        ({"scale-factor": "2", "scale-axes": "Lat(2)"}, "scale-factor"),
        ({"width": "10", "scale-size": "Lon(10)"}, "width"),
        ({"width": "10", "height": "10", "scale-factor": "2"}, "height"),
        ({"width": "20000", "height": "20000"}, "width"),
        ({"scale-factor": "0.01"}, "scale-factor"),
        ({"scaleSize": "Lon(800),Lat(800)", "f": "covjson"}, "scaleSize"),
    ],
)
def test_a_mistake_is_told(heights: httpx.Client, parameters: dict[str, str], parameter: str) -> None:
    answer = heights.get(PATH, params=parameters)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json()["parameter"] == parameter


def test_what_would_read_too_much_is_told(heights: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("otn.api.coverage.MOST_READ", 120 * 70)
    assert heights.get(PATH, params={"scale-factor": "2"}).status_code == 200
    answer = heights.get(PATH, params={"scale-axes": "Lon(140)"})
    assert (answer.status_code, answer.json()["parameter"]) == (400, "scale-axes")
    assert "For that 16,800 cells would be read, and at most 8,400 are" in answer.json()["detail"]


def test_the_collection_has_the_grid_as_gdal_reads_it(heights: httpx.Client) -> None:
    document = heights.get("/collections/elevation").json()
    grid = document["domainSet"]["generalGrid"]
    assert grid["axisLabels"] == ["Lon", "Lat"]
    sizes = [(axis["upperBound"] - axis["lowerBound"]) / axis["resolution"] for axis in grid["axis"]]
    assert sizes == pytest.approx([140, 120])
    assert document["rangeType"]["field"][0]["id"] == "elevation"
    assert document["scaleDenominator"] == pytest.approx(331308.0, rel=1e-3)


@given(
    st.dictionaries(
        st.sampled_from(["bbox", "scale-size", "scaleSize", "width", "height", "scale-axes", "scale-factor"]),
        st.one_of(
            st.text(max_size=20),
            st.integers(-3, 10**12).map(str),
            st.floats().map(str),
            st.builds("Lon({}),Lat({})".format, st.integers(-1, 900), st.floats(0.01, 900)),
            st.just("7,43.95,7.1,44"),
        ),
        max_size=3,
    )
)
def test_any_scaling_is_read_or_refused(parameters: dict[str, str]) -> None:
    cells = Window(55200, 224400, 120, 140)
    try:
        found = asked_domain(parameters, GRID, cells)
    except BadRequest:
        return
    assert found is None or (found[0].rows > 0 and found[0].columns > 0)
