"""Pictures as PNG, written here: GDAL's writer takes ten times as long for a tile.

Source: Portable Network Graphics (Third Edition), W3C, 5 "Datastream structure" and 9.2 "Filter types".
"""

import struct
import zlib

import numpy as np
import numpy.typing as npt
from isal import isal_zlib

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}  # grey, grey with opacity, colour, colour with opacity
_UP = 2
_LEVEL = 2
"""Of ISA-L: a twentieth larger than the best of zlib, in a twentieth of the time."""


def png(picture: npt.NDArray[np.uint8]) -> bytes:
    """A picture of rows, columns and one to four bands, of eight bits each."""
    height, width, bands = picture.shape
    rows = picture.reshape(height, width * bands)
    filtered = np.empty((height, width * bands + 1), dtype=np.uint8)
    filtered[:, 0] = _UP
    filtered[0, 1:] = rows[0]
    np.subtract(rows[1:], rows[:-1], out=filtered[1:, 1:])
    header = struct.pack(">IIBBBBB", width, height, 8, _COLOUR_TYPES[bands], 0, 0, 0)
    content = isal_zlib.compress(filtered, _LEVEL)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", content) + _chunk(b"IEND", b"")


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
