"""The pictures of a raster: of which kinds there are, and how one is drawn. Drawing runs in a thread.

Sources: OGC API - Tiles - Part 1 (20-057) for map tilesets and coverage tilesets, OGC API - Maps - Part 1 (20-058).
"""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from otn.api import texts
from otn.model.sql import SRID
from otn.model.text import Text
from otn.model.tile_matrix_sets import Box, TileAddress, TileMatrixSet

TILE_PIXELS = 256
_DEEPEST_ZOOM = 11
"""Of WebMercatorQuad, where a pixel is half a cell at 55 degrees north: clients enlarge what is deeper."""
_STRIP = 256
"""So many rows of an image are drawn at once."""

HILL_SHADE, RELIEF = "hillshade", "relief"
DEFAULT_STYLE = HILL_SHADE
MAP_STYLES: dict[str, Text] = {HILL_SHADE: texts.HILL_SHADE, RELIEF: texts.RELIEF}
"""By identifier; the first is that of addresses without one."""


class Drawn(Enum):
    """What the pixels of a picture are."""

    TERRAIN = "terrain"
    HILL_SHADE = HILL_SHADE
    RELIEF = RELIEF


@dataclass(frozen=True)
class TileKind:
    """A kind of tiles of a raster: their address below that of the collection, and the words of the standard."""

    drawn: Drawn
    below: str
    data_type: str
    title: Text


TERRAIN_TILES = TileKind(Drawn.TERRAIN, "coverage/tiles", "coverage", texts.TERRAIN_TILES)
MAP_TILES = TileKind(Drawn(DEFAULT_STYLE), "map/tiles", "map", texts.MAP_TILES)


def styled_map_tiles(style: str) -> TileKind:
    """The map tiles of one of MAP_STYLES, by its name."""
    return TileKind(Drawn(style), f"styles/{style}/map/tiles", "map", MAP_STYLES[style])


def deepest(tile_matrix_set: TileMatrixSet) -> int:
    """The last tile matrix that tiles of rasters are made for."""
    return _DEEPEST_ZOOM - tile_matrix_set.zoom_offset


def draw_tile(path: Path, drawn: Drawn, tile_matrix_set: TileMatrixSet, tile: TileAddress) -> bytes | None:
    """A tile as PNG; None where there is nothing to be seen. Terrain is always seen."""
    # numpy and GDAL take tens of megabytes, which a server without rasters has no use for.
    from otn.api.png import png
    from otn.api.raster_drawing import flat_terrain, picture
    from otn.api.raster_sampling import Frame

    box = tile_matrix_set.box(tile)
    is_geographic = tile_matrix_set.srid == SRID
    metres = tile_matrix_set.metres_per_unit
    frame = Frame(tile_matrix_set.srid, box, TILE_PIXELS, TILE_PIXELS, metres, is_geographic)
    found = picture(path, drawn, frame)
    if found is not None:
        return png(found)
    return flat_terrain(TILE_PIXELS) if drawn is Drawn.TERRAIN else None


@dataclass(frozen=True)
class MapImage:
    """A map image of `box`, in the unit of the system `srid`, x before y, on so many pixels.

    `paper` is the colour beneath, such as `#ffffff`; None leaves what is not drawn transparent.
    """

    drawn: Drawn
    srid: int
    is_geographic: bool
    box: Box
    width: int
    height: int
    paper: str | None


def draw_image(path: Path, wanted: MapImage) -> bytes:
    """The image as PNG, drawn strip by strip."""
    from otn.api.png import png
    from otn.api.raster_drawing import image
    from otn.api.raster_sampling import METRES_PER_DEGREE, Frame

    # All projected systems that are served are in metres.
    metres = METRES_PER_DEGREE if wanted.is_geographic else 1.0
    frame = Frame(wanted.srid, wanted.box, wanted.width, wanted.height, metres, wanted.is_geographic)
    return png(image(path, wanted.drawn, frame, wanted.paper, _STRIP))
