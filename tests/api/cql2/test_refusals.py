"""What is wrong with a filter is said in one sentence; hostile text does no harm; values never become SQL."""

import json
import re
import time
from contextlib import suppress
from typing import Any

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otn.api.cql2.compile import filter_sql
from otn.api.cql2.language import FilterLanguage, parse_filter_language
from otn.api.cql2.parse import parse_filter
from otn.api.cql2.text import read_text
from otn.api.crs import CRS84
from otn.errors import BadRequest
from otn.model.collections import AIRPORTS, ROADS
from otn.store.statement import SqlParameters
from tests.api.cql2.test_cases import ALL, in_json

TEXT, JSON = FilterLanguage.TEXT, FilterLanguage.JSON


def refused(text: str, language: FilterLanguage = TEXT) -> str:
    with pytest.raises(BadRequest) as refusal:
        parse_filter(text, language, ROADS, CRS84)
    assert refusal.value.parameter == "filter"
    assert len(refusal.value.detail) < 700
    return refusal.value.detail


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1, column 1: expected a value"),
        ("speedLimit = ", "line 1, column 14: expected a value, a property, a function or (, found the end"),
        ("speedLimit == 5", "line 1, column 13: expected a value"),
        ("lanes = 1\n  AND speedLimit = = 2", "line 2, column 20"),
        ("speedLimit = 5 lanes", "line 1, column 16: expected an operator or the end, found 'lanes'"),
        ("(speedLimit = 5", "column 16: expected ), found the end"),
        ("name = 'x", "column 8: the quotation that starts here with ' has no end"),
        ('"name = 5', "column 1: the quotation that starts here with"),
        ("name = 'x'; DROP TABLE roads", "column 11: ';' has no meaning here"),
        ("name NOT 'x'", "expected LIKE, BETWEEN or IN"),
        ("speedLimit BETWEEN 1 OR 2", "expected AND"),
        ("speedLimit IN ()", "expected a value"),
        ("speedLimit IS 5", "expected NULL"),
        ("speedLimit = NULL", "write IS NULL"),
        ("speedLimit = 9007199254740993", "column 14: the integer 9007199254740993 is beyond 2^53"),
        (f"speedLimit = {'9' * 5000}", "beyond 2^53"),
        ("speedLimit = 1e400", "column 14: the number 1e400 is too large"),
        ("speedLimt = 5", "roads has no property 'speedLimt'. Did you mean speedLimit"),
        ("qqq = 5", "Known are bridge"),
        ("sourceCodes = 'x'", "no property 'sourceCodes'"),
        ("speedLimit = 'fast'", "= cannot compare speedLimit (a number) with the text 'fast'"),
        ("name > 5", "> cannot compare name (a text) with the number 5"),
        ("name = TRUE", "cannot compare name (a text) with TRUE"),
        ("bridge = 'yes'", "cannot compare bridge (true or false) with the text 'yes'"),
        ("bridge = 2", "with the number 2"),
        ("geometry = POINT(1 1)", "compares plain values"),
        ("speedLimit LIKE '5%'", "like needs a text, and speedLimit (a number) is none"),
        ("name LIKE name", "like needs a pattern in quotes, not name"),
        ("name LIKE 'x\\'", "escapes nothing"),
        ("CASEI(name) LIKE CASEI('x\\\\\\')", "escapes nothing"),
        ("bridge BETWEEN FALSE AND TRUE", "between has no meaning"),
        ("speedLimit IN (50, 'x')", "in cannot compare speedLimit (a number) with the text 'x'"),
        ("name + 1 = 2", "+ needs a number, and name (a text) is none"),
        ("CASEI(speedLimit) = 'x'", "casei needs a text"),
        ("CASEI(name, name) = 'x'", "casei has 2 arguments, not 1"),
        ("speedLimit", "speedLimit (a number) is no condition"),
        ("speedLimit AND bridge", "and needs true or false, and speedLimit (a number) is none"),
        ("'x'", "is no condition"),
        ("abz(speedLimit) = 1", "there is no function 'abz'. Did you mean abs"),
        ("qqq() = 1", "Known are abs, ceil"),
        ("lower() = 'x'", "lower has 0 arguments, not 1"),
        ("lower(speedLimit) = 'x'", "lower needs a text"),
        ("year(name) = 1", "year needs a date or timestamp"),
        ("validFrom > 5", "> cannot compare validFrom (a date or timestamp) with the number 5"),
        ("validFrom > 'yesterday'", "is no date"),
        ("validFrom > '2020/13/01'", "is no date"),
        ("validFrom > '2020/01/01 25:00:00'", "is no date"),
        ("validFrom > TIMESTAMP('2020/01/01 10:00:00')", "is no date"),
        ("validFrom > DATE('2020-13-01')", "is no date"),
        ("validFrom > DATE('2020-01-01T00:00:00Z')", "a DATE is written"),
        ("validFrom > TIMESTAMP('2020-01-01')", "a TIMESTAMP is written"),
        ("validFrom > DATE(validTo)", "expected a date or timestamp in single quotes"),
        ("T_AFTER(validFrom)", "t_after has 1 arguments, not 2"),
        ("T_AFTER(validFrom, name)", "not name (a text)"),
        ("T_DURING(validFrom, INTERVAL('2020-01-01', '..'))", "t_during is between intervals"),
        ("T_AFTER(validFrom, INTERVAL('2020-01-01'))", "an INTERVAL has two ends"),
        ("T_AFTER(validFrom, INTERVAL('2021-01-01', '2020-01-01'))", "starts after it ends"),
        ("T_AFTER(validFrom, INTERVAL(name, '..'))", "ends at dates"),
        (
            "A_CONTAINS(name, ('x'))",
            "a_contains needs arrays, not name (a text). Properties with several values here: n",
        ),
        ("A_EQUALS((TRUE, A_EQUALS((1), (1))), (TRUE))", "not of conditions such as the result of a_equals"),
        ("S_INTERSECTS(geometry, POINT(1))", "expected a number, found ')'"),
        ("S_INTERSECTS(geometry, POINT EMPTY)", "expected ("),
        ("S_INTERSECTS(geometry, POINT(nan 1))", "expected a number, found 'nan'"),
        ("S_INTERSECTS(geometry, POINT(1e400 1))", "too large"),
        ("S_INTERSECTS(geometry, POINT(181 0))", "not on earth"),
        ("S_INTERSECTS(geometry, POINT(0 91))", "not on earth"),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 0, 1 1, 0 1)))", "must end where it starts"),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 0, 0 0)))", "at least 4 positions"),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))", "not valid: Self-intersection[0.5 0.5]"),
        ("S_INTERSECTS(geometry, LINESTRING(0 0))", "at least 2 positions"),
        ("S_INTERSECTS(geometry, LINESTRING(0 0, 0 0))", "not valid"),
        ("S_INTERSECTS(geometry, BBOX(1, 2, 3))", "four or six numbers, not 3"),
        ("S_INTERSECTS(geometry, BBOX(1, 5, 3, 2))", "ends south"),
        ("S_INTERSECTS(geometry, GEOMETRYCOLLECTION(x))", "expected a geometry"),
        ("S_INTERSECTS(geometry, name)", "s_intersects needs a geometry, and name (a text) is none"),
        ("S_INTERSECTS(geometry)", "s_intersects has 1 arguments, not 2"),
        ("S_NEAR(geometry, POINT(1 1))", "no function 'S_NEAR'"),
    ],
)
def test_mistakes_in_text_are_named(text: str, words: str) -> None:
    assert words in refused(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1, column 1: no JSON"),
        ('{"op": "=",\n "args": [1,]}', "line 2, column"),
        ("null", "nothing that CQL2 knows"),
        ("{}", "nothing that CQL2 knows"),
        ('{"op":"=","args":[{"property":1},1]}', "nothing that CQL2 knows"),
        ('{"op":"=","args":[{"property":"lanes"},null]}', "nothing that CQL2 knows"),
        ('{"op":"and","args":[true]}', "and has 1 conditions, not 2 to 2000"),
        ('{"op":"not","args":[true,true]}', "not has 2 conditions, not 1"),
        ('{"op":"=","args":[{"property":"lanes"},9007199254740993]}', "beyond 2^53"),
        ('{"op":"=","args":[{"property":"lanes"},1e400]}', "too large"),
        ('{"op":"=","args":[{"property":"lanes"},NaN]}', "NaN is no number"),
        ('{"op":"=","args":[{"property":"name"},"\\u0000"]}', "a character that no text can hold"),
        ('{"op":"=","args":[{"property":"name"},"\\ud800"]}', "a character that no text can hold"),
        ('{"op":"=","args":[{"property":"\\ud800"},"x"]}', "has no property"),
        ('{"op":"in","args":[{"property":"lanes"},[]]}', "in needs a list"),
        ('{"op":"in","args":[{"property":"lanes"},1]}', "in needs a list"),
        (
            '{"op":"s_within","args":[{"property":"geometry"},{"type":"Circle","coordinates":[1,1]}]}',
            "'Circle' is no type",
        ),
        (
            '{"op":"s_within","args":[{"property":"geometry"},{"type":"Point","coordinates":["1",1]}]}',
            "list of numbers",
        ),
        (
            '{"op":"s_within","args":[{"property":"geometry"},{"type":"Point","coordinates":[true,1]}]}',
            "list of numbers",
        ),
        ('{"op":"s_within","args":[{"property":"geometry"},{"type":"Point"}]}', "list of numbers"),
        ('{"op":"s_within","args":[{"property":"geometry"},{"type":"Polygon","coordinates":[]}]}', "not empty"),
        (
            '{"op":"s_within","args":[{"property":"geometry"},{"type":"Polygon","coordinates":[[[[1]]]]}]}',
            "list of numbers",
        ),
        (
            '{"op":"s_within","args":[{"property":"geometry"},{"type":"GeometryCollection","geometries":[1]}]}',
            "geometries only",
        ),
        ('{"op":"s_within","args":[{"property":"geometry"},{"bbox":"x"}]}', "list of numbers"),
        ('{"op":"t_after","args":[{"property":"validFrom"},{"date":5}]}', "a DATE is written"),
        ('{"op":"t_after","args":[{"property":"validFrom"},{"interval":["..",5]}]}', "not at the number 5"),
    ],
)
def test_mistakes_in_json_are_named(text: str, words: str) -> None:
    assert words in refused(text, JSON)


