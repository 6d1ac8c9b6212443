"""`python -m bench.load`: loads by OTN and its peers, side by side; prints, and writes docs/benchmarks-load.md."""

import os
import platform
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import psycopg
import typer
from psycopg import sql

from bench.data import TOOLS, NoData, alone
from bench.load.cases import Bench, goals
from bench.load.pbf import extract
from bench.load.peers import versions
from bench.load.report import report
from bench.load.runs import Databases
from otn.settings import ROOT, Settings
from otn.store import migrations
from otn.store.cluster import database

_DIRECTORY = TOOLS / "bench-load"
_PAGE = ROOT / "docs" / "benchmarks-load.md"
_TEMPLATE = "bench_template"

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(rounds: Annotated[int, typer.Option(help="Rounds of each case; the median counts.")] = 3) -> None:
    """Measure OTN's loads beside those of its peers."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    try:
        with alone(), _databases() as (databases, facts):
            page = _measured(Bench(databases, _DIRECTORY, rounds), facts, rounds)
    except NoData as error:
        print(f"bench: {error}", file=sys.stderr)
        raise typer.Exit(1) from error
    print(page)
    _PAGE.write_text(page)


def _measured(bench: Bench, facts: list[str], rounds: int) -> str:
    file = extract(_DIRECTORY)
    pbf = bench.extract(file)
    published, stages = bench.published(), bench.stages(file)
    fgb, refresh = bench.lines(), bench.refresh()
    memory, both = bench.memory(), bench.side_by_side()
    aims = [*goals(pbf, fgb, memory, both), *refresh.goals()]
    return report(facts, [pbf, fgb], stages, published, refresh, memory, both, aims, rounds)


@contextmanager
def _databases() -> Iterator[tuple[Databases, list[str]]]:
    """Databases of OTN's kind in a private cluster that logs how long each statement takes."""
    _DIRECTORY.mkdir(parents=True, exist_ok=True)
    with database(Settings(data_dir=_DIRECTORY)) as url:
        databases = Databases(url, _DIRECTORY, _TEMPLATE)
        databases.administer(sql.SQL("ALTER SYSTEM SET log_min_duration_statement = 0"))
        databases.administer(sql.SQL("SELECT pg_reload_conf()"))
        databases.administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(_TEMPLATE)))
        databases.administer(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_TEMPLATE)))
        migrations.upgrade(databases.url(_TEMPLATE))
        yield databases, _facts(databases.url("postgres"))


def _facts(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        [(postgres, buffers)] = connection.execute(
            "SELECT current_setting('server_version'), current_setting('shared_buffers')"
        ).fetchall()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    busy = os.getloadavg()[0]
    return [
        f"{os.cpu_count()} processors, {memory:.0f} GiB of memory, Python {platform.python_version()}; before it began"
        f" {busy:.1f} other processes wanted a processor.",
        f"PostgreSQL {postgres.split()[0]}, shared_buffers {buffers}; {_version('osm2pgsql')}; {_version('ogr2ogr')}.",
    ]


def _version(program: str) -> str:
    if shutil.which(program) is None:
        raise NoData(f"{program} is not installed: run scripts/install-bench.sh.")
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return f"{program} {versions(told.stdout + told.stderr)}"


if __name__ == "__main__":
    app()
