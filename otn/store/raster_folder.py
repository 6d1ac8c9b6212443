"""The folder of a raster collection: what is served of it, and from which files.

    manifest.json                       what is served
    <load>.tif                          the collection: a Cloud Optimized GeoTIFF, named by the load that made it
    parts/<region>.<name>.<load>.tif    what each dataset has given, on the grid of the collection

A file is written beside under a name that ends in UNFINISHED, and gets its own once the disk has it. No other name is
ever given to another content.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from otn.errors import LoadError
from otn.model.datasets import Dataset
from otn.model.rasters import Bounds, Window
from otn.store.durable import put_in_place

UNFINISHED = ".unfinished"
PARTS = "parts"
_MANIFEST = "manifest.json"
_KEPT = 2
"""So many files of the collection are kept: somebody may have read the manifest and not yet opened the one it names."""


@dataclass(frozen=True)
class RasterPart:
    """What a dataset has given: `declaration` is that of its newest load, `cells` are those with a value."""

    declaration: dict[str, Any]
    load_id: int
    window: Window
    cells: int
    minimum: int
    maximum: int

    @property
    def dataset(self) -> Dataset:
        return Dataset.model_validate(self.declaration)


@dataclass(frozen=True)
class RasterManifest:
    """What is served: `number` is that of the load that changed it last, `bbox` the edges of its cells in degrees."""

    number: int
    updated: datetime
    window: Window
    bbox: Bounds
    parts: tuple[RasterPart, ...]

    @property
    def minimum(self) -> int:
        """The least of all values."""
        return min(part.minimum for part in self.parts)

    @property
    def maximum(self) -> int:
        """The greatest of all values."""
        return max(part.maximum for part in self.parts)


def raster_path(folder: Path, number: int) -> Path:
    """The file of the collection as the load of that number left it."""
    return folder / f"{number}.tif"


def part_path(folder: Path, dataset_id: str, load_id: int) -> Path:
    """The file of what that load of the dataset gave."""
    return folder / PARTS / f"{dataset_id.replace('/', '.')}.{load_id}.tif"


def read_manifest(folder: Path) -> RasterManifest | None:
    """None where nothing is loaded. Raises LoadError where the file cannot be read or understood."""
    path = folder / _MANIFEST
    try:
        content = orjson.loads(path.read_bytes())
        return RasterManifest(
            number=content["number"],
            updated=datetime.fromisoformat(content["updated"]),
            window=Window(*content["window"]),
            bbox=tuple(content["bbox"]),
            parts=tuple(RasterPart(**part | {"window": Window(*part["window"])}) for part in content["parts"]),
        )
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise LoadError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, TypeError, KeyError) as error:
        raise LoadError(f"{path} is damaged: {mending(folder)}") from error


def mending(folder: Path) -> str:
    """What to do where a file in the folder is damaged."""
    return f"remove {folder / _MANIFEST} and load the datasets of {folder.name} anew."


def manifest_stamp(folder: Path) -> tuple[int, int] | None:
    """What changes whenever the manifest does; None where there is none."""
    try:
        seen = (folder / _MANIFEST).stat()
    except OSError:
        return None
    return seen.st_ino, seen.st_mtime_ns


@contextmanager
def published(folder: Path, manifest: RasterManifest) -> Iterator[None]:
    """Makes visible, once the block is through, what the manifest names: all of it is on the disk already.

    The manifest is written before the block, so that a full disk is noticed there.
    """
    unfinished = folder / (_MANIFEST + UNFINISHED)
    unfinished.write_bytes(orjson.dumps(asdict(manifest), default=tuple))
    yield
    put_in_place(unfinished, folder / _MANIFEST)


def remove_unneeded(folder: Path, manifest: RasterManifest | None) -> None:
    """Leaves the newest files of the collection and the parts it is made of; nobody may be writing there."""
    numbered = sorted((int(file.stem) for file in folder.glob("*.tif") if file.stem.isdecimal()), reverse=True)
    served = [] if manifest is None else [manifest.number]
    # A number above the served one was never served: its load did not end.
    kept = {raster_path(folder, number) for number in [n for n in numbered if served and n <= served[0]][:_KEPT]}
    parts = [] if manifest is None else manifest.parts
    kept |= {part_path(folder, part.declaration["id"], part.load_id) for part in parts}
    unneeded = [file for below in (folder, folder / PARTS) for file in below.glob("*.tif*") if file not in kept]
    _remove((*unneeded, *folder.rglob(f"*{UNFINISHED}")))


def _remove(files: Iterable[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)
