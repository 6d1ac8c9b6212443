"""`python -m bench`: starts everything, measures, prints, and writes docs/benchmarks.md."""

import signal
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bench import counting, processes
from bench.boxes import boxes
from bench.cases import LIMIT_10, LIMIT_1000, Case, all_cases
from bench.client import get
from bench.data import DATA_DIR, NoData, bench_database
from bench.downloads import Download, downloads
from bench.editions import edition_build
from bench.facts import answered, build_fact, machine_and_database
from bench.goals import (
    Goal,
    Results,
    build_goals,
    build_tile_goals,
    download_goals,
    goals,
    scale_goal,
    tile_goals,
    worker_goal,
)
from bench.made_tiles import made_on_the_fly
from bench.measure import Meter, Result, median
from bench.ready_tiles import ready_made
from bench.report import report
from bench.scale import few_roads, queries
from bench.servers import AGAIN, FILES, FLOOR, OWN, SERVERS, Place, Server, all_running, floor, nginx, otn, running
from otn.settings import ROOT

_PAGE = ROOT / "docs" / "benchmarks.md"
_FIRST_PORT = 8790
_FILES = 50

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    runs: Annotated[int, typer.Option(help="Runs of each case; the median counts.")] = 3,
    workers: Annotated[int, typer.Option(help="Worker processes of each server.")] = 1,
    case: Annotated[list[str] | None, typer.Option(help="Only these cases, by id; docs are not written.")] = None,
    with_downloads: Annotated[bool, typer.Option("--downloads/--no-downloads", help="Download everything.")] = True,
) -> None:
    """Measure OTN beside its peers."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    try:
        with bench_database() as url, tempfile.TemporaryDirectory() as directory:
            page = _measured(url, Path(directory), runs, workers, case or [], with_downloads)
    except NoData as error:
        print(f"bench: {error}", file=sys.stderr)
        raise typer.Exit(1) from error
    print(page)
    if not case:
        _PAGE.write_text(page)


def _measured(url: str, directory: Path, runs: int, workers: int, wanted: list[str], with_downloads: bool) -> str:
    meter = Meter(_postmaster())
    found = boxes(url)
    _say("build of the editions")
    built = edition_build(url)
    facts = [*machine_and_database(url), build_fact(built)]
    further = Place(url, directory, _FIRST_PORT + len(SERVERS), workers)
    with all_running(url, directory, _FIRST_PORT, workers) as servers:
        known = all_cases(servers, found, url)
        cases = [case for case in known if not wanted or case.id in wanted]
        by_id = {case.id: case for case in known}
        answers = {name: answered(server, by_id[LIMIT_10], url) for name, server in servers.items()}
        results = {case.id: _results(meter, case, servers, runs) for case in cases}
        counts = {
            case.id: _tipg_count(case, servers["tipg"], url) for case in cases if case.id in (LIMIT_10, LIMIT_1000)
        }
        _serve_as_files(meter, cases, servers[OWN], further, results, runs)
        own_memory = processes.memory(servers[AGAIN].pid)
        scale = _scale(meter, servers[OWN], further, runs)
        _say("ready-made tiles")
        ready = ready_made(meter, [servers[OWN], servers[AGAIN]], further, runs)
    _say("tiles made on the fly")
    made = made_on_the_fly(meter, further, runs)
    downloaded: list[Download] = []
    if with_downloads:
        _say("downloads")
        downloaded = list(downloads(further))
    titles = {case.id: case.title for case in cases}
    aims = [
        *goals(results, titles),
        scale,
        *build_goals(built),
        *build_tile_goals(built.tiles),
        *tile_goals(ready, made),
        worker_goal(own_memory),
        *download_goals(downloaded),
    ]
    return report(facts, answers, titles, results, counts, [*ready, *made], aims, downloaded, runs)


def _results(meter: Meter, case: Case, servers: dict[str, Server], runs: int) -> dict[str, Result]:
    """The case on every server, in their order."""
    _say(case.title)
    measured = meter.compare(
        {server: paths for name, server in servers.items() if (paths := case.asked_of(name))}, runs
    )
    return {name: measured.get(name) or Result(None, why_not=case.why_not(name)) for name in servers}


def _scale(meter: Meter, of_all: Server, place: Place, runs: int) -> Goal:
    """What the same requests cost among few roads and among all."""
    few = few_roads(place.directory)
    paths = [f"{of_all.items}?{query}" for query in queries(place.directory)]
    _say(f"{len(paths)} boxes among {few:,} roads and among all")
    with running(OWN, place, lambda at: otn(at, at.directory)) as of_few:
        meter.probe(of_few, paths)
        measured = [(meter.run(of_few, paths), meter.run(of_all, paths)) for _ in range(runs)]
    return scale_goal(few, median([one for one, _ in measured]), median([one for _, one in measured]))


def _tipg_count(case: Case, tipg: Server, url: str) -> float:
    """What tipg's own count of each of the case's paths costs by itself, in milliseconds."""
    said = counting.statements(url, lambda: [get(tipg.port, path) for path in case.asked_of(tipg.name)])
    return counting.cost(url, _postmaster(), sorted(set(counting.counts_of(said))))


def _serve_as_files(meter: Meter, cases: list[Case], own: Server, place: Place, results: Results, runs: int) -> None:
    """What OTN answered, as files of nginx and from the memory of uvicorn: the bounds of what a server can reach."""
    files = place.directory / "files"
    paths: dict[str, list[str]] = {}
    for case in cases:
        (files / case.id).mkdir(parents=True)
        if results[case.id][own.name].measure is not None:
            asked = case.asked_of(own.name)[:_FILES]
            paths[case.id] = [f"/{case.id}/{number}.json" for number in range(len(asked))]
            for path, file in zip(asked, paths[case.id], strict=True):
                (files / file.lstrip("/")).write_bytes(get(own.port, path).body)
    for name, make in ((FLOOR, floor), (FILES, nginx)):
        with running(name, place, partial(make, files=files)) as server:
            for identifier, asked_of_files in paths.items():
                _say(f"{name}: {identifier}")
                probed = meter.probe(server, asked_of_files)
                measured = median([meter.run(server, asked_of_files) for _ in range(runs)])
                results[identifier][name] = Result(measured, probed.bytes)


def _postmaster() -> int:
    return int((DATA_DIR / "postgres" / "postmaster.pid").read_text().split("\n")[0])


def _say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    app()
