"""Rows that wait in a file come back in the order of their ranks, those of one rank as they were added; tables as they
were added, column by column."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import chain

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otn.etl import aside
from otn.etl.aside import RowsAside, TableAside
from otn.etl.background import Background

Batch = list[tuple[int, bytes]]

batches = st.lists(st.lists(st.tuples(st.integers(0, 5), st.binary(max_size=20)), max_size=8), max_size=5)


@contextmanager
def rows_aside(given_batches: list[Batch]) -> Iterator[RowsAside]:
    rows = RowsAside()
    try:
        for batch in given_batches:
            ranks = np.array([rank for rank, _ in batch], np.int64)
            rows.add(ranks, pa.array([content for _, content in batch], pa.binary()))
        yield rows
    finally:
        rows.close()


@given(batches, st.sets(st.integers(0, 39)), st.sampled_from([1, 40, 16 << 20]))
def test_rows_come_in_the_order_of_their_ranks_but_those_left_out(
    given_batches: list[Batch], left_out: set[int], chunk: int
) -> None:
    came = [(rank, number, content) for number, (rank, content) in enumerate(chain(*given_batches))]
    expected = sorted(row for row in came if row[1] not in left_out)
    unwanted = np.array(sorted(left_out & {number for _, number, _ in came}), np.int64)
    with pytest.MonkeyPatch.context() as patch, rows_aside(given_batches) as rows:
        patch.setattr(aside, "_CHUNK_BYTES", chunk)
        given_up = [pair for at, contents in rows.rows(unwanted) for pair in zip(at, contents.to_pylist(), strict=True)]
        rows.leave_out(unwanted)
        chunks = list(rows.chunks())
        numbers = rows.numbers().tolist()
    assert sorted(given_up) == [(number, content) for _, number, content in came if number in left_out]
    assert numbers == [number for _, number, _ in expected]
    assert [rank for ranks, _ in chunks for rank in ranks] == [rank for rank, _, _ in expected]
    assert [row for _, contents in chunks for row in contents.to_pylist()] == [content for _, _, content in expected]


names = st.text(max_size=3) | st.none()
tables = st.lists(st.lists(st.tuples(names, st.lists(st.integers(0, 9), max_size=3)), max_size=4), max_size=4)


@given(tables)
def test_a_table_comes_back_as_often_as_it_is_wanted_and_only_the_columns_that_are(
    given_tables: list[list[tuple[str | None, list[int]]]],
) -> None:
    schema = pa.schema({"name": pa.string(), "numbers": pa.list_(pa.int32())})
    columns = [([name for name, _ in rows], [numbers for _, numbers in rows]) for rows in given_tables]
    added = [pa.RecordBatch.from_arrays(list(map(pa.array, both, schema.types)), schema=schema) for both in columns]
    with closing(TableAside()) as table:
        for batch in added:
            table.add(batch)
        for _ in range(2):
            assert [batch["numbers"].to_pylist() for batch in table.read("numbers")] == [both[1] for both in columns]
            assert all(batch.schema.names == ["name"] for batch in table.read("name"))
            assert list(table.read()) == added


def test_what_is_made_ahead_comes_in_its_order_and_with_its_errors() -> None:
    def items() -> Iterator[int]:
        yield from range(3)
        raise ValueError("no fourth")

    with Background() as background:
        assert list(background.ahead(iter("abc"))) == ["a", "b", "c"]
        ahead = background.ahead(items())
        assert [next(ahead) for _ in range(3)] == [0, 1, 2]
        with pytest.raises(ValueError, match="no fourth"):
            next(ahead)
