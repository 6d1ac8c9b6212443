"""The arithmetic of the bench of loads: what PostgreSQL's log says is told apart by what it was for."""

import subprocess

import pytest

from bench import processes
from bench.load.cases import OURS, Case, Refresh
from bench.load.peers import connection_string, versions
from bench.load.report import _never_idle, _whole
from bench.load.runs import Run, stage, stages

LOG = """2026-01-01 LOG:  duration: 1500.000 ms  statement: COPY "staged_roads" FROM STDIN (FORMAT BINARY)
2026-01-01 LOG:  duration: 250.000 ms  statement: COPY "staged_roads" FROM STDIN (FORMAT BINARY)
2026-01-01 LOG:  duration: 4000.000 ms  execute <unnamed>:
\tINSERT INTO "roads_generalised" (zoom, id, dataset, properties, geom)
\tSELECT 1
2026-01-01 LOG:  duration: 500.500 ms  statement: CREATE UNIQUE INDEX roads_page_rank_id_idx ON public.roads
"""


def run(seconds: float, overviews: float = 0.0) -> Run:
    return Run(seconds, 1.0, 1.0, 1, 1, overviews, {"merge": 2.0, "overviews": overviews})


def test_seconds_of_statements_by_what_they_are_for() -> None:
    assert stages(LOG) == {"stage": 1.75, "overviews": 4.0, "index": 0.5005}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ('INSERT INTO "roads" (id, page_rank) SELECT 1', "merge"),
        ('CREATE TEMPORARY TABLE "delta_roads" AS SELECT 1', "compare"),
        ('CREATE TEMPORARY TABLE "level_11_of_roads" AS SELECT 1', "overviews"),
        ('COPY "roads" (id) FROM STDIN', "merge"),
        ("COPY feature_key (id) FROM STDIN", "ids"),
        ("SELECT 1", "other"),
    ],
)
def test_what_a_statement_is_for(statement: str, expected: str) -> None:
    assert stage(statement) == expected


def test_overviews_are_not_compared() -> None:
    assert (run(10, 4).compared, run(10, 4).database) == (6, 2)
    assert Case("", {"a": [run(10, 4), run(9, 3)], "b": [run(3), run(2)]}).ratio("a", "b") == 2.5


def test_what_peers_do_not_do_stands_beside_what_they_do() -> None:
    table = list(_whole(run(10, 4), {"edition": run(3), "tiles": run(5)}))
    assert [row.split("|")[2].strip() for row in table[2:]] == ["6.0", "4.0", "3.0", "5.0", "18.0"]


def test_what_overlapping_could_do_at_best_counts_no_overviews(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    own = Run(30, client_cpu=9, postgres_cpu=17, peak_bytes=1, wal_bytes=1, overviews=6)
    said = _never_idle(Case("A file", {OURS: [own], "peer": [run(5)]}), "peer")
    assert said.startswith("- A file: the processors work 20 s for it")
    assert "10 s on the clock, 2.0 times what peer takes" in said


def test_the_memory_of_a_program_is_not_that_of_who_starts_it() -> None:
    held = bytearray(200 << 20)
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as process:  # noqa: S607 - of every system
        own = processes.memory(process.pid)
    assert 0 < own < 100 << 20 < len(held)


def test_a_reader_that_is_slower_by_a_third_of_its_time_is_slow_enough() -> None:
    [time, log, reader] = Refresh(run(10), run(4), 300, 100, 4_000, 3_000, 100).goals()
    assert (time.reached, log.met, reader.met) == (1.0, True, True)
    assert reader.reached == pytest.approx(4 / 3)


def test_a_url_as_words() -> None:
    url = "postgresql:///bench_run?host=/tmp/otn&port=5432&user=otn"
    assert connection_string(url) == "dbname=bench_run host=/tmp/otn port=5432 user=otn"


def test_versions() -> None:
    assert versions("2026 osm2pgsql version 1.8.0\nmore") == "1.8.0"
