"""The bench's own arithmetic: a wrong figure would pass for a fast server."""

import os
import subprocess
import sys
import time

import pytest

from bench import processes
from bench.cases import BY_ID, DEEP, FIRST_PAGE, LIMIT_10, LIMIT_100, LIMIT_1000
from bench.counting import counts_of, logged
from bench.editions import TileBuild
from bench.goals import Goal, build_tile_goals, goals, tile_goals
from bench.measure import Measure, Result, median
from bench.report import report
from bench.tiles import TileCase

CASES = (FIRST_PAGE, LIMIT_10, LIMIT_100, LIMIT_1000, BY_ID, DEEP)
TITLES = {case: f"Case {case}" for case in CASES}


def cost(milliseconds: float) -> Result:
    return Result(Measure(milliseconds / 2, milliseconds / 2, 100.0, 1.0, 2.0), 1_000)


def results(own: float, peer: float) -> dict[str, dict[str, Result]]:
    return {case: {"OTN": cost(own), "tipg": cost(peer), "nginx": cost(peer)} for case in CASES}


def found(title: str, aims: list[Goal]) -> Goal:
    return next(aim for aim in aims if aim.title == title)


def test_a_goal_is_met_up_to_its_share_and_missed_above() -> None:
    assert Goal("half", 0.5, 0.5).met
    assert not Goal("half", 0.51, 0.5).met


def test_what_is_wanted_depends_on_the_case_and_on_the_peer() -> None:
    aims = list(goals(results(1, 25), TITLES))
    assert found("Case bbox-10: OTN to tipg", aims).reached == pytest.approx(0.04)
    assert found("Case bbox-10: OTN to tipg", aims).met
    assert not found("Case bbox-1000: OTN to tipg", aims).met
    assert found("Case bbox-10: OTN to nginx", list(goals(results(25, 1), TITLES))).met
    assert not found("Case bbox-1000: OTN to nginx", list(goals(results(25, 1), TITLES))).met


def test_a_case_that_could_not_be_asked_has_no_goal() -> None:
    measured = results(1, 20)
    measured[BY_ID]["tipg"] = Result(None, why_not="404")
    assert not [aim for aim in goals(measured, TITLES) if aim.title == "Case id: OTN to tipg"]


def test_the_median_is_the_run_of_median_cost() -> None:
    runs = [Measure(own, 1.0, None, own, None) for own in (9.0, 1.0, 3.0)]
    assert median(runs) == Measure(3.0, 1.0, None, 3.0, None)


def test_a_report_says_why_a_case_is_missing() -> None:
    measured = results(1, 20)
    measured[DEEP]["pygeoapi"] = Result(None, why_not="400: no | such\nparameter")
    page = report(["fact"], {}, TITLES, measured, {}, [], list(goals(measured, TITLES)), [], 3)
    assert "n/a (400: no / such parameter)" in page
    assert "**missed**" in page


def test_a_goal_that_is_missed_says_what_its_milliseconds_go_into() -> None:
    measured = results(1, 10)
    measured[LIMIT_10] |= {"bare editions": cost(0.7), "uvicorn alone": cost(0.1)}
    page = report(["fact"], {}, TITLES, measured, {}, [], list(goals(measured, TITLES)), [], 3)
    assert (
        "- Case bbox-10: OTN to tipg: 1.000 ms, of which uvicorn takes 0.100 to send these bytes from memory, reading "
        "the edition 0.600, and all else that makes an answer 0.300; 0.500 are wanted.\n"
    ) in page
    measured[LIMIT_10] |= {"uvicorn alone": cost(0.6)}
    [why] = [goal.why for goal in goals(measured, TITLES) if goal.title == "Case bbox-10: OTN to tipg"]
    assert why.endswith("0.500 are wanted, which no server in Python reaches")


def test_processor_time_includes_children_that_have_ended() -> None:
    burn = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
    before = processes.seconds([os.getpid()])
    subprocess.run([sys.executable, "-c", burn], check=True)
    assert processes.seconds([os.getpid()]) - before >= 0.25


def test_processor_time_includes_children_that_run() -> None:
    burn = "while True: pass"
    with subprocess.Popen([sys.executable, "-c", burn]) as child:
        try:
            deadline = time.monotonic() + 20
            while processes.seconds([child.pid]) < 0.2 and time.monotonic() < deadline:
                pass
            assert processes.seconds([child.pid]) >= 0.2
            assert {child.pid} < {status.pid for status in processes.tree(os.getpid())}
        finally:
            child.kill()


def test_the_log_of_postgresql_gives_statements_and_those_that_count() -> None:
    log = (
        "2026-01-01 00:00:00.000 UTC [7] LOG:  execute __asyncpg_stmt_2__: SELECT COUNT(*) FROM roads\n"
        "\tWHERE TRUE\n"
        "2026-01-01 00:00:00.000 UTC [7] DETAIL:  parameters: $1 = '10'\n"
        "2026-01-01 00:00:00.000 UTC [7] LOG:  statement: SELECT 1\n"
    )
    assert logged(log) == ["SELECT COUNT(*) FROM roads\n\tWHERE TRUE", "SELECT 1"]
    assert counts_of(logged(log)) == ["SELECT COUNT(*) FROM roads\n\tWHERE TRUE"]


def test_tiles_are_held_against_the_clock_and_their_size() -> None:
    aims = list(build_tile_goals(TileBuild(168_691, 150.0, 10**9, 10**8, 500_001)))
    assert [aim.met for aim in aims] == [False, True, False]


def tile_case(milliseconds: dict[str, float], *, whole_table: bool = False) -> TileCase:
    measured = {name: cost(spent) for name, spent in milliseconds.items()}
    return TileCase("Tile", measured, {name: 12.0 for name in measured}, 400_000, whole_table)


def test_tiles_are_held_against_those_that_send_and_make_them() -> None:
    ready = [
        tile_case({"OTN": 5.0, "OTN, asked again": 4.1, "nginx": 1.0, "martin": 4.0, "martin, none kept": 4.9}),
        tile_case({"OTN": 5.1, "OTN, asked again": 4.0, "nginx": 1.0, "martin": 4.0, "martin, none kept": 6.0}),
    ]
    made = [
        tile_case({"OTN": 2.0, "tipg": 2.1, "martin": 1.0}),
        tile_case({"OTN": 2.0, "tipg": 19.0, "martin": 21.0}, whole_table=True),
    ]
    aims = {(aim.title, aim.met) for aim in tile_goals(ready, made)}
    assert aims == {
        ("Tile: OTN to nginx", True),
        ("Tile: OTN to nginx", False),
        ("Tile: OTN to martin, none kept", True),
        ("Tile: OTN to martin, none kept", False),
        ("Tile: OTN, asked again to nginx", True),
        ("Tile: OTN, asked again to martin", True),
        ("Tile: OTN, asked again to martin", False),
        ("Tile: OTN to martin", True),
        ("Tile: OTN to tipg", True),
        ("Tile: OTN to tipg", False),
        ("The largest tile of those made on the fly: to 500 kB", True),
    }
    assert [aim.reached for aim in tile_goals([], made[:1]) if "martin" in aim.title] == []


def test_a_report_says_how_much_is_in_a_tile() -> None:
    page = report(["fact"], {}, {}, {}, {}, [tile_case({"OTN": 2.0, "tipg": 4.0})], [], [], 3)
    assert "Features in a tile, on average: OTN 12, tipg 12." in page
