"""FlatGeobuf and GeoPackage: files that GDAL writes, in a process of its own.

Both need a whole file: GeoPackage is a database, FlatGeobuf begins with an index of everything. GDAL keeps that index
in memory while it sorts it (some 300 bytes a feature). In a process of its own that memory goes when the file is done,
a client that leaves ends the work at once, and no foreign library can take the server down. The process gets an Arrow
stream on its standard input and never sees the database.
"""

import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import orjson
import pyarrow

from otn.api.encoders.table import GEOMETRY, Batches, in_schema, table_schema
from otn.api.encoders.view import Page
from otn.errors import BadRequest
from otn.model.collections import GeometryKind

FILE_LIMIT = 4 * 2**30
"""Bytes a file may have, together with what GDAL keeps beside it while it writes."""


@dataclass(frozen=True)
class GdalFormat:
    """A format of GDAL: the driver, its options for a layer, and those that say the title and the licence."""

    driver: str
    title_option: str
    options: Mapping[str, str] = field(default_factory=dict)
    has_metadata: bool = False
    sorts: bool = False
    """Whether the file has an order of its own, so that none need be given to it."""

    with_bounds = False

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
        self._page = page
        self._path = path
        self._limit = limit
        arguments = orjson.dumps({"path": str(path), **gdal_format.arguments(page)}).decode()
        self._command = [sys.executable, "-m", __name__, arguments]
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def write(self, batches: Batches) -> None:
        """Writes the whole file. Raises BadRequest where it grows over the limit."""
        with subprocess.Popen(self._command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            self._process = process
            try:
                said = self._written(batches, process)
            finally:
                process.kill()
        if process.returncode != 0:
            raise RuntimeError(f"Writing {self._path.name} failed: {said.decode(errors='replace').strip()}")
        self._require_within_limit()

    def stop(self) -> None:
        """Ends the process, if it runs or is about to."""
        self._stopped = True
        if self._process is not None:
            self._process.kill()

    def _written(self, batches: Batches, process: subprocess.Popen[bytes]) -> bytes:
        """Feeds the process to its end; returns what it said."""
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        if self._stopped:
            process.kill()
        # A process that has failed says why itself.
        with suppress(BrokenPipeError):
            self._feed(batches, process.stdin)
        return process.communicate()[1]

    def _feed(self, batches: Batches, sink: IO[bytes]) -> None:
        schema = table_schema(self._page.view)
        with pyarrow.ipc.new_stream(sink, schema) as writer:
            for batch in in_schema(batches, schema):
                writer.write_batch(batch)
                self._require_within_limit()

    def _require_within_limit(self) -> None:
        size = sum(file.stat().st_size for file in self._path.parent.iterdir())
        if size > self._limit:
            raise BadRequest(
                f"The file would be larger than {self._limit / 2**30:g} GiB: ask for less, for example by a bbox, or "
                "for a format that is streamed, such as parquet or geojsonseq.",
                parameter="f",
            )


def main(arguments: str) -> None:
    """Writes what stands on the standard input."""
    # pyogrio imports both where they are there: two thirds of its memory and time, and of no use to a file.
    sys.modules["pandas"] = sys.modules["geopandas"] = None  # type: ignore[assignment]
    from pyogrio.raw import write_arrow

    given = orjson.loads(arguments)
    path = given.pop("path")
    with pyarrow.ipc.open_stream(sys.stdin.buffer) as reader:
        write_arrow(reader, path, **given)


if __name__ == "__main__":
    main(sys.argv[1])
