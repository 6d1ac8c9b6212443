"""How heights become pictures: terrain-RGB, hill-shade, tints of elevation. Pure, on arrays; NaN is no height.

Sources: Mapbox Terrain-RGB v1, "Decode data": height = -10000 + (R * 256 * 256 + G * 256 + B) * 0.1; Horn, B. K. P.,
"Hill shading and the reflectance map", Proceedings of the IEEE 69 (1981), for the slope from eight neighbours.
"""

import math

import numpy as np
import numpy.typing as npt

from otn.model.symbology import DARKEST, ELEVATION_TINTS, LIGHT_ALTITUDE, LIGHT_AZIMUTH, LIGHTEST

Heights = npt.NDArray[np.float64]
Shade = npt.NDArray[np.float64]
Picture = npt.NDArray[np.uint8]

_AZIMUTH, _ALTITUDE = math.radians(LIGHT_AZIMUTH), math.radians(LIGHT_ALTITUDE)
_EAST, _NORTH = math.sin(_AZIMUTH) * math.cos(_ALTITUDE), math.cos(_AZIMUTH) * math.cos(_ALTITUDE)
FLAT = math.sin(_ALTITUDE)
"""How light level ground is, from 0 to 1."""

_STEP = 4  # of opacity, out of 255: finer ones are not seen, and make a tile half as large again
_FULL_SCALE = 90.0  # metres: where pixels are coarser, slopes are flatter than those one sees, and are raised
_RAISING = 0.35
_SEA = 0.5  # metres: SRTM has all water of the sea at 0


def terrain_rgb(heights: Heights) -> Picture:
    """Three bands; where there is no height it is 0, since programs that read terrain know of no gaps."""
    tenths = np.rint((np.nan_to_num(heights, nan=0.0) + 10_000) * 10).clip(0, 2**24 - 1).astype(np.uint32)
    return np.stack([tenths >> 16, tenths >> 8, tenths], axis=-1).astype(np.uint8)


def hill_shade(heights: Heights, across: Heights | float, down: Heights | float) -> Shade:
    """How light the ground is, from 0 to 1, of all but the outermost pixels, which are read as neighbours.

    `across` and `down` are the metres from one pixel to the next, of each row or of all.
    """
    centre = heights[1:-1, 1:-1]

    def near(row: int, column: int) -> Heights:
        there = heights[1 + row : heights.shape[0] - 1 + row, 1 + column : heights.shape[1] - 1 + column]
        return np.where(np.isnan(there), centre, there)

    west = near(-1, -1) + 2 * near(0, -1) + near(1, -1)
    east = near(-1, 1) + 2 * near(0, 1) + near(1, 1)
    north = near(-1, -1) + 2 * near(-1, 0) + near(-1, 1)
    south = near(1, -1) + 2 * near(1, 0) + near(1, 1)
    to_east, to_north = (east - west) / (8 * across), (north - south) / (8 * down)
    lit = (FLAT - to_east * _EAST - to_north * _NORTH) / np.sqrt(1 + to_east**2 + to_north**2)
    return np.where(np.isnan(centre), np.nan, lit.clip(0, 1))


def raised(metres: float) -> float:
    """How many times as high hills are drawn where a pixel has so many metres."""
    return float(max(1.0, (metres / _FULL_SCALE) ** _RAISING))


def overlay(shade: Shade) -> Picture:
    """Grey and opacity: shadows are black, light is white, level ground and what is unknown are not seen."""
    shadow = (FLAT - shade) / FLAT * DARKEST
    light = (shade - FLAT) / (1 - FLAT) * LIGHTEST
    opacity = np.nan_to_num(np.maximum(shadow, light)).clip(0, 1)
    white = np.where(np.nan_to_num(shade, nan=0.0) > FLAT, 255, 0)
    return np.stack([white, np.floor(opacity * 255 / _STEP) * _STEP], axis=-1).astype(np.uint8)


def tinted(heights: Heights, shade: Shade) -> Picture:
    """Red, green, blue and opacity: the tint of the elevation in light and shadow; the sea is not seen."""
    stops, colours = zip(*ELEVATION_TINTS, strict=True)
    known = np.nan_to_num(heights, nan=0.0)
    lit = np.where(shade < FLAT, 0.45 + 0.55 * shade / FLAT, 1 + 0.25 * (shade - FLAT) / (1 - FLAT))
    channels = [np.interp(known, stops, [int(colour[at : at + 2], 16) for colour in colours]) for at in (1, 3, 5)]
    picture = [np.nan_to_num(channel * lit).clip(0, 255) for channel in channels]
    seen = ~np.isnan(heights) & (np.abs(known) >= _SEA)
    bands = np.stack([*picture, np.where(seen, 255.0, 0.0)], axis=-1)
    return np.asarray(np.rint(bands), dtype=np.uint8)
