"""Coordinate reference systems: which ones a collection has, and how they are named.

Source: OGC API - Features - Part 2 (18-058r1): coordinates stand in the order of the authority's axes; CRS84 is the
default. National systems are for collections that lie inside the area they are made for.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

import pyproj

from otn.errors import BadRequest
from otn.store.geojson_sql import CRS84_DECIMALS

_URI = re.compile(
    r"https?://www\.opengis\.net/def/crs/(?P<authority>[A-Za-z]+)/(?P<version>[0-9.]+)/(?P<code>[0-9A-Za-z]+)"
)
_CURIE = re.compile(r"\[?(?P<authority>[A-Za-z]+):(?P<code>[0-9A-Za-z]+)\]?")

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Crs:
    """A coordinate reference system.

    `srid` is its EPSG code, which PostGIS knows too; `axes_swapped` says that the authority's first axis points north.
    """

    uri: str
    srid: int
    axes_swapped: bool = False

    @cached_property
    def definition(self) -> pyproj.CRS:
        return pyproj.CRS.from_epsg(self.srid)

    @cached_property
    def is_geographic(self) -> bool:
        return bool(self.definition.is_geographic)

    @property
    def decimals(self) -> int:
        """Digits after the point that keep about a centimetre."""
        return CRS84_DECIMALS if self.is_geographic else 2

    @cached_property
    def area_of_use(self) -> Bounds:
        """West, south, east and north of where it is meant for, in degrees."""
        area = self.definition.area_of_use
        assert area is not None  # noqa: S101 - every CRS below has one
        return area.bounds

    def covers(self, bounds: Bounds) -> bool:
        """Whether the box `bounds` (west, south, east, north in degrees) lies inside the area of use."""
        west, south, east, north = bounds
        least_west, least_south, most_east, most_north = self.area_of_use
        return least_west <= west <= east <= most_east and least_south <= south <= north <= most_north

    @cached_property
    def from_wgs84(self) -> pyproj.Transformer:
        """From longitude and latitude to this system, x before y whatever its axes are."""
        return pyproj.Transformer.from_crs(4326, self.srid, always_xy=True)


def _epsg(code: int) -> Crs:
    first = pyproj.CRS.from_epsg(code).axis_info[0].direction
    return Crs(f"http://www.opengis.net/def/crs/EPSG/0/{code}", code, axes_swapped=first == "north")


CRS84 = Crs("http://www.opengis.net/def/crs/OGC/1.3/CRS84", 4326)
EVERYWHERE = (CRS84, *map(_epsg, (4326, 4258, 3857, 3035)))
"""The systems that every collection has."""
NATIONAL = tuple(map(_epsg, (31370, 3812, 5514, 3059, 27700, 2154, 2100)))
"""Those of the partner regions: Belgium (twice), Czechia, Latvia, Great Britain, France and Greece."""
_BY_NAME = {("OGC", "CRS84"): CRS84} | {("EPSG", str(crs.srid)): crs for crs in (*EVERYWHERE[1:], *NATIONAL)}


@lru_cache(maxsize=256)
def available(bounds: Bounds | None) -> tuple[Crs, ...]:
    """The systems of a collection with this extent (west, south, east, north in degrees), CRS84 first."""
    return (*EVERYWHERE, *(crs for crs in NATIONAL if bounds is not None and crs.covers(bounds)))


def parse_crs(text: str, parameter: str) -> Crs:
    """The system that a URI, or a CURIE such as `EPSG:31370`, names.

    Raises BadRequest where OTN does not know it; whether a collection has it depends on where its features lie.
    """
    match = _URI.fullmatch(text) or _CURIE.fullmatch(text)
    crs = _BY_NAME.get((match["authority"].upper(), match["code"].upper())) if match else None
    if crs is None:
        raise BadRequest(
            f"{parameter} is no coordinate reference system of this service: {text!r}.", parameter=parameter
        )
    return crs
