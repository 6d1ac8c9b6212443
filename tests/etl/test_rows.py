"""Columns of a batch, as a whole: JSON objects made of them are those that Python's own writer makes row by row."""

import json

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otn.etl.rows import json_objects, json_text

_texts = (
    st.none()
    | st.sampled_from(["", "a", '"', "\\", "\n", "x\x7f", "é", "\u2028", "{, ", "}"])
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=3)
)


@given(
    st.integers(0, 6).flatmap(
        lambda rows: st.tuples(
            st.just(rows),
            st.dictionaries(
                st.sampled_from(["z", "a", "B", 'quoted "name"', "é"]), st.lists(_texts, min_size=rows, max_size=rows)
            ),
            st.lists(st.none() | st.integers(-5, 5), min_size=rows, max_size=rows),
        )
    )
)
def test_objects_have_the_values_that_are_there_by_name(
    given_columns: tuple[int, dict[str, list[str | None]], list[int | None]],
) -> None:
    rows, texts, numbers = given_columns
    columns = {name: pa.array(values, pa.string()) for name, values in texts.items()}
    columns["number"] = pa.array(numbers, pa.int64())
    expected = []
    for row in range(rows):
        values = {name: column[row].as_py() for name, column in columns.items()}
        present = {name: value for name, value in values.items() if value is not None}
        expected.append(json.dumps(present, ensure_ascii=False, sort_keys=True) if present else None)
    assert json_objects(columns, rows).to_pylist() == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a\0b", '"a\ufffdb"'),
        ("\\u0000", '"\\\\u0000"'),
        ("\\\0", '"\\\\\ufffd"'),
        ({"k": ["\0"]}, '{"k": ["\ufffd"]}'),
    ],
)
def test_json_has_no_character_that_postgresql_cannot_keep(value: object, text: str) -> None:
    assert json_text(value) == text
