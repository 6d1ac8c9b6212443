"""SQL under construction: a statement, its parameters and the identifiers in it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from otn.model.fields import Kind
from otn.model.sql import quoted

__all__ = ["SQL_TYPES", "Condition", "SharedParameters", "SqlParameters", "Statement", "quoted"]

SQL_TYPES = {
    Kind.INTEGER: "bigint",
    Kind.NUMBER: "float8",
    Kind.BOOLEAN: "boolean",
    Kind.TEXT: "text",
    Kind.CODE: "text",
    Kind.INSTANT: "timestamptz",
}
"""The type of a parameter that is compared with a field."""


@dataclass(frozen=True)
class Statement:
    """SQL with the parameters $1, $2, ... it refers to."""

    sql: str
    parameters: tuple[Any, ...]


@dataclass(frozen=True)
class SqlParameters:
    """The values of a statement under construction."""

    values: list[Any] = field(default_factory=list)

    def add(self, value: object, kind: str) -> str:
        """The placeholder of a new parameter of an SQL type."""
        self.values.append(value)
        return f"${len(self.values)}::{kind}"


@dataclass(frozen=True)
class SharedParameters(SqlParameters):
    """Equal values stand in the statement once: for one of many parts that are asked the same.

    PostgreSQL takes 65,535 parameters and asyncpg 32,767, which a long filter on many layers would be beyond.
    """

    known: dict[tuple[str, type, Any], str] = field(default_factory=dict)

    def add(self, value: object, kind: str) -> str:
        key = (kind, type(value), tuple(value) if isinstance(value, list) else value)
        if key not in self.known:
            self.known[key] = super().add(value, kind)
        return self.known[key]


Condition = Callable[[SqlParameters], str]
"""Adds its values to the parameters of a statement and gives the SQL of a condition over one table's columns."""
