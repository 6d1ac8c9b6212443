"""The parameters that ask for features: which ones, in which order, and what of them is shown.

They are written out for each collection, which differ in properties and in coordinate reference systems.
"""

from otn.api.crs import CRS84, available
from otn.api.openapi.parts import Document, query, reference
from otn.api.schemas import value_schema
from otn.api.served import ServedCollection
from otn.model.fields import Field

FILTER_LANGUAGES = ("cql2-text", "cql2-json", "cql-text")
DEEPEST_ZOOM_LEVEL = 24
MOST_DECIMALS = 15
MOST_SORT_KEYS = 8


def items_parameters(served: ServedCollection, language: str) -> list[Document]:
    """Everything that a page of features can be asked for by, but for its format and language."""
    paging = [reference("parameters", name) for name in ("limit", "token", "resulttype", "edition")]
    return [*paging, *download_parameters(served, language)]


def download_parameters(served: ServedCollection, language: str) -> list[Document]:
    """The same without pages."""
    return [*selecting_parameters(served, language), _sorting(served), *feature_parameters(served)]


def selecting_parameters(served: ServedCollection, language: str) -> list[Document]:
    """Which features are meant."""
    return [
        reference("parameters", "bbox"),
        _system(served, "bbox-crs", "The coordinate reference system of bbox."),
        _system(served, "filter-crs", "The coordinate reference system of geometries in filter."),
        *_describing(served, language),
    ]


def tile_parameters(served: ServedCollection, language: str) -> list[Document]:
    """Which features a tile holds."""
    return [*_describing(served, language), reference("parameters", "subset")]


def _describing(served: ServedCollection, language: str) -> list[Document]:
    """Which features are meant, whatever their place."""
    words = ("q",) if served.collection.has_names else ()
    return [
        *(reference("parameters", name) for name in ("datetime", "filter", "filter-lang", *words)),
        *(_equals(field, language) for field in served.collection.queryables.values()),
    ]


def _sorting(served: ServedCollection) -> Document:
    """In which order."""
    names = "|".join(served.collection.queryables)
    return query(
        "sortby",
        "The properties to sort by, the first one first; a minus before a name reverses its order. Features without a "
        "value come last.",
        {
            "type": "array",
            "minItems": 1,
            "maxItems": MOST_SORT_KEYS,
            "items": {"type": "string", "pattern": f"^[+-]?({names})$"},
        },
    )


def feature_parameters(served: ServedCollection) -> list[Document]:
    """What of each feature is wanted, and how."""
    names = {"type": "array", "items": {"type": "string", "enum": [field.name for field in served.collection.fields]}}
    return [
        _system(served, "crs", "The coordinate reference system of the answer; axes in the order of its authority."),
        query("properties", "Only these properties.", names),
        query("exclude-properties", "All properties but these.", names),
        *(
            reference("parameters", name)
            for name in ("skipGeometry", "zoom-level", "max-allowable-offset", "precision")
        ),
    ]


def common() -> dict[str, Document]:
    """Those of them that are the same in every collection, by name."""
    described = (
        ("filter", "Only features for which this CQL2 expression is true.", {"type": "string", "minLength": 1}),
        (
            "filter-lang",
            "The language of filter; cql-text is another name of cql2-text.",
            {"type": "string", "enum": list(FILTER_LANGUAGES), "default": FILTER_LANGUAGES[0]},
        ),
        (
            "q",
            "Only features whose names hold this text, whatever its case and accents; a comma means or.",
            {"type": "string", "minLength": 1},
        ),
        ("skipGeometry", "Whether to leave geometries out.", {"type": "boolean", "default": False}),
        (
            "zoom-level",
            "Geometries simplified as far as a map of this zoom level shows: 0 is the world on 256 pixels.",
            {"type": "integer", "minimum": 0, "maximum": DEEPEST_ZOOM_LEVEL},
        ),
        (
            "max-allowable-offset",
            "Geometries simplified, no point moving further than this, in units of crs. Not together with zoom-level.",
            {"type": "number", "minimum": 0},
        ),
        (
            "precision",
            "Digits after the point of coordinates.",
            {"type": "integer", "minimum": 0, "maximum": MOST_DECIMALS},
        ),
        (
            "resulttype",
            "The features themselves, or only how many there are (numberMatched).",
            {"type": "string", "enum": ["hits", "results"], "default": "results"},
        ),
    )
    return {name: query(name, description, schema) for name, description, schema in described}


def _system(served: ServedCollection, name: str, description: str) -> Document:
    uris = [crs.uri for crs in available(served.bbox)]
    return query(name, description, {"type": "string", "format": "uri", "enum": uris, "default": CRS84.uri})


def _equals(field: Field, language: str) -> Document:
    """A property as a parameter.

    A value that no feature can have selects none and is no mistake, so bounds and patterns are not told here.
    """
    schema = {key: value for key, value in value_schema(field).items() if key in ("type", "enum")}
    what = f"{field.title.in_language(language)}: {field.description}"
    return query(field.name, what + (f" Unit: {field.unit}." if field.unit else ""), schema)
