"""The folder of a collection's editions: whose turn it is to write there, and what is removed from it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from otn.edition.manifest import PARTS, numbers, path_of, readable
from otn.edition.part_format import UNFINISHED

KEPT = 3
"""So many editions of a collection are kept, so that who pages through one finds its end."""
_LOCK = "build.lock"


@contextmanager
def only_builder(folder: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """One at a time builds in the folder of a collection; `waiting` is called where another one does.

    The kernel releases the lock of a process that is killed. Raises OSError where the folder cannot be written.
    """
    (folder / PARTS).mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / _LOCK)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        waiting()
        lock.acquire(poll_interval=0.1)
    try:
        _remove_unfinished(folder)
        yield
    finally:
        lock.release()


def remove_outdated(folder: Path) -> None:
    """Leaves the newest KEPT editions and their parts. Who still reads another one has its files open."""
    for number in numbers(folder)[KEPT:]:
        path_of(folder, number).unlink(missing_ok=True)
    needed = {part.file for manifest in readable(folder) for part in manifest.parts}
    for file in (folder / PARTS).iterdir():
        if file.name not in needed:
            file.unlink(missing_ok=True)


def _remove_unfinished(folder: Path) -> None:
    for file in (*folder.glob(f"*{UNFINISHED}"), *(folder / PARTS).glob(f"*{UNFINISHED}")):
        file.unlink(missing_ok=True)
