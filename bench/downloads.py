"""Whole collections: what OTN offers as enclosures, beside ogr2ogr writing the same format from the same table."""

import http.client
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from bench import processes
from bench.client import get
from bench.data import VIEW
from bench.servers import OWN, Place, Server, otn, running
from otn.model.collections import ROADS

_DRIVERS = {
    "application/geo+json": "GeoJSON",
    "application/geo+json-seq": "GeoJSONSeq",
    "text/csv": "CSV",
    "application/flatgeobuf": "FlatGeobuf",
    "application/vnd.flatgeobuf": "FlatGeobuf",
    "application/geopackage+sqlite3": "GPKG",
    "application/vnd.apache.parquet": "Parquet",
    "application/vnd.apache.arrow.stream": "Arrow",
    "application/gml+xml": "GML",
    "application/vnd.google-earth.kml+xml": "KML",
}
_LIMIT_SECONDS = 300
_PIECE = 1 << 20


@dataclass(frozen=True)
class Download:
    """A whole collection in one format: seconds and bytes of OTN and of ogr2ogr, and OTN's memory.

    `worker_memory` is that of the worker without the process in which GDAL writes.
    """

    title: str
    seconds: float
    bytes: int
    memory_before: int
    memory: int
    worker_memory: int
    ogr2ogr_seconds: float | None
    ogr2ogr_bytes: int


def downloads(place: Place) -> Iterator[Download]:
    """Every format that the collection links to as an enclosure, each from a server that has answered nothing else."""
    supported = _gdal_writes()
    with running(OWN, place, otn) as server:
        enclosures = _enclosures(server)
    for enclosure in enclosures:
        media_type = enclosure["type"].partition(";")[0]
        driver = _DRIVERS.get(media_type)
        with running(OWN, place, otn) as server:
            before = processes.memory(server.pid)
            with processes.peak_memory(server.pid) as peak:
                seconds, size = _fetched(server, _path(enclosure["href"]), place.directory / "download")
        beside = _ogr2ogr(driver, place.url) if driver in supported else (None, 0)
        yield Download(driver or media_type, seconds, size, before, peak.bytes, peak.of_root, *beside)


def _path(href: str) -> str:
    address = urlsplit(href)
    return address.path + (f"?{address.query}" if address.query else "")


def _enclosures(server: Server) -> list[dict[str, Any]]:
    document = orjson.loads(get(server.port, f"/collections/{ROADS.id}?f=json").body)
    return [link for link in document["links"] if link["rel"] == "enclosure" and "/download?" in link["href"]]


def _fetched(server: Server, path: str, target: Path) -> tuple[float, int]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=_LIMIT_SECONDS)
    began = time.perf_counter()
    connection.request("GET", path)
    response = connection.getresponse()
    if response.status != 200:
        raise RuntimeError(f"The download {path} was answered with {response.status}: {response.read(200)!r}")
    with target.open("wb") as file:
        while piece := response.read(_PIECE):
            file.write(piece)
    connection.close()
    size = target.stat().st_size
    target.unlink()
    return time.perf_counter() - began, size


def _gdal_writes() -> set[str]:
    """The drivers of the ogr2ogr that is installed, those that write vectors."""
    told = subprocess.run(["ogr2ogr", "--formats"], capture_output=True, text=True, check=True).stdout  # noqa: S607
    return set(re.findall(r"^ +(\S+) -[a-z,]*vector[a-z,]*- \(rw", told, re.MULTILINE))


def _ogr2ogr(driver: str | None, url: str) -> tuple[float | None, int]:
    """Seconds and bytes; None where it fails or takes more than five minutes."""
    with tempfile.TemporaryDirectory() as directory:
        target = Path(directory) / "roads"
        command = ["ogr2ogr", "-f", driver or "", str(target), f"PG:{url}", VIEW]
        if driver == "CSV":
            command += ["-lco", "GEOMETRY=AS_WKT"]
        began = time.perf_counter()
        with suppress(subprocess.SubprocessError):
            subprocess.run(command, capture_output=True, check=True, timeout=_LIMIT_SECONDS)
            seconds = time.perf_counter() - began
            files = [target] if target.is_file() else list(target.rglob("*"))
            return seconds, sum(file.stat().st_size for file in files)
    return None, 0
