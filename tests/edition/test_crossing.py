"""Whether a line touches a box is said as the geometry library says it, or not said at all."""

import math

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from otn.edition.crossing import touches

BOX = (0.1, 0.2, 0.7, 0.5)

few = st.integers(0, 8).map(lambda number: number / 10)
coordinates = st.one_of(few, few.map(lambda number: math.nextafter(number, 1)), st.floats(-0.2, 1.2))
lines = st.lists(st.tuples(coordinates, coordinates), min_size=2, max_size=5)


@given(lines, st.tuples(few, few), st.tuples(few, few))
def test_what_is_said_is_what_the_geometry_library_says(
    line: list[tuple[float, float]], one: tuple[float, float], other: tuple[float, float]
) -> None:
    (west, east), (south, north) = sorted((one[0], other[0])), sorted((one[1], other[1]))
    box = shapely.envelope(shapely.LineString([(west, south), (east, north)]))
    said = touches([number for point in line for number in point], (west, south, east, north))
    assert said in (None, shapely.intersects(box, shapely.LineString(line)))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param([0.0, 0.0, 1.0, 1.0], True, id="through"),
        pytest.param([0.0, 0.0, 0.3, 0.3, 0.0, 0.4], True, id="in and out"),
        pytest.param([0.0, 0.45, 0.4, 0.85], False, id="past a corner"),
        pytest.param([0.8, 0.0, 0.8, 1.0, 0.0, 1.0], False, id="around a corner"),
        pytest.param([0.0, 0.2, 1.0, 0.2], None, id="along a side"),
        pytest.param([0.0, 0.4, 0.4, 0.8], None, id="by a corner within rounding"),
    ],
)
def test_what_is_plain_is_said(line: list[float], said: bool | None) -> None:
    assert touches(line, BOX) is said
