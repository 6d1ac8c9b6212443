"""One server and one case: what a request costs and how long it takes."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from http.client import HTTPException

from bench import processes
from bench.client import GEOJSON, Run, get, in_turn, wrk
from bench.servers import Server

_CROWD = 8
_SECONDS = 1
_SLOW = 0.03
_SLOW_SECONDS = 2
_TOO_SLOW = 0.5
_LEAST_REQUESTS = 3
_SETTLE_SECONDS = 20


@dataclass(frozen=True)
class Measure:
    """One run: processor milliseconds for each request, requests per second, median latencies in milliseconds.

    What was not measured is None: many clients at once of a server that takes half a second for one.
    """

    server: float
    postgres: float
    rate: float | None
    p50_alone: float
    p50_crowd: float | None

    @property
    def total(self) -> float:
        return self.server + self.postgres


@dataclass(frozen=True)
class Result:
    """The medians of some runs and the size of one answer; or why there are none."""

    measure: Measure | None
    bytes: int = 0
    why_not: str = ""


class FailedRun(Exception):
    """A server answered some requests of a run with an error, or not at all."""


class Meter:
    """Measures servers that use one PostgreSQL."""

    def __init__(self, postmaster: int) -> None:
        self._postmaster = postmaster

    def compare(
        self, asked: Mapping[Server, Sequence[str]], runs: int, headers: Mapping[str, str] = GEOJSON
    ) -> dict[str, Result]:
        """What each server spends on its paths: in turn within each run, so that what else the machine does hits all
        alike."""
        results = {server.name: self.probe(server, paths, headers) for server, paths in asked.items()}
        measured: dict[str, list[Measure]] = {name: [] for name in results}
        for _ in range(runs):
            for server, paths in asked.items():
                if results[server.name].why_not:
                    continue
                try:
                    measured[server.name].append(self.run(server, paths, headers))
                except (FailedRun, OSError, HTTPException) as error:
                    results[server.name] = Result(None, why_not=str(error))
        return {
            name: result if result.why_not else replace(result, measure=median(measured[name]))
            for name, result in results.items()
        }

    def probe(self, server: Server, paths: Sequence[str], headers: Mapping[str, str] = GEOJSON) -> Result:
        """One answer to each of some paths, so that what can be warm is; without a measure yet."""
        for path in paths[:3]:
            try:
                answer = get(server.port, path, headers)
            except (OSError, HTTPException) as error:
                return Result(None, why_not=f"no answer: {error}")
            if answer.status != 200:
                return Result(None, why_not=f"{answer.status}: {answer.body[:120].decode(errors='replace').strip()}")
        return Result(None, bytes=len(answer.body))

    def run(self, server: Server, paths: Sequence[str], headers: Mapping[str, str] = GEOJSON) -> Measure:
        """One client at a time, then many. The processor time is that of the many, where they are answered fast.

        A slow server leaves many requests of the crowd unanswered when it ends, which would be counted as work of
        those answered: there it is the time of so many requests, one after the other. Raises FailedRun.
        """
        port = server.port
        alone = get(port, paths[0], headers).seconds
        if alone < _SLOW:
            quick, _, _ = self._cost(server, lambda: wrk(port, paths, connections=1, seconds=_SECONDS, headers=headers))
            crowd, own, postgres = self._cost(
                server, lambda: wrk(port, paths, connections=_CROWD, seconds=_SECONDS, headers=headers)
            )
            return Measure(own, postgres, crowd.requests / crowd.seconds, quick.p50, crowd.p50)
        number = max(_LEAST_REQUESTS, int(_SLOW_SECONDS / alone))
        slow, own, postgres = self._cost(server, lambda: in_turn(port, paths, number, headers))
        if alone > _TOO_SLOW:
            return Measure(own, postgres, None, slow.p50, None)
        crowd, _, _ = self._cost(
            server, lambda: wrk(port, paths, connections=_CROWD, seconds=_SLOW_SECONDS, headers=headers)
        )
        if not crowd.requests:
            return Measure(own, postgres, None, slow.p50, None)
        return Measure(own, postgres, crowd.requests / crowd.seconds, slow.p50, crowd.p50)

    def _cost(self, server: Server, ask: Callable[[], Run]) -> tuple[Run, float, float]:
        """What a client saw, and the milliseconds that the server and PostgreSQL spent on each answer."""
        roots = [server.pid, self._postmaster]
        processes.settle(roots, _SETTLE_SECONDS)
        before = [processes.seconds([root]) for root in roots]
        run = ask()
        if run.errors:
            raise FailedRun(f"{server.name} answered {run.errors} of {run.requests} requests with an error.")
        after = [processes.seconds([root]) for root in roots]
        spent = [(end - start) * 1000 / max(1, run.requests) for start, end in zip(before, after, strict=True)]
        return run, spent[0], spent[1]


def median(runs: Sequence[Measure]) -> Measure:
    """The run of median cost; its latencies and rate are the medians of all."""

    def middle(values: list[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return statistics.median(known) if known else None

    typical = sorted(runs, key=lambda run: run.total)[len(runs) // 2]
    return Measure(
        typical.server,
        typical.postgres,
        middle([run.rate for run in runs]),
        statistics.median(run.p50_alone for run in runs),
        middle([run.p50_crowd for run in runs]),
    )
