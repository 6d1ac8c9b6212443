"""The folder of a collection's editions: whose turn it is to write there, and what is removed from it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from otn.edition.manifest import PARTS, numbers, path_of, readable
from otn.edition.part_format import UNFINISHED
from otn.edition.tile_info import SUFFIX, TILES, path_of_tiles

KEPT = 3
"""So many editions of a collection are kept, so that who pages through one finds its end."""
_LOCK, _TILE_LOCK = "build.lock", "tiles.lock"


@contextmanager
def only_builder(folder: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """One at a time builds in the folder of a collection; `waiting` is called where another one does.

    The kernel releases the lock of a process that is killed. Raises OSError where the folder cannot be written.
    """
    with _alone(folder / PARTS, folder / _LOCK, waiting):
        remove_unfinished(folder, folder / PARTS)
        yield


@contextmanager
def only_tile_maker(folder: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """The same for who makes the tiles of a collection: that may go on while the next edition is built."""
    with _alone(folder / TILES, folder / _TILE_LOCK, waiting):
        remove_unfinished(folder / TILES)
        yield


def remove_outdated(folder: Path) -> None:
    """Leaves the newest KEPT editions and their parts. Who still reads another one has its files open."""
    for number in numbers(folder)[KEPT:]:
        path_of(folder, number).unlink(missing_ok=True)
    needed = {part.file for manifest in readable(folder) for part in manifest.parts}
    for file in (folder / PARTS).iterdir():
        if file.name not in needed:
            file.unlink(missing_ok=True)


def remove_other_tiles(folder: Path, number: int) -> None:
    """Leaves the tiles of one edition: others are not served."""
    for file in (folder / TILES).glob(f"*{SUFFIX}"):
        if file != path_of_tiles(folder, number):
            file.unlink(missing_ok=True)


def remove_unfinished(*folders: Path) -> None:
    """Removes what processes left that were killed; nobody may be writing there."""
    for file in (file for folder in folders for file in folder.glob(f"*{UNFINISHED}")):
        file.unlink(missing_ok=True)


@contextmanager
def _alone(below: Path, file: Path, waiting: Callable[[], None]) -> Iterator[None]:
    below.mkdir(parents=True, exist_ok=True)
    lock = FileLock(file)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        waiting()
        lock.acquire(poll_interval=0.1)
    try:
        yield
    finally:
        lock.release()
