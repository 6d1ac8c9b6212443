"""One edition of a collection, open for reading: pages, boxes, counts and single features from its parts.

The features of all parts stand in one order, by rank and id. Those at the front stand before all others: each is passed
over at its natural place in its part. Reading parses no feature; what neighbours in a part is one slice of its file.
"""

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from otn.edition.extract import Extract
from otn.edition.manifest import Manifest
from otn.edition.matches import NO_KEYS, Matches, Place, Rows, keys_of, merged
from otn.edition.part import Part, Positions
from otn.edition.part_format import Bounds
from otn.errors import DamagedPart
from otn.model.collection import Collection


class Page(NamedTuple):
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


class _First(NamedTuple):
    """A feature at the front of the collection, and where it lies."""

    id: int
    owner: int
    position: int
    bounds: Bounds


class Edition:
    """An edition whose parts are open. Every method that reads them raises DamagedPart where one is not what it was."""

    def __init__(self, collection: Collection, manifest: Manifest, parts: Sequence[Part]) -> None:
        """`parts` are those of the manifest, in its order. Raises DamagedPart where they are not what it says."""
        self.collection = collection
        self.manifest = manifest
        self.number = manifest.number
        self.updated = manifest.updated
        self.licences = manifest.licences
        self.count = manifest.count
        self.bbox = manifest.bbox
        self.parts = tuple(parts)
        self._extents = sorted(
            (*part.info.bbox, owner) for owner, part in enumerate(self.parts) if part.info.bbox is not None
        )
        self._wests = [extent[0] for extent in self._extents]
        self._by_id = sorted(self.parts, key=lambda part: part.id_range)
        self._least_ids = [part.id_range[0] for part in self._by_id]
        self._front = tuple(self._located(first.id, first.part) for first in manifest.front)
        self._at_front = frozenset((row.owner, row.position) for row in self._front)
        self._owners_of_front = frozenset(row.owner for row in self._front)
        self._front_of = tuple(
            np.array(sorted(row.position for row in self._front if row.owner == owner), np.int64)
            for owner in range(len(self.parts))
        )
        self._whole = tuple(
            Matches(owner, part, range(part.count), self._front_of[owner])
            for owner, part in enumerate(self.parts)
            if part.count
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
        matches = self._matches(boxes)
        matched = sum([len(entry.positions) for entry in matches])
        front = self._meant(matches, boxes)
        if place is not None and place[0] <= 0:
            front = [row for row in front if (row.id < place[1] if backwards else row.id > place[1])]
            matches = [] if backwards else matches
        elif place is not None:
            front = front if backwards else ()
            beyond = (entry.beyond(place, before=backwards) for entry in matches)
            matches = [entry for entry in beyond if entry is not None]
        for owner in {row.owner for row in front}:
            self.parts[owner].check()
        first = keys_of((row.owner, row.position) for row in front) if front else NO_KEYS
        most = offset + limit + 1
        following = merged(matches, most, from_end=backwards)
        found = np.concatenate((first, following)) if len(first) else following
        if backwards:
            found = found[-most:]
            found = found[: max(0, len(found) - offset)]
            rows = Rows(found[max(0, len(found) - limit) :])
        else:
            found = found[offset:most]
            rows = Rows(found[:limit])
        return Page(matched, len(found) > limit, self._place(rows, 0), self._place(rows, -1), rows, self.parts)

    def touched(self, boxes: Sequence[Bounds]) -> list[tuple[Part, range | Positions]]:
        """The parts with the features that any of the boxes touches: all of them as a range, others ascending."""
        return [(entry.part, entry.positions) for entry in self._matches(boxes)]

    def extract(self, boxes: Sequence[Bounds] = ()) -> Extract:
        """All features that any of the boxes touches, in their order. That of everything is kept."""
        return Extract.of(self.page(boxes, limit=self.count).rows, self.parts) if boxes else self._everything

    @cached_property
    def _everything(self) -> Extract:
        return Extract.of(self.page(limit=self.count).rows, self.parts)

    def feature(self, feature_id: int) -> tuple[memoryview, str] | None:
        """The GeoJSON text of a feature and the identifier of its licence; None where there is no such feature."""
        # A load takes its ids together: mostly there is one part that may have it, the last one to begin before it.
        for number in range(bisect_right(self._least_ids, feature_id) - 1, -1, -1):
            part = self._by_id[number]
            if part.id_range[1] < feature_id:
                continue
            part.check()
            position = part.position_of(feature_id)
            if position is not None:
                return part.fragment(position), part.info.licence
        return None

    def _located(self, feature_id: int, owner: int) -> _First:
        part = self.parts[owner]
        position = part.position_of(feature_id)
        if position is None:
            raise DamagedPart(f"{part.path} does not have the feature {feature_id}.")
        return _First(feature_id, owner, position, _bounds(part, position))

    def _matches(self, boxes: Sequence[Bounds]) -> Sequence[Matches]:
        """What is meant, part by part; without a box everything."""
        if not boxes:
            return self._whole
        near = {
            owner
            for west, south, east, north in boxes
            for _, least_y, most_x, most_y, owner in self._extents[: bisect_right(self._wests, east)]
            if most_x >= west and least_y <= north and most_y >= south
        }
        found = (self._matches_in(owner, boxes) for owner in sorted(near))
        return [entry for entry in found if len(entry.positions)]

    def _matches_in(self, owner: int, boxes: Sequence[Bounds]) -> Matches:
        """What is meant in a part that has features."""
        part = self.parts[owner]
        bbox = part.info.bbox
        if bbox is not None and any([_covers(box, bbox) for box in boxes]):
            return Matches(owner, part, range(part.count), self._front_of[owner])
        part.check()
        return Matches(owner, part, part.positions_in(boxes), self._front_of[owner])

    def _meant(self, matches: Sequence[Matches], boxes: Sequence[Bounds]) -> Sequence[_First]:
        """What is meant of the front."""
        if not boxes:
            return self._front
        meant = {entry.owner: entry.positions for entry in matches}
        if self._owners_of_front.isdisjoint(meant):
            return ()
        return [
            row
            for row in self._front
            if row.owner in meant
            and any(_overlap(row.bounds, box) for box in boxes)
            and row.position in meant[row.owner]
        ]

    def _place(self, rows: Rows, number: int) -> Place | None:
        if not len(rows):
            return None
        owner, position = rows.at(number)
        part = self.parts[owner]
        rank = 0 if (owner, position) in self._at_front else part.ranks.item(position)
        return rank, part.ids.item(position)


def _bounds(part: Part, position: int) -> Bounds:
    west, south, east, north = part.boxes[position].tolist()
    return west, south, east, north


def _overlap(one: Bounds, other: Bounds) -> bool:
    return one[0] <= other[2] and one[2] >= other[0] and one[1] <= other[3] and one[3] >= other[1]


def _covers(box: Bounds, bbox: Bounds) -> bool:
    return box[0] <= bbox[0] and box[1] <= bbox[1] and box[2] >= bbox[2] and box[3] >= bbox[3]
