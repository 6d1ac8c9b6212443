"""Files that survive a crash of the machine: whole under their name, or not there."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Waits until the disk has a file, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put_in_place(unfinished: Path, path: Path) -> None:
    """Gives a file its name, once the disk has it."""
    sync(unfinished)
    unfinished.replace(path)
    sync(path.parent)
