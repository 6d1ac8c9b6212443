"""Which cells of a raster a request is about: from `bbox` and `subset` to a window of its grid.

Source: OGC API - Coverages - Part 1 (19-087, draft) 7 "Subsetting": a box takes the cells that it touches.
"""

import math
import re

from otn.api.bbox import BoundingBox, parse_bbox
from otn.api.crs import CRS84, parse_crs
from otn.errors import BadRequest
from otn.model.rasters import Bounds, Grid, Window

_AXIS = re.compile(r"\s*([A-Za-z]+)\(\s*([^:()]+?)\s*(?::\s*([^:()]+?)\s*)?\)\s*")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_AXES = {"Lon": (0, 2), "Lat": (1, 3)}
_OPEN = "*"


def asked_bounds(given: dict[str, str], whole: Bounds) -> Bounds | None:
    """West, south, east and north in degrees, by `bbox` with `bbox-crs`, or by `subset`; None where neither is given.

    Raises BadRequest for what cannot be used.
    """
    if "bbox" in given and "subset" in given:
        raise BadRequest("bbox and subset cannot both be given.", parameter="subset")
    if "bbox-crs" in given and "bbox" not in given:
        raise BadRequest("bbox-crs says what bbox is in, and there is no bbox.", parameter="bbox-crs")
    if "bbox" in given:
        return _bbox(given["bbox"], given.get("bbox-crs"))
    return _subset(given["subset"], whole) if "subset" in given else None


def _bbox(text: str, crs: str | None) -> Bounds:
    found = parse_bbox(text, CRS84 if crs is None else parse_crs(crs, "bbox-crs"))
    box = found if isinstance(found, BoundingBox) else found.bounds
    if box is None:
        raise BadRequest(f"bbox={text} reaches beyond where its reference system ends.", parameter="bbox")
    if box.west > box.east:
        raise BadRequest(f"bbox={text} spans the antimeridian: ask for its two sides apart.", parameter="bbox")
    return box.west, box.south, box.east, box.north


def _subset(text: str, whole: Bounds) -> Bounds:
    """`Lon(7.2:7.4),Lat(43.7)`: from and to, or one place, along each axis; an asterisk is the end of the coverage."""
    bounds = list(whole)
    position, seen = 0, set()
    while True:
        found = _AXIS.match(text, position)
        if found is None or found[1] not in _AXES or found[1] in seen:
            raise _wrong(text, f"it must be like Lon(7.2:7.4),Lat(43.6:43.8), with the axes {' and '.join(_AXES)}")
        seen.add(found[1])
        low, high = _AXES[found[1]]
        bounds[low], bounds[high] = (
            whole[place] if end == _OPEN else _number(end, text)
            for place, end in ((low, found[2]), (high, found[3] or found[2]))
        )
        if bounds[low] > bounds[high]:
            raise _wrong(text, f"{found[1]} begins at {bounds[low]:g}, after its end {bounds[high]:g}")
        position = found.end()
        if position == len(text):
            return bounds[0], bounds[1], bounds[2], bounds[3]
        if text[position] != ",":
            raise _wrong(text, "axes are separated by commas")
        position += 1


def _number(text: str, subset: str) -> float:
    if not _NUMBER.fullmatch(text) or abs(float(text)) > 1e9:
        raise _wrong(subset, f"{text!r} is no coordinate")
    return float(text)


def _wrong(text: str, why: str) -> BadRequest:
    return BadRequest(f"subset={text[:100]} cannot be used: {why}.", parameter="subset")


def cells_touched(grid: Grid, whole: Window, bounds: Bounds) -> Window | None:
    """The cells of the window `whole` that a box of degrees touches; None where there are none.

    Where the box ends on an edge between two cells, those beyond it are not touched.
    """
    west, south, east, north = bounds
    hair = 1e-6

    def span(low: float, high: float, first: int, number: int) -> tuple[int, int]:
        begins = max(math.floor(low * grid.cells_per_degree + hair), first)
        ends = min(math.ceil(high * grid.cells_per_degree - hair), first + number)
        if high - low < hair * grid.cell:  # a place
            ends = min(begins + 1, first + number)
        return begins, ends - begins

    column, columns = span(west - grid.west, east - grid.west, whole.column, whole.columns)
    row, rows = span(grid.north - north, grid.north - south, whole.row, whole.rows)
    touches = columns > 0 and rows > 0
    return Window(row, column, rows, columns) if touches else None
