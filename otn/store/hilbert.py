"""The page rank of a feature: its place on a Hilbert curve over the world, so that neighbours stand together."""

from typing import Any

import geopandas
import numpy as np
import numpy.typing as npt

_WORLD = (-180.0, -90.0, 180.0, 90.0)
_LEVEL = 16


def hilbert_ranks(geometry: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """1 + the Hilbert index of each bbox's centre on a grid of 65,536 x 65,536 cells over the world."""
    distances = geopandas.GeoSeries(geometry, crs=None).hilbert_distance(total_bounds=_WORLD, level=_LEVEL)
    return np.asarray(distances.to_numpy(), dtype=np.int64) + 1
