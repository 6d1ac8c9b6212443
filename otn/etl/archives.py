"""Unpacks what publishers pack: zip, tar (also .gz, .bz2, .xz) and single files in .gz.

An archive is somebody else's program for writing files. Every member's name and kind is looked at, also of those that
are not wanted; sizes are counted as the bytes come out, whatever the archive says of them; archives within are files
like any other. Either all that is wanted lies unpacked in the end, or nothing does.
"""

import bz2
import errno
import gzip
import io
import lzma
import os
import re
import stat
import tarfile
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from otn.errors import ArchiveError, SourceError

_CHUNK = 1 << 20
# Below this, a member may be packed as tightly as it likes: headers of rasters, columns of one value.
_HARMLESS = 1 << 20
# What the list of members of a zip, and what a tar says of one of its members, may take of memory.
_LONGEST_LIST = 16 << 20
_LONGEST_HEADER = 2 << 20
_XZ_MEMORY = 256 << 20
_XZ = b"\xfd7zXZ\x00"
_LONGEST_NAME = 1024
_LONGEST_STEP = 255
_DRIVE = re.compile("[A-Za-z]:")
_ENCRYPTED = 0x1
_READABLE = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# What zipfile, tarfile, zlib, bz2 and lzma raise for bytes that make no sense.
_DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    gzip.BadGzipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    UnicodeError,
    ValueError,
    OverflowError,
)


@dataclass(frozen=True)
class ArchiveLimits:
    """What may come out: members, bytes of one and of all, bytes for each byte that is packed."""

    members: int = 10_000
    member_bytes: int = 16 << 30
    total_bytes: int = 32 << 30
    ratio: int = 250


def unpack(
    path: Path, into: Path, *, wanted: Iterable[str] = ("*",), limits: ArchiveLimits = ArchiveLimits()
) -> list[Path]:
    """The members of the archive `path` that are wanted, unpacked below `into`, in the order of the archive.

    `wanted` are patterns such as `*.shp`, for the name of a member with or without its folders, without regard to case.
    `into` must be empty, or not there yet. Raises ArchiveError naming file and member; then nothing is left in `into`.
    """
    try:
        into.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{into.name}-", dir=into.parent) as scratch:
            unpacking = _Unpacking(path, Path(scratch), [pattern.lower() for pattern in wanted], limits)
            with _told(path):
                members = unpacking.run()
            unpacking.folder.rename(into)
        return [into / member for member in members]
    except OSError as error:
        raise SourceError(f"{path} cannot be unpacked into {into}: {error.strerror or error}.") from error


class _Refused(Exception):
    """The reason continues a sentence that names the archive."""


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except _Refused as error:
        raise ArchiveError(f"{path} is not unpacked: {error}.") from error
    except _DAMAGE as error:
        reason = str(error).rstrip(".") or type(error).__name__
        raise ArchiveError(f"{path} is damaged or cut off ({reason}).") from error
    except OSError as error:
        # bz2 says the one of bytes that make no sense; the other is a place before the beginning of a file.
        if error.errno in (None, errno.EINVAL):
            raise ArchiveError(f"{path} is damaged or cut off ({error}).") from error
        raise


