"""An OpenAPI 3.0 document as a reference to read: operations by tag, with parameters and answers resolved."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]


@dataclass(frozen=True)
class Parameter:
    """A parameter of an operation; `type` is a JSON type, `constraints` what bounds its value, in short form."""

    name: str
    place: str
    required: bool
    description: str
    type: str
    constraints: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """A response of an operation by its status, with its media types."""

    status: str
    description: str
    media_types: tuple[str, ...]


@dataclass(frozen=True)
class Operation:
    """One method of one path; `anchor` is its place on the page."""

    anchor: str
    method: str
    path: str
    summary: str
    parameters: tuple[Parameter, ...]
    answers: tuple[Answer, ...]


def operation_groups(document: Document) -> dict[str, list[Operation]]:
    """The operations of every path, by their first tag, in the document's order."""
    groups: dict[str, list[Operation]] = defaultdict(list)
    for path, item in document["paths"].items():
        for method, declared in item.items():
            groups[declared["tags"][0]].append(_operation(document, path, method, declared))
    return groups


def _operation(document: Document, path: str, method: str, declared: Document) -> Operation:
    return Operation(
        anchor=declared["operationId"],
        method=method.upper(),
        path=path,
        summary=declared["summary"],
        parameters=tuple(_parameter(document, _resolved(document, entry)) for entry in declared.get("parameters", [])),
        answers=tuple(
            _answer(str(status), _resolved(document, entry)) for status, entry in declared["responses"].items()
        ),
    )


def _parameter(document: Document, declared: Document) -> Parameter:
    schema = _resolved(document, declared.get("schema", {}))
    return Parameter(
        name=declared["name"],
        place=declared["in"],
        required=declared.get("required", False),
        description=declared.get("description", ""),
        type=str(schema.get("type", "")),
        constraints=_constraints(schema),
    )


def _constraints(schema: Document) -> tuple[str, ...]:
    bounds = [f"{sign} {schema[key]}" for key, sign in (("minimum", "≥"), ("maximum", "≤")) if key in schema]
    if "default" in schema:
        bounds.append(f"= {schema['default']}")
    if "enum" in schema:
        bounds.append(" | ".join(str(entry) for entry in schema["enum"]))
    return tuple(bounds)


def _answer(status: str, declared: Document) -> Answer:
    return Answer(status, declared.get("description", ""), tuple(declared.get("content", {})))


def _resolved(document: Document, entry: Document) -> Document:
    """What a local `$ref` points at, or the entry itself."""
    if "$ref" not in entry:
        return entry
    found: Any = document
    for step in entry["$ref"].removeprefix("#/").split("/"):
        found = found[step.replace("~1", "/").replace("~0", "~")]
    return _resolved(document, found)
