"""From the publisher's rows to features of the model: one CRS, one precision, one meaning of every field."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from otn.etl.geometry import (
    as_multi_polygons,
    as_plain,
    exploded,
    geodesic_lengths,
    repaired,
    rounded,
    to_crs84,
    without_collections,
    wrap_longitudes,
)
from otn.etl.regions import Regions
from otn.etl.rows import ARROW_TYPES, LONGEST_TEXT, Geometries, Reader, SourceRows, json_objects
from otn.model.collections import Collection, GeometryKind
from otn.model.common_fields import LENGTH
from otn.model.datasets import Dataset
from otn.model.fields import Field, Kind
from otn.store.hilbert import hilbert_ranks

# What a column of integers holds.
_SMALLEST_INTEGER, _LARGEST_INTEGER = -(2**31), 2**31 - 1


@dataclass(frozen=True)
class Features:
    """A batch in terms of the model: `fields` has every field of the collection by name, geometry is in CRS84.

    `row` is the number of the batch's source row that each feature comes from; a row with a multi geometry gives
    several features, told apart by `part`.
    """

    row: npt.NDArray[np.intp]
    part: pa.Array
    geometry: Geometries
    fields: pa.Table

    def __len__(self) -> int:
        return len(self.row)

    def filtered(self, keep: npt.NDArray[np.bool_]) -> "Features":
        """Only the features that `keep` marks."""
        mask = pa.array(keep)
        return Features(self.row[keep], self.part.filter(mask), self.geometry[keep], self.fields.filter(mask))

    @property
    def page_rank(self) -> npt.NDArray[np.int64]:
        """The place of each feature in the order of all answers."""
        return hilbert_ranks(self.geometry)


@dataclass(frozen=True)
class Shapes:
    """Geometries of the features of a batch in CRS84, the row each comes from, and its part ("" where the row has but
    one). `repaired` is how many areas had rings that crossed."""

    geometry: Geometries
    row: npt.NDArray[np.intp]
    part: pa.Array
    repaired: int = 0

    def filtered(self, keep: npt.NDArray[np.bool_]) -> "Shapes":
        """Only the shapes that `keep` marks."""
        return replace(self, geometry=self.geometry[keep], row=self.row[keep], part=self.part.filter(pa.array(keep)))


def harmonised_geometry(rows: SourceRows, kind: GeometryKind) -> Shapes:
    """Geometries as a collection of this kind has them: single points and lines, valid areas.

    The part of each is the row's own ("" where it has none), and the number of the geometry behind it where the row
    has several.
    """
    with np.errstate(invalid="ignore"):  # what is not finite is the next stage's business
        geometry = rounded(wrap_longitudes(to_crs84(rows.geometry, rows.crs)))
        geometry, row, number, mended = _of_kind(geometry, kind)
    several = np.bincount(row, minlength=len(rows))[row] > 1
    part = pc.if_else(pa.array(several), pa.array(number).cast(pa.string()), "")
    if rows.part is not None:
        part = _parts_of_parts(rows.part.take(pa.array(row)), part)
    return Shapes(geometry, row, part, mended)


def _parts_of_parts(own: pa.Array, part: pa.Array) -> pa.Array:
    both = pc.binary_join_element_wise(own, part, "/")
    return pc.if_else(pc.equal(own, ""), part, pc.if_else(pc.equal(part, ""), own, both))


def _of_kind(
    geometry: Geometries, kind: GeometryKind
) -> tuple[Geometries, npt.NDArray[np.intp], npt.NDArray[np.intp], int]:
    if kind.dimension in (0, 1):
        return *exploded(geometry), 0
    parts, row, number = without_collections(geometry)
    valid, mended = repaired(parts)
    shaped = as_plain(valid) if kind is GeometryKind.ANY else as_multi_polygons(valid)
    return shaped, row, number, int(mended.sum())


def harmonise(
    shapes: Shapes,
    rows: SourceRows,
    reader: Reader,
    dataset: Dataset,
    collection: Collection,
    regions: Regions | None,
) -> Features:
    """Features whose geometry has passed the checks, with every field of `collection` filled or null.

    Without `regions` all of them lie in the dataset's own region: they were selected for it.
    """
    geometry, row = shapes.geometry, shapes.row
    meaning = reader.harmonise(rows.attributes, collection)
    columns = {name: _of_rows(column, row) for name, column in meaning.items()}
    given = columns.get("inspireId")
    columns |= _origin(geometry, _of_rows(rows.source_id, row), dataset, regions)
    columns["inspireId"] = _inspire_ids(columns["localId"], shapes.part, dataset) if given is None else given
    if LENGTH in collection.fields:
        columns[LENGTH.name] = pa.array(geodesic_lengths(geometry), from_pandas=True)
    fields = pa.table({field.name: _column(field, columns, len(row)) for field in collection.fields})
    return Features(row, shapes.part, geometry, _within_bounds(fields, collection))


def _of_rows(column: pa.Array, row: npt.NDArray[np.intp]) -> pa.Array:
    """The column's value for each feature; mostly each row is one."""
    every_row = len(row) == len(column) and np.array_equal(row, np.arange(len(row)))
    return column if every_row else column.take(pa.array(row))


