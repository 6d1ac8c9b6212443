"""`make conformance` is no success where tests are missing."""

from collections import Counter

from tests.conformance.record import number_executed, problems

RECORDED = {"executed": {"core": 2, "crs": 1}, "skipped": [{"test": "crs/test_b.py::test_c", "line": "", "why": ""}]}
PASSED = {
    "tests/conformance/core/test_a.py::test_b[defaults]": "passed",
    "tests/conformance/core/test_a.py::test_b[village]": "failed",
    "tests/conformance/crs/test_b.py::test_a": "passed",
}


def test_a_whole_run_is_no_problem() -> None:
    assert problems(PASSED, RECORDED) == []
    assert number_executed(PASSED) == Counter(core=2, crs=1)


def test_a_missing_test_is_a_problem() -> None:
    [problem] = problems(dict(list(PASSED.items())[1:]), RECORDED)
    assert problem == "core: 1 tests ran, 2 are recorded"


def test_only_recorded_tests_may_be_skipped() -> None:
    permitted = {"tests/conformance/crs/test_b.py::test_c[village]": "skipped"}
    assert problems(PASSED | permitted, RECORDED) == []
    [problem] = problems(PASSED | {"tests/conformance/crs/test_b.py::test_d[village]": "skipped"}, RECORDED)
    assert problem.endswith("test_d[village] was skipped, and no reason is recorded")


def test_a_skipped_test_is_not_executed() -> None:
    assert problems(dict.fromkeys(PASSED, "skipped"), RECORDED)[:2] == [
        "core: 0 tests ran, 2 are recorded",
        "crs: 0 tests ran, 1 are recorded",
    ]
