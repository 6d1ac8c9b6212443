"""The schemas of what operations answer with."""

from otn.api.links import Links
from otn.api.openapi.feature_parameters import items_parameters
from otn.api.openapi.parts import Document, array, structure
from otn.api.schemas import feature_schema
from otn.api.served import ServedCollection


def schemas(served: tuple[ServedCollection, ...], parameters: Document, links: Links, language: str) -> Document:
    """Every schema by the name it is referred to by. `parameters` are those that operations refer to."""
    types = {"type": "array", "items": {"type": "string"}}
    text, number, link_list = {"type": "string"}, {"type": "integer", "minimum": 0}, array("link")
    collection = structure({"id": text, "links": link_list}, {"title": text, "description": text, "itemType": text})
    schemas = {
        "object": {"type": "object"},
        "page": {"type": "string"},
        "tile": {"type": "string", "format": "binary"},
        "file": {"type": "string", "format": "binary"},
        "link": structure({"href": text, "rel": text}, {"type": text, "title": text}),
        "landingPage": structure({"links": link_list}, {"title": text, "description": text}),
        "confClasses": structure({"conformsTo": {"type": "array", "items": text}}),
        "collection": collection,
        "collections": structure({"links": link_list, "collections": array("collection")}),
        "datasets": structure({"links": link_list, "datasets": {"type": "array", "items": {"type": "object"}}}),
        "facets": structure(
            {"numberMatched": number, "facets": {"type": "object", "additionalProperties": {"type": "object"}}},
            {"links": link_list},
        ),
        "functions": structure({"functions": {"type": "array", "items": structure({"name": text, "returns": types})}}),
        "styles": structure({"styles": array("styleDescription")}, {"default": text, "links": link_list}),
        "styleDescription": structure({"id": text, "links": link_list}, {"title": text, "description": text}),
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
        schemas[f"{name}.search"] = _search(entry, parameters, language)
    return schemas


def _search(served: ServedCollection, parameters: Document, language: str) -> Document:
    """The parameters of items as members of an object; a filter in CQL2 JSON is an object of its own."""
    described = items_parameters(served, language)
    named = [parameters[entry["$ref"].rpartition("/")[2]] if "$ref" in entry else entry for entry in described]
    members = {entry["name"]: entry["schema"] for entry in named}
    members["filter"] = {"oneOf": [members["filter"], {"type": "object"}]}
    return {"type": "object", "properties": members, "additionalProperties": False}


def _for_openapi(schema: Document) -> Document:
    """The schema as OpenAPI 3.0 understands it.

    It is without its own address, nullable where a value may be unknown or a geometry not wanted, and requires no
    property: who asks for some of them gets those.
    """
    schema = {key: value for key, value in schema.items() if not key.startswith("$")}
    members = schema["properties"]
    required = members["properties"]["required"]
    content = {
        name: _untitled(declared) if name in required else _nullable(_untitled(declared))
        for name, declared in members["properties"]["properties"].items()
    }
    geometry = members["geometry"] | {"nullable": True}
    return schema | {
        "properties": members | {"geometry": geometry, "properties": {"type": "object", "properties": content}}
    }


def _untitled(schema: Document) -> Document:
    """OpenAPI 3.0 has no `const` and so no titles of values; `enum` has the values."""
    return {key: value for key, value in schema.items() if key != "oneOf"}


def _nullable(schema: Document) -> Document:
    values = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return schema | {"nullable": True} | values
