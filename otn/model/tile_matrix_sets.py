"""The tile matrix sets tiles are served in, and where a tile lies.

Source: OGC Two Dimensional Tile Matrix Set and Tile Set Metadata 2.0 (17-083r4), Annex D "Common TileMatrixSet
definitions": WebMercatorQuad, WorldCRS84Quad and EuropeanETRS89_LAEAQuad.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any, NamedTuple

import pyproj
from pyproj.enums import TransformDirection

from otn.model.sql import SRID, WEB_MERCATOR_SRID

Document = dict[str, Any]

_TILE_PIXELS = 256
# Metres of a standardised rendering pixel, and of a degree along the equator of WGS 84 (17-083r4, 6.2).
PIXEL_METRES = 0.00028
DEGREE_METRES = 6378137 * math.pi / 180
_MERCATOR_HALF = 6378137 * math.pi
_LAEA_SRID = 3035
_MERCATOR_LATITUDE = math.degrees(2 * math.atan(math.exp(math.pi)) - math.pi / 2)

Point = tuple[float, float]


class Box(NamedTuple):
    """A rectangle in the unit of some CRS."""

    west: float
    south: float
    east: float
    north: float


class TileAddress(NamedTuple):
    """A tile of a tile matrix set; rows are counted from the top, columns from the left, both from 0."""

    matrix: int
    row: int
    column: int


class TileLimits(NamedTuple):
    """The rows and columns of a tile matrix that hold data; the bounds belong to them."""

    matrix: int
    min_row: int
    max_row: int
    min_column: int
    max_column: int


def web_mercator(longitude: float, latitude: float) -> Point:
    """Degrees to metres of EPSG:3857; latitudes beyond its square end at its edge."""
    clamped = min(max(latitude, -_MERCATOR_LATITUDE), _MERCATOR_LATITUDE)
    y = math.log(math.tan(math.pi / 4 + math.radians(clamped) / 2))
    return _MERCATOR_HALF * longitude / 180, _MERCATOR_HALF * y / math.pi


def degrees(x: float, y: float) -> Point:
    """Metres of EPSG:3857 to degrees."""
    return 180 * x / _MERCATOR_HALF, math.degrees(math.atan(math.sinh(math.pi * y / _MERCATOR_HALF)))


def _as_they_are(longitude: float, latitude: float) -> Point:
    return longitude, latitude


def _by_corners(convert: Callable[[float, float], Point]) -> Callable[[Box], Box]:
    """For systems in which a rectangle of the one is a rectangle of the other."""
    return lambda box: Box(*convert(box.west, box.south), *convert(box.east, box.north))


@cache
def _laea() -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(SRID, _LAEA_SRID, always_xy=True)


def _laea_from_degrees(longitude: float, latitude: float) -> Point:
    x, y = _laea().transform(longitude, latitude)
    return x, y


@lru_cache(maxsize=256)
def _laea_around(box: Box) -> Box:
    """So many points along the edges that between two of them the curve leaves the chord by less than a metre."""
    return Box(*_laea().transform_bounds(*box, densify_pts=1500))


def _laea_in_degrees(box: Box) -> Box:
    """Widened by more than what the curve between two of the points along its edges can add."""
    found = Box(*_laea().transform_bounds(*box, direction=TransformDirection.INVERSE))
    margin = (found.east - found.west) / 500
    return Box(found.west - margin, found.south - margin, found.east + margin, found.north + margin)


@dataclass(frozen=True)
class TileMatrixSet:
    """A quad tree of tiles over `extent`, which in its first tile matrix is `columns` tiles wide and one high.

    `zoom_offset` is what must be added to the number of a tile matrix for the zoom of WebMercatorQuad with cells of the
    same size, or the next larger ones. `from_degrees` brings longitude and latitude to the set's CRS, `around_degrees`
    gives the rectangle around one of degrees, and `in_degrees` the one in degrees around a rectangle of the CRS; in a
    `curved` CRS what is straight in degrees is not. `axes` stand in the order of the CRS; elsewhere x stands before y.
    """

    id: str
    title: str
    crs: str
    srid: int
    axes: tuple[str, str]
    scale_set: str | None
    extent: Box
    columns: int
    metres_per_unit: float
    zoom_offset: int
    last_matrix: int
    from_degrees: Callable[[float, float], Point]
    around_degrees: Callable[[Box], Box]
    in_degrees: Callable[[Box], Box]
    curved: bool = False

    @property
    def uri(self) -> str:
        return f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{self.id}"

    @property
    def deepest(self) -> int:
        """The last tile matrix tiles are made for: clients enlarge its tiles beyond it."""
        return DEEPEST_ZOOM - self.zoom_offset

    @cached_property
    def area(self) -> Box:
        """The rectangle of degrees around all tiles."""
        return self.in_degrees(self.extent)

    def within(self, bbox: tuple[float, float, float, float]) -> Box:
        """What of a box of degrees the tiles can show; an edge or a corner of their area where that is nothing."""
        return _clamped(Box(*bbox), self.area)

    def bounds(self, bbox: tuple[float, float, float, float]) -> Box:
        """The same in the unit of the CRS."""
        return _clamped(self.around_degrees(self.within(bbox)), self.extent)

    def in_axis_order(self, point: Point) -> list[float]:
        """A place, x before y, as the CRS writes it."""
        return [point[1], point[0]] if self.axes[0] == "Y" else [point[0], point[1]]

    def tile_size(self, matrix: int) -> float:
        """The width of a tile, which is its height, in the unit of the CRS."""
        return (self.extent.north - self.extent.south) / (1 << matrix)

    def contains(self, tile: TileAddress) -> bool:
        """Whether there is such a tile."""
        return (
            0 <= tile.matrix <= self.last_matrix
            and 0 <= tile.row < (1 << tile.matrix)
            and 0 <= tile.column < self.columns * (1 << tile.matrix)
        )

    def box(self, tile: TileAddress, margin: float = 0.0) -> Box:
        """The tile in the unit of the CRS, widened by `margin` times its width on every side."""
        size = self.tile_size(tile.matrix)
        west, north = self.extent.west + tile.column * size, self.extent.north - tile.row * size
        beyond = margin * size
        return Box(west - beyond, north - size - beyond, west + size + beyond, north + beyond)

    def limits(self, bbox: tuple[float, float, float, float], matrix: int) -> TileLimits:
        """The tiles that a box of degrees touches."""
        west, south, east, north = self.bounds(bbox)
        size = self.tile_size(matrix)

        def index(distance: float, count: int) -> int:
            return min(max(math.floor(distance / size), 0), count - 1)

        rows, columns = (1 << matrix), self.columns * (1 << matrix)
        return TileLimits(
            matrix,
            index(self.extent.north - north, rows),
            index(self.extent.north - south, rows),
            index(west - self.extent.west, columns),
            index(east - self.extent.west, columns),
        )

    def document(self) -> Document:
        """The definition as JSON, without links."""
        return {
            "id": self.id,
            "title": self.title,
            "uri": self.uri,
            "crs": self.crs,
            "orderedAxes": list(self.axes),
            **({} if self.scale_set is None else {"wellKnownScaleSet": self.scale_set}),
            "tileMatrices": [self._matrix(matrix) for matrix in range(self.last_matrix + 1)],
        }

    def _matrix(self, matrix: int) -> Document:
        cell = self.tile_size(matrix) / _TILE_PIXELS
        return {
            "id": str(matrix),
            "scaleDenominator": cell * self.metres_per_unit / PIXEL_METRES,
            "cellSize": cell,
            "cornerOfOrigin": "topLeft",
            "pointOfOrigin": self.in_axis_order((self.extent.west, self.extent.north)),
            "tileWidth": _TILE_PIXELS,
            "tileHeight": _TILE_PIXELS,
            "matrixWidth": self.columns * (1 << matrix),
            "matrixHeight": (1 << matrix),
        }


def _clamped(box: Box, area: Box) -> Box:
    """What of the box lies in the area; where that is nothing, what of the area lies nearest to it."""
    west, east = (min(max(x, area.west), area.east) for x in (box.west, box.east))
    south, north = (min(max(y, area.south), area.north) for y in (box.south, box.north))
    return Box(west, south, east, north)


DEEPEST_ZOOM = 16
"""The deepest zoom of WebMercatorQuad that tiles are made for: 4096 steps across a tile are 15 cm there."""

WEB_MERCATOR_QUAD = TileMatrixSet(
    id="WebMercatorQuad",
    title="Google Maps Compatible for the World",
    crs="http://www.opengis.net/def/crs/EPSG/0/3857",
    srid=WEB_MERCATOR_SRID,
    axes=("X", "Y"),
    scale_set="http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
    extent=Box(-_MERCATOR_HALF, -_MERCATOR_HALF, _MERCATOR_HALF, _MERCATOR_HALF),
    columns=1,
    metres_per_unit=1.0,
    zoom_offset=0,
    last_matrix=24,
    from_degrees=web_mercator,
    around_degrees=_by_corners(web_mercator),
    in_degrees=_by_corners(degrees),
)
WORLD_CRS84_QUAD = TileMatrixSet(
    id="WorldCRS84Quad",
    title="CRS84 for the World",
    crs="http://www.opengis.net/def/crs/OGC/1.3/CRS84",
    srid=SRID,
    axes=("Lon", "Lat"),
    scale_set="http://www.opengis.net/def/wkss/OGC/1.0/GoogleCRS84Quad",
    extent=Box(-180.0, -90.0, 180.0, 90.0),
    columns=2,
    metres_per_unit=DEGREE_METRES,
    zoom_offset=1,
    last_matrix=23,
    from_degrees=_as_they_are,
    around_degrees=_by_corners(_as_they_are),
    in_degrees=_by_corners(_as_they_are),
)
EUROPEAN_ETRS89_LAEA_QUAD = TileMatrixSet(
    id="EuropeanETRS89_LAEAQuad",
    title="Lambert Azimuthal Equal Area ETRS89 for Europe",
    crs=f"http://www.opengis.net/def/crs/EPSG/0/{_LAEA_SRID}",
    srid=_LAEA_SRID,
    axes=("Y", "X"),
    scale_set=None,
    extent=Box(2_000_000.0, 1_000_000.0, 6_500_000.0, 5_500_000.0),
    columns=1,
    metres_per_unit=1.0,
    zoom_offset=3,
    last_matrix=15,
    from_degrees=_laea_from_degrees,
    around_degrees=_laea_around,
    in_degrees=_laea_in_degrees,
    curved=True,
)
TILE_MATRIX_SETS = {entry.id: entry for entry in (WEB_MERCATOR_QUAD, WORLD_CRS84_QUAD, EUROPEAN_ETRS89_LAEA_QUAD)}
