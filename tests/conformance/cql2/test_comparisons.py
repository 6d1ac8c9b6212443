"""CQL2 (21-065r2), Annex A: advanced, case-insensitive, accent-insensitive and property-property comparisons.

The docstrings are the identifiers of the abstract tests.
"""

import pytest

from tests.conformance.cql2.expressions import CLASSES, LANGUAGES, VALUES, sources
from tests.conformance.iut import Iut

pytestmark = [pytest.mark.conformance, pytest.mark.parametrize("language", LANGUAGES)]

_AMONG = {
    "Number": "(1, 2, 3)",
    "Integer": "(1, 2, 3)",
    "String": "('foo', 'bar')",
    "Boolean": "(true)",
    "Timestamp": "(TIMESTAMP('2022-04-14T14:52:56Z'), TIMESTAMP('2022-04-14T15:52:56Z'))",
    "Date": "(DATE('2022-04-14'), DATE('2022-04-15'))",
}


def test_classes_are_declared(iut: Iut, language: str) -> None:
    names = ("advanced-comparison-operators", "case-insensitive-comparison", "accent-insensitive-comparison")
    assert {CLASSES + name for name in (*names, "property-property", language)} <= iut.declared


def test_like(iut: Iut, language: str) -> None:
    """/conf/advanced-comparison-operators/like"""
    for source in sources(iut, language):
        for name in source.of_type("String"):
            assert source.disjoint(f"{name} like '_%'", f"{name} like ''"), name
            assert source.identical(f"{name} LIKE '%'", f"{name} like '%%'"), name
            source.number(f"{name} like '\\%\\_'")


def test_between(iut: Iut, language: str) -> None:
    """/conf/advanced-comparison-operators/between"""
    for source in sources(iut, language):
        for name in source.of_type("Number", "Integer"):
            assert source.identical(f"{name} BETWEEN 0 AND 100", f"{name} >= 0 AND {name} <= 100"), name
            assert source.number(f"{name} between 100.0 and 1.0") == 0, name


def test_in(iut: Iut, language: str) -> None:
    """/conf/advanced-comparison-operators/in"""
    for source in sources(iut, language):
        for name, values in ((name, _AMONG[kind]) for kind in _AMONG for name in source.of_type(kind)):
            assert source.disjoint(f"{name} IN {values}", f"{name} not in {values}"), name


def test_casei(iut: Iut, language: str) -> None:
    """/conf/case-insensitive-comparison/casei"""
    for source in sources(iut, language):
        for name in source.of_type("String"):
            assert source.disjoint(f"CASEI({name}) = casei('foo')", f"CASEI({name}) <> casei('FOO')"), name


def test_casei_like(iut: Iut, language: str) -> None:
    """/conf/case-insensitive-comparison/casei-like"""
    for source in sources(iut, language):
        for name in source.of_type("String"):
            assert source.identical(f"CASEI({name}) LIKE casei('foo%')", f"CASEI({name}) LIKE casei('FOO%')"), name


def test_accenti(iut: Iut, language: str) -> None:
    """/conf/accent-insensitive-comparison/accenti"""
    for source in sources(iut, language):
        for name in source.of_type("String"):
            one, other = f"ACCENTI({name}) = accenti('äöüéáí')", f"ACCENTI({name}) <> accenti('aoueai')"
            assert source.disjoint(one, other), name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ACCENTI({}) LIKE accenti('Ä%')", "ACCENTI({}) LIKE accenti('A%')"),
        ("ACCENTI(CASEI({})) = accenti(casei('ÄÉ'))", "ACCENTI(CASEI({})) = accenti(casei('ae'))"),
        ("ACCENTI(CASEI({})) LIKE accenti(casei('Ä%'))", "ACCENTI(CASEI({})) LIKE accenti(casei('a%'))"),
    ],
    ids=["accenti-like", "accenti-casei", "accenti-casei-like"],
)
def test_accents(iut: Iut, language: str, one: str, other: str) -> None:
    """/conf/accent-insensitive-comparison/accenti-like, accenti-casei, accenti-casei-like"""
    for source in sources(iut, language):
        for name in source.of_type("String"):
            assert source.identical(one.format(name), other.format(name)), name


def test_comparison_value_property(iut: Iut, language: str) -> None:
    """/conf/property-property/comparison-value-property"""
    for source in sources(iut, language):
        for name, value in ((name, VALUES[kind]) for kind in VALUES for name in source.of_type(kind)):
            for one, other in (("=", "<>"), (">", "<="), ("<", ">=")):
                assert source.disjoint(f"{value} {one} {name}", f"{value} {other} {name}"), name
            assert source.identical(f"{value} < {name}", f"{name} > {value}"), name


def test_comparison_property_property(iut: Iut, language: str) -> None:
    """/conf/property-property/comparison-property-property"""
    for source in sources(iut, language):
        for name in source.of_type(*VALUES):
            assert all(source.number(f"{name} {operator} {name}") == 0 for operator in ("<>", "<", ">")), name
            known = source.number(f"{name} IS NOT NULL")
            assert all(source.number(f"{name} {operator} {name}") == known for operator in ("=", "<=", ">=")), name


def test_comparison_value_value(iut: Iut, language: str) -> None:
    """/conf/property-property/comparison-value-value"""
    for source in sources(iut, language):
        everything = source.number("true")
        for value in VALUES.values():
            assert all(source.number(f"{value} {operator} {value}") == 0 for operator in ("<>", "<", ">")), value
            for operator in ("=", "<=", ">="):
                assert source.number(f"{value} {operator} {value}") == everything, value
