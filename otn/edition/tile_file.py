"""The ready-made tiles of an edition: a PMTiles file with an index of ours, read where it lies.

    header | root directory | metadata | leaf directories | tile data
                                                            tiles | index | tail

The index names every tile: arrays of its number, where its tile lies, and how long it is. So a tile is found without
taking directories apart, and processes share what they know of them. Index and tail (otn.edition.sealed_file) lie
within the tile data, where no directory of PMTiles points to: other readers pass them over. The metadata say under
`otn` which edition the tiles belong to.
"""

import struct
from bisect import bisect_left
from datetime import datetime
from pathlib import Path
from typing import Literal

from otn.edition.pmtiles import MAGIC, first_id, tile_address, tile_data_offset, tile_id
from otn.edition.sealed_file import SealedFile
from otn.edition.tile_info import tiles_of
from otn.model.tile_matrix_sets import TileAddress

INDEX: tuple[Literal["q", "Q", "I"], ...] = ("q", "Q", "I")
"""The arrays of the index, as the modules struct and array name them: numbers of tiles, offsets in the tile data, and
lengths."""


class TileFile(SealedFile):
    """The tiles of an edition. Call `check` before each use."""

    def __init__(self, path: Path) -> None:
        """Raises DamagedPart where the file is missing or is not what was written."""
        super().__init__(path, MAGIC)
        self._data = tile_data_offset(self.window(0, self.size))
        self.tiles_of = tiles_of(self.window(0, self.size), path)
        offset, count = self.directory
        columns = []
        for kind in INDEX:
            length = count * struct.calcsize(kind)
            columns.append(self.window(offset, length).cast(kind))
            offset += length
        self.ids, self._offsets, self._lengths = columns

    def __len__(self) -> int:
        """How many tiles there are."""
        return len(self.ids)

    @property
    def updated(self) -> datetime:
        """When the data changed that it shows."""
        return datetime.fromisoformat(self.tiles_of.updated)

    def holds(self, tile: TileAddress) -> bool:
        """Whether the tile is here, or empty if it is not."""
        return tile.matrix <= self.tiles_of.depth

    def find(self, tile: TileAddress) -> memoryview | None:
        """A tile as it is stored, compressed by gzip; None where nothing is drawn in it."""
        wanted = tile_id(tile)
        position = bisect_left(self.ids, wanted)
        if position == len(self.ids) or self.ids[position] != wanted:
            return None
        return self.at(position)

    def at(self, position: int) -> memoryview:
        """The tile at a position of the index."""
        return self.window(self._data + self._offsets[position], self._lengths[position])

    def address(self, position: int) -> TileAddress:
        """Which tile is at a position of the index."""
        return tile_address(self.ids[position])

    def positions(self, zoom: int) -> range:
        """Where in the index the tiles of a zoom are."""
        return range(bisect_left(self.ids, first_id(zoom)), bisect_left(self.ids, first_id(zoom + 1)))
