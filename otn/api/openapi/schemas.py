"""The schemas of what operations answer with."""

from otn.api.links import Links
from otn.api.openapi.parts import Document, array, structure
from otn.api.schemas import feature_schema
from otn.api.served import ServedCollection


def schemas(served: tuple[ServedCollection, ...], links: Links, language: str) -> Document:
    """Every schema by the name it is referred to by."""
    text, number, link_list = {"type": "string"}, {"type": "integer", "minimum": 0}, array("link")
    collection = structure({"id": text, "links": link_list}, {"title": text, "description": text, "itemType": text})
    schemas = {
        "object": {"type": "object"},
        "page": {"type": "string"},
        "tile": {"type": "string", "format": "binary"},
        "link": structure({"href": text, "rel": text}, {"type": text, "title": text}),
        "landingPage": structure({"links": link_list}, {"title": text, "description": text}),
        "confClasses": structure({"conformsTo": {"type": "array", "items": text}}),
        "collection": collection,
        "collections": structure({"links": link_list, "collections": array("collection")}),
        "problem": structure(
            {"type": text, "title": text, "status": {"type": "integer"}},
            {"detail": text, "instance": text, "parameter": text},
        ),
    }
    for entry in served:
        name = entry.collection.id
        schemas[f"{name}.feature"] = _for_openapi(feature_schema(entry.collection, name, links, language))
        schemas[f"{name}.featureCollection"] = structure(
            {"type": {"type": "string", "enum": ["FeatureCollection"]}, "features": array(f"{name}.feature")},
            {"numberMatched": number, "numberReturned": number, "timeStamp": text, "links": link_list},
        )
    return schemas


def _for_openapi(schema: Document) -> Document:
    """The schema as OpenAPI 3.0 understands it: without its own address, and nullable where a value may be unknown."""
    schema = {key: value for key, value in schema.items() if not key.startswith("$")}
    content = schema["properties"]["properties"]
    nullable = {
        name: _untitled(declared) if name in content["required"] else _nullable(_untitled(declared))
        for name, declared in content["properties"].items()
    }
    return schema | {"properties": schema["properties"] | {"properties": content | {"properties": nullable}}}


def _untitled(schema: Document) -> Document:
    """OpenAPI 3.0 has no `const` and so no titles of values; `enum` has the values."""
    return {key: value for key, value in schema.items() if key != "oneOf"}


def _nullable(schema: Document) -> Document:
    values = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return schema | {"nullable": True} | values
