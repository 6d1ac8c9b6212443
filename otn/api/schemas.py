"""JSON Schemas of a collection: queryables, sortables, logical schema, and the schema of a feature as GeoJSON.

Sources: OGC API - Features - Part 3 (19-079r2) 6 "Queryables" and Part 5 (23-058r2) "Schemas", "Core roles for
features", "Returnables and Receivables", "Sortables". Two schemas describe features, because clients read both:
`/schema` is Part 5's logical one, with identifier and geometry beside the properties; `/schemas/feature`, the target of
`describedby`, is that of the GeoJSON object, with `properties.properties`. A property whose value is unknown is null in
every feature; the schemas give the type of known values, as clients that read types understand one name only.
"""

from typing import Any

from otn.api import texts
from otn.api.links import Links
from otn.model.codelists import CodeList
from otn.model.collections import Collection, GeometryKind
from otn.model.common_fields import IDENTIFIER
from otn.model.fields import Field, Kind

Document = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TYPES: dict[Kind, Document] = {
    Kind.TEXT: {"type": "string"},
    Kind.CODE: {"type": "string"},
    Kind.INTEGER: {"type": "integer"},
    Kind.NUMBER: {"type": "number"},
    Kind.BOOLEAN: {"type": "boolean"},
    Kind.INSTANT: {"type": "string", "format": "date-time"},
    Kind.OBJECT: {"type": "object"},
}
_ROLES = {"id": "id", "validFrom": "primary-interval-start", "validTo": "primary-interval-end"}
_FORMATS = {
    GeometryKind.POINT: "geometry-point",
    GeometryKind.LINE_STRING: "geometry-linestring",
    GeometryKind.MULTI_POLYGON: "geometry-multipolygon",
    GeometryKind.ANY: "geometry-any",
}
_POSITION: Document = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
_LINE: Document = {"type": "array", "items": _POSITION, "minItems": 2}
_POLYGON: Document = {"type": "array", "items": {"type": "array", "items": _POSITION, "minItems": 4}}
# What GeoJSON's `coordinates` are, by its names of the types.
_COORDINATES: dict[str, Document] = {
    "Point": _POSITION,
    "LineString": _LINE,
    "Polygon": _POLYGON,
    "MultiPoint": {"type": "array", "items": _POSITION},
    "MultiLineString": {"type": "array", "items": _LINE},
    "MultiPolygon": {"type": "array", "items": _POLYGON},
}


def value_schema(field: Field) -> Document:
    """The type and bounds of a field's values, in the words that JSON Schema and OpenAPI 3.0 share."""
    schema = dict(_TYPES[field.kind])
    if field.codelist is not None and field.codelist.values:
        schema["enum"] = list(field.codelist.values)
    if field.pattern is not None:
        schema["pattern"] = f"^{field.pattern}$"
    for name, bound in (("minimum", field.minimum), ("maximum", field.maximum)):
        if bound is not None:
            schema[name] = bound
    return schema


def field_schema(field: Field, language: str) -> Document:
    """What a field is: its title in the reader's language, its meaning, type, unit, code list and role."""
    schema = {"title": field.title.in_language(language), "description": field.description, **value_schema(field)}
    if field.unit is not None:
        schema |= {"x-ogc-unit": field.unit, "x-ogc-unitLang": "UCUM"}
    if field.codelist is not None:
        schema |= _codes(field.codelist, language)
    if field.name in _ROLES:
        schema["x-ogc-role"] = _ROLES[field.name]
    schema["x-ogc-definition"] = field.term
    return schema


def _codes(codelist: CodeList, language: str) -> Document:
    """The values with their titles, beside `enum`.

    Part 5 has the two as profiles, codelist-inline and codelist-ref, to choose one of: clients of today read `enum`,
    people read titles, and a schema with both keywords is valid and says the same twice.
    """
    titled = [{"const": code.value, "title": code.title.in_language(language)} for code in codelist.codes]
    return {"oneOf": titled, "x-ogc-codelistUri": codelist.uri}


def queryables(collection: Collection, title: str, links: Links, language: str) -> Document:
    """The properties that select features, and the geometry, which QGIS knows by a reference to GeoJSON's schema."""
    reference = f"https://geojson.org/schema/{collection.geometry.value}.json"
    properties = {"geometry": _geometry(collection, language) | {"$ref": reference}}
    properties |= {name: field_schema(field, language) for name, field in collection.queryables.items()}
    return _schema(collection, "queryables", title, links) | {"properties": properties, "additionalProperties": False}


def sortables(collection: Collection, title: str, links: Links, language: str) -> Document:
    """The properties that features can be sorted by: all that select them but the geometry."""
    properties = {name: field_schema(field, language) for name, field in collection.queryables.items()}
    return _schema(collection, "sortables", title, links) | {"properties": properties, "additionalProperties": False}


def logical_schema(collection: Collection, title: str, links: Links, language: str) -> Document:
    """The properties of a feature, its identifier and its geometry."""
    identifier = field_schema(IDENTIFIER, language) | {"readOnly": True}
    properties = {"id": identifier, "geometry": _geometry(collection, language)}
    properties |= {field.name: field_schema(field, language) for field in collection.fields}
    return _schema(collection, "schema", title, links) | {
        "properties": properties,
        "required": ["id", "geometry", *_required(collection)],
        "additionalProperties": False,
    }


def feature_schema(collection: Collection, title: str, links: Links, language: str) -> Document:
    """The GeoJSON object (RFC 7946) of a feature."""
    properties = {field.name: field_schema(field, language) for field in collection.fields}
    return _schema(collection, "schemas/feature", title, links) | {
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "integer"},
            "geometry": _geojson_geometry(collection.geometry),
            "properties": {"type": "object", "properties": properties, "required": _required(collection)},
        },
        "required": ["type", "id", "geometry", "properties"],
    }


def _schema(collection: Collection, name: str, title: str, links: Links) -> Document:
    address = links.plain(f"/collections/{collection.id}/{name}")
    return {"$schema": DIALECT, "$id": address, "type": "object", "title": title}


def _geometry(collection: Collection, language: str) -> Document:
    return {
        "title": texts.GEOMETRY.in_language(language),
        "format": _FORMATS[collection.geometry],
        "x-ogc-role": "primary-geometry",
    }


def _geojson_geometry(kind: GeometryKind) -> Document:
    if kind is GeometryKind.ANY:
        return {"oneOf": [_geojson_type(name) for name in _COORDINATES]}
    return _geojson_type(kind.value)


def _geojson_type(name: str) -> Document:
    return {
        "type": "object",
        "properties": {"type": {"type": "string", "enum": [name]}, "coordinates": _COORDINATES[name]},
        "required": ["type", "coordinates"],
    }


def _required(collection: Collection) -> list[str]:
    return [field.name for field in collection.fields if field.required]
