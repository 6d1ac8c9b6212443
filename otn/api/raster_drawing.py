"""A raster drawn in a frame: heights, or light and shadow, as an array of pixels. Imported in the threads that draw."""

from functools import lru_cache
from pathlib import Path

import numpy as np

from otn.api.png import png
from otn.api.raster_pictures import Drawn
from otn.api.raster_sampling import Frame, sampled
from otn.api.relief import Picture, hill_shade, overlay, raised, terrain_rgb, tinted


def picture(path: Path, drawn: Drawn, frame: Frame) -> Picture | None:
    """Rows, columns and bands; None where there is nothing to be seen."""
    if drawn is Drawn.TERRAIN:
        heights = sampled(path, frame)
        return None if heights is None else terrain_rgb(heights)
    # Slopes at the edge are told from what lies beyond it, so that pictures side by side fit together.
    heights = sampled(path, frame.with_margin())
    if heights is None:
        return None
    across, down = frame.metres(frame.degrees()[1])
    factor = raised(min(frame.across, frame.down) * frame.metres_per_unit)
    shade = hill_shade(heights, across / factor, down / factor)
    seen = overlay(shade) if drawn is Drawn.HILL_SHADE else tinted(heights[1:-1, 1:-1], shade)
    return seen if seen[..., -1].any() else None


def image(path: Path, drawn: Drawn, frame: Frame, paper: str | None, strip: int) -> Picture:
    """Four bands, drawn a strip of so many rows at a time; on `paper` nothing is transparent."""
    whole = np.zeros((frame.height, frame.width, 4), dtype=np.uint8)
    for first in range(0, frame.height, strip):
        rows = min(strip, frame.height - first)
        found = picture(path, drawn, frame.rows(first, rows))
        if found is not None:
            whole[first : first + rows] = found if found.shape[-1] == 4 else _in_colour(found)
    return whole if paper is None else _on_paper(whole, paper)


def _in_colour(grey: Picture) -> Picture:
    return np.concatenate([np.repeat(grey[..., :1], 3, axis=-1), grey[..., 1:]], axis=-1)


def _on_paper(whole: Picture, paper: str) -> Picture:
    below = np.array([int(paper[at : at + 2], 16) for at in (1, 3, 5)], dtype=np.float32)
    opacity = whole[..., 3:].astype(np.float32) / 255
    colours = whole[..., :3] * opacity + below * (1 - opacity)
    return np.rint(colours).astype(np.uint8)


@lru_cache(maxsize=1)
def flat_terrain(pixels: int) -> bytes:
    """A tile without heights: programs that read terrain take no other answer for one."""
    return png(terrain_rgb(np.zeros((pixels, pixels))))
