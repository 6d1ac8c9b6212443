"""The API definition: OpenAPI 3.0.3, self-contained, with concrete paths for every collection.

QGIS and GDAL read paging limits and filter parameters from concrete paths and from `#/components/parameters/limit`; the
OGC test suite compares the parameters' `style` and `explode` as written.
"""

from typing import Any

from otn.api.links import Links
from otn.api.negotiation import (
    GEOJSON_TYPE,
    HTML_TYPE,
    JSON_TYPE,
    MVT_TYPE,
    OPENAPI_TYPE,
    PROBLEM_TYPE,
    QLR_TYPE,
    SCHEMA_TYPE,
    STYLE_TYPE,
    TILEJSON_TYPE,
)
from otn.api.query import Limits
from otn.api.schemas import feature_schema, value_schema
from otn.api.served import ServedCollection
from otn.api.tile_matrix_sets import DEEPEST_ZOOM, TILE_MATRIX_SETS
from otn.model.fields import Field
from otn.model.service import Service
from otn.model.text import LANGUAGES

Document = dict[str, Any]

_ERRORS = {
    "400": "BadRequest",
    "404": "NotFound",
    "406": "NotAcceptable",
    "500": "InternalServerError",
    "503": "ServiceUnavailable",
}
# Which parameter `f` a resource takes, by the first of these whose types it all answers with.
_FORMATS = (
    ({GEOJSON_TYPE}, "fItems"),
    ({QLR_TYPE}, "fCollection"),
    ({STYLE_TYPE}, "fStyle"),
    ({MVT_TYPE}, "fTile"),
    ({TILEJSON_TYPE, HTML_TYPE}, "fTileset"),
    ({TILEJSON_TYPE}, "fTilejson"),
    ({HTML_TYPE}, "f"),
)
_ERROR_DESCRIPTIONS = {
    "BadRequest": "A parameter is unknown, given twice or has an unusable value.",
    "NotFound": "There is no such resource.",
    "NotAcceptable": "The Accept header admits no media type this resource has.",
    "InternalServerError": "The service made a mistake.",
    "ServiceUnavailable": "The service cannot answer now; Retry-After says when to try again.",
}


def openapi(
    service: Service, served: tuple[ServedCollection, ...], limits: Limits, links: Links, language: str, version: str
) -> Document:
    """The definition of the service as it is served at `links.base`."""
    metadata = service.metadata
    paths = _service_paths()
    for entry in served:
        title = service.collections[entry.collection.id].title.in_language(language)
        paths |= _collection_paths(entry, title, language) | _tile_paths(entry, title)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": metadata.identification.title.in_language(language),
            "description": metadata.identification.description.in_language(language),
            "version": version,
            "contact": _named(metadata.contact),
            "license": _named(metadata.license),
        },
        "servers": [{"url": links.base}],
        "tags": [
            {"name": "service"},
            *({"name": entry.collection.id, "description": _title(service, entry, language)} for entry in served),
        ],
        "paths": paths,
        "components": {
            "parameters": _parameters(limits),
            "schemas": _schemas(served, links, language),
            "responses": {name: _error(text) for name, text in _ERROR_DESCRIPTIONS.items()},
        },
    }


def _title(service: Service, served: ServedCollection, language: str) -> str:
    return service.collections[served.collection.id].title.in_language(language)


def _named(party: Any) -> Document:
    return {key: value for key, value in party.model_dump().items() if value is not None and key != "email"} | (
        {"email": party.email} if party.email else {}
    )


def _service_paths() -> Document:
    style = [_reference("parameters", "styleId")]
    return {
        "/": _get("landingPage", "Landing page", {JSON_TYPE: "landingPage", HTML_TYPE: "page"}),
        "/api": _get("apiDefinition", "This API definition", {OPENAPI_TYPE: "object", HTML_TYPE: "page"}),
        "/conformance": _get("conformance", "Conformance classes", {JSON_TYPE: "confClasses", HTML_TYPE: "page"}),
        "/collections": _get("collections", "All collections", {JSON_TYPE: "collections", HTML_TYPE: "page"}),
        "/styles": _get("styles", "All map styles", {JSON_TYPE: "object", HTML_TYPE: "page"}),
        "/styles/{styleId}": _get("style", "A map style", {STYLE_TYPE: "object", HTML_TYPE: "page"}, "service", style),
        **_tile_matrix_set_paths(),
        "/health/live": _health("live", "Whether the process runs"),
        "/health/ready": _health("ready", "Whether there is something to serve"),
    }