HOSTILE = {
    "brackets": "(" * 60_000,
    "pairs of brackets": "(" * 30_000 + ")" * 30_000,
    "a mistake in brackets": "(" * 31 + "a ==" + " AND a = 1" * 5000 + ")" * 31,
    "not in brackets": "NOT (" * 10_000,
    "not": "NOT " * 16_000 + "bridge",
    "minus": "lanes = " + "-" * 65_000 + "'x'",
    "sums": "lanes = " + "1+" * 32_000 + "1",
    "powers": "lanes = " + "1^" * 32_000 + "1",
    "ands": " AND ".join(["bridge"] * 7_000),
    "values": f"lanes IN ({','.join('1' * 32_000)})",
    "functions": "lower(" * 10_000,
    "quotes": "'" * 65_535,
    "double quotes": '"' * 65_535,
    "backslashes": "name = '" + "\\'" * 32_000,
    "long": "a" * 1_000_000,
    "geometries": "S_INTERSECTS(geometry, " + "GEOMETRYCOLLECTION(" * 3_000,
    "surrogate": "name = '\ud800'",
    "surrogate name": "\ud800 = 1",
    "null": "name = 'a\0b'",
    "hundred thousand brackets": "(" * 100_000,
}
HOSTILE_JSON = {
    "lists": "[" * 60_000,
    "objects": '{"op":"not","args":[' * 3_000,
    "strings": '"' + "[" * 60_000,
    "values": json.dumps({"op": "in", "args": [{"property": "lanes"}, [1] * 10_000]}),
    "nested": '{"op":"not","args":[' * 49 + "true" + "]}" * 49 + "]}" * 9,
    "arrays in arrays": '{"op":"a_equals","args":[[true,' * 20 + "true" + "],[true]]}" * 20,
    "digits": "9" * 60_000,
    "surrogate": '{"op":"=","args":[{"property":"name"},"\ud800"]}',
    "escapes": '"' + "\\" * 60_000,
    "hundred thousand brackets": "[" * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_refused_soon(name: str) -> None:
    start = time.process_time()
    refused(HOSTILE[name])
    assert time.process_time() - start < 2


@pytest.mark.parametrize("name", HOSTILE_JSON)
def test_hostile_json_is_refused_soon(name: str) -> None:
    start = time.process_time()
    refused(HOSTILE_JSON[name], JSON)
    assert time.process_time() - start < 2


WORDS = ["lanes", "name", "geometry", "(", ")", ",", "=", "'", "''", "\\'", '"', "-", "1", "1e5", "AND", "NOT", "LIKE"]
WORDS += ["IN", "BETWEEN", "IS", "NULL", "POINT", "POLYGON", "BBOX", "INTERVAL", "DATE", "S_WITHIN", "A_EQUALS", ".."]


@hypothesis.settings(max_examples=400)
@given(text=st.text(max_size=40) | st.lists(st.sampled_from(WORDS), max_size=15).map(" ".join), as_json=st.booleans())
def test_any_text_is_a_filter_or_a_refusal(text: str, as_json: bool) -> None:
    with suppress(BadRequest):
        parse_filter(text, JSON if as_json else TEXT, ROADS, CRS84)


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just({"property": "name"}),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["op", "args", "type", "coordinates", "bbox", "interval", "date"]), inner)
        | st.builds(
            lambda op, args: {"op": op, "args": args},
            st.sampled_from(["=", "like", "s_within", "t_after", "a_equals", "in", "not", "casei", "+"]),
            st.lists(inner, max_size=3),
        )
    ),
    max_leaves=8,
)


