"""What files of features have in common: rows with columns, one of which may hold the publisher's identifier."""

import gzip
import json
import zlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from pyproj import CRS

from otn.errors import SourceError
from otn.etl.rows import Geometries, Reason, Reject, SourceRows
from otn.model.sources import FileSource

_CHUNK = 1 << 20
# As of archives: what is packed tighter is made to fill a memory.
_HARMLESS, _HIGHEST_RATIO = 1 << 20, 250

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
    """Raises SourceError if `path` is no file, has no content, or is a gzip file that is not whole or a bomb."""
    if not path.is_file():
        raise SourceError(f"{path} is not a file.")
    if path.stat().st_size == 0:
        raise SourceError(f"{path} is empty.")
    if path.suffix.lower() == ".gz":
        try:
            _check_gzip(path)
        except (OSError, EOFError, zlib.error) as error:
            raise SourceError(f"{path} is damaged, cut off or no gzip file: {error}.") from error


def _check_gzip(path: Path) -> None:
    """Reads it whole: GDAL takes what there is of one that is cut off, and never compares the check sum."""
    size, most = 0, max(_HARMLESS, _HIGHEST_RATIO * path.stat().st_size)
    with gzip.open(path) as content:
        while chunk := content.read(_CHUNK):
            size += len(chunk)
            if size > most:
                raise SourceError(f"{path} is not unpacked: it is more than {_HIGHEST_RATIO} times as large unpacked.")


def numbers_of(rows: int, following: int, left_out: Sequence[int]) -> tuple[npt.NDArray[np.int64], int]:
    """The numbers of the next `rows` rows, from `following` on without those left out, and the number after them."""
    candidates = np.arange(following, following + rows + len(left_out), dtype=np.int64)
    numbers = np.setdiff1d(candidates, left_out, assume_unique=True)[:rows]
    return numbers, int(numbers[-1]) + 1 if rows else following


def check_columns(present: Collection[str], source: FileSource | None, path: Path) -> None:
    """Raises SourceError naming the columns that the declaration speaks of and the file does not have."""
    if source is None:
        return
    mapped = [mapping.column for mapping in source.fields.values() if mapping.column is not None]
    places = source.geometry.model_dump(exclude_none=True).values() if source.geometry else ()
    require_columns(present, [*source.identifier, *places, *mapped], path)


def require_columns(present: Collection[str], wanted: Collection[str], path: Path) -> None:
    """Raises SourceError naming the wanted columns that are not among those present."""
    missing = [name for name in dict.fromkeys(wanted) if name not in present]
    if missing:
        raise SourceError(f"{path} lacks the columns {', '.join(missing)}; it has {', '.join(present)}.")


def source_rows(
    position: npt.NDArray[np.int64],
    feature_ids: pa.Array | None,
    attributes: pa.Table,
    geometry: Geometries,
    unreadable: dict[int, str],
    crs: CRS,
    identifier: tuple[str, ...] = (),
) -> SourceRows:
    """The rows of a batch, without those whose geometry is `unreadable` (what it is, by row): these are rejects.

    `source_id` is what the columns of `identifier` hold, joined; without these, what one of _ID_COLUMNS holds, else
    the id the format gives each feature, else the row's position.
    """
    source_id = _source_ids(attributes, position, feature_ids, identifier)
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


def with_column(attributes: pa.Table, name: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    """The attributes with another column, or with other values in the column of that name."""
    if name in attributes.column_names:
        return attributes.set_column(attributes.column_names.index(name), name, values)
    return attributes.append_column(name, values)


def leaving_out(rows: SourceRows, out: npt.NDArray[np.bool_]) -> SourceRows:
    """The rows without those marked in `out`, which are no objects of the collection and become `normalised`."""
    keep = pa.array(~out)
    return replace(
        rows,
        position=rows.position[~out],
        source_id=rows.source_id.filter(keep),
        geometry=rows.geometry[~out],
        attributes=rows.attributes.filter(keep),
        normalised=np.concatenate([rows.normalised, rows.geometry[out]]),
    )


def parsed_geometry(
    parse: Callable[..., Geometries], values: npt.NDArray[np.object_]
) -> tuple[Geometries, dict[int, str]]:
    """The geometries that `parse` (shapely.from_wkb, shapely.from_wkt) makes, and by row why it makes none."""
    try:
        geometry = parse(values, on_invalid="ignore")
    except NotImplementedError:
        geometry = np.array([_unless_curve(parse, value) for value in values], dtype=object)
    broken = np.flatnonzero(shapely.is_missing(geometry) & np.array([value is not None for value in values], bool))
    return geometry, {
        int(row): "it is a curve, of no known type, damaged, or has a ring that is not closed" for row in broken
    }


def _unless_curve(parse: Callable[..., Geometries], value: object) -> shapely.Geometry | None:
    try:
        return parse(value, on_invalid="ignore")
    except NotImplementedError:
        return None


def plain_column(column: pa.Array) -> pa.Array:
    """The column as text, integers, numbers or booleans: dates in ISO 8601, what is nested as JSON, NaN as null."""
    values = column.storage if isinstance(column, pa.ExtensionArray) else column
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    kind = values.type
    if pa.types.is_floating(kind):
        return pc.if_else(pc.is_finite(values), values, None)
    if pa.types.is_string(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return values
    if pa.types.is_nested(kind) or pa.types.is_binary(kind):
        texts = [None if value is None else json.dumps(value, default=_as_text) for value in values.to_pylist()]
        return pa.array(texts, pa.string())
    return values.cast(pa.string())


def _as_text(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def _source_ids(
    attributes: pa.Table,
    position: npt.NDArray[np.int64],
    feature_ids: pa.Array | None,
    identifier: tuple[str, ...],
) -> pa.Array:
    names = {name.lower(): name for name in reversed(attributes.column_names)}
    rows = pa.array(position).cast(pa.string())
    own = identifier or next(((names[known],) for known in _ID_COLUMNS if known in names), ())
    if own:
        # Said with a word, so that a row without an identifier never takes another row's.
        return pc.coalesce(_joined(attributes, own), pc.binary_join_element_wise("row", rows, " "))
    return rows if feature_ids is None else feature_ids.cast(pa.string())


def _joined(attributes: pa.Table, columns: tuple[str, ...]) -> pa.Array:
    """The cells of each row in one text, with underscores between them, as INSPIRE's local identifiers may have them.

    Null where all of them are blank.
    """
    parts = [_trimmed(attributes[name].combine_chunks().cast(pa.string())) for name in columns]
    if len(parts) == 1:
        return parts[0]
    text = pc.binary_join_element_wise(*parts, "_", null_handling="replace", null_replacement="")
    return pc.if_else(pc.is_null(pc.coalesce(*parts)), None, text)


def _trimmed(column: pa.Array) -> pa.Array:
    text = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(text, ""), None, text)
