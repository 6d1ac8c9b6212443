"""From the tree of a filter to an expression whose names and types are right, or a sentence that says what is not."""

import difflib
from collections.abc import Callable
from typing import Any

from otn.api.cql2 import geometry, time
from otn.api.cql2.expression import (
    Array,
    Expression,
    Geometry,
    Instant,
    Interval,
    IntervalEnd,
    Literal,
    Operation,
    Property,
    Shape,
    Type,
)
from otn.api.cql2.functions import FUNCTIONS
from otn.api.cql2.limits import DEPTH, VALUES, refusal, shortened
from otn.api.cql2.spatial import RELATIONS as SPATIAL_RELATIONS
from otn.api.crs import Crs
from otn.errors import UnknownProperty
from otn.model.collections import Collection

GEOMETRY = "geometry"
"""The name of the features' geometry in filters."""

FOLDINGS = ("casei", "accenti")

_PLAIN = frozenset({Type.TEXT, Type.NUMBER, Type.BOOLEAN, Type.INSTANT})


class Checker:
    """Checks one filter over the features of a collection, with geometry literals in `crs`."""

    def __init__(self, collection: Collection, crs: Crs) -> None:
        self._collection = collection
        self._crs = crs
        self._depth = 0
        self._values = 0
        self._rules: dict[str, Callable[[str, list[Any]], Expression]] = {
            **dict.fromkeys(("and", "or", "not"), self._logic),
            **dict.fromkeys(("=", "<>", "<", "<=", ">", ">="), self._comparison),
            "like": self._like,
            "between": self._between,
            "in": self._in,
            "isnull": self._is_null,
            **dict.fromkeys(FOLDINGS, self._folding),
            **dict.fromkeys(("+", "-", "*", "/", "%", "div", "^"), self._arithmetic),
            **dict.fromkeys(SPATIAL_RELATIONS, self._spatial),
            **dict.fromkeys(time.RELATIONS, self._temporal),
            **dict.fromkeys(("a_equals", "a_contains", "a_containedby", "a_overlaps"), self._arrays),
            **dict.fromkeys(FUNCTIONS, self._function),
        }

    def condition(self, tree: Any) -> Expression:
        """Raises BadRequest where the tree is no condition that is true or false of a feature."""
        expression = self._expression(tree)
        if expression.type is not Type.BOOLEAN:
            raise refusal(f"{expression.shown} is no condition: compare it with something.")
        return expression

    def _expression(self, tree: Any) -> Expression:
        self._values += 1
        if self._values > VALUES:
            raise refusal(f"there are more than {VALUES} operations and values.")
        if self._depth >= DEPTH:
            raise refusal(f"operations are nested deeper than {DEPTH}.")
        self._depth += 1
        try:
            return self._kind_of(tree)
        finally:
            self._depth -= 1

    def _kind_of(self, tree: Any) -> Expression:
        match tree:
            case bool() | int() | float():
                return Literal(tree)
            case str():
                return Literal(_storable(tree))
            case list():
                return Array(tuple(map(self._expression, tree)))
            case {"property": str(name)}:
                return self._property(name)
            case {"op": str(op), "args": list(arguments)}:
                return self._operation(op, arguments)
        return self._time_or_place(tree)

    def _time_or_place(self, tree: Any) -> Expression:
        match tree:
            case {"date": value}:
                return time.date(value)
            case {"timestamp": value}:
                return time.timestamp(value)
            case {"interval": ends}:
                return self._interval(ends)
            case {"bbox": numbers}:
                return Shape(geometry.box(numbers, self._crs))
            case {"type": str()}:
                return Shape(geometry.shape(tree, self._crs))
        raise refusal(f"{shortened(repr(tree))} is nothing that CQL2 knows.")

    def _property(self, name: str) -> Property | Geometry:
        if name == GEOMETRY:
            return Geometry(self._collection.geometry.dimension)
        field = self._collection.queryables.get(name)
        if field is None:
            known = [*self._collection.queryables, GEOMETRY]
            unknown = f"{self._collection.id} has no property {shortened(name)!r}. {_did_you_mean(name, known)}"
            raise refusal(unknown, UnknownProperty)
        return Property(field)

    def _operation(self, name: str, arguments: list[Any]) -> Expression:
        op = name.lower()
        rule = self._rules.get(op)
        if rule is None:
            hint = _did_you_mean(op, list(self._rules), list(FUNCTIONS))
            raise refusal(f"there is no function {shortened(name)!r}. {hint}")
        return rule(op, arguments)

    def _logic(self, op: str, arguments: list[Any]) -> Operation:
        least, most = (1, 1) if op == "not" else (2, VALUES)
        if not least <= len(arguments) <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            raise refusal(f"{op} has {len(arguments)} conditions, not {wanted}.")
        return self._typed(op, arguments, Type.BOOLEAN, Type.BOOLEAN)

    def _comparison(self, op: str, arguments: list[Any]) -> Operation:
        left, right = self._some(op, arguments, 2)
        left, right = _alike(left, right), _alike(right, left)
        _require_comparable(op, left, right)
        return Operation(op, (left, right), Type.BOOLEAN)

    def _like(self, op: str, arguments: list[Any]) -> Operation:
        value, pattern = self._some(op, arguments, 2)
        _require(op, value, Type.TEXT)
        literal = pattern
        while isinstance(literal, Operation) and literal.name in FOLDINGS:
            literal = literal.arguments[0]
        if not isinstance(literal, Literal) or not isinstance(literal.value, str):
            raise refusal(f"like needs a pattern in quotes, not {pattern.shown}.")
        if (len(literal.value) - len(literal.value.rstrip("\\"))) % 2:
            raise refusal(f"the pattern of like ends with an escape character that escapes nothing: {literal.shown}.")
        return Operation(op, (value, pattern), Type.BOOLEAN)

    def _between(self, op: str, arguments: list[Any]) -> Operation:
        value, lower, upper = self._some(op, arguments, 3)
        lower, upper = _alike(lower, value), _alike(upper, value)
        for bound in (lower, upper):
            _require_comparable(op, value, bound)
        if value.type is Type.BOOLEAN:
            raise refusal(f"between has no meaning for {value.shown}.")
        return Operation(op, (value, lower, upper), Type.BOOLEAN)

    def _in(self, op: str, arguments: list[Any]) -> Operation:
        value, values = self._some(op, arguments, 2)
        if not isinstance(values, Array) or not values.elements:
            raise refusal("in needs a list of one value or more.")
        elements = tuple(_alike(element, value) for element in values.elements)
        for element in elements:
            _require_comparable(op, value, element)
        return Operation(op, (value, *elements), Type.BOOLEAN)

    def _is_null(self, op: str, arguments: list[Any]) -> Operation:
        (value,) = self._some(op, arguments, 1)
        if value.type in (Type.ARRAY, Type.INTERVAL):
            raise refusal(f"is null has no meaning for {value.shown}.")
        return Operation(op, (value,), Type.BOOLEAN)

    def _folding(self, op: str, arguments: list[Any]) -> Operation:
        self._count(op, arguments, 1)
        return self._typed(op, arguments, Type.TEXT, Type.TEXT)

    def _arithmetic(self, op: str, arguments: list[Any]) -> Operation:
        self._count(op, arguments, 2)
        return self._typed(op, arguments, Type.NUMBER, Type.NUMBER)

    def _spatial(self, op: str, arguments: list[Any]) -> Operation:
        self._count(op, arguments, 2)
        return self._typed(op, arguments, Type.GEOMETRY, Type.BOOLEAN)

    def _temporal(self, op: str, arguments: list[Any]) -> Operation:
        operands = self._some(op, arguments, 2)
        for operand in operands:
            if operand.type not in (Type.INSTANT, Type.INTERVAL) or isinstance(operand, Operation):
                raise refusal(f"{op} needs dates, timestamps, intervals or such properties, not {operand.shown}.")
            if operand.type is Type.INSTANT and op not in time.OF_INSTANTS:
                raise refusal(
                    f"{op} is between intervals, and {operand.shown} is an instant: use one of"
                    f" {', '.join(sorted(time.OF_INSTANTS))}, or INTERVAL."
                )
        return Operation(op, operands, Type.BOOLEAN)

    def _arrays(self, op: str, arguments: list[Any]) -> Operation:
        operands = self._some(op, arguments, 2)
        for operand in operands:
            if not isinstance(operand, Array) and not (isinstance(operand, Property) and operand.field.multiple):
                multiple = [field.name for field in self._collection.queryables.values() if field.multiple]
                raise refusal(
                    f"{op} needs arrays, not {operand.shown}. Properties with several values here:"
                    f" {', '.join(multiple) or 'none'}."
                )
            _refuse_conditions(op, operand)
        return Operation(op, operands, Type.BOOLEAN)

    def _function(self, op: str, arguments: list[Any]) -> Operation:
        function = FUNCTIONS[op]
        operands = self._some(op, arguments, len(function.arguments))
        for operand, argument in zip(operands, function.arguments, strict=True):
            _require(op, operand, argument.type)
        return Operation(op, operands, function.returns)

    def _interval(self, ends: Any) -> Interval:
        if not isinstance(ends, list) or len(ends) != 2:
            raise refusal("an INTERVAL has two ends.")
        interval = Interval(self._interval_end(ends[0]), self._interval_end(ends[1]))
        start, end = interval.start, interval.end
        if isinstance(start, Instant) and isinstance(end, Instant) and start.start > end.end:
            raise refusal(f"the INTERVAL starts after it ends: {start.shown}, {end.shown}.")
        return interval

    def _interval_end(self, tree: Any) -> IntervalEnd:
        if tree == "..":
            return None
        end = time.instant(tree) if isinstance(tree, str) else self._expression(tree)
        if not isinstance(end, Instant | Property) or end.type is not Type.INSTANT:
            raise refusal(f"an INTERVAL ends at dates, timestamps, such properties or '..', not at {end.shown}.")
        return end

    def _typed(self, op: str, arguments: list[Any], type_: Type, result: Type) -> Operation:
        operands = self._some(op, arguments, len(arguments))
        for operand in operands:
            _require(op, operand, type_)
        return Operation(op, operands, result)

    def _some(self, op: str, arguments: list[Any], count: int) -> tuple[Expression, ...]:
        self._count(op, arguments, count)
        return tuple(map(self._expression, arguments))

    def _count(self, op: str, arguments: list[Any], count: int) -> None:
        if len(arguments) != count:
            raise refusal(f"{op} has {len(arguments)} arguments, not {count}.")


