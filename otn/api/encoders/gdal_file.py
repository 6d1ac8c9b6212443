"""FlatGeobuf and GeoPackage: files that GDAL writes, in a process of its own.

Both need a whole file: GeoPackage is a database, FlatGeobuf begins with an index of everything. GDAL keeps that index
in memory while it sorts it (some 260 bytes a feature). In a process of its own that memory goes when the file is done,
a client that leaves ends the work at once, and no foreign library can take the server down. The process reads the
features itself, so that they do not pass through the server's memory too.
"""

import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from otn.api.encoders.gdal_process import UNAVAILABLE
from otn.api.encoders.table import GEOMETRY
from otn.api.encoders.view import Page
from otn.errors import BadRequest, Unavailable
from otn.model.collections import GeometryKind
from otn.store.arrow_query import TOOK_TOO_LONG, ArrowQuery

FILE_LIMIT = 4 * 2**30
"""Bytes a file may have, together with what GDAL keeps beside it while it writes."""
_PATIENCE = 0.2
_COMMAND = (sys.executable, "-m", "otn.api.encoders.gdal_process")


@dataclass(frozen=True)
class GdalFormat:
    """A format of GDAL: the driver, its options for a layer, and those that say the title and the licence."""

    driver: str
    title_option: str
    options: Mapping[str, str] = field(default_factory=dict)
    has_metadata: bool = False
    sorts: bool = False
    """Whether the file has an order of its own, so that none need be given to it."""

    def arguments(self, page: Page) -> dict[str, Any]:
        """How pyogrio shall write the file. Both formats mean x before y by any EPSG code, 4326 too."""
        view = page.view
        kind = view.collection.geometry
        shape = {
            "geometry_name": GEOMETRY,
            "geometry_type": "Unknown" if kind is GeometryKind.ANY else kind.value,
            "crs": f"EPSG:{view.crs.srid}",
        }
        indexed = "NO" if view.geometry is None else "YES"
        metadata = {"attribution": page.notice, "updated": page.time_stamp}
        return {
            "driver": self.driver,
            "layer": view.collection.id,
            "layer_options": {
                self.title_option: page.title,
                "DESCRIPTION": page.notice,
                "SPATIAL_INDEX": indexed,
                **self.options,
            },
            **(shape if view.geometry is not None else {}),
            **({"layer_metadata": metadata} if self.has_metadata else {}),
        }


FLATGEOBUF = GdalFormat("FlatGeobuf", "TITLE", sorts=True)
GEOPACKAGE = GdalFormat("GPKG", "IDENTIFIER", {"FID": "id", "GEOMETRY_NAME": GEOMETRY}, has_metadata=True)


class GdalFile:
    """A file to be written into an empty directory of its own; `stop` may be called from another thread."""

    def __init__(self, gdal_format: GdalFormat, page: Page, path: Path, *, limit: int = FILE_LIMIT) -> None:
        self._arguments = gdal_format.arguments(page)
        self._path = path
        self._limit = limit
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def write(self, query: ArrowQuery) -> None:
        """Writes the whole file, of the columns of `query` by their names.

        Raises BadRequest where it grows over the limit, and Unavailable as the query does.
        """
        task = orjson.dumps({"query": query, "path": str(self._path), "arguments": self._arguments})
        with subprocess.Popen(_COMMAND, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            self._process = process
            try:
                said = self._waited(process, task, time.monotonic() + query.time_limit)
            finally:
                process.kill()
        if process.returncode == UNAVAILABLE:
            raise Unavailable(said.splitlines()[-1])
        if process.returncode != 0:
            raise RuntimeError(f"Writing {self._path.name} failed: {said}")
        self._require_within_limit()

    def stop(self) -> None:
        """Ends the process, if it runs or is about to."""
        self._stopped = True
        if self._process is not None:
            self._process.kill()

    def _waited(self, process: subprocess.Popen[bytes], task: bytes, deadline: float) -> str:
        """Waits until the process has ended; returns what it said. GDAL does not say why rows came no longer."""
        if self._stopped:
            process.kill()
        given: bytes | None = task
        while True:
            try:
                return process.communicate(given, timeout=_PATIENCE)[1].decode(errors="replace").strip()
            except subprocess.TimeoutExpired:
                given = None  # it keeps what it has not sent yet
                self._require_within_limit()
                if time.monotonic() > deadline:
                    raise Unavailable(TOOK_TOO_LONG) from None

    def _require_within_limit(self) -> None:
        size = 0
        for file in self._path.parent.iterdir():
            with suppress(FileNotFoundError):  # GDAL has deleted what it needed for a while
                size += file.stat().st_size
        if size > self._limit:
            raise BadRequest(
                f"The file would be larger than {self._limit / 2**30:g} GiB: ask for less, for example by a bbox, or "
                "for a format that is streamed, such as parquet or geojsonseq.",
                parameter="f",
            )
