"""The directories of PMTiles: which tile lies where. Pure.

Source: PMTiles specification, version 3, "Directory Serialization" and "Directory Hierarchy".
"""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from otn.edition.pmtiles import HEADER_SIZE

_BEGINNING = 16_384
"""Header and root directory lie within so many bytes, so that a client has both with its first request."""
_LEAF_ENTRIES = 4096

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Entries:
    """Tiles as a directory names them, one at each position of the arrays: the first of `runs` tiles that are the same,
    where it lies in the tile data, and how long it is. A run of 0 names a leaf directory in place of a tile."""

    ids: Numbers
    runs: Numbers
    lengths: Numbers
    offsets: Numbers

    def __getitem__(self, some: slice) -> "Entries":
        return Entries(self.ids[some], self.runs[some], self.lengths[some], self.offsets[some])

    @classmethod
    def of_tiles(cls, ids: Numbers, offsets: Numbers, lengths: Numbers) -> "Entries":
        """Neighbours that lie at the same place become one entry."""
        begins = np.ones(len(ids), np.bool_)
        begins[1:] = (np.diff(ids) != 1) | (np.diff(offsets) != 0)
        first = np.flatnonzero(begins)
        return cls(ids[first], np.diff(np.append(first, len(ids))), lengths[first], offsets[first])


def directories(entries: Entries) -> tuple[bytes, bytes]:
    """The root directory and the leaf directories. The root names all tiles where it is short enough for that."""
    root, leaves, size = packed_directory(entries), b"", _LEAF_ENTRIES
    while HEADER_SIZE + len(root) > _BEGINNING:
        starts = range(0, len(entries.ids), size)
        made = [packed_directory(entries[start : start + size]) for start in starts]
        lengths = np.array([len(leaf) for leaf in made], np.int64)
        nothing = np.zeros(len(made), np.int64)
        root = packed_directory(Entries(entries.ids[starts], nothing, lengths, np.cumsum(lengths) - lengths))
        leaves, size = b"".join(made), 2 * size
    return root, leaves


def packed_directory(entries: Entries) -> bytes:
    """A directory as it is stored. What lies right behind the entry before it has no offset of its own."""
    offsets = entries.offsets + 1
    follows = entries.offsets[1:] == entries.offsets[:-1] + entries.lengths[:-1]
    offsets[1:][follows] = 0
    columns = (np.diff(entries.ids, prepend=0), entries.runs, entries.lengths, offsets)
    return gzip.compress(_varints([np.array([len(entries.ids)]), *columns]), mtime=0)


def _varints(columns: Sequence[Numbers]) -> bytes:
    """Numbers as variable-length integers of seven bits a byte, the lowest first."""
    values = np.concatenate(columns).astype(np.uint64)
    sizes = np.ones(len(values), np.int64)
    for bits in range(7, 64, 7):
        sizes += values >> np.uint64(bits) > 0
    ends = np.cumsum(sizes)
    written = np.zeros(int(ends[-1]), np.uint8)
    for place in range(int(sizes.max())):
        has = sizes > place
        more = np.where(sizes[has] > place + 1, 128, 0)
        written[ends[has] - sizes[has] + place] = (values[has] >> np.uint64(7 * place) & np.uint64(127)).astype(
            np.uint8
        ) | more.astype(np.uint8)
    return written.tobytes()
