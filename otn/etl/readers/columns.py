"""What files of features have in common: rows with columns, one of which may hold the publisher's identifier."""

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from pyproj import CRS

from otn.errors import SourceError
from otn.etl.rows import Geometries, Reason, Reject, SourceRows

_CHUNK = 1 << 20

# Columns that publishers keep their identifier in, by preference; compared without regard to case.
_ID_COLUMNS = (
    "localid",
    "local_id",
    "id",
    "fid",
    "osm_id",
    "objectid",
    "gml_id",
    "ident",
    "identifier",
    "uuid",
    "ne_id",
)


def check_file(path: Path) -> None:
    """Raises SourceError if `path` is no file, has no content, or is a gzip file that is not whole."""
    if not path.is_file():
        raise SourceError(f"{path} is not a file.")
    if path.stat().st_size == 0:
        raise SourceError(f"{path} is empty.")
    if path.suffix.lower() == ".gz":
        try:
            # GDAL takes what there is of one that is cut off, and never compares the check sum.
            with gzip.open(path) as content:
                while content.read(_CHUNK):
                    pass
        except (OSError, EOFError, zlib.error) as error:
            raise SourceError(f"{path} is damaged, cut off or no gzip file: {error}.") from error


def source_rows(
    position: npt.NDArray[np.int64],
    feature_ids: pa.Array | None,
    attributes: pa.Table,
    geometry: Geometries,
    unreadable: dict[int, str],
    crs: CRS,
) -> SourceRows:
    """The rows of a batch, without those whose geometry is `unreadable` (what it is, by row): these are rejects.

    Without a column of _ID_COLUMNS, `source_id` is the id the format gives each feature, else the row's position.
    """
    source_id = _source_ids(attributes, position, feature_ids)
    rejects = tuple(
        Reject(
            position=int(position[row]),
            source_id=source_id[row].as_py(),
            reason=Reason.UNREADABLE,
            detail=f"the geometry cannot be read: {trouble}",
            row=attributes.slice(row, 1).to_pylist()[0],
        )
        for row, trouble in unreadable.items()
    )
    kept = np.setdiff1d(np.arange(len(position)), list(unreadable))
    return SourceRows(position[kept], source_id.take(kept), geometry[kept], attributes.take(kept), crs, rejects)


def parsed_geometry(
    parse: Callable[..., Geometries], values: npt.NDArray[np.object_]
) -> tuple[Geometries, dict[int, str]]:
    """The geometries that `parse` (shapely.from_wkb, shapely.from_wkt) makes, and by row why it makes none."""
    try:
        geometry = parse(values, on_invalid="ignore")
    except NotImplementedError:
        geometry = np.array([_unless_curve(parse, value) for value in values], dtype=object)
    broken = np.flatnonzero(shapely.is_missing(geometry) & np.array([value is not None for value in values], bool))
    return geometry, {int(row): "it is a curve, of no known type, or damaged" for row in broken}


def _unless_curve(parse: Callable[..., Geometries], value: object) -> shapely.Geometry | None:
    try:
        return parse(value, on_invalid="ignore")
    except NotImplementedError:
        return None


def _source_ids(attributes: pa.Table, position: npt.NDArray[np.int64], feature_ids: pa.Array | None) -> pa.Array:
    names = {name.lower(): name for name in reversed(attributes.column_names)}
    rows = pa.array(position).cast(pa.string())
    for candidate in _ID_COLUMNS:
        if candidate in names:
            ids = _trimmed(attributes[names[candidate]].combine_chunks().cast(pa.string()))
            # Said with a word, so that a row without an identifier never takes another row's.
            return pc.coalesce(ids, pc.binary_join_element_wise("row", rows, " "))
    return rows if feature_ids is None else feature_ids.cast(pa.string())


def _trimmed(column: pa.Array) -> pa.Array:
    text = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(text, ""), None, text)
