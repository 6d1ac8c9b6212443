"""Connections for answering requests: read-only, bounded, replaced when they break, never working for nobody."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import pytest

from otn.errors import TookTooLong, Unavailable
from otn.store.pool import Pool


def run(url: str, work: Callable[[Pool], Awaitable[None]], **limits: Any) -> None:
    async def main() -> None:
        pool = Pool(url, size=2, **limits)
        try:
            await work(pool)
        finally:
            await pool.close()

    asyncio.run(main())


def busy(url: str) -> int:
    """How many connections of the API are at work."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'otn-api' AND state = 'active'"
            " AND datname = current_database()"
        ).fetchone()
    assert row is not None
    return int(row[0])


async def until(condition: Callable[[], bool]) -> None:
    """Waits, up to a minute, until something outside this process has come true."""
    async with asyncio.timeout(60):
        while not await asyncio.to_thread(condition):
            await asyncio.sleep(0.01)


def test_text_comes_as_bytes_and_times_in_utc(database_url: str) -> None:
    async def work(pool: Pool) -> None:
        (row,) = await pool.fetch("SELECT $1::text AS text, now()::text AS now", ("é",))
        assert row["text"] == "é".encode()
        assert row["now"].endswith(b"+00")

    run(database_url, work)


@pytest.mark.parametrize("statement", ["CREATE TABLE x ()", "DELETE FROM dataset", "TRUNCATE roads"])
def test_nothing_can_be_written(database_url: str, statement: str) -> None:
    async def work(pool: Pool) -> None:
        with pytest.raises(Exception, match="read-only transaction"):
            await pool.fetch(statement)

    run(database_url, work)


def test_a_query_has_a_time_limit(database_url: str) -> None:
    async def work(pool: Pool) -> None:
        with pytest.raises(Unavailable, match=r"longer than 0\.2 s"):
            await pool.fetch("SELECT pg_sleep(30)")
        assert await pool.fetch("SELECT 1")

    run(database_url, work, statement_timeout=0.2)


def test_a_query_may_have_a_share_of_the_time(database_url: str) -> None:
    async def work(pool: Pool) -> None:
        began = time.monotonic()
        with pytest.raises(TookTooLong):
            await pool.fetch("SELECT pg_sleep(30)", share=0.01)
        assert time.monotonic() - began < 5
        assert await pool.fetch("SELECT 1", share=0.5)
        await until(lambda: busy(database_url) == 0)

    run(database_url, work)


def test_the_wait_for_a_connection_has_a_limit(database_url: str) -> None:
    async def work(pool: Pool) -> None:
        async with asyncio.TaskGroup() as tasks:
            sleepers = [tasks.create_task(pool.fetch("SELECT pg_sleep(30)")) for _ in range(2)]
            await until(lambda: busy(database_url) == 2)
            with pytest.raises(Unavailable, match="busy"):
                await pool.fetch("SELECT 1")
            for sleeper in sleepers:
                sleeper.cancel()
        assert await pool.fetch("SELECT 1")

    run(database_url, work, wait_timeout=0.2)


def test_who_would_wait_in_vain_is_refused_at_once(database_url: str) -> None:
    async def work(pool: Pool) -> None:
        async with asyncio.TaskGroup() as tasks:
            sleepers = [tasks.create_task(pool.fetch("SELECT pg_sleep(30)")) for _ in range(2 + 3)]
            await until(lambda: busy(database_url) == 2)
            with pytest.raises(Unavailable, match="too many requests"):
                await pool.fetch("SELECT 1")
            leaving = sleepers.pop()
            leaving.cancel()
            await asyncio.wait([leaving])
            tasks.create_task(pool.fetch("SELECT 1"))  # In the place of the one who left.
            await asyncio.sleep(0)
            for sleeper in sleepers:
                sleeper.cancel()

    run(database_url, work, most_waiting=3)


def test_the_wait_is_foreseen_from_how_long_queries_take(database_url: str) -> None:
    async def work(pool: Pool) -> None:
        await asyncio.gather(*(pool.fetch("SELECT pg_sleep(0.2)") for _ in range(8)))
        answers = await asyncio.gather(
            *(pool.fetch("SELECT pg_sleep(0.2)") for _ in range(200)), return_exceptions=True
        )
        refused = [answer for answer in answers if isinstance(answer, Unavailable)]
        assert 0 < len(refused) < 200
        assert {str(answer.detail).partition(":")[0] for answer in refused} == {"The service is busy"}
        assert await pool.fetch("SELECT 1")

    run(database_url, work, wait_timeout=2)


def test_more_requests_than_connections_wait_their_turn(database_url: str) -> None:
    async def work(pool: Pool) -> None:
        answers = await asyncio.gather(*(pool.fetch("SELECT $1::int AS number", (number,)) for number in range(50)))
        assert [rows[0]["number"] for rows in answers] == list(range(50))

    run(database_url, work)


def test_a_cancelled_query_ends_in_postgresql_too(database_url: str) -> None:
    async def work(pool: Pool) -> None:
        sleeper = asyncio.create_task(pool.fetch("SELECT pg_sleep(30)"))
        await until(lambda: busy(database_url) == 1)
        sleeper.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sleeper
        await until(lambda: busy(database_url) == 0)
        assert await pool.fetch("SELECT 1")

    run(database_url, work)


def test_broken_connections_are_replaced(database_url: str) -> None:
    async def work(pool: Pool) -> None:
        await asyncio.gather(*(pool.fetch("SELECT 1") for _ in range(2)))
        for _ in range(3):
            with psycopg.connect(database_url) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'otn-api' AND datname = current_database()"
                )
            assert await pool.fetch("SELECT 1")

    run(database_url, work)


def test_a_query_that_loses_its_connection_is_asked_again(database_url: str) -> None:
    async def work(pool: Pool) -> None:
        answer = asyncio.create_task(pool.fetch("SELECT pg_sleep(0.5), 1 AS one"))
        await until(lambda: busy(database_url) == 1)
        with psycopg.connect(database_url) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'otn-api' AND datname = current_database()"
            )
        assert (await answer)[0]["one"] == 1

    run(database_url, work)


def test_a_database_that_does_not_answer_is_unavailable(database_url: str) -> None:
    async def work(pool: Pool) -> None:
        for _ in range(5):
            with pytest.raises(Unavailable, match="does not answer"):
                await pool.fetch("SELECT 1")

    run(database_url.replace("///", "///nothing_of_this_name_"), work)


def test_a_database_without_tables_is_unavailable(database_url: str) -> None:
    async def work(pool: Pool) -> None:
        with pytest.raises(Unavailable, match="set up"):
            await pool.fetch("SELECT * FROM no_such_table")

    run(database_url, work)


def test_a_mistake_of_ours_is_no_unavailability(database_url: str) -> None:
    async def work(pool: Pool) -> None:
        with pytest.raises(Exception, match="division by zero"):
            await pool.fetch("SELECT 1 / 0")
        assert await pool.fetch("SELECT 1")

    run(database_url, work)
