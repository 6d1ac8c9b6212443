"""Which tiles a change of features shows in, and how deep tiles are made."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from otn.edition.part import Part
from otn.model.collections import Collection
from otn.model.tile_matrix_sets import WEB_MERCATOR_QUAD, TileAddress, degrees
from otn.model.tiling import REACH_PIXELS, TILE_PIXELS
from otn.store.tile_sql import BUFFER, EXTENT

Boxes = npt.NDArray[np.float64]
"""One row for each feature: west, south, east and north in degrees."""

_MOST = 2_000_000
"""So many tiles that boxes touch are looked at singly; where there are more, all tiles are made anew sooner."""
_FEW = 65_536
"""So many tiles are made of any collection; of larger ones, twice as many as it has features."""
_REACH = BUFFER / EXTENT + REACH_PIXELS / TILE_PIXELS
"""How far from a feature a change of it may show, in widths of a tile."""


def depth(collection: Collection, parts: Sequence[Part]) -> int:
    """The deepest zoom that tiles are made of: from there on they hold all there is, unless they were too many.

    Few long lines, as those of ships, pass through millions of tiles that hold nothing else; to make one of these when
    it is asked for costs next to nothing.
    """
    rule = collection.tile_rule
    deepest = max(rule.overviews_below, rule.details_from, *rule.minimum_zooms.values(), 0)
    corners = [_tile_corners(part.boxes) for part in parts if part.count]
    widths = np.concatenate([ends - starts for starts, ends in corners]) if corners else np.empty((0, 2))
    most = max(2 * len(widths), _FEW)
    is_area = collection.geometry.dimension not in (0, 1)

    def number_of_tiles(zoom: int) -> float:
        across, along = (widths * (1 << zoom)).T
        return float((across * along + across + along + 1).sum() if is_area else (across + along + 1).sum())

    return next((zoom for zoom in range(deepest, 0, -1) if number_of_tiles(zoom) <= most), 0)


def changed_boxes(old: Sequence[Part], new: Sequence[Part]) -> Boxes:
    """Where the features are, and were, that the parts of two editions do not have in common."""
    before = {part.info.identity.dataset: part for part in old}
    found = []
    for part in new:
        known = before.pop(part.info.identity.dataset, None)
        if known is None:
            found.append(part.boxes)
        elif known.checksum != part.checksum:
            found += _differences(known, part)
    found += [part.boxes for part in before.values()]
    return np.concatenate(found) if found else np.empty((0, 4))


def touched_tiles(boxes: Boxes, zooms: range) -> list[list[TileAddress]] | None:
    """The tiles of each zoom that a change in any of the boxes may show in; None where there are very many."""
    starts, ends = _tile_corners(boxes)
    ranges = []
    for zoom in zooms:
        first = np.clip(np.floor(starts * (1 << zoom) - _REACH), 0, (1 << zoom) - 1).astype(np.int64)
        last = np.clip(np.floor(ends * (1 << zoom) + _REACH), 0, (1 << zoom) - 1).astype(np.int64)
        ranges.append(np.unique(np.concatenate([first, last], axis=1), axis=0))
    number = sum(float(np.prod(each[:, 2:] - each[:, :2] + 1, axis=1).sum()) for each in ranges)
    if number > _MOST:
        return None
    return [
        list(
            {
                TileAddress(zoom, row, column)
                for left, top, right, bottom in each.tolist()
                for row in range(top, bottom + 1)
                for column in range(left, right + 1)
            }
        )
        for zoom, each in zip(zooms, ranges, strict=True)
    ]


def _differences(old: Part, new: Part) -> list[Boxes]:
    """The boxes of features that only one of two parts has, or that are not the same in both."""
    common, at_old, at_new = np.intersect1d(old.ids, new.ids, assume_unique=True, return_indices=True)
    places = zip(at_old.tolist(), at_new.tolist(), strict=True)
    same = np.fromiter((bytes(old.fragment(a)) == bytes(new.fragment(b)) for a, b in places), np.bool_, len(common))
    found = []
    for part, kept in ((old, at_old[same]), (new, at_new[same])):
        differs = np.ones(part.count, np.bool_)
        differs[kept] = False
        found.append(part.boxes[differs])
    return found


def _tile_corners(boxes: Boxes) -> tuple[Boxes, Boxes]:
    """The upper left and lower right corners, in the square of WebMercatorQuad: both coordinates from 0 to 1."""
    _, limit = degrees(0.0, WEB_MERCATOR_QUAD.extent.north)
    latitudes = np.radians(np.clip(boxes[:, [3, 1]], -limit, limit))
    down = 0.5 - np.log(np.tan(math.pi / 4 + latitudes / 2)) / (2 * math.pi)
    across = boxes[:, [0, 2]] / 360 + 0.5
    return np.stack([across[:, 0], down[:, 0]], axis=1), np.stack([across[:, 1], down[:, 1]], axis=1)
