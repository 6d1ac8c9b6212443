"""Filter expressions in both notations of CQL2, and how many features they select."""

import json
from typing import NamedTuple

import cql2

from tests.conformance.iut import Document, Iut

CLASSES = "http://www.opengis.net/spec/cql2/1.0/conf/"
LANGUAGES = ["cql2-text", "cql2-json"]
# A value of each type, as the abstract tests have them.
VALUES = {
    "String": "'foo'",
    "Boolean": "true",
    "Number": "3.14",
    "Integer": "1",
    "Timestamp": "TIMESTAMP('2022-04-14T14:48:46Z')",
    "Date": "DATE('2022-04-14')",
}
_KINDS = {"boolean": "Boolean", "number": "Number", "integer": "Integer", "array": "Array"}
_TIMES = {"date-time": "Timestamp", "date": "Date"}


class Source(NamedTuple):
    """A collection that answers filters in one of the notations. Properties stand in double quotes."""

    iut: Iut
    collection: Document
    language: str

    @property
    def queryables(self) -> dict[str, str]:
        """The type of each queryable, in the words of the abstract tests."""
        schema = self.iut.document(f"/collections/{self.collection['id']}/queryables", "application/schema+json")
        return {name: _type(entry) for name, entry in schema["properties"].items()}

    def of_type(self, *types: str) -> list[str]:
        return [f'"{name}"' for name, kind in self.queryables.items() if kind in types]

    def number(self, expression: str) -> int:
        """How many features the expression selects."""
        answer = self.iut.features(self.collection, **self._asked(expression))
        return int(answer.document["numberMatched"])

    def refuses(self, expression: str) -> bool:
        return self.iut.ask_features(self.collection, **self._asked(expression)).status_code == 400

    def disjoint(self, one: str, other: str) -> bool:
        """Whether no feature is in both selections."""
        assert self.number(one) + self.number(other) <= self.number("true")
        return self.number(f"({one}) AND ({other})") == 0

    def identical(self, one: str, other: str) -> bool:
        """Whether both selections have the same features."""
        return self.number(one) == self.number(other) == self.number(f"({one}) AND ({other})")

    def _asked(self, expression: str) -> dict[str, str]:
        text = expression
        if self.language == "cql2-json":
            text = json.dumps(cql2.parse_text(expression).to_json())
        return {"filter": text, "filter_lang": self.language, "limit": "1"}


def sources(iut: Iut, language: str) -> list[Source]:
    return [Source(iut, collection, language) for collection in iut.collections]


def _type(schema: Document) -> str:
    if str(schema.get("format", "")).startswith("geometry-"):
        return str(schema["format"])
    if schema["type"] == "string":
        return _TIMES.get(schema.get("format", ""), "String")
    return _KINDS[schema["type"]]
