"""What a filter means, said again in plain Python over CQL2 JSON: true, false, or None where it is not known."""

import math
import operator
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.api.cql2.rows import Row

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
DAY = timedelta(days=1)
EARLIEST, LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
ACCENTS = str.maketrans("éèïňÉ", "eeinE")


def holds(tree: Any, row: Row) -> bool | None:
    """Whether a condition holds for a row."""
    value = evaluate(tree, row)
    assert value is None or isinstance(value, bool)
    return value


def evaluate(tree: Any, row: Row) -> Any:
    if isinstance(tree, list):
        return [evaluate(element, row) for element in tree]
    if not isinstance(tree, dict):
        return tree
    if "property" in tree:
        return row.id if tree["property"] == "id" else row.properties.get(tree["property"])
    return RULES[tree["op"]](tree["op"], tree["args"], row)


def _and(_: str, arguments: list[Any], row: Row) -> bool | None:
    values = [holds(argument, row) for argument in arguments]
    return False if False in values else None if None in values else True


def _or(_: str, arguments: list[Any], row: Row) -> bool | None:
    values = [holds(argument, row) for argument in arguments]
    return True if True in values else None if None in values else False


def _not(_: str, arguments: list[Any], row: Row) -> bool | None:
    value = holds(arguments[0], row)
    return None if value is None else not value


def _strict(function: Callable[..., Any]) -> Callable[[str, list[Any], Row], Any]:
    """A function of values that is unknown where one of them is."""

    def rule(op: str, arguments: list[Any], row: Row) -> Any:
        values = [evaluate(argument, row) for argument in arguments]
        return None if None in values else function(op, *values)

    return rule


def _in(_: str, arguments: list[Any], row: Row) -> bool | None:
    value = evaluate(arguments[0], row)
    return _or("or", [{"op": "=", "args": [value, evaluate(element, row)]} for element in arguments[1]], row)


def _between(_: str, arguments: list[Any], row: Row) -> bool | None:
    value, lower, upper = (evaluate(argument, row) for argument in arguments)
    return _and("and", [{"op": ">=", "args": [value, lower]}, {"op": "<=", "args": [value, upper]}], row)


def _like(_: str, value: str, pattern: str) -> bool:
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    return re.fullmatch("".join(wild.get(part) or re.escape(part[-1]) for part in parts), value, re.DOTALL) is not None


def _arithmetic(op: str, left: float, right: float) -> float | None:
    if not (_in_range(left) and _in_range(right)):
        return None
    left, right = float(left), float(right)
    match op:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "^":
            return _power(left, right)
    if right == 0:
        return None
    whole = float(math.trunc(left / right))
    return {"/": left / right, "div": whole, "%": left - right * whole}[op]


def _in_range(number: float) -> bool:
    return number == 0 or 1e-150 <= abs(number) <= 1e150


def _power(base: float, exponent: float) -> float | None:
    if base == 0:
        return None if exponent < 0 else float(exponent == 0)
    if base < 0 and exponent != math.trunc(exponent):
        return None
    return base**exponent if abs(exponent * math.log(abs(base))) < 345 else None


def _array(op: str, left: list[Any] | str, right: list[Any] | str) -> bool:
    first, second = (
        {(type(v).__name__.replace("int", "float"), v) for v in (side if isinstance(side, list) else _split(side))}
        for side in (left, right)
    )
    return {
        "a_equals": first == second,
        "a_contains": first >= second,
        "a_containedBy": first <= second,
        "a_overlaps": bool(first & second),
    }[op]


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(";")]


Span = tuple[datetime, datetime]


