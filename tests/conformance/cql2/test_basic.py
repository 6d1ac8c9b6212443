"""CQL2 (21-065r2), Annex A, "Basic CQL2", in both notations; without the tests on data that OTN does not have.

The docstrings are the identifiers of the abstract tests.
"""

import random

import pytest

from tests.conformance.cql2.expressions import CLASSES, LANGUAGES, VALUES, sources
from tests.conformance.iut import Iut

pytestmark = [pytest.mark.conformance, pytest.mark.parametrize("language", LANGUAGES)]

SCALARS = tuple(VALUES)


def test_basic_test(iut: Iut, language: str) -> None:
    """/conf/basic-cql2/basic-test"""
    assert {CLASSES + "basic-cql2", CLASSES + language} <= iut.declared
    for source in sources(iut, language):
        assert source.queryables
        assert source.of_type(*SCALARS)


def test_comparison(iut: Iut, language: str) -> None:
    """/conf/basic-cql2/comparison"""
    for source in sources(iut, language):
        for name, value in ((name, VALUES[kind]) for kind in SCALARS for name in source.of_type(kind)):
            for one, other in (("=", "<>"), (">", "<="), ("<", ">=")):
                assert source.disjoint(f"{name} {one} {value}", f"{name} {other} {value}"), (name, one)


def test_is_null(iut: Iut, language: str) -> None:
    """/conf/basic-cql2/is-null"""
    for source in sources(iut, language):
        for name in (f'"{name}"' for name in source.queryables):
            assert source.disjoint(f"{name} IS NULL", f"{name} is not null"), name
            assert source.number(f"{name} IS NULL") + source.number(f"{name} is not null") == source.number("true")


def test_boolean(iut: Iut, language: str) -> None:
    """/conf/basic-cql2/boolean"""
    for source in sources(iut, language):
        assert source.number("true") == iut.features(source.collection).document["numberMatched"]
        assert source.number("false") == 0


def test_logical(iut: Iut, language: str) -> None:
    """/conf/basic-cql2/logical"""
    chosen = random.Random(21065)  # noqa: S311 - the same predicates in every run
    for source in sources(iut, language):
        predicates = [
            f"{name} {operator} {VALUES[kind]}"
            for kind in SCALARS
            for name in source.of_type(kind)
            for operator in ("=", "<>", "<", ">=")
        ]
        for _ in range(10):
            first, second, third, fourth = chosen.sample(predicates, 4)
            expression = f"((NOT {first} AND {second}) OR ({third} and NOT {fourth}) or not ({first} AND {fourth}))"
            assert source.number(expression) <= source.number("true")
