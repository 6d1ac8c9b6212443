"""The service, started as its users start it, for other people's programs to talk to."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def service(loaded_url: str) -> Iterator[str]:
    """The address of `otn serve` over the loaded database, without a slash at its end."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTN_")}
    environment |= {"OTN_DATABASE_URL": loaded_url, "OTN_PORT": "0"}
    with subprocess.Popen(
        [sys.executable, "-m", "otn", "serve"], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        addresses = (line.split()[-1] for line in process.stdout if "http://" in line)
        yield next(addresses).rstrip("/")
        process.terminate()
        assert process.wait(timeout=30) == 0