def _temporal(op: str, arguments: list[Any], row: Row) -> bool | None:
    """The definitions of the standard; where one side is a date, both are taken as dates."""
    first, second = (_ends(argument, row) for argument in arguments)
    if first is None or second is None:
        return None
    (s1, e1), (s2, e2) = first, second
    lt, eq, le = _before, _same, _not_after
    return {
        "t_after": lt(e2, s1),
        "t_before": lt(e1, s2),
        "t_contains": lt(s1, s2) and lt(e2, e1),
        "t_disjoint": not (le(s1, e2) and le(s2, e1)),
        "t_during": lt(s2, s1) and lt(e1, e2),
        "t_equals": eq(s1, s2) and eq(e1, e2),
        "t_finishedBy": lt(s1, s2) and eq(e1, e2),
        "t_finishes": lt(s2, s1) and eq(e1, e2),
        "t_intersects": le(s1, e2) and le(s2, e1),
        "t_meets": eq(e1, s2),
        "t_metBy": eq(s1, e2),
        "t_overlappedBy": lt(s2, s1) and lt(s1, e2) and lt(e2, e1),
        "t_overlaps": lt(s1, s2) and lt(s2, e1) and lt(e1, e2),
        "t_startedBy": eq(s1, s2) and lt(e2, e1),
        "t_starts": eq(s1, s2) and lt(e1, e2),
        "=": eq(s1, s2),
        "<>": not eq(s1, s2),
        "<": lt(s1, s2),
        "<=": le(s1, s2),
        ">": lt(s2, s1),
        ">=": le(s2, s1),
    }[op]


def _as_dates(left: str | datetime, right: str | datetime) -> tuple[Any, Any]:
    if isinstance(left, str) or isinstance(right, str):
        return _date(left), _date(right)
    return left, right


def _date(moment: str | datetime) -> str:
    return moment if isinstance(moment, str) else f"{moment:%Y-%m-%d}".rjust(10, "0")


def _before(left: str | datetime, right: str | datetime) -> bool:
    first, second = _as_dates(left, right)
    return bool(first < second)


def _same(left: str | datetime, right: str | datetime) -> bool:
    first, second = _as_dates(left, right)
    return bool(first == second)


def _not_after(left: str | datetime, right: str | datetime) -> bool:
    return not _before(right, left)


def _ends(tree: dict[str, Any], row: Row) -> tuple[Any, Any] | None:
    """Dates stay texts."""
    if "interval" in tree:
        start, end = (_moment(end, row) for end in tree["interval"])
        return start or EARLIEST, end or LATEST
    moment = _moment(tree, row)
    return None if moment is None else (moment, moment)


def _moment(tree: Any, row: Row) -> str | datetime | None:
    if isinstance(tree, dict):
        tree = row.properties.get(tree["property"]) if "property" in tree else next(iter(tree.values()))
    if tree in (None, ".."):
        return None
    return str(tree) if len(tree) == 10 else datetime.fromisoformat(tree)


def _compared(op: str, arguments: list[Any], row: Row) -> bool | None:
    if any(isinstance(a, dict) and ("date" in a or "timestamp" in a or _is_time(a)) for a in arguments):
        return _temporal(op, arguments, row)
    return _strict(lambda op, left, right: COMPARISONS[op](left, right))(op, arguments, row)  # type: ignore[no-any-return]


def _is_time(tree: dict[str, Any]) -> bool:
    return tree.get("property") in ("validFrom", "validTo")


RULES: dict[str, Callable[[str, list[Any], Row], Any]] = {
    "and": _and,
    "or": _or,
    "not": _not,
    "in": _in,
    "between": _between,
    "isNull": lambda _, arguments, row: evaluate(arguments[0], row) is None,
    "like": _strict(_like),
    "casei": _strict(lambda _, text: text.upper().lower().replace("ς", "σ")),
    "accenti": _strict(lambda _, text: text.translate(ACCENTS).replace("ß", "ss")),
    **dict.fromkeys(("a_equals", "a_contains", "a_containedBy", "a_overlaps"), _strict(_array)),
    **dict.fromkeys(COMPARISONS, _compared),
    **dict.fromkeys(("+", "-", "*", "/", "%", "div", "^"), _strict(_arithmetic)),
    "abs": _strict(lambda _, number: abs(number)),
    "floor": _strict(lambda _, number: float(math.floor(number))),
    "ceil": _strict(lambda _, number: float(math.ceil(number))),
    "round": _strict(lambda _, number: float(round(number))),
    "lower": _strict(lambda _, text: text.lower()),
    "characters": _strict(lambda _, text: float(len(text))),
    **dict.fromkeys(
        (
            "t_after", "t_before", "t_contains", "t_disjoint", "t_during", "t_equals", "t_finishedBy", "t_finishes",
            "t_intersects", "t_meets", "t_metBy", "t_overlappedBy", "t_overlaps", "t_startedBy", "t_starts",
        ),
        _temporal,
    ),
}  # fmt: skip
