"""The parameter `bbox`.

Source: OGC API - Features - Part 1 (17-069r4) 7.15.3: four or six numbers in CRS84, longitude before latitude; a first
longitude greater than the second spans the antimeridian. Heights are read and set aside: OTN's features have none.
"""

import re
from dataclasses import dataclass

from otn.errors import BadRequest

_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?\s*")


@dataclass(frozen=True)
class BoundingBox:
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


def parse_bbox(text: str) -> BoundingBox:
    """Raises BadRequest for anything but four or six finite numbers with south <= north."""
    numbers = [_number(part, text) for part in text.split(",")]
    if len(numbers) == 6:
        west, south, lowest, east, north, highest = numbers
        if lowest > highest:
            raise _wrong(f"its lowest height {lowest:g} is greater than its highest {highest:g}", text)
    elif len(numbers) == 4:
        west, south, east, north = numbers
    else:
        raise _wrong(f"it has {len(numbers)} numbers, not 4 or 6", text)
    if south > north:
        raise _wrong(f"its southern latitude {south:g} is greater than its northern {north:g}", text)
    west, east = _longitudes(west, east)
    return BoundingBox(west, _latitude(south), east, _latitude(north))


def _number(part: str, text: str) -> float:
    if not _NUMBER.fullmatch(part):
        raise _wrong(f"{part!r} is not a number", text)
    number = float(part)
    if abs(number) > 1e9:
        raise _wrong(f"{part.strip()} is no coordinate in degrees", text)
    return number


def _latitude(value: float) -> float:
    return min(max(value, -90.0), 90.0)


def _longitudes(west: float, east: float) -> tuple[float, float]:
    """Both within -180 to 180: maps that wrap around the world ask for 170 to 190."""
    if -180 <= west <= 180 and -180 <= east <= 180:
        return west, east
    if east - west >= 360:
        return -180.0, 180.0
    return (west + 180) % 360 - 180, (east + 180) % 360 - 180


def _wrong(why: str, text: str) -> BadRequest:
    return BadRequest(f"bbox={text} cannot be used: {why}.", parameter="bbox")
