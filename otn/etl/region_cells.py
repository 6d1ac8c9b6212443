"""Regions of the cells of a grid: what lies within a cell that is all of one region needs no look at its outline.

Most roads are far shorter than a cell and far from a border, and thousands of them share one.
"""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import shapely

from otn.etl.rows import Geometries

# Cells are 4 to 7 km wide in Europe.
_PER_DEGREE = 16
# Fewer geometries than this in one batch are looked at sooner than their cell.
_MANY = 16
_ROW = 1 << 16


class RegionCells:
    """Remembers what `decide` says of boxes (degrees): the region of all that lies within, None where that depends."""

    def __init__(self, decide: Callable[[Geometries], npt.NDArray[np.object_]]) -> None:
        self._decide = decide
        self._known: dict[int, str | None] = {}

    def of(self, geometry: Geometries) -> npt.NDArray[np.object_]:
        """The region of each geometry whose cell tells it, None for the others."""
        west, south, east, north = _steps(geometry)
        within = np.flatnonzero((west == east) & (south == north))
        cells, which, count = np.unique(_numbers(west[within], south[within]), return_inverse=True, return_counts=True)
        self._learn(cells[count >= _MANY])
        known = np.array([self._known.get(cell) for cell in cells.tolist()], dtype=object)
        regions = np.full(len(geometry), None, dtype=object)
        regions[within] = known[which]
        return regions

    def _learn(self, cells: npt.NDArray[np.int64]) -> None:
        new = np.array([cell for cell in cells.tolist() if cell not in self._known], dtype=np.int64)
        if len(new):
            self._known.update(zip(new.tolist(), self._decide(_boxes(new)).tolist(), strict=True))


def in_cells(geometry: Geometries) -> Iterator[npt.NDArray[np.intp]]:
    """Which of the geometries begin, in the south-west, in one cell, cell by cell."""
    west, south, _, _ = _steps(geometry)
    cells = _numbers(west, south)
    order = np.argsort(cells, kind="stable")
    for among in np.split(order, np.flatnonzero(np.diff(cells[order])) + 1):
        if len(among):
            yield among


def _steps(geometry: Geometries) -> npt.NDArray[np.float64]:
    """The cells in which the sides of each geometry's box lie: west, south, east and north."""
    return np.asarray(np.floor(shapely.bounds(geometry) * _PER_DEGREE).T, dtype=np.float64)


def _numbers(west: npt.NDArray[np.float64], south: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    return west.astype(np.int64) * _ROW + south.astype(np.int64)


def _boxes(cells: npt.NDArray[np.int64]) -> Geometries:
    south = (cells + _ROW // 2) % _ROW - _ROW // 2
    west = (cells - south) // _ROW
    boxes: Geometries = shapely.box(*(side / _PER_DEGREE for side in (west, south, west + 1, south + 1)))
    return boxes
