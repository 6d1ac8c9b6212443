"""OpenStreetMap files: which there are, and what is wrong with one that cannot be read."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import osmium
from pyproj import CRS

from otn.errors import SourceError
from otn.etl.readers.osm_xml import refuse_document_type
from otn.store.scratch import scratch

SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")
_XML = (".osm", ".osm.gz", ".osm.bz2")
_TYPES = "nwr"
CRS84 = CRS.from_user_input("OGC:CRS84")

# What libosmium, expat, zlib and bzip2 say of a file that ends too early.
_SIGNS_OF_CUTTING = ("unexpected EOF", "no element found", "unclosed", "read close failed", "bzip2 error: read failed")


def check_file(path: Path) -> None:
    """Raises SourceError for what is no file, is empty, declares XML entities, or holds versions of one object."""
    if not path.is_file():
        raise SourceError(f"{path} is not a file.")
    if path.stat().st_size == 0:
        raise SourceError(f"{path} is empty.")
    refuse_document_type(path)
    with troubles_named(path):
        if osmium.FileProcessor(path).header.has_multiple_object_versions:
            raise SourceError(f"{path} is a history or a change file; only extracts of one moment can be read.")


@contextmanager
def troubles_named(path: Path) -> Iterator[None]:
    """Raises SourceError with the name of the file in the place of what libosmium raises."""
    try:
        yield
    except (RuntimeError, OSError) as error:
        raise SourceError(f"{path} {_trouble(path, str(error))} ({error}).") from error


@contextmanager
def in_order(path: Path) -> Iterator[Path]:
    """A file whose nodes, ways and relations come one after the other, each by identifier: areas need that order.

    It is `path`, or a copy where `path` is XML in another order, as editors write it. Other formats are sorted where
    they are made; one that is not is refused when it is read.
    """
    if path.name.lower().endswith(_XML) and not _is_in_order(path):
        with scratch("osm") as folder:
            copy = folder / "sorted.osm.pbf"
            reader = osmium.MergeInputReader()
            reader.add_file(str(path))
            with osmium.SimpleWriter(copy) as writer:
                reader.apply(writer)
            yield copy
    else:
        yield path


def _is_in_order(path: Path) -> bool:
    ranks = ((_TYPES.index(entity.type_str()), entity.id > 0, abs(entity.id)) for entity in osmium.FileProcessor(path))
    return all(former < latter for former, latter in pairwise(ranks))


def _trouble(path: Path, message: str) -> str:
    if any(sign in message for sign in _SIGNS_OF_CUTTING):
        return f"is cut off: it ends too early, after {path.stat().st_size:,} bytes"
    if "out of order" in message:
        return "is not sorted by type and identifier, which areas need: `osmium sort` does it"
    if "twice in input" in message:
        return "holds an object twice"
    return "is damaged or no OpenStreetMap file"
