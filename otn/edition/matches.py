"""The features of a part that are meant, and those of several parts in one order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from otn.edition.part import Part, Positions

Place = tuple[int, int]
"""Rank and id: a feature's place in the order."""
Keys = npt.NDArray[np.int64]
"""Features in their order, each as one number: that of its part before its position there.

So what are neighbours in a part differ by one, and nothing else does.
"""
_OWNER = 32
_POSITION = (1 << _OWNER) - 1


class Matches(NamedTuple):
    """Features of a part, one at least. `owner` is its number in the edition.

    `positions` are ascending. `front` are the positions, ascending, of what is passed over because it stands at the
    front of the collection, whether it is meant or not.
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
        cut = index if isinstance(self.positions, range) else int(self.positions.searchsorted(index))
        positions = self.positions[:cut] if before else self.positions[cut:]
        return self._replace(positions=positions) if len(positions) else None

    def _index(self, place: Place, *, before: bool) -> int:
        """How many features of the part stand before a place; one that stands there counts unless `before`."""
        self.part.check()
        rank, identifier = place
        ranks = self.part.ranks
        first, last = int(ranks.searchsorted(rank, "left")), int(ranks.searchsorted(rank, "right"))
        return first + int(self.part.ids[first:last].searchsorted(identifier, "left" if before else "right"))

    def edge(self, *, from_end: bool) -> int:
        """The rank of the last one, or of the first."""
        position = int(self.positions[-1 if from_end else 0])
        if position == 0:
            return self.part.rank_range[0]
        if position == self.part.count - 1:
            return self.part.rank_range[1]
        return self.part.ranks.item(position)

    def window(self, most: int, *, from_end: bool) -> Positions:
        """At most so many of the first or the last ones, ascending, without those at the front.

        Raises DamagedPart.
        """
        several = most + len(self.front)
        found = self.positions[-several:] if from_end else self.positions[:several]
        if isinstance(found, range):
            self.part.check()  # others were found in the part, which was checked then
            found = np.arange(found.start, found.stop)
        if len(self.front) and len(found) and found[0] <= self.front[-1] and found[-1] >= self.front[0]:
            found = found[self.front.searchsorted(found, "left") == self.front.searchsorted(found, "right")]
        return found[-most:] if from_end else found[:most]

    def keys(self, window: Positions) -> Keys:
        """The features at these positions."""
        return window + (self.owner << _OWNER)


@dataclass(frozen=True, slots=True)
class Rows:
    """Features in their order."""

    keys: Keys

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
        key = self.keys.item(number)
        return key >> _OWNER, key & _POSITION

    def runs(self, parts: Sequence[Part]) -> list[memoryview]:
        """Their texts; neighbours in a part together, with the separator between them."""
        if not len(self.keys):
            return []
        ends = (self.keys[1:] - self.keys[:-1] != 1).nonzero()[0]
        firsts = [self.keys.item(0), *self.keys[ends + 1].tolist()]
        lasts = [*self.keys[ends].tolist(), self.keys.item(-1)]
        return [
            parts[first >> _OWNER].slice(first & _POSITION, (last & _POSITION) + 1)
            for first, last in zip(firsts, lasts, strict=True)
        ]

    def texts(self, parts: Sequence[Part]) -> list[memoryview]:
        """Their texts, each alone."""
        return [parts[key >> _OWNER].fragment(key & _POSITION) for key in self.keys.tolist()]


def keys_of(pairs: Iterable[tuple[int, int]]) -> Keys:
    """The keys of these numbers of parts and positions."""
    return np.array([owner << _OWNER | position for owner, position in pairs], np.int64)


NO_KEYS = keys_of(())


def merged(matches: Sequence[Matches], most: int, *, from_end: bool) -> Keys:
    """At most so many of the features of several parts in one order: the first ones or the last ones.

    A part that begins beyond the end of a full page from another one has nothing on it.
    """
    if len(matches) == 1:
        [entry] = matches
        return entry.keys(entry.window(most, from_end=from_end))
    windows: list[tuple[Matches, Positions]] = []
    bound: int | None = None
    sign = -1 if from_end else 1
    edges = [(sign * entry.edge(from_end=from_end), entry) for entry in matches]
    for edge, entry in sorted(edges, key=itemgetter(0)):
        if bound is not None and edge > bound:
            break
        window = entry.window(most, from_end=from_end)
        windows.append((entry, window))
        if len(window) == most:
            far = sign * entry.part.ranks.item(window[0 if from_end else -1])
            bound = far if bound is None else min(bound, far)
    return _merged(windows, most, from_end=from_end) if windows else NO_KEYS


def _merged(windows: Sequence[tuple[Matches, Positions]], most: int, *, from_end: bool) -> Keys:
    keys = np.concatenate([entry.keys(window) for entry, window in windows])
    if len(windows) > 1:
        ranks = np.concatenate([entry.part.ranks[window] for entry, window in windows])
        ids = np.concatenate([entry.part.ids[window] for entry, window in windows])
        keys = keys[np.lexsort((ids, ranks))]
    return keys[-most:] if from_end else keys[:most]
