"""A small raster of heights, as publishers make them."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.transform import Affine

CELL = 1 / 1200
_ROWS, _COLUMNS = np.mgrid[0:120, 0:140]
HEIGHTS: npt.NDArray[np.int16] = (600 + 300 * np.sin(_COLUMNS / 20) * np.cos(_ROWS / 15)).astype(np.int16)
"""Hills, and no value in the corner."""
HEIGHTS[0, 0] = -32768


def write_heights(
    path: Path,
    heights: npt.NDArray[np.generic] = HEIGHTS,
    *,
    crs: str | None = "EPSG:4326",
    west: float = 7.0,
    north: float = 44.0,
    cell: float = CELL,
    nodata: float | None = -32768,
) -> Path:
    """Writes a GeoTIFF whose first pixel has its centre at `west` and `north`, as SRTM has it; one band a layer."""
    path.parent.mkdir(parents=True, exist_ok=True)
    layers = heights if heights.ndim == 3 else heights[np.newaxis]
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        dtype=layers.dtype,
        count=layers.shape[0],
        height=layers.shape[1],
        width=layers.shape[2],
        crs=crs,
        transform=Affine(cell, 0, west - cell / 2, 0, -cell, north + cell / 2),
        nodata=nodata,
        compress="deflate",
    ) as file:
        file.write(layers)
    return path