class _Unpacking:
    def __init__(self, path: Path, scratch: Path, wanted: list[str], limits: ArchiveLimits) -> None:
        self.folder = scratch / "unpacked"
        self._path = path
        self._plain = scratch / "plain"
        self._wanted = wanted
        self._limits = limits
        self._names = _Names(limits.members)
        self._total = 0

    def run(self) -> list[str]:
        """The names of the members that were unpacked."""
        self.folder.mkdir()
        packed = self._path.stat().st_size
        with self._path.open("rb") as file:
            head = file.read(len(_XZ))
            file.seek(0)
            layer = _layer(head, file)
            if layer is not None:
                with layer:
                    self._write(layer, self._plain, "what is in it", packed, self._limits.total_bytes)
        if layer is None:
            return self._zip(packed) if head.startswith(b"PK") else self._tar(self._path)
        # Else counted twice: as the whole that comes out, and as what is in it.
        self._total = 0
        if _is_tar(self._plain) or ".tar" in self._path.suffixes or self._path.suffix in (".tgz", ".tbz", ".txz"):
            return self._tar(self._plain)
        return self._single()

    def _zip(self, packed: int) -> list[str]:
        with _Careful(self._path, _LONGEST_LIST) as file, zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            for member in members:
                self._names.add(member.filename, is_folder=member.is_dir())
                _require_plain_zip_member(member)
            unpacked = [member for member in members if not member.is_dir() and self._is_wanted(member.filename)]
            for member in unpacked:
                with archive.open(member) as content:
                    self._write_member(content, member.filename, min(member.compress_size, packed))
        return self._any([member.filename for member in unpacked])

    def _tar(self, path: Path) -> list[str]:
        if not _is_tar(path):
            raise _Refused("it is damaged, or neither zip nor tar nor gz")
        unpacked = []
        with _Careful(path, _LONGEST_HEADER) as file, tarfile.open(fileobj=file, mode="r:") as archive:
            for member in archive:
                self._names.add(member.name, is_folder=member.isdir())
                if not (member.isreg() or member.isdir()) or member.issparse():
                    raise _Refused(f"its member {member.name!r} is a link, a device, or another special file")
                content = archive.extractfile(member) if member.isreg() and self._is_wanted(member.name) else None
                if content is not None:
                    with content:
                        self._write_member(content, member.name, None)
                    unpacked.append(member.name)
            # tarfile takes a header that makes no sense, or none, for the end.
            file.seek(archive.offset)
            if file.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
                raise EOFError("its end is missing")
        return self._any(unpacked)

    def _single(self) -> list[str]:
        """A file that was packed alone: it is called as its archive is, without the ending, and always wanted."""
        name = self._path.stem
        self._names.add(name, is_folder=False)
        if self._plain.stat().st_size > self._limits.member_bytes:
            raise _Refused(f"{name!r} has more than {self._limits.member_bytes:,} bytes")
        self._plain.rename(self.folder / name)
        return [name]

    def _any(self, unpacked: list[str]) -> list[str]:
        if unpacked:
            return unpacked
        raise _Refused(f"nothing in it is named like {' or '.join(self._wanted)}; {self._names}")

    def _is_wanted(self, name: str) -> bool:
        """Leaves out what macOS puts beside each file under nearly the same name."""
        path = PurePosixPath(name.lower())
        if path.parts[0] == "__macosx" or path.name.startswith("._"):
            return False
        return any(fnmatchcase(str(path), pattern) or fnmatchcase(path.name, pattern) for pattern in self._wanted)

    def _write_member(self, content: "_Readable", name: str, packed: int | None) -> None:
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        self._write(content, place, repr(name), packed, self._limits.member_bytes)

    def _write(self, content: "_Readable", place: Path, what: str, packed: int | None, most: int) -> None:
        """Writes to the disk, counting; `packed` is the size in the archive of what is compressed there."""
        limits, size = self._limits, 0
        with place.open("xb") as file:
            while chunk := content.read(_CHUNK):
                size += len(chunk)
                self._total += len(chunk)
                if size > most:
                    raise _Refused(f"{what} has more than {most:,} bytes")
                if self._total > limits.total_bytes:
                    raise _Refused(f"more than {limits.total_bytes:,} bytes come out of it, with {what}")
                if packed is not None and size > max(_HARMLESS, limits.ratio * packed):
                    raise _Refused(f"{what} is more than {limits.ratio} times as large as it is packed")
                file.write(chunk)


