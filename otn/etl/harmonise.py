"""From the publisher's rows to features of the model: one CRS, one precision, one meaning of every field."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from otn.etl.geometry import exploded, geodesic_lengths, hilbert_ranks, rounded, to_crs84, wrap_longitudes
from otn.etl.regions import Regions
from otn.etl.rows import ARROW_TYPES, LONGEST_TEXT, Geometries, Reader, SourceRows, json_objects
from otn.model.collections import Collection
from otn.model.common_fields import LENGTH
from otn.model.datasets import Dataset
from otn.model.fields import Field, Kind


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


def harmonised_geometry(rows: SourceRows) -> tuple[Geometries, npt.NDArray[np.intp], pa.Array]:
    """Single geometries in CRS84, the row each comes from, and its part.

    That is the row's own part ("" where it has none), and the number of the geometry behind it where the row has
    several.
    """
    with np.errstate(invalid="ignore"):  # what is not finite is the next stage's business
        geometry, row, number = exploded(rounded(wrap_longitudes(to_crs84(rows.geometry, rows.crs))))
    several = np.bincount(row, minlength=len(rows))[row] > 1
    part = pc.if_else(pa.array(several), pa.array(number).cast(pa.string()), "")
    return geometry, row, part if rows.part is None else _parts_of_parts(rows.part.take(pa.array(row)), part)


def _parts_of_parts(own: pa.Array, part: pa.Array) -> pa.Array:
    both = pc.binary_join_element_wise(own, part, "/")
    return pc.if_else(pc.equal(own, ""), part, pc.if_else(pc.equal(part, ""), own, both))


def harmonise(
    features: tuple[Geometries, npt.NDArray[np.intp], pa.Array],
    rows: SourceRows,
    reader: Reader,
    dataset: Dataset,
    regions: Regions | None,
) -> Features:
    """Features whose geometry has passed the checks, with every field of the dataset's collection filled or null.

    Without `regions` all of them lie in the dataset's own region: they were selected for it.
    """
    geometry, row, part = features
    collection = dataset.collection_model
    meaning = reader.harmonise(rows.attributes, collection)
    columns = {name: column.take(pa.array(row)) for name, column in meaning.items()}
    given = columns.get("inspireId")
    columns |= _origin(geometry, rows.source_id.take(pa.array(row)), dataset, regions)
    columns["inspireId"] = _of_parts(columns["inspireId"], part) if given is None else given
    if LENGTH in collection.fields:
        columns[LENGTH.name] = pa.array(geodesic_lengths(geometry))
    fields = pa.table({field.name: _column(field, columns, len(row)) for field in collection.fields})
    return Features(row, part, geometry, _within_bounds(fields, collection))


def _of_parts(whole: pa.Array, part: pa.Array) -> pa.Array:
    """Identifiers across publishers, one for each piece of what the publisher has as one."""
    return pc.if_else(pc.equal(part, ""), whole, pc.binary_join_element_wise(whole, part, "#"))


def _origin(
    geometry: Geometries, source_id: pa.Array, dataset: Dataset, regions: Regions | None
) -> dict[str, pa.Array]:
    """Where each feature comes from, said in the fields that all collections share."""
    rows = len(geometry)
    lies_in = regions.of(geometry, dataset.region) if regions else [dataset.region] * rows
    return {
        "localId": source_id,
        "inspireId": pc.binary_join_element_wise(dataset.inspire_id(""), source_id, ""),
        "dataset": pa.array([dataset.id] * rows, pa.string()),
        "region": pa.array(lies_in, pa.string()),
        "licence": pa.array([dataset.licence] * rows, pa.string()),
    }


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
    return fields


def _impossible(values: pa.ChunkedArray, field: Field) -> pa.ChunkedArray | None:
    """Which values no such field can have; None where it can have any."""
    if field.kind is Kind.TEXT and not field.required:
        return pc.fill_null(pc.greater(pc.utf8_length(values), LONGEST_TEXT), False)
    if field.minimum is None and field.maximum is None:
        return None
    below = pc.less(values, field.minimum) if field.minimum is not None else False
    above = pc.greater(values, field.maximum) if field.maximum is not None else False
    return pc.fill_null(pc.or_(below, above), False)


def _with_source_codes(fields: pa.Table, values: pa.ChunkedArray, field: Field) -> pa.Table:
    index = fields.schema.get_field_index("sourceCodes")
    impossible = json_objects({field.name: values.combine_chunks()}, len(fields))
    merged = [_merged(*pair) for pair in zip(fields["sourceCodes"].to_pylist(), impossible.to_pylist(), strict=True)]
    return fields.set_column(index, "sourceCodes", pa.array(merged, pa.string()))


def _merged(codes: str | None, more: str | None) -> str | None:
    """Two JSON objects in one; the publisher's own name for a value wins."""
    if codes is None or more is None:
        return codes or more
    return more[:-1] + ", " + codes[1:]
