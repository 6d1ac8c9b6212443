"""The parameters of every operation, described once and referred to.

The OGC test suite compares their `style` and `explode` as written; QGIS and GDAL read the limits of paging from
`#/components/parameters/limit`.
"""

from otn.api.encoders.registry import DOWNLOADS, ITEMS
from otn.api.negotiation import COLLECTION_STYLE, COVERAGE, LEGEND, LOGICAL_SCHEMA, PNG, Representation
from otn.api.openapi.feature_parameters import common
from otn.api.openapi.parts import Document, path, query
from otn.api.paging import Limits
from otn.model.text import LANGUAGES
from otn.model.tile_matrix_sets import DEEPEST_ZOOM, TILE_MATRIX_SETS


def parameters(limits: Limits) -> Document:
    """Every parameter but the properties of a collection, by the name it is referred to by."""
    bounds = {"type": "integer", "minimum": 1, "maximum": limits.maximum, "default": limits.default}
    box = {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}
    return {
        "limit": query("limit", "How many features a page holds; more than the maximum gives the maximum.", bounds),
        "bbox": query(
            "bbox",
            "Only features that intersect this box: west, south, east, north in degrees (CRS84), or with lowest height "
            "after south and highest after north. West greater than east spans the antimeridian.",
            box,
        ),
        "datetime": query(
            "datetime",
            "Only features valid at some time of this instant or interval: 2020-01-31, 2020-01-31T12:00:00Z, "
            "2020-01-01/2020-12-31, ../2020-12-31, 2020-01-01/P1Y. It means validFrom and validTo together; where "
            "they are unknown a feature matches.",
            {"type": "string"},
        ),
        "subset": query(
            "subset",
            'The same as datetime, written as a part of an axis: datetime("2020-01-31"), '
            'datetime("2020-01-01":"2020-12-31"), datetime(*:"2020-12-31").',
            {"type": "string", "pattern": r"^datetime\(.+\)$"},
        ),
        "token": query("token", "The page to continue with: taken from the link with rel=next.", {"type": "string"}),
        "edition": query(
            "edition",
            "The edition to answer from, by the number that the header OTN-Edition gives; some of the last are kept.",
            {"type": "integer", "format": "int64", "minimum": 0},
        ),
        "f": query("f", "The format, before the Accept header.", {"type": "string", "enum": ["json", "html"]}),
        **common(),
        "fItems": _format(ITEMS),
        "fDownload": _format(DOWNLOADS),
        "fCoverage": _format(COVERAGE),
        "fPicture": _format(PNG),
        "fCollection": query(
            "f", "The format, before the Accept header.", {"type": "string", "enum": ["json", "html", "qlr"]}
        ),
        "fSchema": _format(LOGICAL_SCHEMA),
        "fStyle": _format(COLLECTION_STYLE),
        "fLegend": _format(LEGEND),
        "fTile": query("f", "The format.", {"type": "string", "enum": ["mvt", "pbf"]}),
        "fTilejson": query("f", "The format.", {"type": "string", "enum": ["tilejson", "json"]}),
        "fTileset": query("f", "The format.", {"type": "string", "enum": ["json", "html", "tilejson"]}),
        "fJson": query("f", "The format, before the Accept header.", {"type": "string", "enum": ["json"]}),
        "lang": query(
            "lang", "The language of texts, before Accept-Language.", {"type": "string", "enum": list(LANGUAGES)}
        ),
        **_path_parameters(),
    }


def _format(offered: tuple[Representation, ...]) -> Document:
    names = [name for representation in offered for name in representation.formats]
    return query("f", "The format, before the Accept header.", {"type": "string", "enum": names})


def _path_parameters() -> Document:
    return {
        "styleId": path("styleId", "The identifier of a map style.", {}),
        "featureId": path(
            "featureId",
            "The identifier of the feature: it never changes and is never given to another.",
            {"type": "integer", "format": "int64", "minimum": 0},
        ),
        "region": path("region", "The region of a dataset: what stands before the slash of its identifier.", {}),
        "datasetName": path("datasetName", "The name of a dataset within its region.", {}),
        "loadId": path("loadId", "The number of a load.", {"type": "integer", "format": "int64", "minimum": 0}),
        "tileMatrixSetId": path("tileMatrixSetId", "A tile matrix set.", {"enum": list(TILE_MATRIX_SETS)}),
        "tileMatrix": path(
            "tileMatrix", f"The tile matrix, from 0 to {DEEPEST_ZOOM} at most.", {"pattern": "^[0-9]+$"}
        ),
        "tileRow": path("tileRow", "The row, from 0 at the top.", {"type": "integer", "minimum": 0}),
        "tileCol": path("tileCol", "The column, from 0 at the left.", {"type": "integer", "minimum": 0}),
    }
