"""Where a load's rows come from: the file of a package, or a file somebody names."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pyproj import CRS
from pyproj.exceptions import CRSError

from otn.errors import LoadError, SourceError
from otn.etl.readers import osm_file
from otn.etl.readers.airportsdata import AirportsData
from otn.etl.readers.inputs import Inputs
from otn.etl.readers.registry import reader_of
from otn.etl.readers.scgraph import ScgraphNetwork
from otn.etl.readers.searoute import SearouteLanes, SearoutePorts
from otn.etl.rows import Reader
from otn.model.datasets import Dataset
from otn.model.sources import PackageSource


@dataclass(frozen=True)
class Source:
    """What is read, said for people, with the SHA-256 of its bytes, and its reader."""

    description: str
    sha256: str
    reader: Reader


def extract(dataset: Dataset, file: Path | None, crs: str | None) -> Source:
    """The source of a load: `file`, or what the dataset declares.

    Raises SourceError when the file cannot be read, LoadError when the dataset has no source of its own.
    """
    if file is not None:
        return Source(file.name, _sha256(file), reader_of(_inputs(file, dataset, crs)))
    if not isinstance(dataset.source, PackageSource):
        raise LoadError(f"{dataset.id} has no source of its own: name a file with --from FILE.")
    match dataset.source.reader:
        case "airportsdata":
            return _package_source(AirportsData(), "airportsdata")
        case "searoute-ports":
            return _package_source(SearoutePorts(), "searoute")
        case "searoute-lanes":
            return _package_source(SearouteLanes(), "searoute")
        case "scgraph-highways":
            return _package_source(ScgraphNetwork("world_highways"), "scgraph_data")
        case "scgraph-railways":
            return _package_source(ScgraphNetwork("world_railways"), "scgraph_data")


def _package_source(reader: AirportsData | SearoutePorts | SearouteLanes | ScgraphNetwork, package: str) -> Source:
    return Source(f"{reader.path.name} of the Python package {package}", _sha256(reader.path), reader)


def _inputs(file: Path, dataset: Dataset, crs: str | None) -> Inputs:
    if crs is not None and file.name.lower().endswith(osm_file.SUFFIXES):
        raise SourceError(f"{file.name} is OpenStreetMap data, always in WGS 84: leave --crs out.")
    return Inputs((file,), dataset, _crs(crs))


def _crs(text: str | None) -> CRS | None:
    if text is None:
        return None
    try:
        return CRS.from_user_input(text)
    except CRSError as error:
        raise SourceError(f"{text!r} is no coordinate reference system; name one like EPSG:31370.") from error


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(f"{file} cannot be read: {error.strerror}.") from error
