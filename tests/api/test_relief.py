"""Heights as pictures: what is encoded comes back, light falls as it must, pictures are what they say."""

import io
import math

import numpy as np
import numpy.typing as npt
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from otn.api.png import png
from otn.api.relief import FLAT, hill_shade, overlay, raised, terrain_rgb, tinted

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")


def decoded(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """As Mapbox documents it."""
    red, green, blue = np.moveaxis(rgb.astype(np.float64), -1, 0)
    return np.asarray(-10000 + (red * 256 * 256 + green * 256 + blue) * 0.1)


def read_png(content: bytes) -> npt.NDArray[np.uint8]:
    with rasterio.open(io.BytesIO(content)) as file:
        assert file.driver == "PNG"
        return np.moveaxis(np.asarray(file.read(), dtype=np.uint8), 0, -1)


@given(arrays.arrays(np.float64, (3, 4), elements=st.floats(-10_000, 100_000, width=32)))
def test_terrain_rgb_comes_back_to_a_tenth_of_a_metre(heights: npt.NDArray[np.float64]) -> None:
    assert np.abs(decoded(terrain_rgb(heights)) - heights).max() <= 0.05 + 1e-6


def test_no_height_is_sea_level() -> None:
    assert decoded(terrain_rgb(np.array([[np.nan]]))) == pytest.approx(0)
    assert terrain_rgb(np.array([[0.0]])).tolist() == [[[1, 134, 160]]]


@pytest.mark.parametrize("slope", [0.0, 0.1, 1.0, 3.0])
@pytest.mark.parametrize("aspect", range(0, 360, 45))
def test_a_plane_is_as_light_as_the_angle_of_the_light_makes_it(slope: float, aspect: int) -> None:
    """`slope` metres down for each metre towards `aspect`, in pixels that are wider than high."""
    across, down = 30.0, 20.0
    row, column = np.mgrid[0:6, 0:7]
    towards = math.radians(aspect)
    along = column * across * math.sin(towards) - row * down * math.cos(towards)
    # The normal of the plane against the direction of the light, both of length one.
    normal = np.array([slope * math.sin(towards), slope * math.cos(towards), 1]) / math.hypot(slope, 1)
    light = np.array([math.sin(math.radians(315)), math.cos(math.radians(315)), 1]) / math.sqrt(2)
    shade = hill_shade(-slope * along, across, down)
    assert shade.shape == (4, 5)
    assert shade == pytest.approx(max(0, float(normal @ light)), abs=1e-9)


def test_what_is_unknown_stays_unknown_and_makes_no_cliff() -> None:
    heights = np.full((5, 5), 100.0)
    heights[2, 2] = np.nan
    shade = hill_shade(heights, 30, 30)
    assert np.isnan(shade[1, 1])
    assert np.delete(shade.ravel(), 4) == pytest.approx(FLAT)
    seen = overlay(shade)
    assert seen[..., 1].max() == 0
    assert tinted(heights[1:-1, 1:-1], shade)[1, 1, 3] == 0


def test_shadows_are_dark_and_light_is_white() -> None:
    seen = overlay(np.array([[0.0, FLAT, 1.0]]))
    assert seen[0, :, 0].tolist() == [0, 0, 255]
    assert seen[0, 0, 1] > 100
    assert seen[0, 1, 1] == 0
    assert seen[0, 2, 1] > 50


def test_the_sea_has_no_tint_and_hills_are_raised_where_pixels_are_coarse() -> None:
    heights = np.array([[0.0, 5.0, 3000.0, -3.0]])
    assert tinted(heights, np.full_like(heights, FLAT))[0, :, 3].tolist() == [0, 255, 255, 255]
    assert raised(30) == raised(90) == 1
    assert 2 < raised(1000) < 3


@settings(max_examples=30)
@given(
    st.integers(1, 4).flatmap(
        lambda bands: arrays.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(bands)))
    )
)
def test_a_png_holds_the_picture(picture: npt.NDArray[np.uint8]) -> None:
    assert np.array_equal(read_png(png(picture)), picture)
