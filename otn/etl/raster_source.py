"""The files of a raster dataset, brought to the grid of the collection that they fill.

What lies on the grid already keeps its values. What is finer is averaged, what is coarser interpolated.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from pyproj import CRS
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.transform import Affine
from rasterio.vrt import WarpedVRT
from rasterio.warp import transform_bounds

from otn.errors import SourceError
from otn.etl.readers.columns import check_file
from otn.etl.readers.raster import crs_of, opened, pixels_of
from otn.model.rasters import NODATA, Bounds, Grid, RasterCollection, Window

Cells = npt.NDArray[np.int16]
CRS84 = rasterio.CRS.from_epsg(4326)

_COARSEST = 10
"""So many cells of the grid one of the source may cover in each direction: more would be made up."""
_HAIR = 1e-3  # of a cell


def place(grid: Grid, window: Window) -> Affine:
    """The geotransform of a window of the grid."""
    west, _, _, north = grid.bounds(window)
    return Affine(grid.cell, 0, west, 0, -grid.cell, north)


def inside(window: Window, whole: Window) -> rasterio.windows.Window:
    """A window of the grid as one of a file that holds the window `whole`."""
    return rasterio.windows.Window(window.column - whole.column, window.row - whole.row, window.columns, window.rows)


class SourceRaster:
    """One file, seen on the grid."""

    def __init__(self, raster: Any, crs: CRS, collection: RasterCollection) -> None:
        """Raises SourceError where it has several bands, lies nowhere on Earth, is too coarse, or holds what cannot be.

        `raster` is open; all of it is read once, since a resampled read passes over what it cannot read.
        """
        self._raster = raster
        self._name = Path(raster.name).name
        self._grid = collection.grid
        if raster.count != 1:
            raise SourceError(f"{self._name} has {raster.count} bands where one is wanted, the {collection.id}.")
        self._crs = rasterio.CRS.from_wkt(crs.to_wkt())
        self.bounds = self._placed()
        self.window = self._grid.window(self.bounds)
        if min(self.window.rows, self.window.columns) < 1:
            raise SourceError(f"{self._name} is smaller than one cell of {collection.id}.")
        self._check_values(collection)

    def _placed(self) -> Bounds:
        """The box around it in degrees."""
        try:
            bounds: Bounds = transform_bounds(self._crs, CRS84, *self._raster.bounds)
        except RasterioError as error:
            raise SourceError(f"{self._name} lies outside its reference system {self._crs.to_string()}.") from error
        west, south, east, north = bounds
        hair = self._grid.cell
        if not (-180 - hair <= west < east <= 180 + hair and -90 - hair <= south < north <= 90 + hair):
            shown = ", ".join(f"{edge:g}" for edge in bounds)
            raise SourceError(f"{self._name} would lie at {shown} degrees, which is not on Earth: check its CRS.")
        return bounds

    def _check_values(self, collection: RasterCollection) -> None:
        low, high = math.inf, -math.inf
        for pixels in pixels_of(self._raster, 1):
            low, high = min(low, float(pixels.min())), max(high, float(pixels.max()))
        if math.isinf(low):
            raise SourceError(f"{self._name} holds no value at all.")
        field = collection.field
        least, most = field.minimum or -math.inf, field.maximum or math.inf
        if not least <= low <= high <= most:
            raise SourceError(
                f"{self._name} holds values from {low:g} to {high:g}, where {least:g} to {most:g} {field.unit} can be: "
                "it is in another unit, or does not declare what stands for no value."
            )

    @contextmanager
    def on_grid(self) -> Iterator[Any]:
        """The raster with the cells of `window`."""
        with WarpedVRT(
            self._raster,
            src_crs=self._crs,
            crs=CRS84,
            transform=place(self._grid, self.window),
            width=self.window.columns,
            height=self.window.rows,
            resampling=self._resampling(),
            nodata=NODATA,
            dtype="int16",
        ) as warped:
            yield warped

    def _resampling(self) -> Resampling:
        if self._is_aligned():
            return Resampling.nearest
        west, south, east, north = self.bounds
        finer = min((east - west) / self._raster.width, (north - south) / self._raster.height) / self._grid.cell
        if finer > _COARSEST:
            raise SourceError(f"{self._name} has cells {finer:.0f} times as wide as they are served: it is too coarse.")
        return Resampling.average if finer < 0.75 else Resampling.bilinear

    def _is_aligned(self) -> bool:
        """Whether its cells are cells of the grid."""
        if not CRS.from_wkt(self._crs.to_wkt()).equals(CRS.from_epsg(4326), ignore_axis_order=True):
            return False
        there, wanted = self._raster.transform, place(self._grid, self.window)
        across = self._raster.width * abs(there.a - wanted.a) + self._raster.height * abs(there.e - wanted.e)
        turned = abs(there.b) + abs(there.d)
        off = (there.c - wanted.c) / wanted.a, (there.f - wanted.f) / wanted.a
        return across + turned < _HAIR * wanted.a and all(abs(each - round(each)) < _HAIR for each in off)


class Sources:
    """All files of a load; where several have a value the first one counts."""

    def __init__(self, rasters: Sequence[tuple[SourceRaster, Any]]) -> None:
        self._rasters = rasters
        first, *rest = (raster.window for raster, _ in rasters)
        self.window = first
        for window in rest:
            self.window = self.window.around(window)

    @property
    def bounds(self) -> Bounds:
        """The box around all files in degrees."""
        wests, souths, easts, norths = zip(*(raster.bounds for raster, _ in self._rasters), strict=True)
        return min(wests), min(souths), max(easts), max(norths)

    def read(self, window: Window) -> Cells:
        """The cells of a window, NODATA where no file has a value."""
        found = np.full((window.rows, window.columns), NODATA, dtype=np.int16)
        for raster, on_grid in self._rasters:
            common = overlap(window, raster.window)
            if common is None:
                continue
            there = found[local(common, window)]
            new = on_grid.read(1, window=inside(common, raster.window))
            np.copyto(there, new, where=there == NODATA)
        return found


@contextmanager
def open_sources(files: Sequence[Path], named: CRS | None, collection: RasterCollection) -> Iterator[Sources]:
    """The files of a load, open and looked through. Raises SourceError for one that is damaged or does not fit."""
    with ExitStack() as stack:
        rasters = []
        for path in files:
            check_file(path)
            try:
                file = stack.enter_context(opened(path))
                raster = SourceRaster(file, crs_of(file, named), collection)
                rasters.append((raster, stack.enter_context(raster.on_grid())))
            except (RasterioError, OSError) as error:
                raise SourceError(f"{path} is damaged, cut off or no raster: {str(error).rstrip('.')}.") from error
        yield Sources(rasters)


def overlap(one: Window, other: Window) -> Window | None:
    """The cells that two windows have in common; None where there are none."""
    row, column = max(one.row, other.row), max(one.column, other.column)
    rows = min(one.row + one.rows, other.row + other.rows) - row
    columns = min(one.column + one.columns, other.column + other.columns) - column
    return Window(row, column, rows, columns) if rows > 0 and columns > 0 else None


def local(window: Window, whole: Window) -> tuple[slice, slice]:
    """Where a window lies in an array of the cells of `whole`."""
    row, column = window.row - whole.row, window.column - whole.column
    return slice(row, row + window.rows), slice(column, column + window.columns)