def _origin(
    geometry: Geometries, source_id: pa.Array, dataset: Dataset, regions: Regions | None
) -> dict[str, pa.Array]:
    """Where each feature comes from, said in the fields that all collections share."""
    rows = len(geometry)
    lies_in = regions.of(geometry, dataset.region) if regions else None
    return {
        "localId": source_id,
        "dataset": pa.repeat(dataset.id, rows),
        "region": pa.repeat(dataset.region, rows) if lies_in is None else pa.array(lies_in, pa.string()),
        "licence": pa.repeat(dataset.licence, rows),
    }


def _inspire_ids(local_id: pa.Array, part: pa.Array, dataset: Dataset) -> pa.Array:
    """Identifiers across publishers: of several features of one object each has its own."""
    whole = pc.binary_join_element_wise(dataset.inspire_id(""), local_id, "")
    return pc.if_else(pc.equal(part, ""), whole, pc.binary_join_element_wise(whole, part, "#"))


def _column(field: Field, columns: dict[str, pa.Array], rows: int) -> pa.Array:
    kind = ARROW_TYPES[field.kind]
    column = columns.get(field.name)
    return pa.nulls(rows, kind) if column is None else column.cast(kind)


def _within_bounds(fields: pa.Table, collection: Collection) -> pa.Table:
    """Values that cannot be true become null; what the publisher wrote is kept in sourceCodes."""
    for index, field in enumerate(collection.fields):
        values = fields[field.name]
        impossible = _impossible(values, field)
        if impossible is not None and pc.any(impossible).as_py():
            fields = _with_source_codes(fields, pc.if_else(impossible, values, None), field)
            fields = fields.set_column(index, field.name, pc.if_else(impossible, None, values))
    return _with_ends_after_beginnings(fields, collection)


def _with_ends_after_beginnings(fields: pa.Table, collection: Collection) -> pa.Table:
    """What would end before it began has no known end; what the publisher wrote is kept in sourceCodes."""
    ends = fields["validTo"]
    impossible = pc.fill_null(pc.less(ends, fields["validFrom"]), False)
    if not pc.any(impossible).as_py():
        return fields
    seconds = pc.if_else(impossible, ends, None).cast(pa.timestamp("s", "UTC"), safe=False)
    written = pc.strftime(seconds, "%Y-%m-%dT%H:%M:%SZ")
    fields = _with_source_codes(fields, written, collection.by_name["validTo"])
    index = fields.schema.get_field_index("validTo")
    return fields.set_column(index, "validTo", pc.if_else(impossible, None, ends))


def _impossible(values: pa.ChunkedArray, field: Field) -> pa.ChunkedArray | None:
    """Which values no such field can have; None where it can have any."""
    if field.kind is Kind.TEXT and not field.required:
        return pc.fill_null(pc.greater(pc.utf8_length(values), LONGEST_TEXT), False)
    minimum, maximum = field.minimum, field.maximum
    if field.kind is Kind.INTEGER:
        minimum = _SMALLEST_INTEGER if minimum is None else minimum
        maximum = _LARGEST_INTEGER if maximum is None else maximum
    if minimum is None and maximum is None:
        return None
    below = pc.less(values, minimum) if minimum is not None else False
    above = pc.greater(values, maximum) if maximum is not None else False
    return pc.fill_null(pc.or_(below, above), False)


def _with_source_codes(fields: pa.Table, values: pa.ChunkedArray, field: Field) -> pa.Table:
    index = fields.schema.get_field_index("sourceCodes")
    impossible = json_objects({field.name: values.combine_chunks()}, len(fields))
    merged = _merged(fields["sourceCodes"].combine_chunks(), impossible)
    return fields.set_column(index, "sourceCodes", merged)


def _merged(codes: pa.Array, more: pa.Array) -> pa.Array:
    """Two JSON objects of each row in one; the publisher's own name for a value wins."""
    start = pc.replace_substring_regex(more, r"\}$", ", ")
    both = pc.binary_join_element_wise(start, pc.replace_substring(codes, "{", "", max_replacements=1), "")
    return pc.coalesce(both, codes, more)
