"""Folders of temporary files that do not outlive their process, even where it is killed."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX = "otn-scratch-"
# A folder that is not locked yet: nobody takes it for one whose process has ended.
_UNFINISHED = ".otn-unlocked-"


@contextmanager
def scratch(purpose: str) -> Iterator[Path]:
    """A folder among the system's temporary files, named by its purpose, that is gone afterwards.

    A lock of the kernel says that its process lives. Folders whose process was killed are removed first.
    """
    _remove_left_behind()
    unlocked = Path(tempfile.mkdtemp(prefix=_UNFINISHED))
    descriptor = os.open(unlocked, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        folder = unlocked.rename(unlocked.with_name(f"{_PREFIX}{purpose}-{unlocked.name.removeprefix(_UNFINISHED)}"))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(descriptor)


def _remove_left_behind() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:
            continue  # another user's, or gone by now
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except BlockingIOError:
            pass  # its process lives
        finally:
            os.close(descriptor)
