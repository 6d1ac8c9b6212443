"""How PMTiles lies on the disk: the numbers of tiles, and the header. Pure.

Source: PMTiles specification, version 3 (https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md).
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from otn.edition.part_format import Bounds
from otn.model.tile_matrix_sets import TileAddress

MAGIC = b"PMTiles\x03"
HEADER_SIZE = 127

_GZIP, _VECTOR_TILES = 2, 1
_HEADER = struct.Struct("<8s11Q6B4iB2i")
_DEGREE = 10_000_000


@dataclass(frozen=True)
class Layout:
    """What the header says beside where the sections lie: how many tiles there are, and where in the world."""

    tiles: int
    entries: int
    contents: int
    zooms: tuple[int, int]
    bounds: Bounds


def _quadrants() -> list[tuple[int, int]]:
    """How a Hilbert curve goes through four levels of quadrants: the place it comes to, and how it lies there.

    By how it lies (1: the axes are exchanged, 2: it comes from the other end), four bits of x and four of y.
    """
    found = []
    for number in range(1 << 10):
        turned, x, y, place = number >> 8, number >> 4, number, 0
        for level in (3, 2, 1, 0):
            right, lower = (x >> level ^ turned >> 1) & 1, (y >> level ^ turned >> 1) & 1
            if turned & 1:
                right, lower = lower, right
            place = place << 2 | (3 * right ^ lower)
            if not lower:
                turned ^= 1 | right << 1
        found.append((place, turned))
    return found


_QUADRANTS = _quadrants()


def tile_id(tile: TileAddress) -> int:
    """The number of a tile: all tiles of the zooms before its own, and then its place on a Hilbert curve."""
    zoom, row, column = tile
    above = -zoom % 4  # levels of the first step that lie above the tile of all: each would exchange the axes
    place, turned = 0, above & 1
    for level in range(zoom + above - 4, -1, -4):
        in_quadrant, turned = _QUADRANTS[turned << 8 | (column >> level & 15) << 4 | row >> level & 15]
        place = place << 8 | in_quadrant
    return first_id(zoom) + place


def tile_address(number: int) -> TileAddress:
    """The tile with a number."""
    zoom = zoom_of(number)
    place, x, y = number - first_id(zoom), 0, 0
    for level in range(zoom):
        right = (place >> 1) & 1
        lower = (place ^ right) & 1
        if not lower:
            if right:
                x, y = (1 << level) - 1 - x, (1 << level) - 1 - y
            x, y = y, x
        x, y = x | right << level, y | lower << level
        place >>= 2
    return TileAddress(zoom, y, x)


def first_id(zoom: int) -> int:
    """The number of the first tile of a zoom."""
    return ((1 << (2 * zoom)) - 1) // 3


def zoom_of(number: int) -> int:
    """The zoom of the tile with a number."""
    return ((3 * number + 1).bit_length() - 1) // 2


def header(sections: Sequence[tuple[int, int]], layout: Layout) -> bytes:
    """The header; `sections` are offset and length of root directory, metadata, leaf directories and tile data."""
    west, south, east, north = (round(degrees * _DEGREE) for degrees in layout.bounds)
    least, deepest = layout.zooms
    return _HEADER.pack(
        MAGIC,
        *(number for section in sections for number in section),
        layout.tiles,
        layout.entries,
        layout.contents,
        True,  # clustered: tiles lie in the order of their numbers
        _GZIP,
        _GZIP,
        _VECTOR_TILES,
        least,
        deepest,
        west,
        south,
        # A box without width or height is none to some clients.
        max(east, west + 1),
        max(north, south + 1),
        least,
        (west + east) // 2,
        (south + north) // 2,
    )


def metadata_section(content: memoryview | bytes) -> tuple[int, int]:
    """Offset and length of the metadata, of a file that begins with these bytes."""
    found = _HEADER.unpack_from(content)
    return found[3], found[4]


def tile_data_offset(content: memoryview | bytes) -> int:
    """Where the tile data begin."""
    return int(_HEADER.unpack_from(content)[7])
