"""The cells of a domain of a coverage: as they are, or fewer or more of them. Runs in a thread; GDAL is held here."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.enums import Resampling
from rasterio.transform import Affine
from rasterio.warp import reproject

from otn.api.coverage_scaling import Domain
from otn.api.raster_sampling import overview_level
from otn.model.rasters import NODATA, Grid, Window

Cells = npt.NDArray[np.int16]

_HAIR = 1e-6
"""Of a cell: edges that are meant to be the same differ in the last digits."""


def domain_cells(path: Path, grid: Grid, whole: Window, domain: Domain) -> Cells:
    """The cells of `domain` out of the file at `path`, which holds those of `whole`.

    Where cells of the domain are cells of the grid they are those; else the mean of what they cover, where they are
    larger along both axes, or interpolated between the nearest ones. Raises RasterioError.
    """
    window = grid.window(domain.bounds)
    if _is_window(grid, whole, window, domain):
        place = rasterio.windows.Window(
            window.column - whole.column, window.row - whole.row, window.columns, window.rows
        )
        with rasterio.open(path) as file:
            return np.asarray(file.read(1, window=place), dtype=np.int16)
    with rasterio.open(path) as file:
        level = overview_level(min(domain.across, domain.down), file.res[0], file.overviews(1))
    is_coarser = min(domain.across, domain.down) >= grid.cell
    cells = np.full((domain.rows, domain.columns), NODATA, dtype=np.int16)
    with rasterio.open(path, **({} if level is None else {"overview_level": level})) as file:
        reproject(
            rasterio.band(file, 1),
            cells,
            dst_transform=Affine(domain.across, 0, domain.bounds[0], 0, -domain.down, domain.bounds[3]),
            dst_crs=file.crs,
            src_nodata=NODATA,
            dst_nodata=NODATA,
            resampling=Resampling.average if is_coarser else Resampling.bilinear,
        )
    return cells


def _is_window(grid: Grid, whole: Window, window: Window, domain: Domain) -> bool:
    """Whether the domain is this window of the grid, of which all cells are in the file."""
    if (window.rows, window.columns) != (domain.rows, domain.columns) or whole.around(window) != whole:
        return False
    edges = zip(grid.bounds(window), domain.bounds, strict=True)
    return all(abs(one - other) < _HAIR * grid.cell for one, other in edges)