class _Names:
    """The names of the members there were so far, none of which can lead to another place or meet another one."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._count = 0
        self._files: set[str] = set()
        self._folders: set[str] = set()
        self._first: list[str] = []

    def __str__(self) -> str:
        if self._count == 0:
            return "it has no members"
        return f"it has {', '.join(self._first)}" + (", ..." if self._count > len(self._first) else "")

    def add(self, name: str, *, is_folder: bool) -> None:
        """Raises _Refused for a name that must not be, or a member too many."""
        self._count += 1
        if self._count > self._most:
            raise _Refused(f"it has more than {self._most:,} members")
        fault = _fault(name)
        if not is_folder and PurePosixPath(name).name != name.rpartition("/")[2]:
            fault = "is that of a folder"
        if fault is not None:
            raise _Refused(f"the name of its member {name[:_LONGEST_STEP]!r} {fault}")
        # As file systems that do not tell small letters from capitals, or accents from their parts, see it.
        seen = PurePosixPath(unicodedata.normalize("NFC", name).lower())
        if str(seen) in self._files or (not is_folder and str(seen) in self._folders):
            raise _Refused(f"it has two members named {name!r}, or names that differ by their capitals only")
        above = {str(parent) for parent in seen.parents}
        if above & self._files:
            raise _Refused(f"its member {name!r} lies in a member that is a file")
        self._folders |= above | ({str(seen)} if is_folder else set())
        if not is_folder:
            self._files.add(str(seen))
        if len(self._first) < 5:
            self._first.append(repr(name))


def _fault(name: str) -> str | None:
    """What is wrong with the name of a member; None for nothing."""
    steps = name.removesuffix("/").split("/")
    if not name.isprintable():
        return "has characters that cannot be shown"
    if name.startswith("/") or _DRIVE.match(name):
        return "begins at the root of a disk"
    if "\\" in name:
        return "has a backslash"
    if ".." in steps:
        return "leads out of the archive"
    if len(name.encode()) > _LONGEST_NAME or any(len(step.encode()) > _LONGEST_STEP for step in steps):
        return "is too long"
    if "" in steps:
        return "has a part without a name"
    return None


def _require_plain_zip_member(member: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise _Refused(f"its member {member.filename!r} is a link, a device, or another special file")
    if "\0" in member.orig_filename:
        raise _Refused(f"the name of its member {member.filename!r} has characters that cannot be shown")
    if member.flag_bits & _ENCRYPTED:
        raise _Refused(f"its member {member.filename!r} is encrypted")
    if not member.is_dir() and member.compress_type not in _READABLE:
        raise _Refused(f"its member {member.filename!r} is packed in another way than deflate")


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Careful(io.FileIO):
    """A file of which nobody reads more than `longest` bytes into memory at once."""

    def __init__(self, path: Path, longest: int) -> None:
        super().__init__(path)
        self._longest = longest

    def read(self, size: int | None = -1, /) -> bytes:
        """Raises _Refused for more."""
        if size is None or size < 0:
            size = os.fstat(self.fileno()).st_size - self.tell()
        if size > self._longest:
            raise _Refused("the list of its members, or what it says of one, is too long")
        return super().read(size) or b""


class _Xz:
    """What is packed in .xz, with a limit on the memory that it takes, which lzma.open has not."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._decompressor = self._new()

    @staticmethod
    def _new() -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)

    def __enter__(self) -> "_Xz":
        return self

    def __exit__(self, *_: object) -> None:
        """There is nothing to close."""

    def read(self, size: int, /) -> bytes:
        """Up to so many bytes, none at the end only. One stream may follow another."""
        data = b""
        while not data:
            if self._decompressor.eof:
                rest = self._decompressor.unused_data or self._file.read(_CHUNK)
                if not rest:
                    return b""
                self._decompressor = self._new()
            else:
                rest = self._file.read(_CHUNK) if self._decompressor.needs_input else b""
                if not rest and self._decompressor.needs_input:
                    raise EOFError("it ends before the end of the compressed data")
            data = self._decompressor.decompress(rest, size)
        return data


def _is_tar(path: Path) -> bool:
    """Whether it begins as a tar does; what is compressed in another layer does not."""
    try:
        with _Careful(path, _LONGEST_HEADER) as file:
            tarfile.open(fileobj=file, mode="r:").close()
    except tarfile.ReadError:
        return False
    return True


def _layer(head: bytes, file: IO[bytes]) -> "gzip.GzipFile | bz2.BZ2File | _Xz | None":
    """What unpacks the compression around an archive, by its first bytes; None where there is none."""
    if head.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=file, mode="rb")
    if head.startswith(b"BZh"):
        return bz2.BZ2File(file)
    return _Xz(file) if head == _XZ else None
