"""The features of a part that are meant, and those of several parts in one order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from otn.edition.part import Part, Positions

Place = tuple[int, int]
"""Rank and id: a feature's place in the order."""


@dataclass(frozen=True)
class Matches:
    """Features of a part. `owner` is its number in the edition.

    `positions` are in no order unless they are a range. `front` are the positions, ascending, of what is passed over
    because it stands at the front of the collection, whether it is meant or not.
    """

    owner: int
    part: Part
    positions: range | Positions
    front: Positions

    def beyond(self, place: Place, *, before: bool) -> "Matches":
        """Those after a place, or before it."""
        index = self._index(place, before=before)
        positions: range | Positions
        if isinstance(self.positions, range):
            positions = range(index) if before else range(index, self.part.count)
        else:
            positions = self.positions[self.positions < index if before else self.positions >= index]
        return Matches(self.owner, self.part, positions, self.front)

    def _index(self, place: Place, *, before: bool) -> int:
        """How many features of the part stand before a place; one that stands there counts unless `before`."""
        rank, identifier = place
        # Datasets lie side by side: most parts end before the place or begin after it, and need not be looked into.
        first_rank, last_rank = self.part.rank_range
        if last_rank < rank:
            return self.part.count
        if first_rank > rank:
            return 0
        self.part.check()
        ranks = self.part.ranks
        first, last = int(ranks.searchsorted(rank, "left")), int(ranks.searchsorted(rank, "right"))
        return first + int(self.part.ids[first:last].searchsorted(identifier, "left" if before else "right"))

    def edge(self, *, from_end: bool) -> int:
        """The rank of the last one, or of the first. There must be one."""
        if isinstance(self.positions, range):
            position = self.positions[-1 if from_end else 0]
            if position in (0, self.part.count - 1):
                return self.part.rank_range[0 if position == 0 else 1]
            return int(self.part.ranks[position])
        return int(self.part.ranks[self.positions.max() if from_end else self.positions.min()])

    def window(self, most: int, *, from_end: bool) -> Positions:
        """At most so many of the first or the last ones, ascending, without those at the front.

        Raises DamagedPart.
        """
        self.part.check()
        found = _ascending(self.positions, most + len(self.front), from_end=from_end)
        if len(self.front) and len(found) and found[0] <= self.front[-1] and found[-1] >= self.front[0]:
            at = found.searchsorted(self.front)
            at = at[at < len(found)]
            found = np.delete(found, at[found[at] == self.front[: len(at)]])
        return found[max(0, len(found) - most) :] if from_end else found[:most]


@dataclass(frozen=True)
class Rows:
    """Features in their order: for each the number of its part, and its position there."""

    owners: npt.NDArray[np.integer[Any]]
    positions: Positions

    def __len__(self) -> int:
        return len(self.positions)

    def __getitem__(self, some: slice) -> "Rows":
        return Rows(self.owners[some], self.positions[some])

    def runs(self, parts: Sequence[Part]) -> list[memoryview]:
        """Their texts; neighbours in a part together, with the separator between them."""
        owners, positions = self.owners, self.positions
        if not len(self):
            return []
        ends = np.flatnonzero((positions[1:] - positions[:-1] != 1) | (owners[1:] != owners[:-1])).tolist()
        ends.append(len(self) - 1)
        starts = [0, *(end + 1 for end in ends[:-1])]
        runs = zip(owners[starts].tolist(), positions[starts].tolist(), positions[ends].tolist(), strict=True)
        return [parts[owner].slice(first, last + 1) for owner, first, last in runs]

    def texts(self, parts: Sequence[Part]) -> list[memoryview]:
        """Their texts, each alone."""
        rows = zip(self.owners.tolist(), self.positions.tolist(), strict=True)
        return [parts[owner].fragment(position) for owner, position in rows]


def rows_of(pairs: Sequence[tuple[int, int]]) -> Rows:
    """The rows of these numbers of parts and positions."""
    both = np.array(pairs, np.int64).reshape(-1, 2)
    return Rows(both[:, 0], both[:, 1])


NO_ROWS = rows_of(())


def joined(before: Rows, after: Rows) -> Rows:
    """The ones, then the others."""
    if not len(before):
        return after
    if not len(after):
        return before
    return Rows(np.concatenate((before.owners, after.owners)), np.concatenate((before.positions, after.positions)))


def merged(matches: Sequence[Matches], most: int, *, from_end: bool) -> Rows:
    """At most so many of the features of several parts in one order: the first ones or the last ones.

    A part that begins beyond the end of a full page from another one has nothing on it.
    """
    windows: list[tuple[Matches, Positions]] = []
    bound: int | None = None
    sign = -1 if from_end else 1
    edges = [(sign * entry.edge(from_end=from_end), entry) for entry in matches if len(entry.positions)]
    for edge, entry in sorted(edges, key=lambda pair: pair[0]):
        if bound is not None and edge > bound:
            break
        window = entry.window(most, from_end=from_end)
        windows.append((entry, window))
        if len(window) == most:
            far = sign * int(entry.part.ranks[window[0 if from_end else -1]])
            bound = far if bound is None else min(bound, far)
    if not windows:
        return NO_ROWS
    return _merged(windows, most, from_end=from_end)


def _merged(windows: Sequence[tuple[Matches, Positions]], most: int, *, from_end: bool) -> Rows:
    if len(windows) == 1:
        [(entry, window)] = windows
        return Rows(np.full(len(window), entry.owner), window)
    owners = np.repeat([entry.owner for entry, _ in windows], [len(window) for _, window in windows])
    ranks = np.concatenate([entry.part.ranks[window] for entry, window in windows])
    ids = np.concatenate([entry.part.ids[window] for entry, window in windows])
    order = np.lexsort((ids, ranks))
    order = order[-most:] if from_end else order[:most]
    return Rows(owners[order], np.concatenate([window for _, window in windows])[order])


def _ascending(positions: range | Positions, most: int, *, from_end: bool) -> Positions:
    """At most so many of the least or the greatest."""
    if isinstance(positions, range):
        some = positions[max(0, len(positions) - most) :] if from_end else positions[:most]
        return np.arange(some.start, some.stop)
    if len(positions) > most:
        positions = (
            np.partition(positions, len(positions) - most)[-most:]
            if from_end
            else np.partition(positions, most - 1)[:most]
        )
    return np.sort(positions).astype(np.int64)
