"""The parameter `bbox`.

Sources: OGC API - Features - Part 1 (17-069r4) 7.15.3: four or six numbers in CRS84, longitude before latitude; a first
longitude greater than the second spans the antimeridian. Part 2 (18-058r1) 6.2.2: `bbox-crs` names another system,
whose axes give the order. Heights are read and set aside: OTN's features have none.
"""

import math
import re
from dataclasses import dataclass
from typing import NamedTuple

from pyproj.exceptions import ProjError

from otn.api.crs import CRS84, Crs
from otn.errors import BadRequest

_NUMBER = r"\s*[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?\s*"
_NUMBERS = re.compile(rf"{_NUMBER}(?:,{_NUMBER})*")
_LARGEST = 1e9
_WEB_MERCATOR = 3857
_EARTH_RADIUS = 6378137.0


class BoundingBox(NamedTuple):
    """A box in degrees; `west` greater than `east` spans the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    @property
    def parts(self) -> tuple["BoundingBox", ...]:
        """The box as one or two boxes that do not span the antimeridian."""
        if self.west <= self.east:
            return (self,)
        return (
            BoundingBox(self.west, self.south, 180.0, self.north),
            BoundingBox(-180.0, self.south, self.east, self.north),
        )


@dataclass(frozen=True)
class ProjectedBox:
    """A box in the plane of `crs`, x before y; nothing in it lies outside `bounds` (None: unknown)."""

    crs: Crs
    least_x: float
    least_y: float
    most_x: float
    most_y: float
    bounds: BoundingBox | None


Box = BoundingBox | ProjectedBox


def parse_bbox(text: str, crs: Crs = CRS84) -> Box:
    """Raises BadRequest for anything but four or six finite numbers that are a box in `crs`."""
    first, second, third, fourth = _four_numbers(text)
    if crs.axes_swapped:
        first, second, third, fourth = second, first, fourth, third
    least_x, least_y, most_x, most_y = first, second, third, fourth
    if least_y > most_y:
        raise _wrong(f"its southern end {least_y:g} is greater than its northern {most_y:g}", text)
    if crs.srid == _WEB_MERCATOR:
        return _in_degrees(_longitude(least_x), _latitude(least_y), _longitude(most_x), _latitude(most_y))
    if crs.is_geographic:
        return _in_degrees(least_x, least_y, most_x, most_y)
    if least_x > most_x:
        raise _wrong(f"its western end {least_x:g} is greater than its eastern {most_x:g}", text)
    # Coordinates are served as rounded as `decimals` says: what lies on an edge of the box is on the box.
    hair = 0.5 * 10**-crs.decimals
    corners = (least_x - hair, least_y - hair, most_x + hair, most_y + hair)
    return ProjectedBox(crs, *corners, _bounds(crs, *corners))


def _four_numbers(text: str) -> tuple[float, float, float, float]:
    if not _NUMBERS.fullmatch(text):
        wrong = next(part for part in text.split(",") if not re.fullmatch(_NUMBER, part))
        raise _wrong(f"{wrong!r} is not a number", text)
    numbers = [float(part) for part in text.split(",")]
    if max(numbers) > _LARGEST or min(numbers) < -_LARGEST:
        wrong = next(part for part in text.split(",") if abs(float(part)) > _LARGEST)
        raise _wrong(f"{wrong.strip()} is no coordinate", text)
    if len(numbers) == 6:
        first, second, lowest, third, fourth, highest = numbers
        if lowest > highest:
            raise _wrong(f"its lowest height {lowest:g} is greater than its highest {highest:g}", text)
        return first, second, third, fourth
    if len(numbers) == 4:
        first, second, third, fourth = numbers
        return first, second, third, fourth
    raise _wrong(f"it has {len(numbers)} numbers, not 4 or 6", text)


def _in_degrees(west: float, south: float, east: float, north: float) -> BoundingBox:
    west, east = _longitudes(west, east)
    return BoundingBox(west, min(max(south, -90.0), 90.0), east, min(max(north, -90.0), 90.0))


def _longitudes(west: float, east: float) -> tuple[float, float]:
    """Both within -180 to 180: maps that wrap around the world ask for 170 to 190."""
    if -180 <= west <= 180 and -180 <= east <= 180:
        return west, east
    if east - west >= 360:
        return -180.0, 180.0
    return (west + 180) % 360 - 180, (east + 180) % 360 - 180


def _longitude(x: float) -> float:
    """Without the noise of the conversion, which would leave out what lies on the very edge of the box."""
    return round(math.degrees(x / _EARTH_RADIUS), 9)


def _latitude(y: float) -> float:
    return round(math.degrees(2 * math.atan(math.exp(min(y / _EARTH_RADIUS, 50.0))) - math.pi / 2), 9)


def _bounds(crs: Crs, least_x: float, least_y: float, most_x: float, most_y: float) -> BoundingBox | None:
    """Degrees around the box, with the curves of its sides; None where the system ends before the box does."""
    try:
        bounds = crs.from_wgs84.transform_bounds(least_x, least_y, most_x, most_y, direction="INVERSE")
    except ProjError:
        return None
    return BoundingBox(*bounds) if all(map(math.isfinite, bounds)) else None


def _wrong(why: str, text: str) -> BadRequest:
    return BadRequest(f"bbox={text} cannot be used: {why}.", parameter="bbox")
