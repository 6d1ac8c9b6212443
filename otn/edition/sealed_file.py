"""Files of editions that end in a checksum of themselves, and are read where they lie.

A file is verified whole before anything is read from it, since a damaged one must not be served. It begins with a magic
number; its last bytes say where its directory lies, and hold the XXH3 of every byte before them, so that a file of
which any byte has changed, or the end is missing, is told from a whole one. What stands at the end can be written in
one pass. Numbers are little-endian.
"""

import mmap
import os
import struct
from pathlib import Path
from typing import IO

import xxhash

from otn.errors import DamagedPart

ALIGNMENT = 8

_LOCATION = struct.Struct("<QQ")
_DIGEST_SIZE = 16
TAIL_SIZE = _LOCATION.size + _DIGEST_SIZE
"""How many bytes stand after the directory."""
_PIECE = 1 << 22


class SealedFile:
    """A mapped file. Nothing is copied: what is read are windows on it, which stays mapped as long as one of them is
    held, also when it has been removed from its folder. Call `check` before each use.
    """

    def __init__(self, path: Path, magic: bytes) -> None:
        """Raises DamagedPart where the file is missing or is not what was written."""
        self.path = path
        self._magic = magic
        self._damage: str | None = None
        try:
            self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise DamagedPart(f"{path} cannot be read: {error.strerror}.") from error
        self._seen = self._stamp()
        try:
            self._map = mmap.mmap(self._descriptor, 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise DamagedPart(f"{path} cannot be mapped: it is empty, or no file.") from error
        self.checksum = self._verified()

    def __del__(self) -> None:
        # The map has a descriptor of its own.
        if hasattr(self, "_descriptor"):
            os.close(self._descriptor)

    def check(self) -> None:
        """Raises DamagedPart unless the file is still what was verified; one that was touched is verified anew."""
        if self._damage is None and (stamp := self._stamp()) != self._seen:
            self._seen = stamp
            self._verified()
        if self._damage is not None:
            raise DamagedPart(self._damage)

    @property
    def is_damaged(self) -> bool:
        """Whether `check` has found the file changed."""
        return self._damage is not None

    @property
    def size(self) -> int:
        """Of the whole file, in bytes."""
        return len(self._map)

    def read(self, length: int, offset: int) -> bytes:
        """A copy of some bytes, as the disk has them: fewer where the file has been cut meanwhile."""
        return os.pread(self._descriptor, length, offset)

    def window(self, offset: int, length: int) -> memoryview:
        """Some bytes where they lie."""
        return memoryview(self._map)[offset : offset + length]

    @property
    def directory(self) -> tuple[int, int]:
        """The two numbers that the writer sealed the file with: offset and length of its directory."""
        offset, length = _LOCATION.unpack_from(self._map, len(self._map) - TAIL_SIZE)
        return int(offset), int(length)

    def _stamp(self) -> tuple[int, int]:
        seen = os.fstat(self._descriptor)
        return seen.st_mtime_ns, seen.st_size

    def _verified(self) -> str:
        """The checksum of the whole. Raises DamagedPart where it is not the one that was written."""
        # Reading beyond the end of a file that was cut would end the process.
        if self._seen[1] != len(self._map) or self._seen[1] < len(self._magic) + TAIL_SIZE:
            self._damage = f"{self.path} has been cut."
            raise DamagedPart(self._damage)
        digest = xxhash.xxh3_128()
        with memoryview(self._map) as content:
            for start in range(0, len(content) - _DIGEST_SIZE, _PIECE):
                digest.update(content[start : min(start + _PIECE, len(content) - _DIGEST_SIZE)])
        if self._map[: len(self._magic)] != self._magic or self._map[-_DIGEST_SIZE:] != digest.digest():
            self._damage = f"{self.path} is damaged."
            raise DamagedPart(self._damage)
        return digest.hexdigest()


class SealedWriter:
    """Writes what SealedFile reads: a file that only grows, with the checksum of what it holds."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = xxhash.xxh3_128()
        self.position = 0

    def write(self, content: bytes | memoryview) -> None:
        self._file.write(content)
        self._digest.update(content)
        self.position += len(content)

    def copy(self, spool: IO[bytes]) -> None:
        """Writes all that was written into another file."""
        spool.seek(0)
        while piece := spool.read(_PIECE):
            self.write(piece)

    def align(self) -> None:
        """Fills up to where an array of numbers may begin."""
        self.write(bytes(-self.position % ALIGNMENT))

    def seal(self, offset: int, length: int) -> str:
        """Writes the end, and waits until the disk has all of it. Returns the checksum."""
        self.write(_LOCATION.pack(offset, length))
        self._file.write(self._digest.digest())
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._digest.hexdigest()
