"""What is not read of XML, though libosmium would: a document type, in which entities could be declared."""

import bz2
import gzip
import zlib
from pathlib import Path
from typing import BinaryIO

from otn.errors import SourceError

_START = 1 << 16


def refuse_document_type(path: Path) -> None:
    """Raises SourceError where `path` declares a document type before its root.

    libosmium refuses the entities themselves, wherever they are declared, and looks up nothing outside the file.
    """
    try:
        with _unpacked(path) as content:
            start = content.read(_START)
    except (OSError, EOFError, zlib.error):
        return  # libosmium tells what is wrong with it
    if b"<!DOCTYPE" in start.partition(b"<osm")[0]:
        raise SourceError(f"{path} declares a document type; XML that could declare entities is not read.")


def _unpacked(path: Path) -> BinaryIO | gzip.GzipFile | bz2.BZ2File:
    match path.suffix.lower():
        case ".gz":
            return gzip.open(path)
        case ".bz2":
            return bz2.open(path)
    return path.open("rb")
