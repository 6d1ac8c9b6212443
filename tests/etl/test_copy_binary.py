"""COPY BINARY out of Arrow columns: what comes out of the table is what went in."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from otn.etl.copy_binary import HEADER, TRAILER, body, fixed_size, geometries, images, joined, number_of_fields, pieces

_TYPES: dict[str, pa.DataType] = {
    "text": pa.string(),
    "int8": pa.int64(),
    "int4": pa.int32(),
    "float8": pa.float64(),
    "bool": pa.bool_(),
    "timestamptz": pa.timestamp("us", tz="UTC"),
    "bytea": pa.binary(),
}
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=5),
    "int8": st.integers(-(2**63), 2**63 - 1),
    "int4": st.integers(-(2**31), 2**31 - 1),
    "float8": st.floats(allow_nan=False),
    "bool": st.booleans(),
    "timestamptz": st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)),
    "bytea": st.binary(max_size=5),
}


def through_copy(url: str, columns: list[pa.Array], kinds: list[str]) -> list[tuple[Any, ...]]:
    """The rows as a table gives them back, numbered first."""
    with psycopg.connect(url) as connection:
        names = ", ".join(f"c{number} {kind}" for number, kind in enumerate(kinds))
        connection.execute(f"CREATE TEMPORARY TABLE copied (place int8, {names})".encode())
        places = pa.array(range(len(columns[0])), pa.int64())
        rows = joined([number_of_fields(len(kinds) + 1), images([places, *columns])])
        with connection.cursor().copy("COPY copied FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(HEADER)
            copy.write(body(rows))
            copy.write(TRAILER)
        connection.execute("SET LOCAL timezone = 'UTC'")
        return connection.execute("SELECT * FROM copied ORDER BY place").fetchall()


_rows = st.lists(st.fixed_dictionaries({kind: st.none() | values for kind, values in _VALUES.items()}), max_size=5)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_rows, st.integers(0, 2))
def test_every_type_with_and_without_nulls(database_url: str, rows: list[dict[str, Any]], cut: int) -> None:
    columns = [pa.array([row[kind] for row in rows], type_).slice(cut) for kind, type_ in _TYPES.items()]
    expected = [(place, *(row[kind] for kind in _TYPES)) for place, row in enumerate(rows[cut:])]
    assert through_copy(database_url, columns, list(_TYPES)) == expected


def test_the_character_nul_is_replaced(database_url: str) -> None:
    texts = pa.array(["a\0b", None, "c"])
    assert through_copy(database_url, [texts], ["text"]) == [(0, "a\ufffdb"), (1, None), (2, "c")]


def test_values_of_one_length_need_no_length_each() -> None:
    values = pa.array([b"ab", b"cd"], pa.binary(2))
    assert joined(fixed_size(values)).to_pylist() == [b"\0\0\0\2ab", b"\0\0\0\2cd"]


_numbers = st.floats(-180, 180)
_lines = st.lists(st.lists(st.tuples(_numbers, _numbers), min_size=2, max_size=4), max_size=4)


@given(_lines)
def test_lines_are_what_shapely_writes(lines: list[list[tuple[float, float]]]) -> None:
    column = np.array([None, *map(shapely.LineString, lines)], dtype=object)[1:]
    written = shapely.to_wkb(column, byte_order=1)
    assert joined(geometries(column)).to_pylist() == [len(wkb).to_bytes(4, "big") + wkb for wkb in written]


@given(st.lists(st.one_of(st.just(shapely.Point()), st.builds(shapely.Point, _numbers, _numbers)), max_size=4))
def test_points_are_too_also_without_a_place(points: list[shapely.Point]) -> None:
    column = np.array([None, *points], dtype=object)[1:]
    written = shapely.to_wkb(column, byte_order=1)
    assert joined(geometries(column)).to_pylist() == [len(wkb).to_bytes(4, "big") + wkb for wkb in written]


def test_other_geometries_beside_lines_are_too() -> None:
    column = shapely.from_wkt(["LINESTRING (0 0, 1 1)", "POINT (2 3)", "LINESTRING Z (0 0 1, 1 1 1)"])
    written = shapely.to_wkb(column, byte_order=1)
    for some in (slice(None), slice(0, 1), slice(1, 2), slice(2, 3)):
        expected = [len(wkb).to_bytes(4, "big") + wkb for wkb in written[some]]
        assert joined(geometries(column[some])).to_pylist() == expected


def test_a_type_that_no_column_holds_is_refused() -> None:
    with pytest.raises(TypeError, match="No column of the model holds date32"):
        pieces(pa.array([1], pa.int32()).cast(pa.date32()))
