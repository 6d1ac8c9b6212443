"""Where a load's rows come from: a package, what a publisher offers for download, or files that somebody names."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from pyproj import CRS
from pyproj.exceptions import CRSError

from otn.errors import LoadError, SourceError
from otn.etl.archives import unpack
from otn.etl.download import Downloaded, DownloadLimits, fetch
from otn.etl.progress import Progress
from otn.etl.readers import osm_file
from otn.etl.readers.airportsdata import AirportsData
from otn.etl.readers.inputs import Inputs
from otn.etl.readers.registry import reader_of
from otn.etl.readers.scgraph import ScgraphNetwork
from otn.etl.readers.searoute import SearouteLanes, SearoutePorts
from otn.etl.rows import Reader
from otn.model.datasets import Dataset
from otn.model.sources import FileSource, PackageSource
from otn.settings import Settings
from otn.store.scratch import scratch

_ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz")


@dataclass(frozen=True)
class Origin:
    """What is read, said for people, with the SHA-256 of its bytes; None where they never came.

    `url` is where it was downloaded, `lineage` (ready for JSON) what else tells how it came here.
    """

    description: str
    sha256: str | None
    url: str | None = field(default=None, kw_only=True)
    lineage: dict[str, Any] = field(default_factory=dict, kw_only=True)


@dataclass(frozen=True)
class Source(Origin):
    """What is read, and its reader.

    `is_whole` tells the publisher's whole dataset from files named by hand, which may be a part of it.
    """

    reader: Reader
    is_whole: bool = False


@dataclass(frozen=True)
class Downloads:
    """Where downloads are kept, and what one may cost."""

    directory: Path
    limits: DownloadLimits


BY_DEFAULT = Downloads(Settings.data_dir / "downloads", DownloadLimits())


class _PackageReader(Reader, Protocol):
    path: Path


_PACKAGES: dict[str, tuple[str, Callable[[], _PackageReader]]] = {
    "airportsdata": ("airportsdata", AirportsData),
    "searoute-ports": ("searoute", SearoutePorts),
    "searoute-lanes": ("searoute", SearouteLanes),
    "scgraph-highways": ("scgraph_data", lambda: ScgraphNetwork("world_highways")),
    "scgraph-railways": ("scgraph_data", lambda: ScgraphNetwork("world_railways")),
}
"""By the reader a dataset declares: the Python package, and how its file is read."""


def wanted(dataset: Dataset, files: Sequence[Path]) -> Origin:
    """What `extract` is about to read."""
    declared = dataset.source
    if files:
        return Origin(", ".join(file.name for file in files), None)
    if isinstance(declared, FileSource) and declared.urls:
        return Origin(", ".join(declared.urls), None, url=declared.urls[0])
    return Origin("nothing", None)


@contextmanager
def extract(
    dataset: Dataset, files: Sequence[Path], crs: str | None, downloads: Downloads, progress: Progress
) -> Iterator[Source]:
    """The source of a load: `files`, or what the dataset declares, downloaded and unpacked.

    Raises SourceError when a file cannot be had or read, LoadError when the dataset has no source of its own.
    """
    declared = dataset.source
    if isinstance(declared, PackageSource) and not files:
        yield _package_source(declared)
        return
    with scratch("unpacked") as folder:
        if files:
            yield _source_of_files(dataset, tuple(files), crs, folder)
        elif isinstance(declared, FileSource) and declared.urls:
            yield _downloaded(dataset, declared, downloads, progress, folder)
        else:
            raise LoadError(f"{dataset.id} has no source of its own: name a file with --from FILE.")


def _package_source(declared: PackageSource) -> Source:
    package, make = _PACKAGES[declared.reader]
    reader = make()
    return Source(f"{reader.path.name} of the Python package {package}", _sha256([reader.path]), reader, is_whole=True)


def _source_of_files(dataset: Dataset, files: tuple[Path, ...], crs: str | None, folder: Path) -> Source:
    for file in files:
        if crs is not None and file.name.lower().endswith(osm_file.SUFFIXES):
            raise SourceError(f"{file.name} is OpenStreetMap data, always in WGS 84: leave --crs out.")
    reader = reader_of(_inputs(dataset, files, crs, folder))
    return Source(", ".join(file.name for file in files), _sha256(files), reader)


def _downloaded(
    dataset: Dataset, declared: FileSource, downloads: Downloads, progress: Progress, folder: Path
) -> Source:
    cache = downloads.directory / dataset.id
    fetched = [
        fetch(url, cache=cache, limits=downloads.limits, progress=progress, sha256=declared.sha256)
        for url in declared.urls
    ]
    files = tuple(one.path for one in fetched)
    return Source(
        ", ".join(declared.urls),
        fetched[0].sha256 if len(fetched) == 1 else _sha256(files),
        reader_of(_inputs(dataset, files, None, folder)),
        url=declared.urls[0],
        lineage={"downloads": [_lineage(url, one) for url, one in zip(declared.urls, fetched, strict=True)]},
        is_whole=True,
    )


def _lineage(url: str, fetched: Downloaded) -> dict[str, Any]:
    """When a file came, and what its publisher called its version."""
    return {
        "url": url,
        "sha256": fetched.sha256,
        "fetched": fetched.fetched_at.isoformat(),
        "etag": fetched.etag,
        "lastModified": fetched.last_modified,
    }


def _inputs(dataset: Dataset, files: tuple[Path, ...], crs: str | None, folder: Path) -> Inputs:
    """What the reader gets: archives are unpacked where the dataset says which of their members it wants."""
    source = dataset.source if isinstance(dataset.source, FileSource) else None
    if source is not None and source.members:
        files = tuple(
            member for number, file in enumerate(files) for member in _unpacked(file, folder / str(number), source)
        )
    return Inputs(files, dataset, _crs(crs or (source.crs if source else None)))


def _unpacked(file: Path, folder: Path, source: FileSource) -> list[Path]:
    """The members that the dataset wants; a file that is no archive is one of them, unpacked by hand."""
    if not file.name.lower().endswith(_ARCHIVES):
        return [file]
    members = unpack(file, folder, wanted=source.members)
    if not members:
        raise SourceError(f"{file} has no member like {', '.join(source.members)}.")
    return members


def _crs(text: str | None) -> CRS | None:
    if text is None:
        return None
    try:
        return CRS.from_user_input(text)
    except CRSError as error:
        raise SourceError(f"{text!r} is no coordinate reference system; name one like EPSG:31370.") from error


def _sha256(files: Sequence[Path]) -> str:
    """Of the bytes of the file, or of several one after the other."""
    digest = hashlib.sha256()
    for path in files:
        try:
            with path.open("rb") as content:
                while chunk := content.read(1 << 20):
                    digest.update(chunk)
        except OSError as error:
            raise SourceError(f"{path} cannot be read: {error.strerror}.") from error
    return digest.hexdigest()
