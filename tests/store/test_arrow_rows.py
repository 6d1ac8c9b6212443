"""Rows as Arrow batches: values stay values, memory stays bounded, and nobody works for a reader that has stopped."""

import asyncio
import threading
from datetime import UTC, datetime
from typing import Any

import psycopg
import pyarrow
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from otn.errors import Unavailable
from otn.store.arrow_rows import ArrowRows, with_literals
from tests.store.test_pool import busy, until

TEXT = pyarrow.schema([("value", pyarrow.utf8())])
MANY = "SELECT repeat('x', 1000) FROM generate_series(1, 100000)"


def rows(url: str, sql: str, schema: pyarrow.Schema, *parameters: Any, **limits: float) -> list[dict[str, Any]]:
    with ArrowRows(url, sql, parameters, **limits).batches(schema) as batches:
        return [row for batch in batches for row in batch.to_pylist()]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_a_text_is_never_sql(sample_connection: psycopg.Connection[Any], value: str) -> None:
    statement = with_literals("SELECT $1::text, $2::text", (value, "$1"))
    assert sample_connection.execute(statement.encode()).fetchone() == (value, "$1")


@pytest.fixture
def sample_connection(database_url: str) -> Any:
    with psycopg.connect(database_url) as connection:
        yield connection


def test_parameters_are_values(database_url: str) -> None:
    schema = pyarrow.schema(
        [
            ("text", pyarrow.utf8()),
            ("number", pyarrow.int64()),
            ("difference", pyarrow.int64()),
            ("moment", pyarrow.timestamp("us", "UTC")),
            ("nothing", pyarrow.float64()),
        ]
    )
    moment = datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)
    sql = "SELECT $1::text, $2::bigint, 1-$3::bigint, $4::timestamptz, $5::float8"
    given = ("it's \\ $2", 2**40, -5, moment, None)
    assert [tuple(row.values()) for row in rows(database_url, sql, schema, *given)] == [
        ("it's \\ $2", 2**40, 6, moment, None)
    ]


def test_batches_are_of_bounded_size(database_url: str) -> None:
    with ArrowRows(database_url, MANY).batches(TEXT) as batches:
        sizes = [batch.nbytes for batch in batches]
    assert len(sizes) > 5
    assert max(sizes) < 20 * 2**20


def test_nothing_can_be_written(database_url: str) -> None:
    with pytest.raises(Exception, match="read-only transaction"):
        rows(database_url, "SELECT nextval('load_id_seq')::text", TEXT)


def test_it_has_a_time_limit(database_url: str) -> None:
    with pytest.raises(Unavailable, match="took too long"):
        rows(database_url, "SELECT pg_sleep(30)::text", TEXT, time_limit=0.2)


def test_a_database_that_does_not_answer_is_unavailable(database_url: str) -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        rows(database_url.replace("///", "///nothing_of_this_name_"), "SELECT 'x'", TEXT)


def test_a_mistake_of_ours_is_no_unavailability(database_url: str) -> None:
    with pytest.raises(Exception, match="division by zero"):
        rows(database_url, "SELECT (1 / 0)::text", TEXT)


def test_a_reader_that_stops_ends_the_query(database_url: str) -> None:
    with ArrowRows(database_url, MANY).batches(TEXT) as batches:
        next(batches)
    asyncio.run(until(lambda: busy(database_url) == 0))


def test_another_thread_may_cancel(database_url: str) -> None:
    query = ArrowRows(database_url, "SELECT pg_sleep(30)::text")
    failed: list[BaseException] = []

    def read() -> None:
        try:
            with query.batches(TEXT) as batches:
                list(batches)
        except OSError as error:
            failed.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    asyncio.run(until(lambda: busy(database_url) == 1))
    query.cancel()
    thread.join(10)
    assert not thread.is_alive()
    # Cancelled while it still connects, it reads nothing and has nothing to say.
    assert all("user request" in str(error) for error in failed)


def test_what_was_cancelled_before_it_began_reads_nothing(database_url: str) -> None:
    query = ArrowRows(database_url, "SELECT pg_sleep(30)::text")
    query.cancel()
    with query.batches(TEXT) as batches:
        assert list(batches) == []
