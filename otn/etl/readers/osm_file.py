"""OpenStreetMap files: which there are, and what is wrong with one that cannot be read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import osmium
from pyproj import CRS

from otn.errors import SourceError

SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")
CRS84 = CRS.from_user_input("OGC:CRS84")

# What libosmium, expat, zlib and bzip2 say of a file that ends too early.
_SIGNS_OF_CUTTING = ("unexpected EOF", "no element found", "unclosed", "read close failed", "bzip2 error: read failed")


def check_file(path: Path) -> None:
    """Raises SourceError for what is no file, is empty, or holds several versions of one object."""
    if not path.is_file():
        raise SourceError(f"{path} is not a file.")
    if path.stat().st_size == 0:
        raise SourceError(f"{path} is empty.")
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


def _trouble(path: Path, message: str) -> str:
    if any(sign in message for sign in _SIGNS_OF_CUTTING):
        return f"is cut off: it ends too early, after {path.stat().st_size:,} bytes"
    return "is damaged or no OpenStreetMap file"
