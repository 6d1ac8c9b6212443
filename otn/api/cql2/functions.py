"""The functions that filters can call beside those of CQL2 itself, declared once for filters and for `/functions`.

Source of the resource: OGC API - Features - Part 3 (19-079r2), requirements class "Functions".
"""

from dataclasses import dataclass
from typing import Any

from otn.api.cql2.expression import Type

_ICU = 'COLLATE "und-x-icu"'
_NAMES = {
    Type.TEXT: "string",
    Type.NUMBER: "number",
    Type.BOOLEAN: "boolean",
    Type.INSTANT: "datetime",
    Type.GEOMETRY: "geometry",
}
"""The types by the names of the resource."""


@dataclass(frozen=True)
class Argument:
    """An argument of a function."""

    title: str
    type: Type


@dataclass(frozen=True)
class Function:
    """A function; `sql` is a template for its arguments, geometries being of the type geography.

    Null makes null, and no argument makes it fail.
    """

    name: str
    description: str
    arguments: tuple[Argument, ...]
    returns: Type
    sql: str
    whole: bool = False

    @property
    def document(self) -> dict[str, Any]:
        """The function as `/functions` describes it."""
        return {
            "name": self.name,
            "description": self.description,
            "arguments": [{"title": argument.title, "type": [_NAMES[argument.type]]} for argument in self.arguments],
            "returns": ["integer" if self.whole else _NAMES[self.returns]],
        }


_TEXT = (Argument("text", Type.TEXT),)
_NUMBER = (Argument("number", Type.NUMBER),)
_TIME = (Argument("time", Type.INSTANT),)
_GEOMETRY = Argument("geometry", Type.GEOMETRY)

FUNCTIONS = {
    function.name: function
    for function in (
        Function("lower", "The text in lower case.", _TEXT, Type.TEXT, f"lower({{0}} {_ICU})"),
        Function("upper", "The text in upper case.", _TEXT, Type.TEXT, f"upper({{0}} {_ICU})"),
        Function(
            "characters",
            "The number of characters of the text.",
            _TEXT,
            Type.NUMBER,
            "char_length({0})::float8",
            whole=True,
        ),
        Function("abs", "The number without its sign.", _NUMBER, Type.NUMBER, "abs({0})"),
        Function("floor", "The largest integer that is not above the number.", _NUMBER, Type.NUMBER, "floor({0})"),
        Function("ceil", "The smallest integer that is not below the number.", _NUMBER, Type.NUMBER, "ceil({0})"),
        Function(
            "round",
            "The integer nearest to the number; of two equally near the even one.",
            _NUMBER,
            Type.NUMBER,
            "round({0})",
        ),
        Function(
            "year",
            "The year of the date or timestamp, in UTC.",
            _TIME,
            Type.NUMBER,
            "extract(year FROM {0} AT TIME ZONE 'UTC')::float8",
            whole=True,
        ),
        Function(
            "month",
            "The month of the date or timestamp, in UTC, from 1 to 12.",
            _TIME,
            Type.NUMBER,
            "extract(month FROM {0} AT TIME ZONE 'UTC')::float8",
            whole=True,
        ),
        Function(
            "distance",
            "The shortest geodesic distance between two geometries on the WGS 84 ellipsoid, in metres.",
            (_GEOMETRY, Argument("other geometry", Type.GEOMETRY)),
            Type.NUMBER,
            "ST_Distance({0}, {1})",
        ),
    )
}


def functions_document() -> dict[str, Any]:
    """The list of functions that `/functions` answers with."""
    return {"functions": [function.document for function in FUNCTIONS.values()]}
