"""Pure builders of the SQL of a filter: every value is a parameter, every column is the model's.

Nothing here fails in PostgreSQL for any values of the columns: arithmetic that is out of range or undefined is null,
and what is null is neither true nor false, so it selects nothing.
"""

import sys
from collections.abc import Callable

from otn.api.cql2 import spatial, time
from otn.api.cql2.check import FOLDINGS
from otn.api.cql2.expression import (
    Array,
    Expression,
    Geometry,
    Instant,
    Interval,
    Literal,
    Operation,
    Property,
    Shape,
    Type,
)
from otn.api.cql2.functions import FUNCTIONS
from otn.model.fields import Kind
from otn.model.sql import CASE_FOLDED, FOLDED, UNACCENTED
from otn.store.statement import SqlParameters, quoted

_COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})
_ARITHMETIC = {
    "+": "({} + {})",
    "-": "({} - {})",
    "*": "({} * {})",
    "/": "({} / NULLIF({}, 0))",
    "%": "otn_remainder({}, {})",
    "div": "trunc({} / NULLIF({}, 0))",
    "^": "otn_power({}, {})",
}
_ARRAYS = {"a_contains": "{0} @> {1}", "a_containedby": "{0} <@ {1}", "a_overlaps": "{0} && {1}"}
_FOLDED = {("casei",): CASE_FOLDED, ("accenti",): UNACCENTED, ("accenti", "casei"): FOLDED}

# Characters that mean nothing to anybody stand for the wildcards while a pattern is folded.
_ANY, _ONE = "\ufdd0", "\ufdd1"
# They are code points, but no characters.
_AFTER_SURROGATES = 0xE000
_SURROGATES = range(0xD800, _AFTER_SURROGATES)


def filter_sql(expression: Expression, parameters: SqlParameters) -> str:
    """A condition over the columns of the collection's table."""
    match expression:
        case Literal() | Property():
            return _plain(expression, parameters)
        case Operation():
            return f"({_operation(expression, parameters)})"
    raise _misplaced(expression)


def _plain(expression: Expression, parameters: SqlParameters) -> str:
    """The SQL of a text, number, boolean or geometry."""
    match expression:
        case Property():
            return quoted(expression.field.column)
        case Literal():
            return parameters.add(*_typed(expression.value))
        case Geometry() | Shape():
            return spatial.geometry_sql(expression, parameters)
        case Instant():
            return time.instant_sql(expression, parameters)
        case Operation():
            return _operation(expression, parameters)
    raise _misplaced(expression)


def _misplaced(expression: Expression) -> AssertionError:
    return AssertionError(f"{expression.shown} is no value here: the check let it pass")


def _typed(value: str | int | float | bool) -> tuple[str | int | float | bool, str]:
    match value:
        case bool():
            return value, "boolean"
        case str():
            return value, "text"
    return float(value) + 0.0, "float8"  # + 0.0 makes zero of minus zero


def _operation(operation: Operation, parameters: SqlParameters) -> str:
    name, arguments = operation.name, operation.arguments
    if name in _COMPARISONS:
        left, right = arguments
        return _comparison(name, left, right, parameters)
    if name in _ARITHMETIC:
        return _ARITHMETIC[name].format(*(_bounded(argument, parameters) for argument in arguments))
    if name in FOLDINGS:
        return _folded(operation, parameters)
    if name in FUNCTIONS:
        return FUNCTIONS[name].sql.format(*(_argument(argument, parameters) for argument in arguments))
    return _RULES[name](operation, parameters)


def _comparison(op: str, left: Expression, right: Expression, parameters: SqlParameters) -> str:
    if isinstance(left, Instant | Property) and isinstance(right, Instant | Property) and left.type is Type.INSTANT:
        return time.comparison_sql(op, left, right, parameters)
    first, second = _beside(left, right, parameters), _beside(right, left, parameters)
    if left.type is Type.TEXT and op not in ("=", "<>"):
        first, second = f'{first} COLLATE "C"', f'{second} COLLATE "C"'
    return f"{first} {op} {second}"


