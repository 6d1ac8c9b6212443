"""The page rank of a feature: its place on a Hilbert curve over the world, so that neighbours stand together."""

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

_WORLD = (-180.0, -90.0, 180.0, 90.0)
_HILBERT_LEVEL = 16


def hilbert_ranks(geometry: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """1 + the Hilbert index of each bbox's centre on a grid of 65,536 x 65,536 cells over the world."""
    west, south, east, north = shapely.bounds(geometry).T
    least_x, least_y, most_x, most_y = _WORLD
    x = _cell((west + east) / 2, least_x, most_x)
    y = _cell((south + north) / 2, least_y, most_y)
    return np.asarray(_hilbert_index(x, y) + 1, dtype=np.int64)


def _cell(values: npt.NDArray[np.float64], least: float, most: float) -> npt.NDArray[np.int64]:
    last = 2**_HILBERT_LEVEL - 1
    cells = np.clip((values - least) * (last / (most - least)), 0, last)
    return np.asarray(cells, dtype=np.int64)


def _hilbert_index(x: npt.NDArray[np.int64], y: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """From the largest quadrants to the smallest, each turned so that the curve enters and leaves it at its corners."""
    last = 2**_HILBERT_LEVEL - 1
    index = np.zeros_like(x)
    for level in range(_HILBERT_LEVEL - 1, -1, -1):
        right, upper = (x >> level) & 1, (y >> level) & 1
        index |= ((3 * right) ^ upper) << (2 * level)
        mirrored = (right & ~upper) * last
        x, y = x ^ mirrored, y ^ mirrored
        turned = (x ^ y) & (upper - 1)
        x, y = x ^ turned, y ^ turned
    return index
