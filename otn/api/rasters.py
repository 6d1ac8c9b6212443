"""The rasters that are loaded, as one process knows them, and the threads that read them.

What is served is what the manifest in the folder of a collection names; it is looked at before each answer, which costs
a few microseconds, so that a load shows at once.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import ParamSpec, TypeVar

from otn.api.conditional import PROGRAM, strong_etag
from otn.api.served import ServedDataset, attribution, licences
from otn.errors import LoadError, NotFound
from otn.model.licences import Licence
from otn.model.rasters import RASTERS, Bounds, RasterCollection, Window
from otn.store.raster_folder import RasterManifest, manifest_stamp, raster_path, read_manifest

_P = ParamSpec("_P")
_Result = TypeVar("_Result")

_log = logging.getLogger(__name__)
_THREADS = 2
"""So many tiles, images and coverages are made at once; the others wait, and take no memory meanwhile."""


@dataclass(frozen=True)
class ServedRaster:
    """A raster with values: `path` is its Cloud Optimized GeoTIFF."""

    raster: RasterCollection
    manifest: RasterManifest
    path: Path

    @property
    def id(self) -> str:
        return self.raster.id

    @property
    def updated(self) -> datetime:
        return self.manifest.updated

    @property
    def bbox(self) -> Bounds:
        """The edges of its cells: west, south, east, north in degrees."""
        return self.manifest.bbox

    @property
    def window(self) -> Window:
        """Its cells on the grid."""
        return self.manifest.window

    @cached_property
    def datasets(self) -> tuple[ServedDataset, ...]:
        """What it is made of; features are the cells with a value."""
        return tuple(ServedDataset(part.dataset, part.cells) for part in self.manifest.parts)

    @property
    def attribution(self) -> str:
        """Whom to name: the attributions of its datasets, each once."""
        return attribution(self.datasets)

    @property
    def licences(self) -> tuple[Licence, ...]:
        """The licences of its datasets, each once, by identifier."""
        return licences(self.datasets)

    def etag(self, *asked: str) -> str:
        """The entity tag of what is made of it for a question."""
        return strong_etag(self.id, self.manifest.number, self.updated.isoformat(), PROGRAM, *asked)


class Rasters:
    """What is loaded in the folder `directory`, and the threads that read it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._known: dict[str, tuple[object, ServedRaster | None]] = {}
        self._threads = ThreadPoolExecutor(_THREADS, "raster")

    @property
    def directory(self) -> Path:
        """Where the folders of the collections lie."""
        return self._directory

    def served(self) -> tuple[ServedRaster, ...]:
        """All that have values, in the order of the model."""
        return tuple(served for name in RASTERS if (served := self.current(name)) is not None)

    def current(self, collection_id: str) -> ServedRaster | None:
        """The raster of that name, if it has values that can be found."""
        raster = RASTERS.get(collection_id)
        if raster is None:
            return None
        folder = self._directory / collection_id
        stamp = manifest_stamp(folder)
        with self._lock:
            known = self._known.get(collection_id)
            if known is None or known[0] != stamp:
                known = self._known[collection_id] = (stamp, _read(folder, raster))
        return known[1]

    def find(self, collection_id: str) -> ServedRaster:
        """Raises NotFound where no raster of that name has values."""
        served = self.current(collection_id)
        if served is None:
            raise NotFound(f"There is no raster {collection_id[:60]!r} here.")
        return served

    def still(self, served: ServedRaster) -> Callable[[], bool]:
        """What tells, whenever it is asked, whether an answer made of it is the one that would be made now."""
        return lambda: self.current(served.id) is served

    async def run(self, work: Callable[_P, _Result], *args: _P.args, **kwargs: _P.kwargs) -> _Result:
        """Does the work in one of the threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *args, **kwargs))

    def close(self) -> None:
        """What has not begun is not done any more."""
        self._threads.shutdown(cancel_futures=True)


def _read(folder: Path, raster: RasterCollection) -> ServedRaster | None:
    try:
        manifest = read_manifest(folder)
    except LoadError as error:
        # The other collections are served as if this one had never been loaded.
        _log.error("%s", error)
        return None
    return None if manifest is None else ServedRaster(raster, manifest, raster_path(folder, manifest.number))
