"""What GDAL does not tell of Shapefiles: which are in a zip, and whether they are whole.

Source: ESRI Shapefile Technical Description (1998), main file header; dBASE III table header.
"""

import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePath, PurePosixPath

from otn.errors import SourceError

_HEADER = 32
_CHUNK = 1 << 20


def zipped_shapefiles(path: Path) -> list[str]:
    """GDAL's names of the Shapefiles in a zip; SourceError if there is none, or they are cut off or encrypted."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = {info.filename: info for info in archive.infolist() if not info.filename.startswith("__MACOSX/")}
            shapefiles = [name for name in members if name.lower().endswith(".shp")]
            if not shapefiles:
                raise SourceError(f"{path} has no Shapefile (.shp) in it; name other files unpacked.")
            if any(info.flag_bits & 1 for info in members.values()):
                raise SourceError(f"{path} is locked with a password.")
            for name, info in members.items():
                if PurePosixPath(name).suffix.lower() in _DECLARED_SIZES:
                    with archive.open(name) as file:
                        _check_size(f"{path}: {name}", file.read(_HEADER), info.file_size)
                        while file.read(_CHUNK):  # at the end, its check sum is compared, as GDAL does not
                            pass
            for name in shapefiles:
                _check_index(f"{path}: {name}", [str(PurePosixPath(member)) for member in members], PurePosixPath(name))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError) as error:
        raise SourceError(f"{path} is damaged, cut off or no zip file: {error}.") from error
    return [f"/vsizip/{path.absolute()}/{name}" for name in shapefiles]


def check_whole(path: Path) -> None:
    """Raises SourceError if the `.shp` at `path`, or its `.dbf`, is shorter than its header says, or it has no `.shx`.

    GDAL reads such a file without a word and gives null geometries for what is missing.
    """
    _check_index(str(path), [str(sibling) for sibling in path.parent.iterdir()], path)
    for part in (path, path.with_suffix(".dbf")):
        if part.is_file():
            with part.open("rb") as file:
                _check_size(str(part), file.read(_HEADER), part.stat().st_size)


def _check_index(name: str, present: list[str], path: PurePath) -> None:
    """Shapefiles come in files of the same name; `.shx` says where each row begins."""
    if str(path.with_suffix(".shx")).lower() not in (other.lower() for other in present):
        raise SourceError(f"{name} cannot be read without its index, the file .shx of the same name.")


def _check_size(name: str, header: bytes, size: int) -> None:
    if len(header) < _HEADER:
        raise SourceError(f"{name} is cut off: it has {size} bytes, less than a header.")
    declared = _DECLARED_SIZES[PurePosixPath(name).suffix.lower()](header)
    if size < declared:
        raise SourceError(f"{name} is cut off: it has {size:,} of {declared:,} bytes.")


def _shp_size(header: bytes) -> int:
    return 2 * int.from_bytes(header[24:28], "big")


def _dbf_size(header: bytes) -> int:
    records, header_size, record_size = (
        int.from_bytes(header[start:end], "little") for start, end in ((4, 8), (8, 10), (10, 12))
    )
    return header_size + records * record_size


_DECLARED_SIZES: dict[str, Callable[[bytes], int]] = {".shp": _shp_size, ".dbf": _dbf_size}
