"""What is loaded, by whom, and how it is compared."""

import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from bench.goals import Goal
from bench.load import peers
from bench.load.lines import lines
from bench.load.readers import alone, reading
from bench.load.runs import Databases, Run

MEMORY = 700 * 10**6
LINES = 500_000
MANY_LINES = 1_000_000
_CHANGED = 0.01
_READ_SECONDS = 5
_RUN = "bench_run"
_ROADS, _RAILWAYS = "elsewhere/roads", "elsewhere/railways"

OURS, PLAIN = "OTN", "OTN, the table only"
OSM2PGSQL, INDEXED, OGR2OGR = "osm2pgsql", "osm2pgsql, with OTN's indexes", "ogr2ogr"


@dataclass(frozen=True)
class Case:
    """One file, by whom it was loaded and what that cost, once for each round."""

    title: str
    runs: dict[str, list[Run]]

    def ratio(self, ours: str, peer: str) -> float:
        """The median over the rounds of the seconds of one to those of the other."""
        pairs = zip(self.runs[ours], self.runs[peer], strict=True)
        return statistics.median(own.compared / other.compared for own, other in pairs)

    def median(self, name: str) -> Run:
        """The run of median length."""
        ordered = sorted(self.runs[name], key=lambda run: run.compared)
        return ordered[len(ordered) // 2]


class Bench:
    """Everything that is measured, in one cluster."""

    def __init__(self, databases: Databases, directory: Path, rounds: int) -> None:
        self._databases = databases
        self._directory = directory
        self._rounds = rounds

    def extract(self, file: Path) -> Case:
        """An OpenStreetMap extract, by OTN and both peers, in turn."""
        return self._case(
            "A pbf of 100 MB",
            {
                OSM2PGSQL: lambda url: self._databases.run(peers.osm2pgsql(file, url, self._directory)),
                OGR2OGR: lambda url: self._databases.run(peers.ogr2ogr_of_osm(file, url, self._directory)),
                PLAIN: lambda url: self._plain(file, url),
                INDEXED: lambda url: self._indexed(file, url),
                OURS: lambda url: self._ours(file, url),
            },
        )

    def lines(self) -> Case:
        """A FlatGeobuf file of many lines."""
        file = lines(self._directory, LINES)
        return self._case(
            f"FlatGeobuf of {LINES:,} lines",
            {
                OGR2OGR: lambda url: self._databases.run(peers.ogr2ogr(file, url)),
                PLAIN: lambda url: self._plain(file, url),
                OURS: lambda url: self._ours(file, url),
            },
        )

    def refresh(self) -> "Refresh":
        """The lines loaded, and loaded again with some of them changed, beside a reader."""
        say("a refresh")
        first, second = lines(self._directory, LINES), lines(self._directory, LINES, changed=_CHANGED)
        cluster = self._directory / "postgres"
        url = self._databases.fresh("bench_refresh")
        first_wal = self._ours(first, url, "--dry-run").wal_bytes
        loaded = self._ours(first, url)
        again_wal = self._ours(second, url, "--dry-run").wal_bytes
        refreshed = self._ours(second, url)
        base = alone(url, LINES, self._directory, cluster, _READ_SECONDS)
        with reading(url, LINES, self._directory, cluster) as beside:
            self._ours(first, url, "--dry-run")
        return Refresh(loaded, refreshed, first_wal, again_wal, base.mean, beside.mean, beside.least)

    def memory(self) -> Run:
        """A million features."""
        say(f"{MANY_LINES:,} lines")
        return self._ours(lines(self._directory, MANY_LINES), self._databases.fresh("bench_memory"))

    def side_by_side(self) -> "SideBySide":
        """Two datasets of different collections, one after the other and both at once."""
        say("two datasets")
        file = lines(self._directory, LINES)
        datasets = (_ROADS, _RAILWAYS)
        url = self._databases.fresh("bench_in_turn")
        in_turn = sum(self._ours(file, url, dataset=dataset).seconds for dataset in datasets)
        url = self._databases.fresh("bench_at_once")
        began = time.monotonic()
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda dataset: self._ours(file, url, dataset=dataset, settle=False), datasets))
        return SideBySide(in_turn, time.monotonic() - began)

    def published(self) -> dict[str, Run]:
        """What follows the load that was measured last, by what it makes."""
        folder = self._directory / "editions"
        shutil.rmtree(folder, ignore_errors=True)
        command = [sys.executable, "-m", "bench.load.published"]
        url = self._databases.url(_RUN)
        return {what: self._databases.run([*command, what, url, str(folder)]) for what in ("edition", "tiles")}

    def stages(self, file: Path) -> dict[str, float]:
        """The seconds of each stage before the database."""
        command = [sys.executable, "-m", "bench.load.stages", str(file)]
        told = subprocess.run(command, capture_output=True, check=True).stdout
        return {name: float(seconds) for name, seconds in json.loads(told).items()}

    def _case(self, title: str, programs: dict[str, Callable[[str], Run]]) -> Case:
        """In turn within each round, so that what else the machine does hits all alike."""
        runs: dict[str, list[Run]] = {name: [] for name in programs}
        for number in range(self._rounds):
            for name, program in programs.items():
                say(f"{title}: {name}, round {number + 1} of {self._rounds}")
                runs[name].append(program(self._databases.fresh(_RUN)))
        return Case(title, runs)

    def _ours(self, file: Path, url: str, *options: str, dataset: str = _ROADS, settle: bool = True) -> Run:
        command = [sys.executable, "-m", "bench.load.ours", dataset, str(file), url, *options]
        return self._databases.run(command, settle=settle)

    def _plain(self, file: Path, url: str) -> Run:
        return self._databases.run([sys.executable, "-m", "bench.load.plain", str(file), url])

    def _indexed(self, file: Path, url: str) -> Run:
        run = self._databases.run(peers.osm2pgsql(file, url, self._directory))
        began = time.monotonic()
        peers.build_indexes(url)
        return replace(run, seconds=run.seconds + time.monotonic() - began)


