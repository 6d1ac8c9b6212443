"""What the columns of a file mean as fields of a collection, as a dataset declares it.

A field that is declared comes from its column, or has its constant value; every other field is told by the columns'
names (vector_fields). A code that the declaration does not list makes the field null. What the publisher wrote stays
in `sourceCodes` where the field does not say the same.
"""

from collections import Counter
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
# Different codes that are counted, and those that a remark names.
_COUNTED = 1000
_NAMED = 10


class SourceFields:
    """Makes the fields of one file; `fixed` is the mapping of a format with columns of its own, for all its files.

    With `fixed` no field is told by its name, and `meanings` has what the text means of fields whose columns are not
    written as fields are. `remarks` tells of the codes that no declaration lists.
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
        self._unknown: dict[str, Counter[str]] = {}

    @property
    def remarks(self) -> list[str]:
        return [_remark(column, codes) for column, codes in self._unknown.items()]

    def of(self, attributes: pa.Table, collection: Collection) -> dict[str, pa.Array]:
        """The fields of `collection` by name."""
        fields: dict[str, pa.Array] = {}
        kept: dict[str, pa.Array] = {}
        if self._by_name:
            fields, kept = fields_by_name(attributes, collection, self._declared, self._decimal)
        texts: dict[str, pa.Array] = {}
        for name, mapping in self._declared.items():
            field = collection.by_name[name]
            if mapping.column is None:
                fields[name] = _constant(mapping, field, len(attributes))
                continue
            if mapping.column not in texts:
                texts[mapping.column] = blank_as_null(attributes[mapping.column].combine_chunks())
            text = texts[mapping.column]
            answer = self._answer(text, mapping, field)
            fields[name] = answer
            kept[mapping.column] = unless_same(kept.get(mapping.column, text), answer, field.kind)
        if kept:
            fields["sourceCodes"] = json_objects(kept, len(attributes))
        return fields

    def _answer(self, text: pa.Array, mapping: FieldMapping, field: Field) -> pa.Array:
        if mapping.codes is None:
            return map_values(text, self._convert(mapping, field), ARROW_TYPES[field.kind])
        meant = map_values(text, mapping.codes.get, pa.string())
        self._count_unknown(mapping.column or "", text.filter(pc.and_(pc.is_valid(text), pc.is_null(meant))))
        return map_values(meant, own_meaning(field), ARROW_TYPES[field.kind])

    def _convert(self, mapping: FieldMapping, field: Field) -> Convert:
        if field.name in self._meanings:
            return self._meanings[field.name]
        times = factor(mapping.unit, field.unit) if mapping.unit else None
        if times is None or times == 1:
            return own_meaning(field, self._decimal)

        def converted(text: str) -> float | int | None:
            value = number(text, self._decimal)
            if value is None:
                return None
            return round(value * times) if field.kind is Kind.INTEGER else round(value * times, _DECIMALS)

        return converted

    def _count_unknown(self, column: str, codes: pa.Array) -> None:
        if not len(codes):
            return
        counts = self._unknown.setdefault(column, Counter())
        for pair in pc.value_counts(codes).to_pylist():
            if pair["values"] in counts or len(counts) < _COUNTED:
                counts[pair["values"]] += pair["counts"]


def _constant(mapping: FieldMapping, field: Field, rows: int) -> pa.Array:
    value = own_meaning(field, ".")(str(mapping.constant))
    return pa.array([value] * rows, ARROW_TYPES[field.kind])


def _remark(column: str, codes: Counter[str]) -> str:
    named = ", ".join(f"{code!r} ({count})" for code, count in codes.most_common(_NAMED))
    more = f" and {len(codes) - _NAMED} more" if len(codes) > _NAMED else ""
    return f"{column} has codes that are not declared: {named}{more}."
