"""Cells of text as values: what cannot be read is null, never something else."""

import json
import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otn.etl.readers import values


@given(numbers=st.lists(st.floats(-1e9, 1e9).map(lambda number: round(number, 6))), mark=st.sampled_from(".,"))
def test_numbers_have_a_point_or_a_comma(numbers: list[float], mark: str) -> None:
    texts = pa.array([f"{number:.6f}".replace(".", mark) for number in numbers], pa.string())
    assert values.numbers(texts).to_pylist() == numbers


@given(text=st.text(max_size=12))
def test_a_number_is_what_python_reads_or_null(text: str) -> None:
    (number,) = values.numbers(pa.array([text], pa.string())).to_pylist()
    assert number is None or (math.isfinite(number) and number == float(text.replace(",", ".")))


@pytest.mark.parametrize("text", ["1.#INF", "inf", "nan", "1,5,6", "0x10", "1_000", "", "٣", "-"])
def test_what_only_looks_like_a_number_is_null(text: str) -> None:
    assert values.numbers(pa.array([text])).to_pylist() == [None]
    assert values.integers(pa.array([text])).to_pylist() == [None]


def test_integers_may_have_a_point() -> None:
    texts = pa.array(["3", "3.0", "-7.", "3.5", None, "9999999999"])
    assert values.integers(texts).to_pylist() == [3, 3, -7, None, None, None]


def test_codes_have_one_spelling() -> None:
    texts = pa.array(["07", "7", "7.0", "-1", "00", "PII", "2A", None])
    assert values.codes(texts).to_pylist() == ["7", "7", "7", "-1", "0", "PII", "2A", None]


def test_columns_are_found_without_regard_to_case_in_the_order_asked_for() -> None:
    cells = pa.table({"Old_Name": [" a ", "", "NULL"], "NEW": ["b", None, "null"]})
    assert values.named(cells, "new", "old_name").to_pylist() == ["b", None, None]
    assert values.named(cells, "old_name").to_pylist() == ["a", None, None]
    assert values.named(cells, "other").to_pylist() == [None, None, None]


ROW = st.fixed_dictionaries({name: st.none() | st.text('ab"\\é', max_size=3) for name in ("x", "y", "z")})


@given(rows=st.lists(ROW, min_size=1))
def test_source_codes_are_the_values_that_are_there(rows: list[dict[str, str | None]]) -> None:
    columns = {name: pa.array([row[name] for row in rows], pa.string()) for name in ("x", "y", "z")}
    texts = values.source_codes(columns, len(rows)).to_pylist()
    expected = [{name: text for name, text in row.items() if text is not None} or None for row in rows]
    assert [None if text is None else json.loads(text) for text in texts] == expected


def test_very_many_combinations_are_written_too() -> None:
    column = pa.array([str(number) for number in range(2000)])
    columns = {str(number): column for number in range(8)}
    assert json.loads(values.source_codes(columns, 2000)[1999].as_py()) == {str(n): "1999" for n in range(8)}


def test_a_point_needs_both_numbers() -> None:
    places = values.points(pa.array([1.0, None, 3.0]), pa.array([2.0, 2.0, None]))
    assert [place and (place.x, place.y) for place in places] == [(1, 2), None, None]


def test_a_row_without_identifier_is_called_by_its_position() -> None:
    names = values.identifiers(pa.array(["7", None]), np.array([7, 8], np.int64))
    assert names.to_pylist() == ["7", "row 8"]
