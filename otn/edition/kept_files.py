"""The files that downloads are served from: what they are called, which there are, and what is removed.

They lie beside the parts of their collection's editions, and belong to no process: each one finds what another made.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from otn.edition.part_format import UNFINISHED
from otn.edition.sealed_file import SealedFile, SealedWriter

DOWNLOADS = "downloads"
"""The folder of these files in that of a collection's editions."""


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


class KeptFile(SealedFile):
    """A file that is open, and was whole when it was opened. It stays readable when it has been removed."""

    def __init__(self, path: Path) -> None:
        """Reads every byte. Raises DamagedPart where the file is missing or one of them is not what was written."""
        super().__init__(path, b"")
        self._inode = os.fstat(self._descriptor).st_ino
        _, self.length = self.directory

    def content(self, length: int, offset: int) -> bytes:
        """As many bytes of the download from `offset` on, fewer at its end."""
        return self.read(min(length, self.length - offset), offset)

    def is_there(self) -> bool:
        """Whether the file is still in its folder, as it was when it was opened."""
        try:
            seen = self.path.stat()
        except OSError:
            return False
        return (seen.st_ino, seen.st_mtime_ns, seen.st_size) == (self._inode, *self._seen)

    def use(self) -> None:
        """Notes that it was asked for: what was asked for lately is removed last."""
        os.utime(self._descriptor, ns=(time.time_ns(), self._seen[0]))


class UnfinishedFile:
    """A file that is written, and may be read as far as it is: it has its name once it is complete."""

    def __init__(self, folder: Path, name: FileName) -> None:
        """Raises OSError where the folder cannot be written."""
        folder.mkdir(parents=True, exist_ok=True)
        self._path, self._name = folder / f"{name}{UNFINISHED}", folder / str(name)
        self._file = self._path.open("w+b")
        self._writer = SealedWriter(self._file)
        self._length = 0

    def __del__(self) -> None:
        # Whoever reads along may do so after it is complete.
        if hasattr(self, "_file"):
            self._file.close()

    def write(self, piece: bytes) -> None:
        """Adds a piece at the end."""
        self._writer.write(piece)
        self._file.flush()
        self._length += len(piece)

    def content(self, length: int, offset: int) -> bytes:
        """As many bytes from `offset` on, fewer where no more are written yet."""
        return os.pread(self._file.fileno(), min(length, self._length - offset), offset)

    def finish(self) -> None:
        """Gives the file its name, when all of it is on the disk."""
        self._writer.seal(0, self._length)
        self._path.rename(self._name)

    def discard(self) -> None:
        """Removes what is written. Who reads it still can."""
        self._path.unlink(missing_ok=True)


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
