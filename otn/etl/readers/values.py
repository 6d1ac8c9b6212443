"""Cells of text as the values of fields, in whole columns: what cannot be read is null."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from otn.etl.rows import Geometries, json_objects, map_values

_NUMBER = r"^[+-]?([0-9]{1,15}(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?$"
_WHOLE = r"^[+-]?[0-9]{1,9}(\.0*)?$"
_CODE = r"^(-?)0*([0-9]+)(\.0*)?$"


def named(cells: pa.Table, *names: str) -> pa.Array:
    """The first column called by one of `names`, without regard to case; trimmed, blank is null; null without one."""
    columns = {column.lower(): column for column in reversed(cells.column_names)}
    for name in names:
        if name.lower() in columns:
            return trimmed(cells[columns[name.lower()]])
    return pa.nulls(len(cells), pa.string())


def trimmed(column: pa.ChunkedArray) -> pa.Array:
    """The cells without blanks around them; what is blank, or says NULL, is null."""
    text = pc.utf8_trim_whitespace(column.combine_chunks().cast(pa.string()))
    return pc.if_else(pc.is_in(text, pa.array(["", "NULL", "null"])), None, text)


def identifiers(text: pa.Array, position: npt.NDArray[np.int64]) -> pa.Array:
    """The publisher's identifiers; a row without one is called by its position, said with a word."""
    rows = pa.array(position).cast(pa.string())
    return pc.coalesce(text, pc.binary_join_element_wise("row", rows, " "))


def numbers(text: pa.Array) -> pa.Array:
    """Numbers with a decimal point or comma, as float64."""
    point = pc.replace_substring(text, ",", ".")
    return _matching(point, _NUMBER).cast(pa.float64())


def integers(text: pa.Array) -> pa.Array:
    """Whole numbers, also written as `3.0`, as int64."""
    return _matching(text, _WHOLE).cast(pa.float64()).cast(pa.int64())


def codes(text: pa.Array) -> pa.Array:
    """Codes that are numbers in one spelling: `07` and `7.0` are `7`; others stay."""
    return pc.replace_substring_regex(text, _CODE, r"\1\2")


def meanings(text: pa.Array, meaning: Mapping[str, Any], kind: pa.DataType | None = None) -> pa.Array:
    """What each code means; null where `meaning` does not have it."""
    return map_values(codes(text), meaning.get, kind or pa.string())


def points(x: pa.Array, y: pa.Array) -> Geometries:
    """The points of two columns of numbers; None where one of them is null."""
    geometry: Geometries = np.full(len(x), None, dtype=object)
    known = np.asarray(pc.and_(pc.is_valid(x), pc.is_valid(y)), dtype=bool)
    geometry[known] = shapely.points(_floats(x)[known], _floats(y)[known])
    return geometry


def source_codes(columns: Mapping[str, pa.Array], rows: int) -> pa.Array:
    """One JSON object a row of the values that are not null, as `json_objects`, made once for each distinct row."""
    encoded = {name: pc.dictionary_encode(column) for name, column in columns.items()}
    sizes = [len(column.dictionary) + 1 for column in encoded.values()]
    if not encoded or np.prod(np.array(sizes, np.float64)) > 2**62:
        return json_objects(dict(columns), rows)
    indices = [np.asarray(pc.fill_null(column.indices, -1), dtype=np.int64) + 1 for column in encoded.values()]
    distinct, inverse = np.unique(np.ravel_multi_index(indices, sizes), return_inverse=True)
    values = [[None, *column.dictionary.to_pylist()] for column in encoded.values()]
    combinations = zip(*(place.tolist() for place in np.unravel_index(distinct, sizes)), strict=True)
    texts = [
        _json(encoded, (value[place] for value, place in zip(values, places, strict=True))) for places in combinations
    ]
    return pa.array(texts, pa.string()).take(pa.array(inverse))


def _json(names: Iterable[str], values: Iterable[Any]) -> str | None:
    present = {name: value for name, value in zip(names, values, strict=True) if value is not None}
    return orjson.dumps(present, option=orjson.OPT_SORT_KEYS).decode() if present else None


def _matching(text: pa.Array, pattern: str) -> pa.Array:
    return pc.if_else(pc.match_substring_regex(text, pattern), text, None)


def _floats(numbers: pa.Array) -> npt.NDArray[np.float64]:
    return np.asarray(numbers.to_numpy(zero_copy_only=False), dtype=np.float64)
