"""What a field of a collection is. Each field is declared once; database, queryables, JSON Schema, OpenAPI and docs
read the declaration."""

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache

from otn.model.codelists import CodeList
from otn.model.text import Text


@cache
def _column(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Kind(Enum):
    """The type of a field's values."""

    TEXT = "text"
    CODE = "code"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    INSTANT = "instant"
    OBJECT = "object"


@dataclass(frozen=True)
class Field:
    """One property of the features of a collection.

    `unit` is a UCUM code, `term` the URI that says what the property means, `minimum` and `maximum` bound what can be
    true (a value outside becomes null and is kept in sourceCodes), `pattern` is what a code looks like as a whole,
    `indexed` fields answer `name=value` from an index, `multiple` ones hold several values separated by semicolons.
    """

    name: str
    kind: Kind
    title: Text
    term: str
    description: str = ""
    unit: str | None = None
    codelist: CodeList | None = None
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    required: bool = False
    indexed: bool = False
    multiple: bool = False

    @property
    def column(self) -> str:
        """The name in the database: `functionalRoadClass` is stored as `functional_road_class`."""
        return _column(self.name)

    def in_words(self, language: str) -> str:
        """What it is called, in one line for people."""
        title = self.title.in_language(language)
        return f"{title} ({self.unit})" if self.unit else title

    @property
    def filterable(self) -> bool:
        """Whether `name=value` selects features: true of everything that has one plain value."""
        return self.kind is not Kind.OBJECT
