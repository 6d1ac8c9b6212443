"""The client: wrk where many requests are answered in a second, else one request after the other."""

import http.client
import os
import re
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_SCRIPT = Path(__file__).with_name("wrk.lua")
_TIMEOUT = 30

GEOJSON = {"Accept": "application/geo+json"}
"""What clients of features send."""


@dataclass(frozen=True)
class Run:
    """What a client saw: answers, how many of them were errors, and the median latency in milliseconds."""

    requests: int
    errors: int
    seconds: float
    p50: float


@dataclass(frozen=True)
class Answer:
    """One answer and how long it took."""

    status: int
    body: bytes
    seconds: float


def get(port: int, path: str, headers: Mapping[str, str] = GEOJSON) -> Answer:
    """One request to a server of this machine."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT)
    try:
        began = time.perf_counter()
        connection.request("GET", path, headers=dict(headers))
        response = connection.getresponse()
        body = response.read()
        return Answer(response.status, body, time.perf_counter() - began)
    finally:
        connection.close()


def in_turn(port: int, paths: Sequence[str], number: int, headers: Mapping[str, str] = GEOJSON) -> Run:
    """So many requests, each sent when the one before is answered: nothing is left undone at the end."""
    answers = [get(port, paths[position % len(paths)], headers) for position in range(number)]
    errors = sum(answer.status != 200 for answer in answers)
    seconds = [answer.seconds for answer in answers]
    return Run(number, errors, sum(seconds), statistics.median(seconds) * 1000)


def wrk(
    port: int, paths: Sequence[str], *, connections: int, seconds: int, headers: Mapping[str, str] = GEOJSON
) -> Run:
    """Runs wrk on one thread for so many seconds."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listed:
        listed.write("\n".join(paths) + "\n")
        listed.flush()
        sent = "\n".join(f"{name}: {value}" for name, value in headers.items())
        told = subprocess.run(
            [  # noqa: S607 - the distribution's
                "wrk", "--threads=1", f"--connections={connections}", f"--duration={seconds}s",
                f"--timeout={_TIMEOUT}s", f"--script={_SCRIPT}", f"http://127.0.0.1:{port}",
            ],
            env=os.environ | {"BENCH_PATHS": listed.name, "BENCH_HEADERS": sent},
            capture_output=True,
            text=True,
            check=True,
        ).stdout  # fmt: skip
    said = {name: int(value) for name, value in re.findall(r"^(\w+) (\d+)$", told, re.MULTILINE)}
    return Run(said["requests"], said["bad"], said["microseconds"] / 1e6, said["p50"] / 1e3)
