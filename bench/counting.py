"""What a server asks of PostgreSQL for one request, and what tipg's count costs by itself."""

import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg

from bench import processes
from bench.data import DATA_DIR
from otn.store import installed

_LOG = DATA_DIR / "postgres" / "server.log"
_STATEMENT = re.compile(r"LOG:  (?:statement|execute [^:]+): (.*(?:\n\t.*)*)")
_SECONDS = 2


def statements(url: str, ask: Callable[[], object]) -> list[str]:
    """The statements that run while `ask` does, as PostgreSQL logs them."""
    with psycopg.connect(url, autocommit=True) as connection:
        try:
            _log_statements(connection, "all")
            before = _LOG.stat().st_size
            ask()
        finally:
            _log_statements(connection, "none")
    return logged(_LOG.read_bytes()[before:].decode(errors="replace"))


def logged(log: str) -> list[str]:
    """The statements that a part of PostgreSQL's log holds."""
    return _STATEMENT.findall(log)


def counts_of(said: Sequence[str]) -> list[str]:
    """Those that count features."""
    return [statement for statement in said if re.search(r"\bcount\(", statement, re.IGNORECASE)]


def cost(url: str, postmaster: int, counts: Sequence[str]) -> float:
    """Milliseconds of PostgreSQL's processor time for each of these statements, run by pgbench in random order."""
    with tempfile.TemporaryDirectory() as directory:
        scripts = []
        for number, statement in enumerate(counts):
            script = Path(directory) / f"{number}.sql"
            script.write_text(statement.strip().replace("\n", " ").rstrip(";") + ";\n")
            scripts.append(f"--file={script}")
        processes.settle([postmaster], _SECONDS)
        before = processes.seconds([postmaster])
        program = installed.programs(DATA_DIR / "postgres") / "pgbench"
        command = [
            str(program),
            "--no-vacuum",
            "--client=1",
            f"--time={_SECONDS}",
            "--protocol=prepared",
            *scripts,
            url,
        ]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        # The backend is ending: until the postmaster has buried it, its time may be seen with neither of them.
        processes.settle([postmaster], _SECONDS)
        spent = processes.seconds([postmaster]) - before
    number_run = re.search(r"transactions actually processed: (\d+)", told)
    return spent * 1000 / max(1, int(number_run[1]) if number_run else 1)


def _log_statements(connection: psycopg.Connection, which: str) -> None:
    connection.execute(
        "ALTER SYSTEM SET log_statement = 'all'" if which == "all" else "ALTER SYSTEM RESET log_statement"
    )
    connection.execute("SELECT pg_reload_conf()")
    time.sleep(0.3)  # the server's processes take the new configuration when they next look
