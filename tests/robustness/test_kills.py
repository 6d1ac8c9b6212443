"""`kill -9` of a load, of the server and of PostgreSQL loses nothing: what was committed is served again."""

import os
import random
import signal
import subprocess
import time
from contextlib import suppress

import psycopg
import pytest

from tests.robustness.conftest import PLACES, Installation, ports

OLD = {"all": PLACES, "v1": PLACES, "v2": 0}
NEW = {"all": PLACES, "v1": 0, "v2": PLACES}


def wait_for_statement(connection: psycopg.Connection, pattern: str) -> None:
    """Returns as soon as a load executes a statement like `pattern`."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'otn-load' AND query LIKE %s", [pattern]
        ).fetchone():
            return
    raise AssertionError(f"no load came to {pattern!r}")


@pytest.mark.parametrize("moment", ['COPY "staged%', 'CREATE TEMPORARY TABLE "delta%', 'INSERT INTO "ports"%'])
def test_a_load_killed_at_a_known_moment_changes_nothing(installation: Installation, moment: str) -> None:
    installation.run("load", "elsewhere/ports", "--from", str(installation.file(1)))
    second = installation.file(2)
    with installation.connection() as connection:
        with installation.start("load", "elsewhere/ports", "--from", str(second)) as load:
            wait_for_statement(connection, moment)
            load.kill()
        with installation.serving() as (address, _):
            assert ports(address) == OLD
            installation.run("load", "elsewhere/ports", "--from", str(second))
            assert ports(address) == NEW


@pytest.mark.trust
def test_a_load_killed_at_ten_random_moments_leaves_the_old_state_or_the_new(installation: Installation) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    moments = random.Random(seed)  # noqa: S311
    files = {1: installation.file(1), 2: installation.file(2)}
    installation.run("load", "elsewhere/ports", "--from", str(files[1]))
    began = time.monotonic()
    installation.run("load", "elsewhere/ports", "--from", str(files[2]))
    duration = time.monotonic() - began
    version = 1
    for _ in range(10):
        after = moments.uniform(0, duration)
        load = installation.start("load", "elsewhere/ports", "--from", str(files[version]))
        with suppress(subprocess.TimeoutExpired):
            load.communicate(timeout=after)
        load.kill()
        load.communicate()
        with installation.serving() as (address, _):
            found = ports(address)
        print(f"killed after {after:.2f} s of {duration:.2f} s: {found}")
        assert found in (OLD, NEW)
        version = 2 if found == OLD else 1


def test_a_killed_server_leaves_nothing_in_the_way(installation: Installation) -> None:
    installation.run("load", "elsewhere/ports", "--from", str(installation.file(1)))
    with installation.serving() as (_, server):
        server.kill()
        server.wait()
    with installation.serving() as (address, _):
        assert ports(address) == OLD


def test_a_killed_postgresql_recovers_what_was_committed(installation: Installation) -> None:
    installation.run("load", "elsewhere/ports", "--from", str(installation.file(1)))
    with installation.serving() as (_, server):
        os.kill(installation.postmaster(), signal.SIGKILL)
        server.kill()
        server.wait()
    with installation.serving() as (address, _):
        assert ports(address) == OLD
