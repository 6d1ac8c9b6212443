"""An installation of its own for each test: a data directory, a private cluster, processes that may be killed."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from otn.settings import Settings
from otn.store.cluster import database
from tests.conftest import environment_with, open_directory
from tests.processes import Process

PLACES = 5_000


class Installation:
    """OTN in a data directory of its own, used through its command line and its HTTP interface only."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._environment = environment_with(OTN_DATA_DIR=str(data_dir), OTN_PORT="0")

    def start(self, *command: str, **variables: str) -> Process:
        """`otn COMMAND`, running, with these settings beside those of the installation."""
        return Process(
            [sys.executable, "-m", "otn", *command],
            env=self._environment | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *command: str) -> None:
        """`otn COMMAND`, to its successful end."""
        process = self.start(*command)
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said

    @contextmanager
    def serving(self, **variables: str) -> Iterator[tuple[str, Process]]:
        """`otn serve`: its address and its process."""
        with self.start("serve", **variables) as process:
            assert process.stdout is not None
            yield next(line.split()[-1].rstrip("/") for line in process.stdout if "http://" in line), process
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                assert process.wait(timeout=30) == 0

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection]:
        """A connection to the private cluster, which runs as long as it is held."""
        with (
            database(Settings(data_dir=self.data_dir)) as url,
            psycopg.connect(url, autocommit=True) as connection,
        ):
            yield connection

    def postmaster(self) -> int:
        """The process id of PostgreSQL's first process."""
        return int((self.data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])

    def file(self, version: int, places: int = PLACES) -> Path:
        """A file of many ports, each of which says the version in its name.

        They lie close together: few tiles are made of them at the end of a load.
        """
        file = self.data_dir / f"ports-{version}.geojson"
        features = [
            {
                "type": "Feature",
                "properties": {"localId": f"{version if number % 10 == 0 else 0}-{number}", "name": f"v{version}"},
                "geometry": {
                    "type": "Point",
                    "coordinates": (4 + number % 360 / 100 + version / 1000, 51 + number / 50_000),
                },
            }
            for number in range(places)
        ]
        file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        return file


def ports(address: str) -> dict[str, Any]:
    """How many ports a service has, and how many of each version."""
    items = f"{address}/collections/ports/items"
    matched = {
        version: httpx.get(items, params={"name": version, "limit": 1}, timeout=30).json()["numberMatched"]
        for version in ("v1", "v2")
    }
    return {"all": httpx.get(items, params={"limit": 1}, timeout=30).json()["numberMatched"], **matched}


@pytest.fixture(scope="module")
def prepared() -> Iterator[Installation]:
    """An installation that holds the first version of the ports, to be copied."""
    with open_directory() as directory:
        installation = Installation(directory)
        installation.run("load", "elsewhere/ports", "--from", str(installation.file(1)))
        yield installation


@pytest.fixture
def new_installation() -> Iterator[Installation]:
    """An installation of the test's own into which nothing was ever loaded."""
    with open_directory() as directory:
        yield Installation(directory)


@pytest.fixture
def installation(prepared: Installation) -> Iterator[Installation]:
    """An installation of the test's own that holds the first version of the ports."""
    with open_directory() as directory:
        # The owner of the files of PostgreSQL is another than that of the rest where root runs this.
        subprocess.run(["/bin/cp", "-a", f"{prepared.data_dir}/.", str(directory)], check=True)
        yield Installation(directory)
