"""Operations: what may be asked of an address and what it answers."""

from otn.api.negotiation import (
    GEOPACKAGE,
    GEOTIFF,
    HTML_TYPE,
    JSON_TYPE,
    MVT_TYPE,
    PMTILES_TYPE,
    PNG_TYPE,
    PROBLEM_TYPE,
    QLR_TYPE,
    STYLE_TYPE,
    SVG_TYPE,
    TILEJSON_TYPE,
    XML_TYPE,
    Representation,
)
from otn.api.openapi.parts import Document, reference

_ERRORS = {
    "400": "BadRequest",
    "404": "NotFound",
    "406": "NotAcceptable",
    "500": "InternalServerError",
    "503": "ServiceUnavailable",
}
# Which parameter `f` a resource takes, by the first of these whose types it all answers with.
_FORMATS = (
    ({GEOPACKAGE.media_type, HTML_TYPE}, "fItems"),
    ({GEOTIFF.media_type}, "fCoverage"),
    ({PNG_TYPE}, "fPicture"),
    ({GEOPACKAGE.media_type}, "fDownload"),
    ({QLR_TYPE}, "fCollection"),
    ({STYLE_TYPE}, "fStyle"),
    ({SVG_TYPE}, "fLegend"),
    ({MVT_TYPE}, "fTile"),
    ({TILEJSON_TYPE, HTML_TYPE}, "fTileset"),
    ({TILEJSON_TYPE}, "fTilejson"),
    ({XML_TYPE}, "fSchema"),
    ({HTML_TYPE}, "f"),
)
_ERROR_DESCRIPTIONS = {
    "BadRequest": "A parameter is unknown, given twice or has an unusable value.",
    "NotFound": "There is no such resource.",
    "Gone": "The edition that edition or token names is no longer kept: begin again without them.",
    "NotAcceptable": "The Accept header admits no media type this resource has.",
    "RangeNotSatisfiable": "The file does not have the range that is asked for; Content-Range says how long it is.",
    "InternalServerError": "The service made a mistake.",
    "ServiceUnavailable": "The service cannot answer now; Retry-After says when to try again.",
}


def path_item(
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
                reference("parameters", format_parameter),
                reference("parameters", "lang"),
            ],
            "responses": {
                "200": {
                    "description": "OK",
                    "content": {media: {"schema": reference("schemas", name)} for media, name in content.items()},
                },
                **{status: reference("responses", name) for status, name in _ERRORS.items()},
            },
        }
    }


def features_item(operation: str, summary: str, content: Document, tag: str, parameters: list[Document]) -> Document:
    """The path of features, which come in a reference system and say when they have changed."""
    item = path_item(operation, summary, content, tag, parameters)
    responses = item["get"]["responses"]
    responses["200"]["headers"] = {name: reference("headers", name) for name in ("Content-Crs", "ETag", "Link")}
    responses["304"] = reference("responses", "NotModified")
    if reference("parameters", "edition") in parameters:
        responses["200"]["headers"]["OTN-Edition"] = reference("headers", "OTN-Edition")
        responses["410"] = reference("responses", "Gone")
    return item


def download_item(operation: str, summary: str, content: Document, tag: str, parameters: list[Document]) -> Document:
    """The path of features as a file, of which a range can be asked for."""
    item = features_item(operation, summary, content, tag, parameters)
    return _in_ranges(item)


def search_item(operation: str, summary: str, content: Document, tag: str, body: str) -> Document:
    """The path of a search, whose parameters are the members of a JSON object described by the schema `body`."""
    asked = features_item(operation, summary, content, tag, [])["get"]
    del asked["responses"]["304"]
    request = {"required": True, "content": {JSON_TYPE: {"schema": reference("schemas", body)}}}
    return {"post": asked | {"requestBody": request}}


def health_item(name: str, summary: str) -> Document:
    """The path of a question that takes no parameters."""
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "tags": ["service"],
            "responses": {
                "200": {"description": "Yes", "content": {JSON_TYPE: {"schema": reference("schemas", "object")}}},
                "500": reference("responses", "InternalServerError"),
                "503": reference("responses", "ServiceUnavailable"),
            },
        }
    }


def tile_item(operation: str, summary: str, tag: str, parameters: list[Document]) -> Document:
    """The path of a tile."""
    item = path_item(operation, summary, {MVT_TYPE: "tile"}, tag, parameters)
    item["get"]["responses"] |= {
        "204": {"description": "There is nothing in the tile."},
        "304": reference("responses", "NotModified"),
    }
    return item


def archive_item(operation: str, summary: str, tag: str) -> Document:
    """The path of a file that is sent whole or in part."""
    item = path_item(operation, summary, {PMTILES_TYPE: "file"}, tag)
    get = item["get"]
    get["parameters"] = []
    del get["responses"]["406"]
    get["responses"]["200"]["headers"] = {"ETag": reference("headers", "ETag")}
    get["responses"]["304"] = reference("responses", "NotModified")
    return _in_ranges(item)


def _in_ranges(item: Document) -> Document:
    """The path of a file of an edition that is sent whole or in part."""
    answers = item["get"]["responses"]
    answers["200"]["headers"] |= {name: reference("headers", name) for name in ("Accept-Ranges", "OTN-Edition")}
    part = {"headers": answers["200"]["headers"] | {"Content-Range": reference("headers", "Content-Range")}}
    answers["206"] = answers["200"] | part | {"description": "The range of the file that the header Range asks for."}
    answers["416"] = reference("responses", "RangeNotSatisfiable")
    return item


def responses() -> Document:
    """The answers that many operations have in common: errors, and that nothing has changed."""
    unchanged = {
        "description": "The answer is still the one whose entity tag If-None-Match gives.",
        "headers": {"ETag": reference("headers", "ETag")},
    }
    return {name: _error(text) for name, text in _ERROR_DESCRIPTIONS.items()} | {"NotModified": unchanged}


def headers() -> Document:
    """The headers of answers, by name."""
    described = {
        "Accept-Ranges": "`bytes` where ranges of this answer can be asked for.",
        "Content-Crs": "The coordinate reference system of the answer, in angle brackets.",
        "Content-Range": "Which bytes of the file these are, and how many it has.",
        "ETag": "Changes when the answer does: send it back as If-None-Match.",
        "Link": "The links of the answer that lead through its pages (RFC 8288).",
        "OTN-Edition": "The number of the edition that has these features, if there is one.",
    }
    return {name: {"description": text, "schema": {"type": "string"}} for name, text in described.items()}


def _error(description: str) -> Document:
    page = {"schema": reference("schemas", "page")}
    return {
        "description": description,
        "content": {PROBLEM_TYPE: {"schema": reference("schemas", "problem")}, HTML_TYPE: page},
    }


def style_content(offered: tuple[Representation, ...]) -> Document:
    """What a style can be had as: an object for map libraries, files for other programs."""
    known = {STYLE_TYPE: "object"}
    return {entry.media_type: known.get(entry.media_type, "page") for entry in offered}
