"""CQL2 (21-065r2), Annex A: arithmetic, array functions, and further functions with the resource that lists them.

The docstrings are the identifiers of the abstract tests.
"""

import itertools

import pytest

from tests.conformance.cql2.expressions import CLASSES, LANGUAGES, sources
from tests.conformance.iut import Document, Iut

pytestmark = [pytest.mark.conformance, pytest.mark.parametrize("language", LANGUAGES)]

# Arguments of each type that a function may take, and what can be asked of each type that it may return.
ARGUMENTS = {
    "string": "'Kerkstraat'",
    "number": "1.5",
    "integer": "2",
    "datetime": "TIMESTAMP('2022-04-14T14:48:46Z')",
    "geometry": "POINT(4 51)",
    "boolean": "true",
}
ASKED = {
    "string": ("{} = 'foo'", "{} <> 'foo'"),
    "number": ("{} > 1", "{} <= 1"),
    "integer": ("{} > 1", "{} <= 1"),
    "datetime": ("{} > TIMESTAMP('2022-04-14T14:48:46Z')", "{} <= TIMESTAMP('2022-04-14T14:48:46Z')"),
    "geometry": ("S_INTERSECTS({},POINT(4 51))", "S_DISJOINT({},POINT(4 51))"),
    "boolean": ("{} = true", "{} = false"),
}


def test_arithmetic(iut: Iut, language: str) -> None:
    """/conf/arithmetic/arithmetic"""
    assert CLASSES + "arithmetic" in iut.declared
    for source in sources(iut, language):
        for name in source.of_type("Number", "Integer"):
            known = source.number(f"{name} IS NOT NULL")
            assert source.number(f"{name} + 8 = 8 + {name}") == known, name
            assert source.identical(f"{name} > 90 - 20/10", f"{name} > 88"), name
            assert source.identical(f"{name} >= 100 - 2*2^0", f"{name} >= 98"), name
            assert source.identical(f"{name} < 90 - 21 div 10", f"{name} < 88"), name
            assert source.identical(f"{name} < 90 - 5%2", f"{name} < 89"), name
            assert source.identical(f"{name} * 2 <> 2^3", f"{name} <> 4"), name


def test_array_predicates(iut: Iut, language: str) -> None:
    """/conf/array-functions/array-predicates"""
    assert CLASSES + "array-functions" in iut.declared
    for source in sources(iut, language):
        for name in source.of_type("Array"):
            for function in ("A_CONTAINS", "A_CONTAINEDBY", "A_EQUALS", "A_OVERLAPS"):
                source.number(f"{function}({name},('foo','bar'))")
        everything = source.number("true")
        assert source.number("A_OVERLAPS(('foo','bar'),('bar','baz'))") == everything
        assert source.number("A_CONTAINS(('foo','bar'),('bar'))") == everything
        assert source.number("A_EQUALS(('foo','bar'),('bar','baz'))") == 0
        assert source.number("A_CONTAINEDBY(('foo','bar'),('bar','baz'))") == 0


def listed(iut: Iut) -> list[Document]:
    return list(iut.document("/functions")["functions"])


def test_get_functions(iut: Iut, language: str) -> None:
    """/conf/filter/get-functions of Part 3 (19-079r2)"""
    assert {CLASSES + "functions", CLASSES + language} <= iut.declared
    assert listed(iut)
    for function in listed(iut):
        assert isinstance(function["name"], str)
        assert function["returns"]
        assert set(function["returns"]) <= ASKED.keys()
        assert all(set(argument["type"]) <= ARGUMENTS.keys() for argument in function.get("arguments", []))


def test_functions(iut: Iut, language: str) -> None:
    """/conf/functions/functions"""
    for source, function in itertools.product(sources(iut, language), listed(iut)):
        arguments = ", ".join(ARGUMENTS[argument["type"][0]] for argument in function.get("arguments", []))
        call = f"{function['name']}({arguments})"
        for kind in function["returns"]:
            one, other = ASKED[kind]
            assert source.disjoint(one.format(call), other.format(call)), call
