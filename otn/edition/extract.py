"""Features of an edition one after another, as a text of which any stretch can be read without what is before it."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from otn.edition.matches import Rows
from otn.edition.part import Part

Texts = Callable[[Rows], bytes]
"""The texts of rows, one after another, each with what stands before and after it."""


@dataclass(frozen=True)
class Extract:
    """Features in their order. `ends` has for each where it ends when the bare texts of all follow each other."""

    rows: Rows
    ends: npt.NDArray[np.int64]
    parts: Sequence[Part]

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def of(cls, rows: Rows, parts: Sequence[Part]) -> "Extract":
        """The features of `rows`. What is kept of each are sixteen bytes."""
        owners, positions = rows.owners, rows.positions
        lengths = np.empty(len(rows), np.int64)
        for owner in np.unique(owners).tolist():
            mine = owners == owner
            lengths[mine] = parts[owner].lengths[positions[mine]]
        return cls(rows, np.cumsum(lengths), parts)

    def check(self) -> None:
        """Raises DamagedPart where a part is no longer what was verified."""
        for part in self.parts:
            part.check()


class Stretches:
    """An extract written out: every text with `around` bytes before and after it together, made by `texts`."""

    def __init__(self, extract: Extract, texts: Texts, around: int) -> None:
        self._extract = extract
        self._texts = texts
        self._around = around
        self.size = self._end(len(extract) - 1)

    def read(self, start: int, stop: int) -> bytes:
        """The bytes from `start` until before `stop`, which must lie within `size`. Raises DamagedPart."""
        if start >= stop:
            return b""
        self._extract.check()
        everyone = range(len(self._extract))
        first = bisect_right(everyone, start, key=self._end)
        last = bisect_left(everyone, stop, lo=first, key=self._end)
        begins = self._end(first - 1)
        return self._texts(self._extract.rows[first : last + 1])[start - begins : stop - begins]

    def _end(self, index: int) -> int:
        """Where a feature ends; 0 before the first one."""
        return int(self._extract.ends[index]) + (index + 1) * self._around if index >= 0 else 0
