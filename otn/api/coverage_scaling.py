"""How many cells an answer has: `scale-size`, `width`, `height`, `scale-axes` and `scale-factor`, after what it covers.

Source: OGC API - Coverages - Part 1 (19-087, draft), requirements class "Scaling": a size is mapped to the box that is
asked for, even where that reaches beyond the coverage; a factor divides the number of cells that the box touches.
`scaleSize` is what earlier drafts called `scale-size`: GDAL asks so.
"""

import math
import re
from dataclasses import dataclass

from otn.api.coverage_cells import asked_bounds, cells_touched
from otn.errors import BadRequest
from otn.model.rasters import Bounds, Grid, Window

LONGITUDE, LATITUDE = "Lon", "Lat"
_SIDES = {"width": LONGITUDE, "height": LATITUDE}
_SIZE, _AXES, _FACTOR = ("scale-size", "scaleSize"), "scale-axes", "scale-factor"
SCALING = (*_SIZE, *_SIDES, _AXES, _FACTOR)
_AXIS = re.compile(r"\s*([A-Za-z]+)\(([^()]*)\)\s*")
_COUNT = re.compile(r"[1-9][0-9]{0,8}")
_DIVISOR = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
_HAIR = 1e-6
"""Of a cell: a box that is no wider is a place, and the size asked for is that of the cell it lies in."""


@dataclass(frozen=True)
class Domain:
    """What an answer covers: `bounds` in degrees, divided into so many rows and columns."""

    bounds: Bounds
    rows: int
    columns: int

    @property
    def across(self) -> float:
        """From one column to the next, in degrees."""
        return (self.bounds[2] - self.bounds[0]) / self.columns

    @property
    def down(self) -> float:
        """From one row to the next, in degrees."""
        return (self.bounds[3] - self.bounds[1]) / self.rows

    def cells_read(self, cells: Window, cell: float) -> int:
        """How many are read for it of `cells`, which are `cell` degrees wide: overviews halve them along both axes."""
        halved: int = 2 ** math.floor(math.log2(max(min(self.across, self.down) / cell, 1)) + _HAIR)
        return math.ceil(cells.rows / halved) * math.ceil(cells.columns / halved)


def asked_domain(given: dict[str, str], grid: Grid, cells: Window) -> tuple[Domain, Window] | None:
    """What an answer covers, and which of the cells of the coverage it is made of; None where it is made of none.

    Raises BadRequest for what cannot be used.
    """
    whole = grid.bounds(cells)
    asked = asked_bounds(given, whole) or whole
    _refuse_two_ways(given)
    sizes, divisors = _sizes(given), _divisors(given)
    touched = cells_touched(grid, cells, asked)
    if touched is None:
        return None
    exact = grid.bounds(touched)

    def along(axis: str, low: int, number: int) -> tuple[float, float, int]:
        if axis not in sizes:
            return exact[low], exact[low + 2], max(round(number / divisors.get(axis, 1)), 1)
        is_place = asked[low + 2] - asked[low] < _HAIR * grid.cell
        begin, end = (exact if is_place else asked)[low::2]
        return begin, end, sizes[axis]

    west, east, columns = along(LONGITUDE, 0, touched.columns)
    south, north, rows = along(LATITUDE, 1, touched.rows)
    return Domain((west, south, east, north), rows, columns), touched


def _refuse_two_ways(given: dict[str, str]) -> None:
    """One name of a size, the sides, or factors: only width and height go together."""
    ways = [name for name in SCALING if name in given]
    if len(ways) > 1 and ways != list(_SIDES):
        raise BadRequest(f"{ways[0]} and {ways[1]} cannot both be given.", parameter=ways[1])


def _sizes(given: dict[str, str]) -> dict[str, int]:
    """The number of cells that is wanted along each axis that is named."""
    for name in _SIZE:
        if name in given:
            texts = _by_axis(given[name], name, "Lon(800),Lat(600)")
            return {axis: _count(text, name) for axis, text in texts.items()}
    return {axis: _count(given[name], name) for name, axis in _SIDES.items() if name in given}


def _divisors(given: dict[str, str]) -> dict[str, float]:
    """What the number of cells along each axis is divided by."""
    if _AXES in given:
        texts = _by_axis(given[_AXES], _AXES, "Lon(2),Lat(2.5)")
        return {axis: _divisor(text, _AXES) for axis, text in texts.items()}
    return dict.fromkeys((LONGITUDE, LATITUDE), _divisor(given[_FACTOR], _FACTOR)) if _FACTOR in given else {}


def _by_axis(text: str, parameter: str, example: str) -> dict[str, str]:
    """`Lon(800),Lat(600)`: what is written along each axis that is named."""
    found: dict[str, str] = {}
    for entry in text.split(","):
        axis = _AXIS.fullmatch(entry)
        if axis is None or axis[1] not in (LONGITUDE, LATITUDE) or axis[1] in found:
            raise BadRequest(
                f"{parameter}={text[:100]} cannot be used: it must be like {example}, with the axes Lon and Lat.",
                parameter=parameter,
            )
        found[axis[1]] = axis[2].strip()
    return found


def _count(text: str, parameter: str) -> int:
    if not _COUNT.fullmatch(text):
        raise BadRequest(
            f"{parameter} must be a whole number of cells, at least 1, not {text[:40]!r}.", parameter=parameter
        )
    return int(text)


def _divisor(text: str, parameter: str) -> float:
    if not _DIVISOR.fullmatch(text) or float(text) == 0:
        raise BadRequest(
            f"{parameter} must be a number above 0 that divides the number of cells, not {text[:40]!r}.",
            parameter=parameter,
        )
    return float(text)