def _beside(expression: Expression, other: Expression, parameters: SqlParameters) -> str:
    """The SQL of one side; an integer beside an integer column as such, so that its index serves."""
    if (
        isinstance(expression, Literal)
        and isinstance(other, Property)
        and other.field.kind is Kind.INTEGER
        and isinstance(expression.value, int | float)
        and expression.value == int(expression.value)
        and abs(expression.value) < 2**63
    ):
        return parameters.add(int(expression.value), "bigint")
    if expression.type is Type.BOOLEAN:
        return filter_sql(expression, parameters)
    return _plain(expression, parameters)


def _bounded(expression: Expression, parameters: SqlParameters) -> str:
    return f"otn_bounded({_plain_or_float(expression, parameters)})"


def _plain_or_float(expression: Expression, parameters: SqlParameters) -> str:
    sql = _plain(expression, parameters)
    return f"{sql}::float8" if expression.type is Type.NUMBER else sql


def _argument(expression: Expression, parameters: SqlParameters) -> str:
    if isinstance(expression, Geometry | Shape):
        return spatial.geography_sql(expression, parameters)
    return _plain_or_float(expression, parameters)


def _logic(operation: Operation, parameters: SqlParameters) -> str:
    return f" {operation.name.upper()} ".join(filter_sql(argument, parameters) for argument in operation.arguments)


def _not(operation: Operation, parameters: SqlParameters) -> str:
    return f"NOT {filter_sql(operation.arguments[0], parameters)}"


def _is_null(operation: Operation, parameters: SqlParameters) -> str:
    return f"({_plain(operation.arguments[0], parameters)}) IS NULL"


def _between(operation: Operation, parameters: SqlParameters) -> str:
    value, lower, upper = operation.arguments
    return f"{_comparison('>=', value, lower, parameters)} AND {_comparison('<=', value, upper, parameters)}"


def _in(operation: Operation, parameters: SqlParameters) -> str:
    value, *elements = operation.arguments
    if value.type is Type.INSTANT:
        return " OR ".join(f"({_comparison('=', value, element, parameters)})" for element in elements)
    listed = ", ".join(_beside(element, value, parameters) for element in elements)
    return f"{_beside(value, value, parameters)} IN ({listed})"


def _folding_chain(expression: Expression) -> tuple[Expression, str]:
    """What is folded within, and the SQL that folds it; `CASEI(ACCENTI(x))` is `ACCENTI(CASEI(x))`."""
    names = set()
    while isinstance(expression, Operation) and expression.name in FOLDINGS:
        names.add(expression.name)
        expression = expression.arguments[0]
    return expression, _FOLDED[tuple(sorted(names))] if names else "{}"


def _folded(operation: Operation, parameters: SqlParameters) -> str:
    inner, template = _folding_chain(operation)
    folded = template.format(_plain(inner, parameters))
    return f"(SELECT {folded})" if isinstance(inner, Literal) else folded  # once, not for every row


def _like(operation: Operation, parameters: SqlParameters) -> str:
    value, pattern = operation.arguments
    inner, template = _folding_chain(pattern)
    if not isinstance(inner, Literal):
        raise _misplaced(pattern)
    if template == "{}":
        alike = f"{_plain(value, parameters)} LIKE {_plain(inner, parameters)}"
        within = _beginning(value, str(inner.value), parameters)
        return f"{alike} AND {within}" if within else alike
    folded = template.format(parameters.add(_marked(str(inner.value)), "text"))
    # Folding can make a wildcard of a character, such as one of full width, so what it made is escaped.
    escaped = f"regexp_replace({folded}, '([\\\\%_])', '\\\\\\1', 'g')"
    wildcards = f"translate({escaped}, chr({ord(_ANY)}) || chr({ord(_ONE)}), '%_')"
    return f"{_plain(value, parameters)} LIKE (SELECT {wildcards})"


