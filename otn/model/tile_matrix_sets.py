"""The tile matrix sets tiles are served in, and where a tile lies.

Source: OGC Two Dimensional Tile Matrix Set and Tile Set Metadata 2.0 (17-083r4), Annex D "Common TileMatrixSet
definitions": WebMercatorQuad and WorldCRS84Quad.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from otn.model.sql import SRID, WEB_MERCATOR_SRID

Document = dict[str, Any]

_TILE_PIXELS = 256
_DEEPEST_MATRIX = 24
# Metres of a standardised rendering pixel, and of a degree along the equator of WGS 84 (17-083r4, 6.2).
_PIXEL_METRES = 0.00028
_DEGREE_METRES = 6378137 * math.pi / 180
_MERCATOR_HALF = 6378137 * math.pi
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


@dataclass(frozen=True)
class TileMatrixSet:
    """A quad tree of tiles over `extent`, which in its first tile matrix is `columns` tiles wide and one high.

    `zoom_offset` is what must be added to the number of a tile matrix for the zoom of WebMercatorQuad with cells of the
    same size. `from_degrees` brings longitude and latitude to the set's CRS.
    """

    id: str
    title: str
    crs: str
    srid: int
    axes: tuple[str, str]
    scale_set: str
    extent: Box
    columns: int
    metres_per_unit: float
    zoom_offset: int
    from_degrees: Callable[[float, float], Point]

    @property
    def uri(self) -> str:
        return f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{self.id}"

    @property
    def deepest(self) -> int:
        """The last tile matrix tiles are made for: clients enlarge its tiles beyond it."""
        return DEEPEST_ZOOM - self.zoom_offset

    def tile_size(self, matrix: int) -> float:
        """The width of a tile, which is its height, in the unit of the CRS."""
        return (self.extent.north - self.extent.south) / (1 << matrix)

    def contains(self, tile: TileAddress) -> bool:
        """Whether there is such a tile."""
        return (
            0 <= tile.matrix <= _DEEPEST_MATRIX - self.zoom_offset
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
        west, south = self.from_degrees(bbox[0], bbox[1])
        east, north = self.from_degrees(bbox[2], bbox[3])
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
            "wellKnownScaleSet": self.scale_set,
            "tileMatrices": [self._matrix(matrix) for matrix in range(_DEEPEST_MATRIX - self.zoom_offset + 1)],
        }

    def _matrix(self, matrix: int) -> Document:
        cell = self.tile_size(matrix) / _TILE_PIXELS
        return {
            "id": str(matrix),
            "scaleDenominator": cell * self.metres_per_unit / _PIXEL_METRES,
            "cellSize": cell,
            "cornerOfOrigin": "topLeft",
            "pointOfOrigin": [self.extent.west, self.extent.north],
            "tileWidth": _TILE_PIXELS,
            "tileHeight": _TILE_PIXELS,
            "matrixWidth": self.columns * (1 << matrix),
            "matrixHeight": (1 << matrix),
        }


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
    from_degrees=web_mercator,
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
    metres_per_unit=_DEGREE_METRES,
    zoom_offset=1,
    from_degrees=_as_they_are,
)
TILE_MATRIX_SETS = {entry.id: entry for entry in (WEB_MERCATOR_QUAD, WORLD_CRS84_QUAD)}
