"""The heights at the pixels of a picture, in any reference system. Runs in a thread; GDAL is held where it is used.

The height of a pixel depends on its place and the size of pixels alone, so that pictures side by side fit together. It
is interpolated between the four nearest cells of the overview that is just finer than the picture; how much is read
follows from the size of the picture, however large the raster is.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from threading import get_ident

import numpy as np
import numpy.typing as npt
import pyproj
import rasterio
from rasterio.errors import RasterioError
from rasterio.transform import Affine

from otn.errors import Unavailable
from otn.model.rasters import NODATA
from otn.model.sql import SRID, WEB_MERCATOR_SRID
from otn.model.tile_matrix_sets import Box

Array = npt.NDArray[np.float64]

METRES_PER_DEGREE = 6378137 * math.pi / 180
"""Of WGS 84, along the equator."""
_RADIUS = 6378137.0
_MOST_WINDOW = 4_000_000


@dataclass(frozen=True)
class Frame:
    """A picture's place: `box` in the unit of the system `srid`, x before y, on so many pixels.

    `metres_per_unit` is what a unit of the system measures; where that is a degree it `is_geographic`.
    """

    srid: int
    box: Box
    width: int
    height: int
    metres_per_unit: float
    is_geographic: bool = False

    @property
    def across(self) -> float:
        """The width of a pixel in the unit of the system."""
        return (self.box.east - self.box.west) / self.width

    @property
    def down(self) -> float:
        """The height of a pixel in the unit of the system."""
        return (self.box.north - self.box.south) / self.height

    def with_margin(self) -> "Frame":
        """One pixel more on every side."""
        box = Box(
            self.box.west - self.across,
            self.box.south - self.down,
            self.box.east + self.across,
            self.box.north + self.down,
        )
        return replace(self, box=box, width=self.width + 2, height=self.height + 2)

    def rows(self, first: int, number: int) -> "Frame":
        """Some of the rows of the picture."""
        north = self.box.north - first * self.down
        box = Box(self.box.west, north - number * self.down, self.box.east, north)
        return replace(self, box=box, height=number)

    def degrees(self) -> tuple[Array, Array]:
        """Longitude and latitude of the middle of each pixel: arrays that can be broadcast to rows and columns."""
        x = self.box.west + (np.arange(self.width, dtype=np.float64) + 0.5) * self.across
        y = self.box.north - (np.arange(self.height, dtype=np.float64) + 0.5) * self.down
        if self.is_geographic:
            return x[np.newaxis, :], y[:, np.newaxis]
        if self.srid == WEB_MERCATOR_SRID:
            latitude: Array = np.degrees(np.arctan(np.sinh(y / _RADIUS)))
            return (x / METRES_PER_DEGREE)[np.newaxis, :], latitude[:, np.newaxis]
        longitude, latitude = _to_degrees(self.srid, get_ident()).transform(*np.meshgrid(x, y))
        return np.asarray(longitude), np.asarray(latitude)

    def metres(self, latitude: Array) -> tuple[Array, Array]:
        """What a pixel measures on the ground from west to east, and from north to south, at these latitudes."""
        narrowed = np.cos(np.radians(latitude))
        across, down = self.across * self.metres_per_unit, self.down * self.metres_per_unit
        if self.is_geographic:
            return across * narrowed, np.full_like(narrowed, down)
        if self.srid == WEB_MERCATOR_SRID:
            return across * narrowed, down * narrowed
        return np.full_like(narrowed, across), np.full_like(narrowed, down)

    @property
    def resolution(self) -> float:
        """What a pixel measures in degrees, the less of the two."""
        return min(self.across, self.down) * self.metres_per_unit / METRES_PER_DEGREE


@lru_cache(maxsize=32)
def _to_degrees(srid: int, thread: int) -> pyproj.Transformer:  # noqa: ARG001 - none may be shared by threads
    return pyproj.Transformer.from_crs(srid, SRID, always_xy=True)


def sampled(path: Path, frame: Frame) -> Array | None:
    """The heights at the middle of each pixel, NaN where there is none; None where there is none at all.

    Raises Unavailable where the file cannot be read.
    """
    longitude, latitude = frame.degrees()
    try:
        with rasterio.open(path) as whole:
            level = overview_level(frame.resolution, whole.res[0], whole.overviews(1))
        with rasterio.open(path, **({} if level is None else {"overview_level": level})) as file:
            return _sampled(file, longitude, latitude)
    except RasterioError as error:
        raise Unavailable("The raster cannot be read now.") from error


def overview_level(wanted: float, cell: float, factors: list[int]) -> int | None:
    """The index of the coarsest overview that is finer than what is wanted, in degrees; None for the cells."""
    finer = [index for index, factor in enumerate(factors) if factor * cell <= wanted * 1.001]
    return finer[-1] if finer else None


def _sampled(file: rasterio.DatasetReader, longitude: Array, latitude: Array) -> Array | None:
    place: Affine = file.transform
    # Counted from the middle of the first cell. What no projection reaches is far away.
    column = np.nan_to_num((longitude - place.c) / place.a - 0.5, nan=-1e9, posinf=-1e9, neginf=-1e9)
    row = np.nan_to_num((latitude - place.f) / place.e - 0.5, nan=-1e9, posinf=-1e9, neginf=-1e9)
    columns, rows = _needed(column, file.width), _needed(row, file.height)
    if columns is None or rows is None:
        return None
    if len(columns) * len(rows) > _MOST_WINDOW:
        raise Unavailable("The raster has no overviews: load it anew.")
    window = rasterio.windows.Window(columns.start, rows.start, len(columns), len(rows))
    cells = file.read(1, window=window)
    known = np.where(cells == NODATA, np.nan, cells.astype(np.float64))
    heights = _interpolated(np.pad(known, 1, constant_values=np.nan), row - rows.start + 1, column - columns.start + 1)
    return None if np.isnan(heights).all() else heights


def _needed(place: Array, number: int) -> range | None:
    """The cells of `number` along an axis that are next to some of these places."""
    inside = place[(place > -1) & (place < number)]
    if not inside.size:
        return None
    return range(max(math.floor(inside.min()), 0), min(math.floor(inside.max()) + 2, number))


def _interpolated(cells: Array, row: Array, column: Array) -> Array:
    """Between the four nearest cells, of which the unknown ones do not count; unknown where they weigh more than half.

    The outermost cells stand for all beyond them.
    """
    top, left = np.floor(row), np.floor(column)
    below, beside = row - top, column - left
    rows = [(top + step).clip(0, cells.shape[0] - 1).astype(np.intp) for step in (0, 1)]
    columns = [(left + step).clip(0, cells.shape[1] - 1).astype(np.intp) for step in (0, 1)]

    def between(values: Array) -> Array:
        upper, lower = (values[each, columns[0]] * (1 - beside) + values[each, columns[1]] * beside for each in rows)
        return np.asarray(upper * (1 - below) + lower * below)

    unknown = np.isnan(cells)
    if not unknown[rows[0].min() : rows[1].max() + 1, columns[0].min() : columns[1].max() + 1].any():
        return between(cells)
    known = between(np.where(unknown, 0.0, 1.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(known >= 0.5, between(np.where(unknown, 0.0, cells)) / known, np.nan)
