"""Running one program that loads: what it costs on both sides of the database, and what the database wrote."""

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from bench import processes

_DURATION = re.compile(
    r"LOG:  duration: ([0-9.]+) ms  (?:statement|execute [^:]+|parse [^:]+|bind [^:]+): ?(.*(?:\n\t.*)*)"
)
_SETTLE_SECONDS = 20
# To look at all processes takes ten milliseconds of a processor.
_MEMORY_SECONDS = 0.5


@dataclass(frozen=True)
class Run:
    """One program: seconds on the clock and of processor, its peak memory with that of the processes it starts, and
    what PostgreSQL wrote.

    `overviews` are the seconds in which PostgreSQL made what only tiles need; `statements` its seconds by what they
    were spent on.
    """

    seconds: float
    client_cpu: float
    postgres_cpu: float
    peak_bytes: int
    wal_bytes: int
    overviews: float = 0.0
    statements: dict[str, float] = field(default_factory=dict)

    @property
    def compared(self) -> float:
        """The seconds that are compared: overviews are tiles, which no peer makes."""
        return self.seconds - self.overviews

    @property
    def database(self) -> float:
        """The seconds that PostgreSQL took, without overviews."""
        return sum(self.statements.values()) - self.overviews


# What a statement of a load is for, by how it begins.
_STAGES = {
    "COPY feature_key": "ids",
    "SELECT string_agg(int8send(nextval": "ids",
    'COPY "roads" ': "merge",
    'COPY "road_nodes" ': "merge",
    "COPY": "stage",
    "ANALYZE": "analyse",
    "CREATE INDEX": "index",
    "CREATE UNIQUE INDEX": "index",
    "ALTER TABLE": "index",
    "INSERT INTO feature_key": "ids",
    'INSERT INTO "roads" ': "merge",
    "UPDATE": "merge",
    "DELETE": "merge",
    'CREATE TEMPORARY TABLE "delta': "compare",
    "SELECT id, filled": "first page",
    "INSERT INTO collection_state": "state",
    "COMMIT": "commit",
}
_OVERVIEWS = "overviews"
# Parts of the names of their tables.
_OF_OVERVIEWS = ("_generalised", '"level_')


class Databases:
    """Databases made of one template, each for one run."""

    def __init__(self, url: str, directory: Path, template: str) -> None:
        self._url = url
        self._log = directory / "postgres" / "server.log"
        self._template = template
        self.postmaster = int((directory / "postgres" / "postmaster.pid").read_text().split("\n")[0])

    def fresh(self, name: str) -> str:
        """The URL of a new database, at a quiet moment after a checkpoint."""
        self.administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        created = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(self._template))
        self.administer(created)
        self.administer(sql.SQL("CHECKPOINT"))
        return self.url(name)

    def url(self, name: str) -> str:
        return self._url.replace("///otn?", f"///{name}?")

    def administer(self, statement: sql.SQL | sql.Composed) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def run(self, command: Sequence[str], *, settle: bool = True) -> Run:
        """Runs a program to its end. Raises CalledProcessError, with what it said, when it fails.

        Without `settle` other programs run at the same time, and only its seconds mean anything.
        """
        if settle:
            processes.settle([self.postmaster], _SETTLE_SECONDS)
        logged, wal, spent = self._log.stat().st_size, self._wal(), processes.seconds([self.postmaster])
        began = time.monotonic()
        # To a file: a pipe that nobody empties would stop the program.
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(command, stdout=said, stderr=said)
            with processes.peak_memory(process.pid, every=_MEMORY_SECONDS) as peak:
                _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                said.seek(0)
                raise subprocess.CalledProcessError(process.returncode, command, said.read())
        seconds = time.monotonic() - began
        if settle:
            processes.settle([self.postmaster], _SETTLE_SECONDS)
        statements = stages(self._logged_since(logged))
        return Run(
            seconds=seconds,
            client_cpu=usage.ru_utime + usage.ru_stime,
            postgres_cpu=processes.seconds([self.postmaster]) - spent,
            peak_bytes=peak.bytes,
            wal_bytes=self._wal() - wal,
            overviews=statements.get(_OVERVIEWS, 0.0),
            statements=statements,
        )

    def _logged_since(self, position: int) -> str:
        with self._log.open("rb") as log:
            log.seek(position)
            return log.read().decode(errors="replace")

    def _wal(self) -> int:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            [(position,)] = connection.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn").fetchall()
        return int(position)


def stages(log: str) -> dict[str, float]:
    """The seconds of the statements in a part of PostgreSQL's log, by what they are for."""
    found: dict[str, float] = {}
    for milliseconds, statement in _DURATION.findall(log):
        name = stage(statement)
        found[name] = found.get(name, 0.0) + float(milliseconds) / 1000
    return found


def stage(statement: str) -> str:
    """What a statement of a load is for."""
    text = " ".join(statement.split())
    if any(sign in text for sign in _OF_OVERVIEWS):
        return _OVERVIEWS
    return next((name for start, name in _STAGES.items() if text.startswith(start)), "other")
