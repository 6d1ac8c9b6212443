"""Columns that mean what a dataset declares: codes, units, constants; what is not declared is told by its name."""

import json
from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError

from otn.etl.readers.mapping import SourceFields
from otn.model.collections import COLLECTIONS, PORTS, ROADS, Collection
from otn.model.sources import FileSource
from tests.etl.declared import dataset


def fields(
    columns: dict[str, list[Any]], mapping: dict[str, Any], collection: Collection = ROADS, **source: Any
) -> tuple[dict[str, list[Any]], list[str]]:
    declared = FileSource.model_validate({"reader": "csv", "format": "CSV", "fields": mapping, **source})
    reader = SourceFields(declared)
    answer = reader.of(pa.table(columns), collection)
    return {name: column.to_pylist() for name, column in answer.items()}, reader.remarks


def test_codes_mean_what_is_declared_and_unknown_ones_are_null_kept_and_counted() -> None:
    mapping = {"surface": {"column": "verh", "codes": {1: "paved", "2": "unpaved"}}}
    answer, remarks = fields({"verh": ["1", " 2 ", "9", "9", "x", "", None]}, mapping)
    assert answer["surface"] == ["paved", "unpaved", None, None, None, None, None]
    kept = [text and json.loads(text) for text in answer["sourceCodes"]]
    assert kept == [{"verh": "1"}, {"verh": "2"}, {"verh": "9"}, {"verh": "9"}, {"verh": "x"}, None, None]
    assert remarks == ["verh has codes that are not declared: '9' (2), 'x' (1)."]


def test_codes_of_numbers_and_of_truth_are_read_like_any_text() -> None:
    mapping = {"scheduledService": {"column": "s", "codes": {"J": "true", "N": "false"}}}
    answer, _ = fields({"s": ["J", "N", "?"]}, mapping, COLLECTIONS["airports"])
    assert answer["scheduledService"] == [True, False, None]


@pytest.mark.parametrize(
    ("collection", "field", "unit", "text", "value"),
    [
        ("roads", "speedLimit", "mph", "30", 48),
        ("roads", "speedLimit", "km/h", "30", 30),
        ("roads", "maximumHeight", "ft", "13,5", 4.11),
        ("roads", "maximumWeight", "kg", "7500", 7.5),
        ("airports", "elevation", "ft", "-6", -1.83),
        ("ports", "channelDepth", "in", "high", None),
    ],
)
def test_units_are_converted(collection: str, field: str, unit: str, text: str, value: float | None) -> None:
    answer, _ = fields({"c": [text]}, {field: {"column": "c", "unit": unit}}, COLLECTIONS[collection])
    assert answer[field] == [value]
    assert (answer["sourceCodes"] == [None]) == (text == "30" and unit == "km/h")


def test_a_constant_is_the_value_of_every_row_and_no_code_of_the_source() -> None:
    mapping = {"kind": {"constant": "district"}, "population": {"constant": 0}}
    answer, _ = fields({"x": ["a", "b"]}, mapping, COLLECTIONS["areas"])
    assert answer == {"kind": ["district"] * 2, "population": [0, 0]}


def test_what_is_declared_wins_over_names_and_the_rest_is_told_by_names() -> None:
    columns = {"name": ["Antwerp"], "naam": ["Antwerpen"], "locode": ["BE ANR"]}
    answer, _ = fields(columns, {"name": "naam"}, PORTS)
    assert (answer["name"], answer["unLocode"]) == (["Antwerpen"], ["BEANR"])


def test_one_column_may_give_several_fields() -> None:
    mapping = {"name": "id", "country": {"column": "id", "codes": {"BE1": "BE"}}}
    answer, _ = fields({"id": ["BE1"]}, mapping, PORTS)
    assert (answer["name"], answer["country"]) == (["BE1"], ["BE"])
    assert answer["sourceCodes"] == [None]


def test_the_declared_decimal_mark_counts_for_columns_told_by_their_names_too() -> None:
    columns = {"speed_limit": ["1.000", "50,0"]}
    assert fields(columns, {}, decimal=",")[0]["speedLimit"] == [1000, 50]
    assert fields(columns, {}, decimal=".")[0]["speedLimit"] == [1, None]


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"name": {}}, "give a column, or a constant"),
        ({"name": {"column": "a", "constant": "b"}}, "give a column, or a constant"),
        ({"name": {"constant": "b", "codes": {"b": "c"}}}, "a constant needs neither"),
        ({"surface": {"constant": "tarred"}}, "source.fields.surface.constant: 'tarred' is none of paved, unpaved"),
        ({"speedLimit": {"column": "a", "unit": "ft"}}, "source.fields.speedLimit.unit: ft cannot be converted"),
        ({"name": {"column": "a", "unit": "ft"}}, "source.fields.name.unit: ft .* name is in no unit"),
    ],
)
def test_a_mapping_that_cannot_be_right_is_refused(mapping: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        dataset("roads", "csv", fields=mapping)
