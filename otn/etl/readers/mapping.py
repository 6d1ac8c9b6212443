"""What the columns of a file mean as fields of a collection, as a dataset declares it.

A field that is declared comes from its column, or has its constant value; every other field is told by the columns'
names (vector_fields). What the publisher wrote stays in `sourceCodes`, by the column's name, where the field does not
say the same; a code that is not declared makes the field null and stays there by the field's name too.
"""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from otn.etl.readers.numbers import Decimal, number
from otn.etl.readers.vector_fields import Convert, blank_as_null, fields_by_name, own_meaning, unless_same
from otn.etl.rows import ARROW_TYPES, json_objects, map_values
from otn.model.collections import Collection
from otn.model.fields import Field, Kind
from otn.model.sources import FieldMapping, FileSource
from otn.model.units import factor

# Decimals of a converted number: feet come in whole ones, and a centimetre is as near as anybody measures.
_DECIMALS = 2


class SourceFields:
    """Makes the fields of one file; `fixed` is the mapping of a format with columns of its own, for all its files.

    With `fixed` no field is told by its name, and `meanings` has what the text means of fields whose columns are not
    written as fields are.
    """

    def __init__(
        self,
        source: FileSource | None,
        fixed: Mapping[str, FieldMapping] | None = None,
        meanings: Mapping[str, Convert] | None = None,
    ) -> None:
        declared = source.fields if source else {}
        self._declared = {**(fixed or {}), **declared}
        self._meanings = {name: meaning for name, meaning in (meanings or {}).items() if name not in declared}
        self._by_name = fixed is None
        self._decimal: Decimal | None = source.decimal if source else None

    def of(self, attributes: pa.Table, collection: Collection) -> dict[str, pa.Array]:
        """The fields of `collection` by name."""
        fields: dict[str, pa.Array] = {}
        kept: dict[str, pa.Array] = {}
        unknown: dict[str, pa.Array] = {}
        if self._by_name:
            fields, kept = fields_by_name(attributes, collection, self._declared, self._decimal)
        for name, mapping in self._declared.items():
            field = collection.by_name[name]
            if mapping.column is None:
                fields[name] = _constant(mapping, field, len(attributes))
                continue
            text = blank_as_null(attributes[mapping.column].combine_chunks())
            answer = map_values(text, self._convert(mapping, field), ARROW_TYPES[field.kind])
            fields[name] = answer
            kept[mapping.column] = unless_same(kept.get(mapping.column, text), answer, field.kind)
            if field.kind is Kind.CODE:
                unknown[name] = pc.if_else(pc.is_null(answer), text, None)
        # Under the field's own name a load finds the codes that it could not take.
        codes = unknown | kept
        if codes:
            fields["sourceCodes"] = json_objects(codes, len(attributes))
        return fields

    def _convert(self, mapping: FieldMapping, field: Field) -> Convert:
        """What the text of the column means."""
        if field.name in self._meanings:
            return self._meanings[field.name]
        if mapping.codes is not None:
            return _coded(mapping.codes, own_meaning(field))
        times = factor(mapping.unit, field.unit) if mapping.unit else None
        if times is None or times == 1:
            return own_meaning(field, self._decimal)
        return _converted(times, field, self._decimal)


def _coded(codes: Mapping[str, str], meaning: Convert) -> Convert:
    return lambda text: meaning(codes[text]) if text in codes else None


def _converted(times: float, field: Field, decimal: Decimal | None) -> Convert:
    def converted(text: str) -> float | int | None:
        value = number(text, decimal)
        if value is None:
            return None
        return round(value * times) if field.kind is Kind.INTEGER else round(value * times, _DECIMALS)

    return converted


def _constant(mapping: FieldMapping, field: Field, rows: int) -> pa.Array:
    value = own_meaning(field, ".")(str(mapping.constant))
    return pa.array([value] * rows, ARROW_TYPES[field.kind])
