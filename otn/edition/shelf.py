"""The editions that one process reads: which are there, found by looking into their folder now and then.

Processes share nothing but the folder. An edition is opened, and its parts are verified, before it takes the place of
the one before; who reads that one still has it whole.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from otn.edition.manifest import PARTS, numbers, path_of, read_manifest, recipe
from otn.edition.tile_file import TileFile
from otn.edition.tile_info import TILES, numbers_of_tiles, path_of_tiles, tile_recipe
from otn.errors import DamagedPart, EditionError
from otn.model.collections import COLLECTIONS, Collection

if TYPE_CHECKING:
    from otn.edition.edition import Edition
    from otn.edition.part import Part

_log = logging.getLogger(__name__)
_INTERVAL = 0.5
_Stamp = tuple[int, int, int]
_NOWHERE: _Stamp = (0, 0, 0)


@dataclass(frozen=True)
class _Kept:
    """An edition that is there. `edition` is None where it cannot be read; `seen` are the files it was opened from."""

    edition: "Edition | None"
    seen: dict[Path, _Stamp] = field(default_factory=dict)

    @property
    def is_as_seen(self) -> bool:
        return all(_stamp(path) == stamp for path, stamp in self.seen.items())


@dataclass(frozen=True)
class _KeptTiles:
    """The newest file of tiles that is there. `file` is None where it cannot be read, or belongs to another edition;
    `seen` are the file and the manifest that it was compared with."""

    number: int
    seen: tuple[_Stamp, _Stamp]
    file: TileFile | None


class Shelf:
    """The editions below a folder, and their tiles. Nothing is on it before the first `poll`.

    `poll` may run in a thread of its own, one at a time; everything else costs a look-up.
    """

    def __init__(self, editions: Path) -> None:
        self._editions = editions
        self._kept: dict[str, dict[int, _Kept]] = {}
        self._tiles: dict[str, _KeptTiles] = {}
        self._parts: WeakValueDictionary[tuple[Path, _Stamp], Part] = WeakValueDictionary()

    def current(self, collection_id: str) -> "Edition | None":
        """The newest edition; None where there is none, or it is damaged: an older one would take readers back."""
        newest = self.newest(collection_id)
        return None if newest is None else self.pinned(collection_id, newest)

    def pinned(self, collection_id: str, number: int) -> "Edition | None":
        """The edition of that number; None where it is not kept, or damaged."""
        kept = self._kept.get(collection_id, {}).get(number)
        return None if kept is None else kept.edition

    def newest(self, collection_id: str) -> int | None:
        """The number of the newest edition, damaged or not."""
        return max(self._kept.get(collection_id, ()), default=None)

    def is_kept(self, collection_id: str, number: int) -> bool:
        """Whether there is an edition of that number, damaged or not."""
        return number in self._kept.get(collection_id, ())

    def tiles(self, collection_id: str) -> TileFile | None:
        """The newest tiles, whose edition is kept but need not be the newest; None where there are none."""
        kept = self._tiles.get(collection_id)
        return kept.file if kept is not None and self.is_kept(collection_id, kept.number) else None

    @property
    def damaged(self) -> frozenset[tuple[str, int]]:
        """What cannot be read of the newest editions: the collection, or its tiles, and the number."""
        editions = {
            (name, newest)
            for name in COLLECTIONS
            if (newest := self.newest(name)) is not None and self.current(name) is None
        }
        return frozenset(
            editions | {(f"{name} {TILES}", kept.number) for name, kept in self._tiles.items() if not kept.file}
        )

    def take_down(self, edition: "Edition") -> None:
        """A part of the edition turned out to be damaged: it answers no more until its files have changed."""
        of_collection = self._kept.get(edition.collection.id, {})
        kept = of_collection.get(edition.number)
        if kept is not None and kept.edition is edition:
            of_collection[edition.number] = replace(kept, edition=None)

    def take_down_tiles(self, file: TileFile) -> None:
        """The file turned out to be damaged: it answers no more until it has changed."""
        name = file.tiles_of.collection
        kept = self._tiles.get(name)
        if kept is not None and kept.file is file:
            self._tiles[name] = replace(kept, file=None)

    def poll(self) -> None:
        """Finds out what has come, gone or changed, and opens it."""
        for collection in COLLECTIONS.values():
            folder = self._editions / collection.id
            before = self._kept.get(collection.id, {})
            kept = {
                number: self._looked_at(collection, folder, number, before.get(number)) for number in numbers(folder)
            }
            if kept != before:
                self._kept[collection.id] = kept
            self._look_at_tiles(collection, folder)

    def _look_at_tiles(self, collection: Collection, folder: Path) -> None:
        number = next(iter(numbers_of_tiles(folder)), None)
        if number is None:
            self._tiles.pop(collection.id, None)
            return
        known = self._tiles.get(collection.id)
        seen = _stamp(path_of_tiles(folder, number)), _stamp(path_of(folder, number))
        if known is None or (known.number, known.seen) != (number, seen):
            self._tiles[collection.id] = _KeptTiles(number, seen, _opened_tiles(collection, folder, number))

    def _looked_at(self, collection: Collection, folder: Path, number: int, before: _Kept | None) -> _Kept:
        path = path_of(folder, number)
        if before is not None and before.edition is not None and _stamp(path) == before.seen[path]:
            return before
        if before is not None and before.edition is None and before.is_as_seen:
            return before
        return self._opened(collection, folder, path)

    def _opened(self, collection: Collection, folder: Path, path: Path) -> _Kept:
        # What editions are read with takes some megabytes, held once there is one.
        from otn.edition.edition import Edition

        # What is written over a file between looking at it and reading it is seen the next time.
        seen = {path: _stamp(path)}
        try:
            manifest = read_manifest(path)
            if manifest.recipe != recipe(collection):
                return _Kept(None, seen)
            files = [folder / PARTS / part.file for part in manifest.parts]
            seen |= {file: _stamp(file) for file in files}
            parts = [
                self._part(file, seen[file], part.checksum) for file, part in zip(files, manifest.parts, strict=True)
            ]
            return _Kept(Edition(collection, manifest, parts), seen)
        except EditionError:
            return _Kept(None, seen)

    def _part(self, path: Path, stamp: _Stamp, checksum: str) -> "Part":
        """Editions share the parts that they have in common."""
        from otn.edition.part import Part

        part = self._parts.get((path, stamp))
        if part is None or part.is_damaged:
            part = Part(path)
            self._parts[path, stamp] = part
        if part.checksum != checksum:
            raise DamagedPart(f"{path} is not the part that its edition was made of.")
        return part


def _opened_tiles(collection: Collection, folder: Path, number: int) -> TileFile | None:
    try:
        file = TileFile(path_of_tiles(folder, number))
        is_of_edition = file.tiles_of.belong_to(read_manifest(path_of(folder, number)))
    except EditionError:
        return None
    return file if is_of_edition and file.tiles_of.recipe == tile_recipe(collection) else None


def _stamp(path: Path) -> _Stamp:
    try:
        found = path.stat()
    except OSError:
        return _NOWHERE
    return found.st_ino, found.st_mtime_ns, found.st_size


@asynccontextmanager
async def watched(shelf: Shelf, repair: Callable[[], bool]) -> AsyncIterator[None]:
    """Keeps the shelf as its folder is, from before the block begins until it ends.

    Calls `repair` when an edition or its tiles turn out to be damaged, for each until it says that it has begun: what
    is under way may have passed by already.
    """
    await asyncio.to_thread(shelf.poll)
    watching = asyncio.create_task(_watch(shelf, repair))
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.wait([watching])


async def _watch(shelf: Shelf, repair: Callable[[], bool]) -> None:
    known: frozenset[tuple[str, int]] = frozenset()
    while True:
        damaged = shelf.damaged
        if not damaged - known or repair():
            known = damaged
        await asyncio.sleep(_INTERVAL)
        try:
            await asyncio.to_thread(shelf.poll)
        except OSError as error:
            # What is on the shelf stays; the folder may be there again the next time.
            _log.warning("The editions cannot be looked at: %s", error)
