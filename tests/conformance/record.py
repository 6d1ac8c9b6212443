"""The pytest plugin of `make conformance`: it fails where fewer tests ran than recorded, and at a skip not recorded.

What must run, and what may be skipped, stands in recorded.yml beside this file.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

_RECORDED = Path(__file__).with_name("recorded.yml")
_outcomes: dict[str, str] = {}


def problems(outcomes: dict[str, str], recorded: dict[str, Any]) -> list[str]:
    """What is wrong with a run. `outcomes` says of each test by its id whether it passed, failed or was skipped."""
    executed = number_executed(outcomes)
    found = [
        f"{folder}: {executed[folder]} tests ran, {number} are recorded"
        for folder, number in recorded["executed"].items()
        if executed[folder] < number
    ]
    permitted = {entry["test"] for entry in recorded["skipped"]}
    skipped = {test for test, outcome in outcomes.items() if outcome == "skipped"}
    return found + [
        f"{test} was skipped, and no reason is recorded" for test in sorted(skipped) if _place(test) not in permitted
    ]


def number_executed(outcomes: dict[str, str]) -> Counter[str]:
    """How many tests of each folder ran to their end, well or not."""
    return Counter(_place(test).partition("/")[0] for test, outcome in outcomes.items() if outcome != "skipped")


def _place(test: str) -> str:
    """A test's id from its folder on, without the service it was run against."""
    return test.partition("conformance/")[2].partition("[")[0]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A test that fails to set up has not run, and its failure is counted by pytest itself."""
    if report.when == "call" or report.skipped:
        _outcomes[report.nodeid] = report.outcome


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run that passes what is left of it is no success."""
    if problems(_outcomes, _recorded()) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    recorded = _recorded()
    terminalreporter.section("conformance")
    executed = number_executed(_outcomes)
    for folder, number in recorded["executed"].items():
        terminalreporter.line(f"{folder}: {executed[folder]} tests ran, {number} are recorded")
    skipped = {_place(test) for test, outcome in _outcomes.items() if outcome == "skipped"}
    for entry in recorded["skipped"]:
        if entry["test"] in skipped:
            terminalreporter.line(f"skipped: {entry['test']}: {entry['line']} ({entry['why']})")
    for problem in problems(_outcomes, recorded):
        terminalreporter.line(problem, red=True)


def _recorded() -> dict[str, Any]:
    recorded: dict[str, Any] = yaml.safe_load(_RECORDED.read_text())
    return recorded
