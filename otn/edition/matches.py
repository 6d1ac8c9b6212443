"""The features of a part that are meant, and those of several parts in one order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from otn.edition.part import Part, Positions

Place = tuple[int, int]
"""Rank and id: a feature's place in the order."""
_OWNER = 32
_POSITION = (1 << _OWNER) - 1
_FEW = 2000
"""So many are put in order sooner than the first ones are found among them."""


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

    def beyond(self, place: Place, *, before: bool) -> "Matches | None":
        """Those after a place, or before it; None where there are none. Raises DamagedPart."""
        # Datasets lie side by side: most parts end before the place or begin after it, and need not be looked into.
        first_rank, last_rank = self.part.rank_range
        if last_rank < place[0]:
            return self if before else None
        if first_rank > place[0]:
            return None if before else self
        index = self._index(place, before=before)
        positions: range | Positions
        if isinstance(self.positions, range):
            positions = range(index) if before else range(index, self.part.count)
        else:
            positions = self.positions[self.positions < index if before else self.positions >= index]
        return Matches(self.owner, self.part, positions, self.front)

    def _index(self, place: Place, *, before: bool) -> int:
        """How many features of the part stand before a place; one that stands there counts unless `before`."""
        self.part.check()
        rank, identifier = place
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
        if isinstance(self.positions, range):  # others were found in the part, which was checked then
            self.part.check()
        found = _ascending(self.positions, most + len(self.front), from_end=from_end)
        if len(self.front) and len(found) and found[0] <= self.front[-1] and found[-1] >= self.front[0]:
            found = found[self.front.searchsorted(found, "left") == self.front.searchsorted(found, "right")]
        return found[max(0, len(found) - most) :] if from_end else found[:most]

    def rows(self, window: Positions) -> "Rows":
        """The features at these positions."""
        return Rows(window.astype(np.int64) + (self.owner << _OWNER))


@dataclass(frozen=True)
class Rows:
    """Features in their order, each as one number: that of its part before its position there.

    So what are neighbours in a part differ by one, and nothing else does.
    """

    keys: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, some: slice) -> "Rows":
        return Rows(self.keys[some])

    @property
    def owners(self) -> npt.NDArray[np.int64]:
        """The number of each one's part."""
        return self.keys >> _OWNER

    @property
    def positions(self) -> npt.NDArray[np.int64]:
        """The position of each one in its part."""
        return self.keys & _POSITION

    def at(self, number: int) -> tuple[int, int]:
        """The number of the part of one of them, and its position there."""
        return divmod(self.keys.item(number), _POSITION + 1)

    def runs(self, parts: Sequence[Part]) -> list[memoryview]:
        """Their texts; neighbours in a part together, with the separator between them."""
        keys = self.keys.tolist()
        if not keys:
            return []
        ends = (self.keys[1:] - self.keys[:-1] != 1).nonzero()[0].tolist()
        firsts = [keys[0], *[keys[end + 1] for end in ends]]
        lasts = [*[keys[end] for end in ends], keys[-1]]
        return [
            parts[first >> _OWNER].slice(first & _POSITION, (last & _POSITION) + 1)
            for first, last in zip(firsts, lasts, strict=True)
        ]

    def texts(self, parts: Sequence[Part]) -> list[memoryview]:
        """Their texts, each alone."""
        return [parts[key >> _OWNER].fragment(key & _POSITION) for key in self.keys.tolist()]


def rows_of(pairs: Iterable[tuple[int, int]]) -> Rows:
    """The rows of these numbers of parts and positions."""
    return Rows(np.array([owner << _OWNER | position for owner, position in pairs], np.int64))


NO_ROWS = rows_of(())


def joined(before: Rows, after: Rows) -> Rows:
    """The ones, then the others."""
    if not len(before):
        return after
    if not len(after):
        return before
    return Rows(np.concatenate((before.keys, after.keys)))


def merged(matches: Sequence[Matches], most: int, *, from_end: bool) -> Rows:
    """At most so many of the features of several parts in one order: the first ones or the last ones.

    A part that begins beyond the end of a full page from another one has nothing on it.
    """
    meant = [entry for entry in matches if len(entry.positions)]
    if len(meant) == 1:
        [entry] = meant
        return entry.rows(entry.window(most, from_end=from_end))
    windows: list[tuple[Matches, Positions]] = []
    bound: int | None = None
    sign = -1 if from_end else 1
    edges = [(sign * entry.edge(from_end=from_end), entry) for entry in meant]
    for edge, entry in sorted(edges, key=lambda pair: pair[0]):
        if bound is not None and edge > bound:
            break
        window = entry.window(most, from_end=from_end)
        windows.append((entry, window))
        if len(window) == most:
            far = sign * int(entry.part.ranks[window[0 if from_end else -1]])
            bound = far if bound is None else min(bound, far)
    return _merged(windows, most, from_end=from_end) if windows else NO_ROWS


def _merged(windows: Sequence[tuple[Matches, Positions]], most: int, *, from_end: bool) -> Rows:
    keys = np.concatenate([entry.rows(window).keys for entry, window in windows])
    if len(windows) > 1:
        ranks = np.concatenate([entry.part.ranks[window] for entry, window in windows])
        ids = np.concatenate([entry.part.ids[window] for entry, window in windows])
        keys = keys[np.lexsort((ids, ranks))]
    return Rows(keys[-most:] if from_end else keys[:most])


def _ascending(positions: range | Positions, most: int, *, from_end: bool) -> Positions:
    """At most so many of the least or the greatest."""
    if isinstance(positions, range):
        some = positions[max(0, len(positions) - most) :] if from_end else positions[:most]
        return np.arange(some.start, some.stop)
    if len(positions) > max(most, _FEW):
        positions = (
            np.partition(positions, len(positions) - most)[-most:]
            if from_end
            else np.partition(positions, most - 1)[:most]
        )
    ordered = np.sort(positions)
    return ordered[-most:] if from_end else ordered[:most]
