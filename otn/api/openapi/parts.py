"""The small parts that an API definition is put together from."""

from typing import Any

Document = dict[str, Any]


def reference(kind: str, name: str) -> Document:
    """A reference to a component: `kind` is schemas, parameters, responses or headers."""
    return {"$ref": f"#/components/{kind}/{name}"}


def array(name: str) -> Document:
    """An array of what the component `name` describes."""
    return {"type": "array", "items": reference("schemas", name)}


def structure(required: dict[str, Document], optional: dict[str, Document] | None = None) -> Document:
    """An object with these members."""
    return {"type": "object", "required": list(required), "properties": required | (optional or {})}


def query(name: str, description: str, schema: Document) -> Document:
    """A parameter of the query string; several values are separated by commas."""
    return {
        "name": name,
        "in": "query",
        "description": description,
        "required": False,
        "style": "form",
        "explode": False,
        "schema": schema,
    }


def path(name: str, description: str, schema: Document) -> Document:
    """A parameter within the path."""
    return {
        "name": name,
        "in": "path",
        "description": description,
        "required": True,
        "schema": {"type": "string"} | schema,
    }
