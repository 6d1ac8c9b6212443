"""CQL2 (21-065r2), Annex A, "Temporal Functions". The docstrings are the identifiers of the abstract tests."""

from itertools import permutations

import pytest

from tests.conformance.cql2.expressions import CLASSES, LANGUAGES, sources
from tests.conformance.iut import Iut

pytestmark = [pytest.mark.conformance, pytest.mark.parametrize("language", LANGUAGES)]

LITERALS = {
    "Timestamp": ("TIMESTAMP('2022-04-24T07:59:57Z')", "INTERVAL('2021-01-01T00:00:00Z','2021-12-31T23:59:59Z')"),
    "Date": ("DATE('2022-04-24')", "INTERVAL('2021-01-01','2021-12-31')"),
}
OF_INTERVALS = (
    *("T_AFTER", "T_BEFORE", "T_DISJOINT", "T_EQUALS", "T_INTERSECTS", "T_CONTAINS", "T_DURING", "T_FINISHEDBY"),
    *("T_FINISHES", "T_MEETS", "T_METBY", "T_OVERLAPPEDBY", "T_OVERLAPS", "T_STARTEDBY", "T_STARTS"),
)


def test_class_is_declared(iut: Iut, language: str) -> None:
    assert {CLASSES + "temporal-functions", CLASSES + language} <= iut.declared


def test_temporal_functions_1(iut: Iut, language: str) -> None:
    """/conf/temporal-functions/temporal-functions-1"""
    for source in sources(iut, language):
        for name, literals in ((name, LITERALS[kind]) for kind in LITERALS for name in source.of_type(kind)):
            for literal in literals:
                number = {
                    function: source.number(f"{function}({name},{literal})")
                    for function in ("T_AFTER", "T_BEFORE", "T_DISJOINT", "T_EQUALS", "T_INTERSECTS")
                }
                assert number["T_AFTER"] + number["T_BEFORE"] == number["T_DISJOINT"], (name, literal)
                assert number["T_EQUALS"] <= number["T_INTERSECTS"], (name, literal)


@pytest.mark.parametrize("function", OF_INTERVALS)
def test_temporal_functions_2(iut: Iut, language: str, function: str) -> None:
    """/conf/temporal-functions/temporal-functions-2"""
    for source in sources(iut, language):
        for kind, (_, literal) in LITERALS.items():
            for start, end in permutations(source.of_type(kind), 2):
                source.number(f"{function}(INTERVAL({start},{end}),{literal})")
