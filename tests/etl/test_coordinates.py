"""Places in text: one cell or two, with points or commas, in degrees or with minutes; axes are never guessed."""

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from otn.etl.readers.coordinates import Axis, Order, coordinate, coordinates, pair, pairs
from otn.etl.readers.numbers import Decimal


@pytest.mark.parametrize(
    ("text", "axis", "value"),
    [
        ("51.2", "y", 51.2),
        ("51,2", "y", 51.2),
        ("51,234", "y", 51.234),
        ("51°13'12\"N", "y", 51.22),
        ("51° 13' 12,0'' N", "y", 51.22),
        ("51°13.2′N", "y", 51.22),
        ("N51°13.2'", "y", 51.22),
        ("51 13 12 N", "y", 51.22),
        ("4°24'W", "x", -4.4),
        ("-4°24'", "x", -4.4),
        ("5113N", "y", 51 + 13 / 60),
        ("00424E", "x", 4.4),
        ("51 13", "y", None),
        ("51°13'12\"N", "x", None),
        ("51°60'N", "y", None),
        ("-51°13'N", "y", None),
        ("51.5°13'N", "y", None),
        ("4°24'O", "x", None),
        ("north", "y", None),
    ],
)
def test_degrees_have_decimals_or_minutes(text: str, axis: Axis, value: float | None) -> None:
    assert coordinate(text, axis) == (value if value is None else pytest.approx(value))


@pytest.mark.parametrize(
    "text",
    [
        "48.85,2.35",
        "48.85, 2.35",
        "48.85 2.35",
        "48,85 2,35",
        "48,85;2,35",
        "48,85, 2,35",
        "(48.85, 2.35)",
        "[48.85,2.35]",
        "48°51'N 2°21'E",
        "2°21'E, 48°51'N",
        "N48°51' E2°21'",
        "4851N 00221E",
    ],
)
def test_a_pair_stands_in_one_cell(text: str) -> None:
    assert pair(text, "lat_lon") == pytest.approx((2.35, 48.85))


@pytest.mark.parametrize("text", ["48.85", "48.85,2.35,7", "48,85,2,35", "a b", "48°51'N 2°21'N", "POINT (2 48)", ","])
def test_what_is_no_pair_is_none(text: str) -> None:
    assert pair(text, "lat_lon") is None


def test_four_numbers_are_a_pair_with_commas_where_that_is_declared() -> None:
    assert pair("48,85,2,35", "lat_lon", ",") == pytest.approx((2.35, 48.85))
    assert pairs(pa.array(["48,2"]), "lat_lon", ",")[2] == {0}


@pytest.mark.parametrize(("order", "place"), [("lat_lon", (80.0, 10.0)), ("lon_lat", (10.0, 80.0))])
def test_which_comes_first_is_declared_and_not_guessed(order: Order, place: tuple[float, float]) -> None:
    x, y, unreadable = pairs(pa.array(["10 80", " ", None]), order, None)
    assert (x[0], y[0]) == place
    assert not unreadable
    assert str(x[1:]) == "[nan nan]"


NUMBERS = st.floats(-180, 180).map(str)
TEXTS = st.one_of(st.none(), st.text(max_size=8), NUMBERS, NUMBERS.map(lambda text: text.replace(".", ",")))


@given(st.lists(TEXTS, max_size=30), st.sampled_from([None, ".", ","]))
@example(["1.234", "1,234", "51.2", "51,2", "+4", "1e1"], ",")
def test_in_bulk_it_is_as_one_by_one(texts: list[str | None], decimal: Decimal | None) -> None:
    values, unreadable = coordinates(pa.array(texts, pa.string()), "x", decimal)
    for row, text in enumerate(texts):
        alone = coordinate(text, "x", decimal) if text and text.strip() else None
        assert (row in unreadable) == (alone is None and bool(text and text.strip()))
        assert alone is None or values[row] == alone