def _collection_paths(served: ServedCollection, title: str, language: str) -> Document:
    """One path for each resource of the collection."""
    name = served.collection.id
    base = f"/collections/{name}"
    filters = [_filter(field, language) for field in served.collection.fields if field.filterable]
    paging = [_reference("parameters", parameter) for parameter in ("limit", "bbox", "datetime", "token")]
    features = {GEOJSON_TYPE: f"{name}.featureCollection", HTML_TYPE: "page"}
    one = {GEOJSON_TYPE: f"{name}.feature", HTML_TYPE: "page"}
    schema = {SCHEMA_TYPE: "object", HTML_TYPE: "page"}
    identifier = [_reference("parameters", "featureId")]

    def get(operation: str, summary: str, content: Document, parameters: list[Document] | None = None) -> Document:
        return _get(f"{name}.{operation}", f"{title}: {summary}", content, name, parameters)

    return {
        base: get("collection", "the collection", {JSON_TYPE: "collection", HTML_TYPE: "page", QLR_TYPE: "page"}),
        f"{base}/items": get("items", "features, page by page", features, [*paging, *filters]),
        f"{base}/items/{{featureId}}": get("feature", "one feature", one, identifier),
        f"{base}/queryables": get("queryables", "properties that select features", schema),
        f"{base}/schema": get("schema", "logical schema of the features", schema),
        f"{base}/schemas/feature": get("featureSchema", "schema of a feature as GeoJSON", {SCHEMA_TYPE: "object"}),
    }


def _tile_paths(served: ServedCollection, title: str) -> Document:
    """Operations are named as OGC API - Tiles - Part 1 (20-057), table 11, has it: clients find tiles by the name."""
    name = served.collection.id
    base = f"/collections/{name}/tiles"
    operation = f"{name}.collection.vector"
    document: Document = {JSON_TYPE: "object", HTML_TYPE: "page"}
    tileset = [_reference("parameters", "tileMatrixSetId")]
    tile = [*tileset, *_tile_parameters()]

    return {
        base: _get(f"{operation}.getTileSetsList", f"{title}: vector tiles", document, name),
        f"{base}/{{tileMatrixSetId}}": _get(
            f"{operation}.getTileSet", f"{title}: a tileset", document | {TILEJSON_TYPE: "object"}, name, tileset
        ),
        f"{base}/{{tileMatrixSetId}}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": _tile(
            f"{operation}.getTile", f"{title}: a vector tile", name, tile
        ),
    }


def _tile_matrix_set_paths() -> Document:
    document: Document = {JSON_TYPE: "object", HTML_TYPE: "page"}
    one = [_reference("parameters", "tileMatrixSetId")]
    return {
        "/tileMatrixSets": _get("getTileMatrixSetsList", "All tile matrix sets", document),
        "/tileMatrixSets/{tileMatrixSetId}": _get("getTileMatrixSet", "A tile matrix set", document, "service", one),
        "/basemap": _get("basemap", "The base map as TileJSON", {TILEJSON_TYPE: "object"}),
        "/basemap/{tileMatrix}/{tileRow}/{tileCol}": _tile(
            "basemapTile", "A vector tile of the base map", "service", _tile_parameters()
        ),
    }


def _tile_parameters() -> list[Document]:
    return [_reference("parameters", name) for name in ("tileMatrix", "tileRow", "tileCol")]


def _tile(operation: str, summary: str, tag: str, parameters: list[Document]) -> Document:
    item = _get(operation, summary, {MVT_TYPE: "tile"}, tag, parameters)
    item["get"]["responses"] |= {
        "204": {"description": "There is nothing in the tile."},
        "304": {"description": "The tile is still the one whose entity tag If-None-Match gives."},
    }
    return item


def _get(
    operation: str,
    summary: str,
    content: Document,
    tag: str = "service",
    parameters: list[Document] | None = None,
) -> Document:
    """A path item; `content` maps media types to names of schemas."""
    format_parameter = next((name for types, name in _FORMATS if types <= content.keys()), "fJson")
    return {
        "get": {
            "operationId": operation,
            "summary": summary,
            "tags": [tag],
            "parameters": [
                *(parameters or []),
                _reference("parameters", format_parameter),
                _reference("parameters", "lang"),
            ],
            "responses": {
                "200": {
                    "description": "OK",
                    "content": {media: {"schema": _reference("schemas", name)} for media, name in content.items()},
                },
                **{status: _reference("responses", name) for status, name in _ERRORS.items()},
            },
        }
    }


def _health(name: str, summary: str) -> Document:
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "tags": ["service"],
            "responses": {
                "200": {"description": "Yes", "content": {JSON_TYPE: {"schema": _reference("schemas", "object")}}},
                "500": _reference("responses", "InternalServerError"),
                "503": _reference("responses", "ServiceUnavailable"),
            },
        }
    }


def _reference(kind: str, name: str) -> Document:
    return {"$ref": f"#/components/{kind}/{name}"}


def _error(description: str) -> Document:
    page = {"schema": _reference("schemas", "page")}
    return {
        "description": description,
        "content": {PROBLEM_TYPE: {"schema": _reference("schemas", "problem")}, HTML_TYPE: page},
    }


def _query(name: str, description: str, schema: Document) -> Document:
    return {
        "name": name,
        "in": "query",
        "description": description,
        "required": False,
        "style": "form",
        "explode": False,
        "schema": schema,
    }


def _path(name: str, description: str, schema: Document) -> Document:
    return {
        "name": name,
        "in": "path",
        "description": description,
        "required": True,
        "schema": {"type": "string"} | schema,
    }


