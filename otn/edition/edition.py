"""One edition of a collection, open for reading: pages, boxes, counts and single features from its parts.

The features of all parts stand in one order, by rank and id. Those at the front stand before all others: each is passed
over at its natural place in its part. Reading parses no feature; what neighbours in a part is one slice of its file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from otn.edition.matches import Matches, Place, Rows, joined, merged, rows_of
from otn.edition.part import Part
from otn.edition.part_format import Bounds
from otn.errors import DamagedPart
from otn.model.collection import Collection


@dataclass(frozen=True)
class Page:
    """A page: `matched` features there are in all; `more` follow in the direction of paging."""

    matched: int
    more: bool
    first: Place | None
    last: Place | None
    rows: Rows
    parts: Sequence[Part]

    @property
    def returned(self) -> int:
        """How many features are on it."""
        return len(self.rows)

    def runs(self) -> list[memoryview]:
        """The features as GeoJSON; runs of them, with commas within."""
        return self.rows.runs(self.parts)

    def features(self) -> list[memoryview]:
        """The features as GeoJSON, each alone."""
        return self.rows.texts(self.parts)


class Edition:
    """An edition whose parts are open. Every method that reads them raises DamagedPart where one is not what it was."""

    def __init__(
        self,
        collection: Collection,
        number: int,
        updated: datetime,
        licences: Sequence[str],
        parts: Sequence[Part],
        front: Sequence[int],
    ) -> None:
        """`front` are the ids of the features that stand first, in their order."""
        self.collection = collection
        self.number = number
        self.updated = updated
        self.licences = tuple(licences)
        self.parts = tuple(parts)
        self.count = sum(part.count for part in self.parts)
        self.bbox = _union([part.info.bbox for part in self.parts])
        self._front = tuple(self._located(feature_id) for feature_id in front)
        self._front_of = tuple(
            np.array(sorted(position for at, position in self._front if at == owner), np.int64)
            for owner in range(len(self.parts))
        )

    def page(
        self,
        boxes: Sequence[Bounds] = (),
        *,
        place: Place | None = None,
        limit: int,
        offset: int = 0,
        backwards: bool = False,
    ) -> Page:
        """The features that any of the boxes touches, all without a box: a page after `place`, or before it.

        `offset` counts from there, in the direction of paging.
        """
        matches = [entry for owner in range(len(self.parts)) if (entry := self._matches(owner, boxes)) is not None]
        front = self._front_rows(matches, place, backwards=backwards)
        most = offset + limit + 1
        beyond = None if place is None or place[0] <= 0 else place
        if backwards:
            before = rows_of(()) if beyond is None else merged(matches, beyond, most, before=True)
            found = joined(front, before)
            found = found[: max(0, len(found) - offset)]
            rows = found[max(0, len(found) - limit) :]
        else:
            found = joined(front, merged(matches, beyond, max(1, most - len(front)), before=False))[offset:most]
            rows = found[:limit]
        return Page(
            matched=sum(entry.count for entry in matches),
            more=len(found) > limit,
            first=self._place(rows, 0),
            last=self._place(rows, -1),
            rows=rows,
            parts=self.parts,
        )

    def feature(self, feature_id: int) -> tuple[memoryview, str] | None:
        """The GeoJSON text of a feature and the identifier of its licence; None where there is no such feature."""
        for part in self.parts:
            part.check()
            position = part.position_of(feature_id)
            if position is not None:
                return part.fragment(position), part.info.licence
        return None

    def check(self) -> None:
        """Raises DamagedPart where a part is not what it was."""
        for part in self.parts:
            part.check()

    def _located(self, feature_id: int) -> tuple[int, int]:
        for owner, part in enumerate(self.parts):
            position = part.position_of(feature_id)
            if position is not None:
                return owner, position
        raise DamagedPart(f"No part of edition {self.number} of {self.collection.id} has the feature {feature_id}.")

    def _matches(self, owner: int, boxes: Sequence[Bounds]) -> Matches | None:
        """What is meant in a part; None where nothing is."""
        part = self.parts[owner]
        bbox, front = part.info.bbox, self._front_of[owner]
        if bbox is None:
            return None
        if not boxes:
            part.check()
            return Matches(owner, part, None, front, part.count)
        near = [box for box in boxes if _overlap(box, bbox)]
        if not near:
            return None
        part.check()
        if any(_covers(box, bbox) for box in near):
            return Matches(owner, part, None, front, part.count)
        positions = part.positions_in(near)
        count = len(positions)
        if len(front):
            front = np.intersect1d(front, positions, assume_unique=True)
            positions = np.delete(positions, positions.searchsorted(front))
        return Matches(owner, part, positions, front, count)

    def _front_rows(self, matches: Sequence[Matches], place: Place | None, *, backwards: bool) -> Rows:
        """What is meant of the front, after the place or before it."""
        if not self._front or (place is not None and place[0] > 0 and not backwards):
            return rows_of(())
        meant = {(entry.owner, position) for entry in matches for position in entry.front.tolist()}
        rows = [row for row in self._front if row in meant]
        if place is not None and place[0] <= 0:
            rows = [row for row in rows if (self._id(row) < place[1] if backwards else self._id(row) > place[1])]
        return rows_of(rows)

    def _id(self, row: tuple[int, int]) -> int:
        return int(self.parts[row[0]].ids[row[1]])

    def _place(self, rows: Rows, number: int) -> Place | None:
        if not len(rows):
            return None
        row = int(rows.owners[number]), int(rows.positions[number])
        return 0 if row in self._front else int(self.parts[row[0]].ranks[row[1]]), self._id(row)


def _union(boxes: Sequence[Bounds | None]) -> Bounds | None:
    known = [box for box in boxes if box is not None]
    if not known:
        return None
    west, south, east, north = zip(*known, strict=True)
    return min(west), min(south), max(east), max(north)


def _overlap(one: Bounds, other: Bounds) -> bool:
    return one[0] <= other[2] and one[2] >= other[0] and one[1] <= other[3] and one[3] >= other[1]


def _covers(box: Bounds, bbox: Bounds) -> bool:
    return box[0] <= bbox[0] and box[1] <= bbox[1] and box[2] >= bbox[2] and box[3] >= bbox[3]
