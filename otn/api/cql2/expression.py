"""A filter whose names, types and numbers of arguments are known to be right."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from otn.api.cql2.limits import shortened
from otn.model.fields import Field, Kind

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


class Type(StrEnum):
    """What a part of a filter is, in the words of its error messages."""

    TEXT = "a text"
    NUMBER = "a number"
    BOOLEAN = "true or false"
    INSTANT = "a date or timestamp"
    INTERVAL = "an interval"
    GEOMETRY = "a geometry"
    ARRAY = "an array"


_TYPES = {
    Kind.TEXT: Type.TEXT,
    Kind.CODE: Type.TEXT,
    Kind.INTEGER: Type.NUMBER,
    Kind.NUMBER: Type.NUMBER,
    Kind.BOOLEAN: Type.BOOLEAN,
    Kind.INSTANT: Type.INSTANT,
}


@dataclass(frozen=True)
class Property:
    """A property of the features."""

    field: Field

    @property
    def type(self) -> Type:
        return _TYPES[self.field.kind]

    @property
    def shown(self) -> str:
        return f"{self.field.name} ({self.type})"


@dataclass(frozen=True)
class Geometry:
    """The geometry of the features; `dimension` is 0 of points, 1 of lines, 2 of areas, None where each has its own."""

    dimension: int | None
    type: Type = Type.GEOMETRY
    shown: str = "geometry (a geometry)"


@dataclass(frozen=True)
class Literal:
    """A text, a number, true or false."""

    value: str | int | float | bool

    @property
    def type(self) -> Type:
        if isinstance(self.value, bool):
            return Type.BOOLEAN
        return Type.TEXT if isinstance(self.value, str) else Type.NUMBER

    @property
    def shown(self) -> str:
        match self.value:
            case bool():
                return str(self.value).upper()
            case str():
                return f"the text '{shortened(self.value)}'"
        return f"the number {self.value}"


@dataclass(frozen=True)
class Instant:
    """A timestamp, or where `is_date` the day from `start` to `end`, both in UTC and belonging to it."""

    start: datetime
    end: datetime
    is_date: bool
    type: Type = Type.INSTANT

    @property
    def shown(self) -> str:
        if self.is_date:
            return f"the date {self.start:%Y-%m-%d}"
        return f"the timestamp {self.start.isoformat().replace('+00:00', 'Z')}"


IntervalEnd = Instant | Property | None


@dataclass(frozen=True)
class Interval:
    """The time from one end to the other, both belonging to it; None is open."""

    start: IntervalEnd
    end: IntervalEnd
    type: Type = Type.INTERVAL
    shown: str = "an interval"


@dataclass(frozen=True)
class Shape:
    """A geometry literal, in longitude and latitude."""

    geometry: "BaseGeometry"
    type: Type = Type.GEOMETRY

    @property
    def shown(self) -> str:
        return f"the {self.geometry.geom_type}"


@dataclass(frozen=True)
class Array:
    """Several values; an array is a set."""

    elements: tuple["Expression", ...]
    type: Type = Type.ARRAY
    shown: str = "an array"


@dataclass(frozen=True)
class Operation:
    """An operator or function, by its name in CQL2 JSON in lower case, and what it is applied to."""

    name: str
    arguments: tuple["Expression", ...]
    type: Type

    @property
    def shown(self) -> str:
        return f"the result of {self.name} ({self.type})"


Expression = Property | Geometry | Literal | Instant | Interval | Shape | Array | Operation