@hypothesis.settings(max_examples=300)
@given(tree=VALUES)
def test_any_json_is_a_filter_or_a_refusal(tree: Any) -> None:
    with suppress(BadRequest):
        parse_filter(json.dumps(tree), JSON, AIRPORTS, CRS84)


@given(value=st.text(min_size=1).filter(lambda text: "\0" not in text))
def test_a_value_never_becomes_sql(value: str) -> None:
    def built(text: str) -> tuple[str, list[Any]]:
        parameters = SqlParameters()
        quoted = text.replace("'", "''")
        names = f"name = '{quoted}' OR CASEI(name) = CASEI('{quoted}') OR name IN ('{quoted}')"
        arrays = f"A_CONTAINS(nationalRoadCode, ('{quoted}'))"
        return filter_sql(parse_filter(f"{names} OR {arrays}", TEXT, ROADS, CRS84), parameters), parameters.values

    sql, values = built(value)
    assert sql == built("x")[0]
    assert values.count(value) == 4


@pytest.mark.parametrize(("text", "ids"), ALL)
def test_every_parameter_is_used_and_all_text_in_sql_is_ours(text: str, ids: list[int]) -> None:  # noqa: ARG001
    parameters = SqlParameters()
    sql = filter_sql(parse_filter(text, TEXT, ROADS, CRS84), parameters)
    used = {int(number) for number in re.findall(r"\$(\d+)", sql)}
    assert used == set(range(1, len(parameters.values) + 1))
    assert not {"Straße", "STRASSE", "N1", "2020"} & set(re.findall(r"\w+", sql))


@pytest.mark.parametrize(("text", "ids"), ALL)
def test_another_program_reads_the_same(text: str, ids: list[int]) -> None:  # noqa: ARG001
    assert lowered(read_text(text)) == lowered(in_json(text))


def lowered(tree: Any) -> Any:
    """The tree with numbers as they compare and operators in one case."""
    if isinstance(tree, list):
        return [lowered(element) for element in tree]
    if isinstance(tree, dict):
        return {key: value.lower() if key == "op" else lowered(value) for key, value in tree.items()}
    return tree


def test_languages_and_their_alias() -> None:
    assert parse_filter_language("cql2-text") is TEXT
    assert parse_filter_language("cql2-json") is JSON
    assert parse_filter_language("cql-text") is TEXT
    with pytest.raises(BadRequest) as refusal:
        parse_filter_language("sql")
    assert refusal.value.parameter == "filter-lang"
