"""A part: the features of one dataset in one collection, ready-made, read where they lie in a mapped file.

A part is verified whole before anything is read from it: an R-tree of foreign bytes would end the process.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import geoindex_rs.rtree as rtree
import numpy as np
import numpy.typing as npt
import orjson

from otn.edition.crossing import touches
from otn.edition.part_format import (
    COLUMNS,
    FRAGMENTS,
    GEOMETRY,
    MAGIC,
    SEPARATOR,
    TREE,
    Bounds,
    PartInfo,
)
from otn.edition.sealed_file import SealedFile
from otn.model.collections import COLLECTIONS, GeometryKind

_WORTH_PREPARING = 8
"""So many geometries are tested sooner than a box is prepared for it."""
_WKB_LINE = b"\x01\x02\x00\x00\x00"
"""How a line begins as WKB: little-endian, its type; then come the number of its points and their coordinates."""
_SHORT = 64 * 16
"""A line of so many bytes is looked at sooner than handed to the geometry library."""

Positions = npt.NDArray[np.int64]


class Part(SealedFile):
    """A mapped part. Positions count its features from 0 in the order of rank and id."""

    def __init__(self, path: Path) -> None:
        """Raises DamagedPart where the file is missing or is not what was written."""
        super().__init__(path, MAGIC)
        directory = orjson.loads(self.window(*self.directory))
        self._sections: dict[str, tuple[int, int]] = {
            name: (offset, length) for name, (offset, length) in directory["sections"].items()
        }
        self.info = PartInfo.from_json(directory["part"])
        self.count = self.info.count
        # Read while the file is known to be whole, so that asking needs no check.
        self.id_range = (int(self.ids[self._by_id[0]]), int(self.ids[self._by_id[-1]])) if self.count else (0, -1)
        """The least and the greatest id. Needs no `check`."""
        self.rank_range = (int(self.ranks[0]), int(self.ranks[-1])) if self.count else (0, 0)
        """The rank of the first feature and of the last one. Needs no `check`."""

    @cached_property
    def ids(self) -> npt.NDArray[np.int64]:
        """The id of the feature at each position."""
        return self._column("ids")

    @cached_property
    def ranks(self) -> npt.NDArray[np.int64]:
        """The natural rank of the feature at each position: 1 + the Hilbert index, also of those that stand first."""
        return self._column("ranks")

    @cached_property
    def boxes(self) -> npt.NDArray[np.float64]:
        """West, south, east and north of the feature at each position, in degrees."""
        boxes: npt.NDArray[np.float64] = self._column("boxes").reshape(-1, 4)
        return boxes

    @cached_property
    def offsets(self) -> npt.NDArray[np.uint64]:
        """Where the fragment at each position begins among the fragments; the last number is their end."""
        return self._column("offsets")

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """How many bytes the GeoJSON text of the feature at each position has."""
        return np.diff(self.offsets).astype(np.int64) - len(SEPARATOR)

    def fragment(self, position: int) -> memoryview:
        """The GeoJSON text of the feature at a position."""
        return self.slice(position, position + 1)

    def slice(self, start: int, stop: int) -> memoryview:
        """The texts of the features from `start` until before `stop`, with the separator between them."""
        if start >= stop:
            return self._fragments[:0]
        begins, ends = self.offsets.item(start), self.offsets.item(stop)
        return self._fragments[begins : ends - 1]

    def position_of(self, feature_id: int) -> int | None:
        """The position of the feature with an id; None where the part does not have it."""
        found = int(self.ids.searchsorted(feature_id, sorter=self._by_id))
        if found == self.count:
            return None
        position: int = self._by_id.item(found)
        return position if self.ids.item(position) == feature_id else None

    def positions_in(self, boxes: Sequence[Bounds]) -> Positions:
        """The positions, ascending, of the features that any of the boxes touches, as ST_Intersects would say.

        What the box of a feature cannot decide, its geometry does.
        """
        found = [self._positions_in(box) for box in boxes]
        return found[0] if len(found) == 1 else np.unique(np.concatenate(found))

    def geometries(self, positions: Sequence[int]) -> npt.NDArray[Any]:
        """The geometries of features that are no points."""
        import shapely

        wkb = [bytes(self._wkb(position)) for position in positions]
        shapes: npt.NDArray[Any] = shapely.from_wkb(np.array(wkb, dtype=object))
        return shapes

    def _positions_in(self, box: Bounds) -> Positions:
        found = np.sort(self._search(box)).astype(np.int64)
        for position in self._outside(box, self._undecided(box, found)):
            found = found[found != position]
        return found

    def _search(self, box: Bounds) -> npt.NDArray[np.uint32]:
        """The positions, in no order, of the features whose boxes touch the box."""
        if not self.count:
            return np.empty(0, np.uint32)
        positions: npt.NDArray[np.uint32] = rtree.search(self._tree, *box).to_numpy()
        return positions

    def _undecided(self, box: Bounds, found: Positions) -> list[int]:
        """Of the features found, those whose own box does not say whether they touch the box.

        What is of one piece and ends within the box in one direction has a point in it wherever it runs in the other:
        only around the corners its geometry decides. Looking there costs less than looking at the box of each.
        """
        west, south, east, north = box
        if self._of_one_piece:
            corners = [(x, y) for x in (west, east) for y in (south, north)]
            near = {position for x, y in corners for position in self._search((x, y, x, y)).tolist()}
            own = {position: self.boxes[position].tolist() for position in near}
            return [
                position
                for position, (least_x, least_y, most_x, most_y) in own.items()
                if (least_x < west or most_x > east) and (least_y < south or most_y > north)
            ]
        least_x, least_y, most_x, most_y = self.boxes.take(found, axis=0).T
        beyond = (least_x < west) | (most_x > east) | (least_y < south) | (most_y > north)
        undecided: list[int] = found[beyond].tolist()
        return undecided

    def _outside(self, box: Bounds, undecided: Sequence[int]) -> list[int]:
        """Of the features, those that do not touch the box."""
        said = {position: self._touches(position, box) for position in undecided}
        unsure = [position for position, touched in said.items() if touched is None]
        if unsure:
            # As geometries and _shape do: shapely is held once a box needs it.
            import shapely

            shape = _shape(box)
            if len(unsure) > _WORTH_PREPARING:
                shapely.prepare(shape)
            touched = shapely.intersects(shape, self.geometries(unsure))
            said.update(zip(unsure, touched.tolist(), strict=True))
        return [position for position, touched in said.items() if not touched]

    def _touches(self, position: int, box: Bounds) -> bool | None:
        """Whether a feature touches the box; None where only the geometry library can say."""
        wkb = self._wkb(position)
        if len(wkb) > _SHORT or wkb[: len(_WKB_LINE)] != _WKB_LINE:
            return None
        return touches(wkb[len(_WKB_LINE) + 4 :].cast("d").tolist(), box)

    def _wkb(self, position: int) -> memoryview:
        """The geometry of a feature; nothing of a point."""
        return self._geometry[self._geometry_offsets.item(position) : self._geometry_offsets.item(position + 1)]

    @cached_property
    def _of_one_piece(self) -> bool:
        return COLLECTIONS[self.info.identity.collection].geometry in (GeometryKind.POINT, GeometryKind.LINE_STRING)

    @cached_property
    def _fragments(self) -> memoryview:
        return self._section(FRAGMENTS)

    @cached_property
    def _geometry(self) -> memoryview:
        return self._section(GEOMETRY)

    @cached_property
    def _tree(self) -> npt.NDArray[np.uint8]:
        return np.frombuffer(self._section(TREE), np.uint8)

    @cached_property
    def _by_id(self) -> npt.NDArray[np.int64]:
        return self._column("by_id")

    @cached_property
    def _geometry_offsets(self) -> npt.NDArray[np.uint64]:
        return self._column("geometry_offsets")

    def _column(self, name: str) -> npt.NDArray[Any]:
        return np.frombuffer(self._section(name), COLUMNS[name])

    def _section(self, name: str) -> memoryview:
        return self.window(*self._sections[name])


def _shape(box: Bounds) -> Any:
    """The box as geometry: one without width or height is a line or a point, as PostGIS is asked."""
    import shapely

    west, south, east, north = box
    if west < east and south < north:
        shape = shapely.box(west, south, east, north)
    else:
        shape = shapely.envelope(shapely.LineString([(west, south), (east, north)]))
    return shape
