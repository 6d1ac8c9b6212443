"""Writes the tiles of an edition: one after the other in the order of their numbers, and what finds them at the end."""

import gzip
from array import array
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import numpy as np
import orjson
import xxhash
from isal import igzip

from otn.edition.part_format import UNFINISHED, Bounds
from otn.edition.pmtiles import HEADER_SIZE, Layout, header, zoom_of
from otn.edition.pmtiles_directory import Entries, directories
from otn.edition.sealed_file import ALIGNMENT, TAIL_SIZE, SealedWriter
from otn.edition.tile_file import INDEX
from otn.store.durable import sync

PackedTile = tuple[int, bytes]
"""The number of a tile, and the tile as it is stored."""


def packed(tile: bytes) -> bytes:
    """A tile as it is stored: the same bytes that a client gets for whom it is made at once."""
    compressed: bytes = igzip.compress(tile, compresslevel=1, mtime=0)
    return compressed


def write_tiles(path: Path, metadata: dict[str, Any], bounds: Bounds, tiles: Iterable[PackedTile]) -> int:
    """Writes a file of tiles, which come in the order of their numbers; nobody sees it before it is whole.

    Equal tiles, metadata and bounds (west, south, east and north in degrees) give equal bytes. Returns how many tiles
    there are.
    """
    unfinished = path.with_suffix(UNFINISHED)
    try:
        with unfinished.open("wb") as file, TemporaryFile(dir=path.parent) as spool:
            spooled = _Spooled(spool)
            for number, tile in tiles:
                spooled.add(number, tile)
            if not spooled.count:
                # A file without any tile is none to PMTiles.
                spooled.add(0, packed(b""))
            _write(SealedWriter(file), spooled, metadata, bounds)
        unfinished.replace(path)
        sync(path.parent)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return spooled.count


class _Spooled:
    """The tiles so far, equal ones once."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.length = 0
        self._places: dict[bytes, int] = {}
        self._ids, self._offsets, self._lengths = self._columns = [array(kind) for kind in INDEX]

    @property
    def count(self) -> int:
        return len(self._ids)

    def add(self, number: int, tile: bytes) -> None:
        place = self._places.setdefault(xxhash.xxh3_128_digest(tile), self.length)
        if place == self.length:
            self.file.write(tile)
            self.length += len(tile)
        self._ids.append(number)
        self._offsets.append(place)
        self._lengths.append(len(tile))

    def entries(self) -> Entries:
        return Entries.of_tiles(*(np.array(column, np.int64) for column in self._columns))

    def layout(self, entries: Entries, bounds: Bounds) -> Layout:
        zooms = zoom_of(self._ids[0]), zoom_of(self._ids[-1])
        return Layout(self.count, len(entries.ids), len(self._places), zooms, bounds)

    def index(self) -> bytes:
        return b"".join(column.tobytes() for column in self._columns)


def _write(file: SealedWriter, spooled: _Spooled, metadata: dict[str, Any], bounds: Bounds) -> None:
    entries, index = spooled.entries(), spooled.index()
    root, leaves = directories(entries)
    before = [root, gzip.compress(orjson.dumps(metadata), mtime=0), leaves]
    data = HEADER_SIZE + sum(map(len, before))
    index_offset = data + spooled.length
    index_offset += -index_offset % ALIGNMENT
    lengths = [*map(len, before), index_offset + len(index) + TAIL_SIZE - data]
    offsets = [HEADER_SIZE, HEADER_SIZE + len(root), data - len(leaves), data]
    file.write(header([*zip(offsets, lengths, strict=True)], spooled.layout(entries, bounds)))
    for section in before:
        file.write(section)
    file.copy(spooled.file)
    file.align()
    file.write(index)
    file.seal(index_offset, spooled.count)
