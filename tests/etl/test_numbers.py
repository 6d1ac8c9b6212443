"""Numbers in text: read where there is one reading, else not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otn.etl.readers.numbers import Decimal, number


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("51.2", None, 51.2),
        (" -4 ", None, -4),
        ("\u22124,5", None, -4.5),
        ("4,5", None, 4.5),
        ("0,250", None, 0.25),
        ("1,234", None, None),
        ("1,234", ".", 1234),
        ("1,234", ",", 1.234),
        ("1.234", ",", 1234),
        ("1.234", None, 1.234),
        ("1.234,5", None, 1234.5),
        ("1,234.5", None, 1234.5),
        ("1,234,567", None, 1234567),
        ("1 234 567,25", None, 1234567.25),
        ("1\u00a0234", None, 1234),
        ("51.2", ",", None),
        ("4,5", ".", None),
        ("1,2,3", None, None),
        ("12 34", None, None),
        ("1e3", None, 1000),
        ("1_000", None, None),
        ("nan", None, None),
        ("1e999", None, None),
        ("", None, None),
    ],
)
def test_a_number_is_read_if_it_can_be_but_one(text: str, decimal: Decimal | None, value: float | None) -> None:
    assert number(text, decimal) == value


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_what_is_written_with_either_mark_is_read_with_it(value: float) -> None:
    assert number(repr(value), ".") == value
    assert number(repr(value).replace(".", ","), ",") == value


@given(st.text(max_size=12))
def test_no_text_is_too_strange(text: str) -> None:
    number(text)
