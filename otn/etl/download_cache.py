"""What was downloaded from one URL, in a folder of its own.

    current.json     what the newest whole file is: its name, checksum, validators
    <sha256>/<name>  whole files, named by their content and never changed: the newest and the one before
    part             what has arrived of an unfinished transfer, exactly as it was sent
    part.json        what it is a part of
    lock             held by the process that downloads

A file is written beside, flushed to the disk, renamed. Replacing current.json is the one step that makes a download
count; a process stopped at any moment leaves the old file or the new one. The one before stays for a process that
still reads it.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import filelock
from pydantic import TypeAdapter, ValidationError

from otn.etl.download_retry import GivenUp
from otn.store.durable import put_in_place, sync

_LONGEST_NAME = 100
_DIGITS = 16
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")

Sidecar = TypeVar("Sidecar", "Record", "Part")


@dataclass(frozen=True)
class Record:
    """A whole file and where it came from."""

    url: str
    name: str
    etag: str | None
    last_modified: str | None
    sha256: str
    bytes: int
    fetched_at: datetime


@dataclass(frozen=True)
class Part:
    """An unfinished transfer: `total` bytes are sent in all, where that is known, in the content coding `coding`.

    `validator` tells the server which version of the file is meant; without one nothing can be added to the part.
    """

    etag: str | None
    last_modified: str | None
    validator: str | None
    coding: str
    total: int | None


_RECORD = TypeAdapter(Record)
_PART = TypeAdapter(Part)


def file_name(text: str) -> str:
    """A name that any file system takes, out of one that a publisher chose."""
    return _UNSAFE.sub("_", text).lstrip(".")[-_LONGEST_NAME:] or "download"


class CacheEntry:
    """The folder of one URL."""

    def __init__(self, cache: Path, url: str, name: str) -> None:
        self.name = file_name(name)
        self.folder = cache / f"{self.name}-{hashlib.sha256(url.encode()).hexdigest()[:_DIGITS]}"
        self.part_file = self.folder / "part"
        self.whole_file = self.folder / "whole"
        self._current = self.folder / "current.json"
        self._part = self.folder / "part.json"

    @contextmanager
    def locked(self, seconds: float) -> Iterator[None]:
        """Keeps other processes out. Raises GivenUp when one of them takes longer than `seconds`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(self.folder / "lock", timeout=seconds)
        try:
            lock.acquire()
        except filelock.Timeout as error:
            raise GivenUp("another process is downloading it and does not come to an end") from error
        try:
            yield
        finally:
            lock.release()

    def path(self, record: Record) -> Path:
        """Where the whole file lies."""
        return self.folder / record.sha256[:_DIGITS] / record.name

    def current(self) -> Record | None:
        """The newest whole file; None where there is none, or it is not what it was."""
        record = _read(self._current, _RECORD)
        try:
            undamaged = record is not None and sha256_of(self.path(record)) == record.sha256
        except OSError:
            return None
        return record if undamaged else None

    def part(self) -> tuple[Part, int] | None:
        """What can be added to, and its size in bytes."""
        part = _read(self._part, _PART)
        size = self.part_file.stat().st_size if self.part_file.exists() else 0
        return (part, size) if part is not None and part.validator is not None and size > 0 else None

    def begin_part(self, part: Part) -> None:
        """Forgets what had arrived, and begins anew."""
        self.part_file.unlink(missing_ok=True)
        _replace(self._part, _PART.dump_json(part))

    def discard_part(self) -> None:
        """Forgets what had arrived."""
        for file in (self.part_file, self._part, self.whole_file):
            file.unlink(missing_ok=True)

    def commit(self, file: Path, record: Record) -> None:
        """Makes `file`, which lies in the folder, the newest whole file."""
        before = _read(self._current, _RECORD)
        path = self.path(record)
        path.parent.mkdir(exist_ok=True)
        sync(file)
        file.replace(path)
        sync(path.parent)
        self.renew(record)
        self.discard_part()
        self._prune(path, None if before is None else self.path(before))

    def renew(self, record: Record) -> None:
        """Writes down again what the newest whole file is."""
        _replace(self._current, json.dumps(_RECORD.dump_python(record, mode="json"), indent=2).encode())

    def _prune(self, *kept: Path | None) -> None:
        folders = {path.parent for path in kept if path is not None}
        for folder in self.folder.iterdir():
            if folder.is_dir() and folder not in folders:
                shutil.rmtree(folder)


def sha256_of(file: Path) -> str:
    """The checksum of a file, in hexadecimal digits."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _read(file: Path, kind: TypeAdapter[Sidecar]) -> Sidecar | None:
    """What a sidecar says; one that is missing or damaged says nothing."""
    try:
        return kind.validate_json(file.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def _replace(file: Path, content: bytes) -> None:
    beside = file.with_name(f"{file.name}.new")
    beside.write_bytes(content)
    put_in_place(beside, file)