def _filter(field: Field, language: str) -> Document:
    """A value that no feature can have selects none and is no mistake, so bounds and patterns are not told here."""
    schema = {key: value for key, value in value_schema(field).items() if key in ("type", "enum")}
    what = f"{field.title.in_language(language)}: {field.description}"
    return _query(field.name, what + (f" Unit: {field.unit}." if field.unit else ""), schema)


def _parameters(limits: Limits) -> Document:
    bounds = {"type": "integer", "minimum": 1, "maximum": limits.maximum, "default": limits.default}
    box = {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}
    return {
        "limit": _query("limit", "How many features a page holds; more than the maximum gives the maximum.", bounds),
        "bbox": _query(
            "bbox",
            "Only features that intersect this box: west, south, east, north in degrees (CRS84), or with lowest height "
            "after south and highest after north. West greater than east spans the antimeridian.",
            box,
        ),
        "datetime": _query(
            "datetime",
            "Only features valid at some time of this instant or interval: 2020-01-31, 2020-01-31T12:00:00Z, "
            "2020-01-01/2020-12-31, ../2020-12-31, 2020-01-01/P1Y. It means validFrom and validTo together; where "
            "they are unknown a feature matches.",
            {"type": "string"},
        ),
        "token": _query("token", "The page to continue with: taken from the link with rel=next.", {"type": "string"}),
        "f": _query("f", "The format, before the Accept header.", {"type": "string", "enum": ["json", "html"]}),
        "fItems": _query(
            "f", "The format, before the Accept header.", {"type": "string", "enum": ["json", "geojson", "html"]}
        ),
        "fCollection": _query(
            "f", "The format, before the Accept header.", {"type": "string", "enum": ["json", "html", "qlr"]}
        ),
        "fStyle": _query(
            "f", "The format, before the Accept header.", {"type": "string", "enum": ["json", "mapbox", "html"]}
        ),
        "fTile": _query("f", "The format.", {"type": "string", "enum": ["mvt", "pbf"]}),
        "fTilejson": _query("f", "The format.", {"type": "string", "enum": ["tilejson", "json"]}),
        "fTileset": _query("f", "The format.", {"type": "string", "enum": ["json", "html", "tilejson"]}),
        "fJson": _query("f", "The format, before the Accept header.", {"type": "string", "enum": ["json"]}),
        "lang": _query(
            "lang", "The language of texts, before Accept-Language.", {"type": "string", "enum": list(LANGUAGES)}
        ),
        **_path_parameters(),
    }


def _path_parameters() -> Document:
    return {
        "styleId": _path("styleId", "The identifier of a map style.", {}),
        "featureId": _path(
            "featureId",
            "The identifier of the feature: it never changes and is never given to another.",
            {"type": "integer", "format": "int64", "minimum": 0},
        ),
        "tileMatrixSetId": _path("tileMatrixSetId", "A tile matrix set.", {"enum": list(TILE_MATRIX_SETS)}),
        "tileMatrix": _path(
            "tileMatrix", f"The tile matrix, from 0 to {DEEPEST_ZOOM} at most.", {"pattern": "^[0-9]+$"}
        ),
        "tileRow": _path("tileRow", "The row, from 0 at the top.", {"type": "integer", "minimum": 0}),
        "tileCol": _path("tileCol", "The column, from 0 at the left.", {"type": "integer", "minimum": 0}),
    }


def _object(required: dict[str, Document], optional: dict[str, Document] | None = None) -> Document:
    return {"type": "object", "required": list(required), "properties": required | (optional or {})}


def _schemas(served: tuple[ServedCollection, ...], links: Links, language: str) -> Document:
    text, number, link_list = {"type": "string"}, {"type": "integer", "minimum": 0}, _array("link")
    collection = _object({"id": text, "links": link_list}, {"title": text, "description": text, "itemType": text})
    schemas = {
        "object": {"type": "object"},
        "page": {"type": "string"},
        "tile": {"type": "string", "format": "binary"},
        "link": _object({"href": text, "rel": text}, {"type": text, "title": text}),
        "landingPage": _object({"links": link_list}, {"title": text, "description": text}),
        "confClasses": _object({"conformsTo": {"type": "array", "items": text}}),
        "collection": collection,
        "collections": _object({"links": link_list, "collections": _array("collection")}),
        "problem": _object(
            {"type": text, "title": text, "status": {"type": "integer"}},
            {"detail": text, "instance": text, "parameter": text},
        ),
    }
    for entry in served:
        name = entry.collection.id
        schemas[f"{name}.feature"] = _for_openapi(feature_schema(entry.collection, name, links, language))
        schemas[f"{name}.featureCollection"] = _object(
            {"type": {"type": "string", "enum": ["FeatureCollection"]}, "features": _array(f"{name}.feature")},
            {"numberMatched": number, "numberReturned": number, "timeStamp": text, "links": link_list},
        )
    return schemas


def _array(name: str) -> Document:
    return {"type": "array", "items": _reference("schemas", name)}


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