@dataclass(frozen=True)
class Refresh:
    """A first load and one in which a hundredth changed; WAL without that of overviews; a reader's answers a second."""

    first: Run
    second: Run
    first_wal: int
    second_wal: int
    alone: float
    beside: float
    least: float

    def goals(self) -> Iterator[Goal]:
        """Half of the time, a third of the log, no reader slowed by more than a quarter."""
        yield Goal(
            "Refresh: PostgreSQL's seconds to those of the first load",
            self.second.database / self.first.database,
            1 / 2,
        )
        yield Goal("Refresh: write-ahead log to that of the first load", self.second_wal / self.first_wal, 1 / 3)
        yield Goal("Refresh: a reader's time for an answer to that without it", self.alone / self.beside, 4 / 3)


@dataclass(frozen=True)
class SideBySide:
    """Seconds of two loads one after the other, and at once."""

    in_turn: float
    at_once: float


def goals(pbf: Case, fgb: Case, memory: Run, both: SideBySide) -> Iterator[Goal]:
    """What OTN sets itself beside its peers."""
    yield Goal("pbf, the table only: OTN to osm2pgsql", pbf.ratio(PLAIN, OSM2PGSQL), 1.1)
    yield Goal("pbf, the table only: OTN to ogr2ogr", pbf.ratio(PLAIN, OGR2OGR), 1.0)
    yield Goal("pbf: OTN with ids, checks and hashes to osm2pgsql with its indexes", pbf.ratio(OURS, INDEXED), 1.5)
    yield Goal("pbf: OTN with ids, checks and hashes to osm2pgsql with one index", pbf.ratio(OURS, OSM2PGSQL), 1.5)
    yield Goal("pbf: OTN with ids, checks and hashes to ogr2ogr with one index", pbf.ratio(OURS, OGR2OGR), 1.4)
    yield Goal("FlatGeobuf, the table only: OTN to ogr2ogr", fgb.ratio(PLAIN, OGR2OGR), 1.0)
    yield Goal("FlatGeobuf: OTN with ids, checks and hashes to ogr2ogr", fgb.ratio(OURS, OGR2OGR), 1.0)
    yield Goal("Memory for a million features to 700 MB", memory.peak_bytes / MEMORY, 1.0)
    yield Goal("Two datasets at once to one after the other", both.at_once / both.in_turn, 0.75)


def say(text: str) -> None:
    """Tells of the progress."""
    print(f"bench: {text}", file=sys.stderr, flush=True)