def _refuse_conditions(op: str, operand: Expression) -> None:
    """A condition in an array would be evaluated again by every array around it."""
    for element in operand.elements if isinstance(operand, Array) else ():
        if isinstance(element, Operation) and element.type is Type.BOOLEAN:
            raise refusal(f"{op} takes arrays of values, not of conditions such as {element.shown}.")
        _refuse_conditions(op, element)


def _require(op: str, operand: Expression, type_: Type) -> None:
    if operand.type is not type_:
        raise refusal(f"{op} needs {type_}, and {operand.shown} is none.")


def _require_comparable(op: str, left: Expression, right: Expression) -> None:
    if left.type is not right.type:
        raise refusal(f"{op} cannot compare {left.shown} with {right.shown}.")
    if left.type not in _PLAIN:
        raise refusal(f"{op} compares plain values, not {left.shown} with {right.shown}.")


def _alike(expression: Expression, other: Expression) -> Expression:
    """A literal as the type of what it is compared with: GDAL writes dates as texts, and true and false as 1 and 0."""
    if not isinstance(expression, Literal) or isinstance(other, Literal):
        return expression
    if other.type is Type.INSTANT and isinstance(expression.value, str):
        return time.compared_text(expression.value)
    if other.type is Type.BOOLEAN and not isinstance(expression.value, bool) and expression.value in (0, 1):
        return Literal(bool(expression.value))
    return expression


def _storable(text: str) -> str:
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise refusal("a text has a character that no text can hold: null, or half of a surrogate pair.")
    return text


def _did_you_mean(name: str, known: list[str], listed: list[str] | None = None) -> str:
    near = difflib.get_close_matches(name[:100], known, n=3)
    return f"Did you mean {' or '.join(near)}?" if near else f"Known are {', '.join(sorted(listed or known))}."
