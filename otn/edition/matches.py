"""The features of one part that are meant, in their order: all of them, or those at some positions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from otn.edition.part import Part, Positions

Place = tuple[int, int]
"""Rank and id: a feature's place in the order."""


@dataclass(frozen=True)
class Matches:
    """`owner` is the number of the part in its edition.

    `positions` are ascending; None means all. `front` are the positions of what is passed over, because it stands at
    the front of the collection: it is among the positions where those are None, and taken out of them otherwise.
    `count` has it in either case.
    """

    owner: int
    part: Part
    positions: Positions | None
    front: Positions
    count: int

    def split(self, place: Place, *, after: bool) -> int:
        """How many of them stand before a place, or up to it where `after` asks for what comes then."""
        rank, identifier = place
        ranks = self.part.ranks
        first, last = int(ranks.searchsorted(rank, "left")), int(ranks.searchsorted(rank, "right"))
        index = first + int(self.part.ids[first:last].searchsorted(identifier, "right" if after else "left"))
        return index if self.positions is None else int(self.positions.searchsorted(index))

    def rank(self, number: int) -> int:
        """The rank of one of them."""
        return int(self.part.ranks[number if self.positions is None else self.positions[number]])

    def window(self, start: int, stop: int, most: int, *, from_end: bool) -> Positions:
        """At most so many positions of those from `start` until before `stop`, the first or the last ones."""
        if self.positions is not None:
            return (
                self.positions[max(start, stop - most) : stop]
                if from_end
                else self.positions[start : min(stop, start + most)]
            )
        spare = most + len(self.front)
        start, stop = (max(start, stop - spare), stop) if from_end else (start, min(stop, start + spare))
        found = np.arange(start, stop)
        if len(self.front):
            passed = self.front[(self.front >= start) & (self.front < stop)]
            found = np.delete(found, passed - start)
        return found[-most:] if from_end else found[:most]


@dataclass(frozen=True)
class Rows:
    """Features in their order: for each the number of its part, and its position there."""

    owners: npt.NDArray[np.int64]
    positions: Positions

    def __len__(self) -> int:
        return len(self.positions)

    def __getitem__(self, part: slice) -> "Rows":
        return Rows(self.owners[part], self.positions[part])

    def runs(self, parts: Sequence[Part]) -> list[memoryview]:
        """Their texts; neighbours in a part together, with the separator between them."""
        if not len(self):
            return []
        broken = (self.positions[1:] - self.positions[:-1] != 1) | (self.owners[1:] != self.owners[:-1])
        ends = np.flatnonzero(broken)
        starts = [0, *(ends + 1).tolist()]
        stops = [*ends.tolist(), len(self) - 1]
        owners, positions = self.owners, self.positions
        return [
            parts[owner].slice(first, last + 1)
            for owner, first, last in zip(
                owners[starts].tolist(), positions[starts].tolist(), positions[stops].tolist(), strict=True
            )
        ]

    def texts(self, parts: Sequence[Part]) -> list[memoryview]:
        """Their texts, each alone."""
        pairs = zip(self.owners.tolist(), self.positions.tolist(), strict=True)
        return [parts[owner].fragment(position) for owner, position in pairs]


def rows_of(pairs: Sequence[tuple[int, int]]) -> Rows:
    """The rows of these parts and positions."""
    both = np.array(pairs, np.int64).reshape(-1, 2)
    return Rows(both[:, 0], both[:, 1])


def joined(before: Rows, after: Rows) -> Rows:
    """The ones, then the others."""
    if not len(before):
        return after
    if not len(after):
        return before
    return Rows(np.concatenate((before.owners, after.owners)), np.concatenate((before.positions, after.positions)))


def merged(matches: Sequence[Matches], place: Place | None, most: int, *, before: bool) -> Rows:
    """At most so many of the features of all parts, in one order: those that follow a place, or those before it.

    A part that begins beyond the end of a full page from another one has nothing on it.
    """
    windows: list[tuple[Matches, Positions]] = []
    bound: int | None = None
    for edge, entry, start, stop in sorted(_spans(matches, place, before=before), key=lambda span: span[0]):
        if bound is not None and edge > bound:
            break
        window = entry.window(start, stop, most, from_end=before)
        if len(window):
            windows.append((entry, window))
        if len(window) == most:
            far = _signed(int(entry.part.ranks[window[0 if before else -1]]), before=before)
            bound = far if bound is None else min(bound, far)
    if len(windows) <= 1:
        return _rows(windows)
    found = _rows(windows)
    ranks = np.concatenate([entry.part.ranks[window] for entry, window in windows])
    ids = np.concatenate([entry.part.ids[window] for entry, window in windows])
    order = np.lexsort((ids, ranks))
    order = order[-most:] if before else order[:most]
    return Rows(found.owners[order], found.positions[order])


def _spans(matches: Sequence[Matches], place: Place | None, *, before: bool) -> list[tuple[int, Matches, int, int]]:
    """What is beyond the place in each part, with the rank that comes first in the direction of paging."""
    spans = []
    for entry in matches:
        start, stop = 0, entry.count if entry.positions is None else len(entry.positions)
        if place is not None and before:
            stop = entry.split(place, after=False)
        elif place is not None:
            start = entry.split(place, after=True)
        if start < stop:
            spans.append((_signed(entry.rank(stop - 1 if before else start), before=before), entry, start, stop))
    return spans


def _signed(rank: int, *, before: bool) -> int:
    return -rank if before else rank


def _rows(windows: Sequence[tuple[Matches, Positions]]) -> Rows:
    if not windows:
        return rows_of(())
    owners = np.repeat(
        np.array([entry.owner for entry, _ in windows], np.int64), [len(window) for _, window in windows]
    )
    return Rows(owners, np.concatenate([window for _, window in windows]))
