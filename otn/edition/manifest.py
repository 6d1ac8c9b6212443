"""The manifest of an edition: what is published of one collection at one data version, and which parts it is made of.

It lies in the folder of its collection as `<number>.json`, the number being the data version; its parts lie in `parts`
beside it. It is there whole or not at all, and holds a checksum of itself.
"""

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import orjson
import xxhash

from otn.edition.counting import Statistics
from otn.edition.part_format import MAGIC, UNFINISHED, Bounds, Identity
from otn.edition.statistics import VERSION as STATISTICS_VERSION
from otn.edition.statistics import summed
from otn.errors import EditionError
from otn.model.collections import Collection
from otn.store.durable import sync
from otn.store.geojson_sql import whole_feature_sql

PARTS = "parts"
_VERSION = 1
_FRAME = (b'{"checksum":"', b'","edition":', b"}\n")


@dataclass(frozen=True)
class PartEntry:
    """A part of an edition: its file in the folder of parts, how long it is, and the checksum of the whole file."""

    file: str
    size: int
    checksum: str
    identity: Identity
    licence: str
    count: int
    bbox: Bounds | None
    statistics: Statistics


@dataclass(frozen=True)
class Front:
    """A feature that stands first whatever its rank: its id, and the number of its part in the edition."""

    id: int
    part: int


@dataclass(frozen=True)
class Manifest:
    """An edition of a collection. Of all that collection_state has, it has the same; `number` is its version.

    `loaded` is when the load of that number ended, which tells it from a load of the same number in another database;
    `recipe` is the fingerprint of how parts were made. `front` is in the order in which the features stand.
    `valid_from` and `valid_to` are RFC 3339. `declarations` are the datasets of the parts as they were declared.
    """

    collection: str
    number: int
    loaded: str | None
    recipe: str
    updated: datetime
    built: datetime
    licences: tuple[str, ...]
    count: int
    bbox: Bounds | None
    valid_from: str | None
    valid_to: str | None
    front: tuple[Front, ...]
    parts: tuple[PartEntry, ...]
    declarations: tuple[dict[str, Any], ...]

    @cached_property
    def statistics(self) -> Statistics:
        """Of all its features; see otn.edition.statistics."""
        return summed(part.statistics for part in self.parts)

    @property
    def size(self) -> int:
        """Of its parts, in bytes."""
        return sum(part.size for part in self.parts)


@cache
def recipe(collection: Collection) -> str:
    """The fingerprint of how this program makes parts of a collection: others are not read, but made anew."""
    made_by = (MAGIC.decode(), str(_VERSION), str(STATISTICS_VERSION), whole_feature_sql(collection))
    return xxhash.xxh3_64_hexdigest("\n".join(made_by).encode())


def path_of(folder: Path, number: int) -> Path:
    """Where the edition of that number lies in the folder of its collection."""
    return folder / f"{number}.json"


def numbers(folder: Path) -> list[int]:
    """The editions in the folder of a collection, the highest first; none where there is no folder."""
    try:
        names = [file.name for file in folder.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    stems = (name.removesuffix(".json") for name in names if name.endswith(".json"))
    return sorted((int(stem) for stem in stems if stem.isascii() and stem.isdecimal()), reverse=True)


def read_manifest(path: Path) -> Manifest:
    """Raises EditionError where it is missing, damaged or of another version of this program."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EditionError(f"{path} cannot be read: {error.strerror}.") from error
    start = len(_FRAME[0]) + 32 + len(_FRAME[1])
    body = content[start : -len(_FRAME[2])]
    if content != _framed(body):
        raise EditionError(f"{path} is damaged.")
    try:
        return _from_json(orjson.loads(body))
    except (KeyError, TypeError, ValueError) as error:
        raise EditionError(f"{path} was written by another version of OTN.") from error


def readable(folder: Path) -> Iterator[Manifest]:
    """The whole manifests in the folder of a collection, the highest number first."""
    for number in numbers(folder):
        try:
            yield read_manifest(path_of(folder, number))
        except EditionError:
            continue


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Makes the edition visible, once it and its parts are on the disk."""
    body = orjson.dumps(asdict(manifest))
    path = path_of(folder, manifest.number)
    unfinished = path.with_suffix(UNFINISHED)
    with unfinished.open("wb") as file:
        file.write(_framed(body))
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    sync(folder)


def _framed(body: bytes) -> bytes:
    before, between, after = _FRAME
    return before + xxhash.xxh3_128_hexdigest(body).encode() + between + body + after


def _from_json(content: dict[str, Any]) -> Manifest:
    return Manifest(
        **content
        | {
            "updated": datetime.fromisoformat(content["updated"]),
            "built": datetime.fromisoformat(content["built"]),
            "licences": tuple(content["licences"]),
            "bbox": _bounds(content["bbox"]),
            "front": tuple(Front(**entry) for entry in content["front"]),
            "parts": tuple(_part(entry) for entry in content["parts"]),
            "declarations": tuple(content["declarations"]),
        }
    )


def _part(entry: dict[str, Any]) -> PartEntry:
    return PartEntry(**entry | {"identity": Identity(**entry["identity"]), "bbox": _bounds(entry["bbox"])})


def _bounds(bbox: list[float] | None) -> Bounds | None:
    return None if bbox is None else (bbox[0], bbox[1], bbox[2], bbox[3])
