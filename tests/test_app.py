"""The server as a process: it says when it listens, answers, and ends when told to."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest

from otn.app import create_app, require_free_port, serve
from otn.errors import SettingsError
from otn.settings import Settings
from tests.processes import Process

_PROGRAM = """
from otn.app import serve
from otn.settings import Settings
serve(Settings.from_environment(), lambda address: print(address, flush=True))
print("ended")
"""


@contextmanager
def server(settings: Settings, **environment: str) -> Iterator[tuple[str, Process]]:
    """The address of a server process and the process."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("OTN_")}
    variables |= settings.to_environment() | {"OTN_PORT": "0"} | environment
    command = [sys.executable, "-c", _PROGRAM]
    with Process(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address, process.communicate(timeout=30)[1]
        yield address, process


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_end(settings: Settings, workers: str, number: signal.Signals) -> None:
    with server(settings, OTN_WORKERS=workers) as (address, process):
        assert httpx.get(address, timeout=30).json()["title"] == "Open Transport Net"
        assert "server" not in httpx.get(address, timeout=30).headers
        process.send_signal(number)
        output, errors = process.communicate(timeout=30)
    assert (process.returncode, output, errors) == (0, "ended\n", "")


@pytest.mark.parametrize("numbers", [(signal.SIGHUP,), (signal.SIGINT, signal.SIGINT)])
def test_it_ends_in_order_with_its_terminal_and_at_a_second_ctrl_c(
    settings: Settings, numbers: tuple[signal.Signals, ...]
) -> None:
    with server(settings) as (address, process):
        assert httpx.get(address, timeout=30).status_code == 200
        for number in numbers:
            process.send_signal(number)
        output, errors = process.communicate(timeout=30)
    assert (process.returncode, output, errors) == (0, "ended\n", "")


def test_it_goes_on_when_postgresql_drops_its_connections(settings: Settings) -> None:
    with server(settings) as (address, _):
        for _ in range(3):
            assert httpx.get(address + "collections", timeout=30).status_code == 200
            with psycopg.connect(settings.database_url or "") as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'otn-api' AND datname = current_database()"
                )


def test_a_port_that_is_taken_is_said_in_a_sentence(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = Settings(database_url=settings.database_url, port=other.getsockname()[1])
        with pytest.raises(SettingsError, match="cannot listen"):
            require_free_port(taken)
        with pytest.raises(SettingsError, match="cannot listen"):
            serve(taken, lambda address: pytest.fail(f"listens on {address}"))


def test_without_a_database_there_is_no_application(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="OTN_DATABASE_URL"):
        create_app(Settings(data_dir=tmp_path))
