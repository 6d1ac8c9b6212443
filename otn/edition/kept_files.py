"""The files that downloads are served from: what they are called, which there are, and what is removed.

They lie beside the parts of their collection's editions, and belong to no process: each one finds what another made.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from xxhash import xxh3_128

from otn.edition.part_format import DIGEST_SIZE, UNFINISHED
from otn.errors import EditionError

DOWNLOADS = "downloads"
"""The folder of these files in that of a collection's editions."""
_PIECE = 2**24


class DamagedFile(EditionError):
    """A file is not what was written."""


@dataclass(frozen=True)
class FileName:
    """Which file it is: all features of an edition of a collection, in a format, in a language.

    `language` is NO_LANGUAGE where nothing in it is in any. `fingerprint` tells files of one edition apart that this
    program and another version of it make, or that were made of databases which number their loads alike.
    """

    edition: int
    format: str
    language: str
    fingerprint: str

    def __str__(self) -> str:
        return f"{self.edition}.{self.format}.{self.language}.{self.fingerprint}"

    @classmethod
    def read(cls, name: str) -> "FileName | None":
        """None for what is the name of no file."""
        parts = name.split(".")
        if len(parts) != 4 or not parts[0].isdecimal():
            return None
        return cls(int(parts[0]), *parts[1:])


NO_LANGUAGE = "-"


class KeptFile:
    """A file that is open, and was whole when it was opened. It stays readable when it has been removed."""

    def __init__(self, path: Path) -> None:
        """Reads every byte. Raises DamagedFile where one is not what was written, and OSError without a file."""
        self.path = path
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._seen = _stamp(os.fstat(self._descriptor))
        self.size = max(self._seen[2] - DIGEST_SIZE, 0)
        self.digest = self._verified()

    def __del__(self) -> None:
        if hasattr(self, "_descriptor"):
            os.close(self._descriptor)

    def read(self, length: int, offset: int) -> bytes:
        """As many bytes from `offset` on, fewer at the end."""
        return os.pread(self._descriptor, min(length, self.size - offset), offset)

    def is_there(self) -> bool:
        """Whether the file is still in its folder, as it was when it was opened."""
        try:
            return _stamp(self.path.stat()) == self._seen
        except OSError:
            return False

    def use(self) -> None:
        """Notes that it was asked for: what was asked for lately is removed last."""
        os.utime(self._descriptor, ns=(time.time_ns(), self._seen[1]))

    def _verified(self) -> str:
        digest = xxh3_128()
        offset = 0
        while piece := self.read(_PIECE, offset):
            digest.update(piece)
            offset += len(piece)
        if os.pread(self._descriptor, DIGEST_SIZE, self.size) != digest.digest():
            raise DamagedFile(f"{self.path} is damaged.")
        return digest.hexdigest()


class UnfinishedFile:
    """A file that is written, and may be read as far as it is: it has its name once it is complete."""

    def __init__(self, folder: Path, name: FileName) -> None:
        """Raises OSError where the folder cannot be written."""
        folder.mkdir(parents=True, exist_ok=True)
        self._path, self._name = folder / f"{name}{UNFINISHED}", folder / str(name)
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
        self._digest = xxh3_128()
        self.size = 0

    def __del__(self) -> None:
        if hasattr(self, "_descriptor"):
            os.close(self._descriptor)

    def write(self, piece: bytes) -> None:
        """Adds a piece at the end."""
        self._append(piece)
        self._digest.update(piece)
        self.size += len(piece)

    def read(self, length: int, offset: int) -> bytes:
        """As many bytes from `offset` on, fewer where no more are written yet."""
        return os.pread(self._descriptor, min(length, self.size - offset), offset)

    def finish(self) -> None:
        """Gives the file its name, when all of it is on the disk."""
        self._append(self._digest.digest())
        os.fsync(self._descriptor)
        self._path.rename(self._name)

    def discard(self) -> None:
        """Removes what is written. Who reads it still can."""
        self._path.unlink(missing_ok=True)

    def _append(self, piece: bytes) -> None:
        left = memoryview(piece)
        while left:
            left = left[os.write(self._descriptor, left) :]


def files(folder: Path) -> Iterator[tuple[Path, FileName]]:
    """The files in the folder of a collection's downloads; none where there is no folder."""
    try:
        paths = list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return
    for path in paths:
        name = FileName.read(path.name)
        if name is not None:
            yield path, name


def remove_unfinished(folder: Path) -> None:
    """Removes what processes left that were killed; nobody may be writing there."""
    for path in folder.glob(f"*{UNFINISHED}"):
        path.unlink(missing_ok=True)


def make_room(folders: list[Path], limit: int) -> None:
    """Removes what was asked for the longest time ago until all files together have at most `limit` bytes."""
    found = []
    for path, _ in (file for folder in folders for file in files(folder)):
        try:
            found.append((path.stat(), path))
        except FileNotFoundError:
            continue
    size = sum(seen.st_size for seen, _ in found)
    for seen, path in sorted(found, key=lambda pair: pair[0].st_atime_ns):
        if size <= limit:
            return
        path.unlink(missing_ok=True)
        size -= seen.st_size


def _stamp(seen: os.stat_result) -> tuple[int, int, int]:
    return seen.st_ino, seen.st_mtime_ns, seen.st_size
