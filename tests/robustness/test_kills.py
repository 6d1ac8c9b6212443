"""`kill -9` of a load, of the server and of PostgreSQL loses nothing: what was committed is served again."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import LiteralString

import psycopg
import pytest

from tests.robustness.conftest import PLACES, Installation, ports

OLD = {"all": PLACES, "v1": PLACES, "v2": 0}
NEW = {"all": PLACES, "v1": 0, "v2": PLACES}


def wait_for_statement(connection: psycopg.Connection, pattern: str) -> None:
    """Returns as soon as a load executes a statement like `pattern`."""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        # Within a transaction PostgreSQL shows the same activity again and again.
        connection.execute("SELECT pg_stat_clear_snapshot()")
        if connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'otn-load' AND query LIKE %s", [pattern]
        ).fetchone():
            return
    raise AssertionError(f"no load came to {pattern!r}")


@contextmanager
def no_load_writes(connection: psycopg.Connection, table: LiteralString = "ports") -> Iterator[None]:
    """Whoever would write there waits: however late the kill comes, nothing has been committed."""
    with connection.transaction():
        connection.execute(f"LOCK TABLE {table} IN SHARE MODE")
        yield


@pytest.mark.parametrize(
    ("table", "moment"),
    [
        ("ports", 'COPY "staged%'),
        ("ports", 'CREATE TEMPORARY TABLE "delta%'),
        ("feature_change", "INSERT INTO feature_change%"),
    ],
)
def test_a_load_killed_at_a_known_moment_changes_nothing(
    installation: Installation, table: LiteralString, moment: str
) -> None:
    second = installation.file(2)
    with installation.connection() as connection:
        with (
            no_load_writes(connection, table),
            installation.start("load", "elsewhere/ports", "--from", str(second)) as load,
        ):
            wait_for_statement(connection, moment)
            load.kill()
        with installation.serving() as (address, _):
            assert ports(address) == OLD
            installation.run("load", "elsewhere/ports", "--from", str(second))
            assert ports(address) == NEW


@pytest.mark.parametrize(("table", "moment"), [("ports", 'COPY "ports"%'), ("feature_key", "COPY feature_key%")])
def test_a_first_load_killed_at_a_known_moment_leaves_nothing(
    new_installation: Installation, table: LiteralString, moment: str
) -> None:
    file = str(new_installation.file(1))
    new_installation.run("db", "upgrade")
    with new_installation.connection() as connection:
        with (
            no_load_writes(connection, table),
            new_installation.start("load", "elsewhere/ports", "--from", file) as load,
        ):
            wait_for_statement(connection, moment)
            load.kill()
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('elsewhere/ports', 0))")
        [counts] = connection.execute(
            "SELECT (SELECT count(*) FROM ports), (SELECT count(*) FROM feature_key)"
        ).fetchall()
        assert counts == (0, 0)
        new_installation.run("load", "elsewhere/ports", "--from", file)
        assert state(connection) == OLD


def state(connection: psycopg.Connection) -> dict[str, int]:
    """What `ports` of the service would tell, asked of the database once no load is under way."""
    # A load that was killed ends when PostgreSQL notices it, and holds this lock until then.
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('elsewhere/ports', 0))")
    [(features, old, new, described, announced)] = connection.execute(
        "SELECT count(*), count(*) FILTER (WHERE name = 'v1'), count(*) FILTER (WHERE name = 'v2'),"
        " (SELECT number_of_features FROM dataset), (SELECT number_of_features FROM collection_state) FROM ports"
    ).fetchall()
    assert (described, announced) == (features, features)
    return {"all": features, "v1": old, "v2": new}


@pytest.mark.trust
def test_a_load_killed_at_fifty_random_moments_leaves_the_old_state_or_the_new(installation: Installation) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    moments = random.Random(seed)  # noqa: S311
    files = {1: installation.file(1), 2: installation.file(2)}
    with installation.connection() as connection:
        began = time.monotonic()
        installation.run("load", "elsewhere/ports", "--from", str(files[2]))
        duration = time.monotonic() - began
        version = 1
        for number in range(1, 51):
            after = moments.uniform(0, duration)
            load = installation.start("load", "elsewhere/ports", "--from", str(files[version]))
            with suppress(subprocess.TimeoutExpired):
                load.communicate(timeout=after)
            load.kill()
            load.communicate()
            found = state(connection)
            print(f"{number}: killed after {after:.2f} s of {duration:.2f} s: {found}")
            assert found in (OLD, NEW)
            if number % 10 == 0:
                with installation.serving() as (address, _):
                    assert ports(address) == found
            version = 2 if found == OLD else 1


def test_a_second_load_of_a_dataset_is_refused_while_the_first_goes_on(installation: Installation) -> None:
    first, second = (("load", "elsewhere/ports", "--from", str(installation.file(version))) for version in (2, 1))
    with installation.connection() as connection, ExitStack() as held:
        held.enter_context(no_load_writes(connection))
        with installation.start(*first) as load:
            wait_for_statement(connection, 'COPY "staged%')
            with installation.start(*second) as refused:
                _, said = refused.communicate(timeout=120)
            held.close()
            load.communicate(timeout=120)
        assert refused.returncode == 1
        assert "Another load of elsewhere/ports is running; wait until it has ended." in " ".join(said.split())
        assert load.returncode == 0
        assert state(connection) == NEW


@pytest.mark.trust
def test_a_second_load_of_a_dataset_waits_for_one_that_is_about_to_end(installation: Installation) -> None:
    file = installation.file(2)
    with installation.connection() as connection:
        connection.execute("SELECT pg_advisory_lock(hashtextextended('elsewhere/ports', 0))")
        with installation.start("load", "elsewhere/ports", "--from", str(file)) as load:
            wait_for_statement(connection, "SELECT pg_advisory_xact_lock%")
            connection.execute("SELECT pg_advisory_unlock(hashtextextended('elsewhere/ports', 0))")
            _, said = load.communicate(timeout=120)
        assert load.returncode == 0, said
        assert state(connection) == NEW


def test_a_killed_server_leaves_nothing_in_the_way(installation: Installation) -> None:
    with installation.serving() as (_, server):
        server.kill()
        server.wait()
    with installation.serving() as (address, _):
        assert ports(address) == OLD


def test_a_killed_postgresql_recovers_what_was_committed(installation: Installation) -> None:
    with installation.serving() as (_, server):
        os.kill(installation.postmaster(), signal.SIGKILL)
        server.kill()
        server.wait()
    with installation.serving() as (address, _):
        assert ports(address) == OLD
