"""Several connections that answer beside each other: alike, in order, and no longer than they are wanted."""

import threading

import psycopg
import pytest
from psycopg import errors

from otn.edition.side_by_side import side_by_side
from otn.edition.snapshot import snapshot


def number_of_rows(connection: psycopg.Connection, _: int) -> int:
    [(number,)] = connection.execute("SELECT count(*) FROM basemap_state").fetchall()
    return int(number)


def test_all_see_what_the_first_one_saw(database_url: str) -> None:
    with snapshot(database_url) as connection:
        before = number_of_rows(connection, 0)
        with psycopg.connect(database_url) as other:
            other.execute("INSERT INTO basemap_state VALUES ('another')")
        with side_by_side(connection, database_url, 3) as connections:
            assert set(connections.answers(number_of_rows, range(20))) == {before}


def test_each_answers_while_others_do_and_the_answers_come_in_order(database_url: str) -> None:
    together = threading.Barrier(2, timeout=30)

    def answer(connection: psycopg.Connection, item: int) -> tuple[int, int]:
        together.wait()
        [(process,)] = connection.execute("SELECT pg_backend_pid()").fetchall()
        return item, process

    with snapshot(database_url) as connection, side_by_side(connection, database_url, 2) as connections:
        answers = list(connections.answers(answer, range(10)))
    assert [item for item, _ in answers] == list(range(10))
    assert len({process for _, process in answers}) == 2


def test_an_error_of_one_ends_what_the_others_wait_for(database_url: str) -> None:
    def answer(connection: psycopg.Connection, item: int) -> None:
        if item:
            connection.execute("SELECT pg_advisory_lock(1)")
        while not connection.execute("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").fetchall():
            pass
        connection.execute("SELECT 1 / 0")

    with psycopg.connect(database_url) as holder:
        holder.execute("SELECT pg_advisory_lock(1)")
        with (
            pytest.raises(errors.DivisionByZero),
            snapshot(database_url) as connection,
            side_by_side(connection, database_url, 2) as connections,
        ):
            list(connections.answers(answer, range(2)))
