"""What a file of tiles says of itself: which edition it belongs to, and how it was made.

It stands in the metadata of the PMTiles file, under `otn`.
"""

import struct
import zlib
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import xxhash

from otn.edition.manifest import Manifest
from otn.edition.pmtiles import MAGIC, metadata_section
from otn.errors import DamagedPart
from otn.model.collections import Collection
from otn.model.tile_matrix_sets import DEEPEST_ZOOM, WEB_MERCATOR_QUAD, TileAddress
from otn.store.tile_sql import MAXIMUM_BYTES, TileRequest, tile_statement

TILES = "tiles"
"""The folder of tile files in that of a collection; a file is named after the number of its edition."""
SUFFIX = ".pmtiles"

_VERSION = 1
_HEAD_SIZE = 1 << 18


@dataclass(frozen=True)
class TilesOf:
    """What tiles were made of: an edition, down to a zoom; `recipe` is the fingerprint of how they were made."""

    collection: str
    number: int
    loaded: str | None
    updated: str
    recipe: str
    depth: int

    def belong_to(self, manifest: Manifest) -> bool:
        """Whether the tiles show what the edition holds."""
        made_of = (self.collection, self.number, self.loaded, self.updated)
        return made_of == (manifest.collection, manifest.number, manifest.loaded, manifest.updated.isoformat())

    @classmethod
    def of(cls, manifest: Manifest, collection: Collection, depth: int) -> "TilesOf":
        """Those that this program makes of an edition."""
        updated = manifest.updated.isoformat()
        return cls(collection.id, manifest.number, manifest.loaded, updated, tile_recipe(collection), depth)


def path_of_tiles(folder: Path, number: int) -> Path:
    """Where the tiles of an edition lie in the folder of its collection."""
    return folder / TILES / f"{number}{SUFFIX}"


def numbers_of_tiles(folder: Path) -> list[int]:
    """The editions whose tiles lie in the folder of a collection, the highest first."""
    stems = (file.stem for file in (folder / TILES).glob(f"*{SUFFIX}"))
    return sorted((int(stem) for stem in stems if stem.isascii() and stem.isdecimal()), reverse=True)


def read_tiles_of(path: Path) -> TilesOf:
    """What a file says of itself, without looking at the rest of it. Raises DamagedPart where it says nothing."""
    try:
        with path.open("rb") as file:
            return tiles_of(file.read(_HEAD_SIZE), path)
    except OSError as error:
        raise DamagedPart(f"{path} cannot be read: {error.strerror}.") from error


@cache
def tile_recipe(collection: Collection) -> str:
    """The fingerprint of how this program makes tiles of a collection: others are not served, but made anew."""
    tiles = (TileAddress(zoom, 0, 0) for zoom in range(DEEPEST_ZOOM + 1))
    statements = [tile_statement(TileRequest(collection, WEB_MERCATOR_QUAD, tile)).sql for tile in tiles]
    made_by = (str(_VERSION), str(MAXIMUM_BYTES), collection.tile_rule.fingerprint, *statements)
    return xxhash.xxh3_64_hexdigest("\n".join(made_by).encode())


def told(tiles_of: TilesOf) -> dict[str, Any]:
    """As the metadata say it."""
    return {"otn": asdict(tiles_of)}


def tiles_of(content: memoryview | bytes, path: Path) -> TilesOf:
    """What a file says that begins with these bytes. Raises DamagedPart where it says nothing."""
    try:
        if content[: len(MAGIC)] != MAGIC:
            raise ValueError
        offset, length = metadata_section(content)
        return TilesOf(**orjson.loads(zlib.decompress(content[offset : offset + length], 31))["otn"])
    except (KeyError, TypeError, ValueError, struct.error, zlib.error) as error:
        raise DamagedPart(f"{path} is no file of tiles of this version of OTN.") from error
