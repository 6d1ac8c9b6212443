"""What passes between the stages of a load: batches of rows as the publisher wrote them, and rejects."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyproj import CRS

from otn.model.collections import Collection
from otn.model.fields import Kind

# Characters of an identifier or a name: more than any has, and no more than PostgreSQL can index.
LONGEST_TEXT = 500

# An array of shapely geometries; None where a row has none.
Geometries = npt.NDArray[np.object_]

# How the values of a field are held between reading and storing; objects as JSON text.
ARROW_TYPES: dict[Kind, pa.DataType] = {
    Kind.TEXT: pa.string(),
    Kind.CODE: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.INSTANT: pa.timestamp("us", tz="UTC"),
    Kind.OBJECT: pa.string(),
}


# So many rows share a value where it is sooner written once for all of them.
_ALIKE = 8
# What JSON escapes in a string, and its escape of NUL where the backslash is not itself an escaped one.
_ESCAPED = r'["\\\x00-\x1f]'
_NUL_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


class Reason(Enum):
    """Why a row was rejected. The value is stored, shown and exported."""

    NO_GEOMETRY = "geometry/missing"
    INCOMPLETE = "geometry/incomplete"
    EMPTY_GEOMETRY = "geometry/empty"
    WRONG_GEOMETRY_TYPE = "geometry/type"
    TOO_FEW_POINTS = "geometry/too-few-points"
    NOT_FINITE = "geometry/not-finite"
    OUT_OF_RANGE = "geometry/out-of-range"
    NULL_ISLAND = "geometry/null-island"
    OUTSIDE_REGION = "geometry/outside-region"
    SWAPPED_AXES = "geometry/swapped-axes"
    INVALID = "geometry/invalid"
    NO_VALUE = "field/missing"
    DUPLICATE_ID = "id/duplicate"
    ID_TOO_LONG = "id/too-long"
    UNREADABLE = "row/unreadable"


@dataclass(frozen=True)
class Reject:
    """A row that was not loaded: its number in the source (from 1), why, and the row whole, as it came."""

    position: int
    source_id: str | None
    reason: Reason
    detail: str
    row: dict[str, Any]


@dataclass(frozen=True)
class SourceRows:
    """A batch as the publisher wrote it, in the order of the source.

    All columns have one entry a row: `position` the row's number in the source from 1, `source_id` the publisher's
    identifier (string), `geometry` in `crs` with x before y (longitude before latitude), `attributes` by the
    publisher's own names. `rejects` are rows the reader itself could not make sense of; `normalised` has the places
    of rows that are no object at all and are left out on purpose.

    Several rows may be pieces of one object of the publisher: these have one position and one source_id, and `part`
    (string, "" for what is whole) tells them apart. `collection` is what the rows are for, where a reader has rows
    for several; None is the dataset's own.
    """

    position: npt.NDArray[np.int64]
    source_id: pa.Array
    geometry: Geometries
    attributes: pa.Table
    crs: CRS
    rejects: tuple[Reject, ...] = ()
    normalised: Geometries = field(default_factory=lambda: np.empty(0, object))
    part: pa.Array | None = None
    collection: str | None = None

    def __len__(self) -> int:
        return len(self.position)

    @property
    def number_of_objects(self) -> int:
        """How many objects of the publisher the rows and the rejects are; all pieces of one are in one batch."""
        return len(np.union1d(self.position, [reject.position for reject in self.rejects]))

    def rejecting(self, rejects: Iterable[Reject]) -> "SourceRows":
        """The same rows with more rejects."""
        return replace(self, rejects=(*self.rejects, *rejects))


@runtime_checkable
class Remarking(Protocol):
    """A reader that finds out about its file what is not declared, the encoding for one: `remarks`, after reading."""

    remarks: list[str]


class Reader(Protocol):
    """One format: how it is read and what its columns mean."""

    def read(self) -> Iterator[SourceRows]:
        """The rows in batches, with flat memory. Raises SourceError naming what is wrong with the source."""

    def harmonise(self, attributes: pa.Table, collection: Collection) -> dict[str, pa.Array]:
        """The publisher's attributes as fields of the collection, by field name; a field left out stays null.

        Text and codes come as string, integers as int64, numbers as float64, booleans as bool_, instants as
        timestamp("us", tz="UTC"), objects (`sourceCodes`) as JSON text in a string array. `inspireId` is given only
        where it does not follow from the dataset's namespace and the row's source_id.
        """


def map_values(column: pa.Array | pa.ChunkedArray, function: Callable[[Any], Any], kind: pa.DataType) -> pa.Array:
    """`function` of every value, computed once for each distinct one; null stays null."""
    encoded = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if encoded.null_count == len(encoded):
        return pa.nulls(len(encoded), kind)
    if not pa.types.is_dictionary(encoded.type):
        encoded = pc.dictionary_encode(encoded)
    answers = pa.array([function(value) for value in encoded.dictionary.to_pylist()], kind)
    return answers.take(encoded.indices)


def json_objects(columns: dict[str, pa.Array], rows: int) -> pa.Array:
    """One JSON object a row, as text, of the columns' values that are not null; null where all are."""
    members = [_members(name, columns[name]) for name in sorted(columns) if columns[name].null_count < rows]
    if not members:
        return pa.nulls(rows, pa.string())
    # Begun with the brace, since Arrow loses rows that have nothing to join.
    joined = pc.binary_join_element_wise("{", *members, ", ", null_handling="skip")
    begun = pc.replace_substring(joined, "{, ", "{", max_replacements=1)
    return pc.if_else(pc.equal(joined, "{"), None, pc.binary_join_element_wise(begun, "}", ""))


def _members(name: str, column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """`"name": value` a row, null where the value is."""
    start = json_text(name) + ": "
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_string(array.type):
        encoded = pc.dictionary_encode(array)
        if len(encoded.dictionary) > len(array) // _ALIKE:
            return _texts_as_members(start, array)
        array = encoded
    return map_values(array, lambda value: start + json_text(value), pa.string())


def _texts_as_members(start: str, texts: pa.Array) -> pa.Array:
    if pc.any(pc.match_substring_regex(texts, _ESCAPED)).as_py():
        return map_values(texts, lambda value: start + json_text(value), pa.string())
    return pc.binary_join_element_wise(start + '"', texts, '"', "")


def json_text(value: Any) -> str:
    """`value` as JSON that jsonb can hold: the character NUL, which PostgreSQL cannot, becomes U+FFFD."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return _NUL_ESCAPE.sub("\\1\ufffd", text) if "\\u0000" in text else text


def batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """`items` in lists of `size`, the last one shorter."""
    batch: list[Any] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
