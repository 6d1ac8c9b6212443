"""Readers of the table while it is loaded: pgbench asks for one road after the other, by id."""

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from otn.store import installed

_PROGRESS = re.compile(r"progress: [0-9.]+ s, ([0-9.]+) tps")
# The server logs how long each statement takes; these are many.
_QUIET = "&options=-c%20log_min_duration_statement%3D-1"
_SCRIPT = "\\set id random(1, {number})\nSELECT * FROM roads WHERE id = :id;\n"


class Rates:
    """Answers a second, for each second that the readers read."""

    def __init__(self) -> None:
        self.each: list[float] = []

    @property
    def mean(self) -> float:
        return sum(self.each) / len(self.each) if self.each else 0.0

    @property
    def least(self) -> float:
        return min(self.each, default=0.0)


@contextmanager
def reading(url: str, number: int, directory: Path, cluster: Path) -> Iterator[Rates]:
    """One reader asks for the features 1 to `number` while the block runs."""
    script, rates = directory / "by-id.sql", Rates()
    script.write_text(_SCRIPT.format(number=number))
    command = [
        *(str(installed.programs(cluster) / "pgbench"), "--no-vacuum", "--client=1", "--progress=1", "--time=3600"),
        *("--protocol=prepared", f"--file={script}", url + _QUIET),
    ]
    with (directory / "pgbench").open("w+") as said:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        try:
            yield rates
        finally:
            process.terminate()
            process.wait()
        said.seek(0)
        rates.each = [float(rate) for rate in _PROGRESS.findall(said.read())]


def alone(url: str, number: int, directory: Path, cluster: Path, seconds: float) -> Rates:
    """What the reader reaches where nothing is loaded."""
    with reading(url, number, directory, cluster) as rates:
        time.sleep(seconds)
    return rates
