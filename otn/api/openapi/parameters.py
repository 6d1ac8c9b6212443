"""The parameters of every operation, described once and referred to.

The OGC test suite compares their `style` and `explode` as written; QGIS and GDAL read the limits of paging from
`#/components/parameters/limit`.
"""

from otn.api.openapi.parts import Document
from otn.api.paging import Limits
from otn.api.schemas import value_schema
from otn.api.tile_matrix_sets import DEEPEST_ZOOM, TILE_MATRIX_SETS
from otn.model.fields import Field
from otn.model.text import LANGUAGES


def parameters(limits: Limits) -> Document:
    """Every parameter but the properties of a collection, by the name it is referred to by."""
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


def filter_parameter(field: Field, language: str) -> Document:
    """A property as a parameter.

    A value that no feature can have selects none and is no mistake, so bounds and patterns are not told here.
    """
    schema = {key: value for key, value in value_schema(field).items() if key in ("type", "enum")}
    what = f"{field.title.in_language(language)}: {field.description}"
    return _query(field.name, what + (f" Unit: {field.unit}." if field.unit else ""), schema)


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