def _beginning(value: Expression, pattern: str, parameters: SqlParameters) -> str:
    """What a text that begins as the pattern does lies between; nothing where the pattern begins with a wildcard.

    PostgreSQL plans a statement once for all patterns, and would not look into any of them for itself.
    """
    start = _marked(pattern).split(_ANY)[0].split(_ONE)[0]
    if not start or not isinstance(value, Property):
        return ""
    column = f'{quoted(value.field.column)} COLLATE "C"'
    least = f"{column} >= {parameters.add(start, 'text')}"
    beyond = _beyond(start)
    return f"{least} AND {column} < {parameters.add(beyond, 'text')}" if beyond else least


def _beyond(start: str) -> str:
    """The least text by code points that is greater than all that begin so; empty where there is none."""
    start = start.rstrip(chr(sys.maxunicode))
    if not start:
        return ""
    following = ord(start[-1]) + 1
    return start[:-1] + chr(_AFTER_SURROGATES if following in _SURROGATES else following)


def _marked(pattern: str) -> str:
    """The pattern with marks for its wildcards and without its escapes."""
    marked = []
    characters = iter(pattern)
    for character in characters:
        if character == "\\":
            marked.append(next(characters))
        else:
            marked.append({"%": _ANY, "_": _ONE}.get(character, character))
    return "".join(marked)


def _spatial(operation: Operation, parameters: SqlParameters) -> str:
    left, right = operation.arguments
    if not isinstance(left, Geometry | Shape) or not isinstance(right, Geometry | Shape):
        raise _misplaced(operation)
    return spatial.relation_sql(operation.name, left, right, parameters)


def _temporal(operation: Operation, parameters: SqlParameters) -> str:
    left, right = operation.arguments
    if not isinstance(left, Instant | Interval | Property) or not isinstance(right, Instant | Interval | Property):
        raise _misplaced(operation)
    return time.relation_sql(operation.name, left, right, parameters)


def _arrays(operation: Operation, parameters: SqlParameters) -> str:
    left, right = (_array(argument, parameters) for argument in operation.arguments)
    if operation.name == "a_equals":
        return f"{left} @> {right} AND {left} <@ {right}"
    return _ARRAYS[operation.name].format(left, right)


def _array(expression: Expression, parameters: SqlParameters) -> str:
    """A set as an array of texts that say type and value, so that 1, '1' and TRUE are different."""
    if isinstance(expression, Array):
        return f"ARRAY[{', '.join(_element(element, parameters) for element in expression.elements)}]::text[]"
    column = _plain(expression, parameters)
    values = f"unnest(string_to_array({column}, ';')) AS v"
    return f"(SELECT array_agg('text ' || btrim(v)) FROM {values})"  # noqa: S608 - identifiers come from the model


def _element(expression: Expression, parameters: SqlParameters) -> str:
    match expression:
        case Array():
            members = f"FROM unnest({_array(expression, parameters)}) AS v ORDER BY v"
            return f"'array ' || array(SELECT DISTINCT v {members})::text"
        case Geometry() | Shape():
            geometry = spatial.geometry_sql(expression, parameters)
            return f"'geometry ' || encode(ST_AsBinary(ST_Normalize({geometry})), 'hex')"
        case Interval():
            ends = (time.interval_end_sql(expression, side, parameters) for side in ("start", "end"))
            return f"'interval ' || {' || $$/$$ || '.join(ends)}"
        case Instant(is_date=True):
            return f"'date ' || {_plain(expression, parameters)}::text"
    kind = {Type.NUMBER: "number", Type.BOOLEAN: "boolean", Type.INSTANT: "time"}.get(expression.type, "text")
    if expression.type is Type.BOOLEAN:
        return f"'{kind} ' || {filter_sql(expression, parameters)}::text"
    return f"'{kind} ' || ({_plain_or_float(expression, parameters)})::text"


_RULES: dict[str, Callable[[Operation, SqlParameters], str]] = {
    "and": _logic,
    "or": _logic,
    "not": _not,
    "like": _like,
    "between": _between,
    "in": _in,
    "isnull": _is_null,
    **dict.fromkeys(spatial.RELATIONS, _spatial),
    **dict.fromkeys(time.RELATIONS, _temporal),
    **dict.fromkeys(("a_equals", *_ARRAYS), _arrays),
}
