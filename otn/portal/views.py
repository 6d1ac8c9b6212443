"""What each page shows, worked out from the resource's own JSON document before a template lays it out."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from otn.api.crs import CRS84
from otn.api.html import PageContext
from otn.api.legend import entries, raster_entries
from otn.api.negotiation import COLLECTION_STYLE, GEOJSON_TYPE, RASTER_STYLE, WHOLE_STYLE, Representation
from otn.api.raster_pictures import MAP_STYLES, RELIEF
from otn.api.styles import WHOLE_MAP
from otn.model.rasters import RASTERS
from otn.model.symbology import ELEVATION_TINTS, SYMBOLOGIES
from otn.portal.downloads import formats as download_formats
from otn.portal.downloads import style_files
from otn.portal.formats import Formats
from otn.portal.openapi import operation_groups
from otn.portal.properties import geometry, properties, value

Document = dict[str, Any]
Box = tuple[float, ...]
View = Callable[[Document, PageContext, Formats], dict[str, Any]]

_STANDARDS = {
    "ogcapi-common-1": "OGC API – Common – Part 1: Core",
    "ogcapi-common-2": "OGC API – Common – Part 2: Geospatial Data",
    "ogcapi-common-3": "OGC API – Common – Part 3: Schemas",
    "ogcapi-features-1": "OGC API – Features – Part 1: Core",
    "ogcapi-features-2": "OGC API – Features – Part 2: Coordinate Reference Systems by Reference",
    "ogcapi-features-3": "OGC API – Features – Part 3: Filtering",
    "ogcapi-features-5": "OGC API – Features – Part 5: Schemas",
    "ogcapi-tiles-1": "OGC API – Tiles – Part 1: Core",
    "ogcapi-coverages-1": "OGC API – Coverages – Part 1: Core (draft)",
    "ogcapi-maps-1": "OGC API – Maps – Part 1: Core",
    "ogcapi-styles-1": "OGC API – Styles – Part 1: Core (draft)",
    "cql2": "Common Query Language (CQL2)",
    "json-fg-1": "OGC Features and Geometries JSON – Part 1: Core",
}
# A property tells where a feature comes from, or what the feature is; a table of features shows the latter first.
_ORIGIN = ("inspireId", "dataset", "region", "licence", "sourceCodes")


def link(document: Document, relation: str) -> str | None:
    """The address of the first link with this relation."""
    return next((entry["href"] for entry in document["links"] if entry["rel"] == relation), None)


def _as_it_is(_document: Document, _context: PageContext, _formats: Formats) -> dict[str, Any]:
    return {}


def _bbox(collection: Document) -> Box | None:
    """The extent of a collection."""
    return next((tuple(box) for box in collection["extent"].get("spatial", {}).get("bbox", [])), None)


def _around(boxes: Iterable[Box | None]) -> Box | None:
    """The box around these boxes."""
    known = [box for box in boxes if box is not None]
    if not known:
        return None
    wests, souths, easts, norths = zip(*known, strict=True)
    return min(wests), min(souths), max(easts), max(norths)


def _collections(document: Document, context: PageContext, _formats: Formats) -> dict[str, Any]:
    return {
        "bounds": _around(_bbox(collection) for collection in document["collections"]),
        "legend_entries": [
            entry
            for collection in document["collections"]
            if collection["id"] in SYMBOLOGIES
            for entry in entries(collection["id"], context.language)
        ],
    }


def _collection(document: Document, context: PageContext, _formats: Formats) -> dict[str, Any]:
    extent = document["extent"]
    return {
        "bbox": _bbox(document),
        "legend_entries": entries(document["id"], context.language),
        "formats": download_formats(context.language),
        "style_files": style_files(COLLECTION_STYLE, context.language),
        "interval": next(iter(extent.get("temporal", {}).get("interval", [])), None),
        "share_alike": any(dataset["shareAlike"] for dataset in document["datasets"]),
    }


def _coverage(document: Document, context: PageContext, _formats: Formats) -> dict[str, Any]:
    bbox = _bbox(document)
    assert bbox is not None  # noqa: S101 - a raster that is served has cells
    west, south, _, _ = bbox
    return {
        "bbox": bbox,
        "share_alike": any(dataset["shareAlike"] for dataset in document["datasets"]),
        # Its south-western corner: whether there are values is for the reader to see.
        "example_box": f"{west:.2f},{south:.2f},{west + 0.1:.2f},{south + 0.1:.2f}",
        "tints": _tints(document["minimum"], document["maximum"]),
        "style": RELIEF,
        "style_files": style_files(RASTER_STYLE, context.language),
        "example_place": f"{west + 0.05:.3f} {south + 0.05:.3f}",
    }


_TINTS_WIDTH = 480


def _tints(low: int, high: int) -> dict[str, Any]:
    """The scale of tints: the steps around all values, at equal distances."""
    below = [step for step in ELEVATION_TINTS if step[0] <= low] or [ELEVATION_TINTS[0]]
    above = [step for step in ELEVATION_TINTS if step[0] >= high] or [ELEVATION_TINTS[-1]]
    steps = [step for step in ELEVATION_TINTS if below[-1][0] <= step[0] <= above[0][0]]
    most = max(len(steps) - 1, 1)
    shown = [
        {"metres": metres, "colour": colour, "offset": round(place / most, 4)}
        for place, (metres, colour) in enumerate(steps)
    ]
    return {"width": _TINTS_WIDTH, "steps": shown}


# The fields of the search form beside those of properties.
_SEARCHED = frozenset({"q", "bbox", "datetime", "sortby", "limit", "filter"})
# What the form does not keep: how the page came, and where in the pages it was.
_NOT_KEPT = frozenset({"f", "lang", "token", "resulttype"})


def _items(document: Document, context: PageContext, formats: Formats) -> dict[str, Any]:
    features = document["features"]
    declared = [entry for entry in properties(document["schema"]) if entry.is_content]
    shown = [entry for entry in declared if any(entry.name in feature["properties"] for feature in features)]
    filled = [entry for entry in shown if any(_content(feature, entry.name) is not None for feature in features)]
    columns = sorted(filled, key=lambda entry: entry.name in _ORIGIN)
    asked = dict(parse_qsl(context.query))
    filters = [entry for entry in declared if entry.is_filter]
    fields = _SEARCHED | {entry.name for entry in filters}
    problem = document.get("problem")
    fault = problem["parameter"] if problem else None
    shapes = [geometry(feature["geometry"]) for feature in features] if _in_degrees(context) else []
    return {
        "bounds": _around(shape.bbox for shape in shapes if shape) or _bbox(document["collection"]),
        "geojson": None if problem else _map_source(context),
        "columns": columns,
        "empty_columns": [entry for entry in shown if entry not in filled],
        "rows": [
            (
                feature["id"],
                [value(entry, _content(feature, entry.name), formats, with_unit=False) for entry in columns],
            )
            for feature in features
        ],
        "has_names": any(entry.name == "name" for entry in declared),
        "filters": filters,
        "problem": problem,
        "fault": fault if fault in fields else None,
        "kept": {name: text for name, text in asked.items() if name not in fields | _NOT_KEPT | {fault}},
        "orders": [entry for entry in declared if entry.is_sortable],
        "asked": asked,
        "asked_filters": [entry for entry in declared if entry.name in asked],
        "first": link(document, "first"),
        "previous": link(document, "prev"),
        "next": link(document, "next"),
        "formats": download_formats(context.language),
        "datasets": _datasets(document["collection"], {_content(feature, "dataset") for feature in features}),
    }


def _content(feature: Document, name: str) -> Any:
    return feature["properties"].get(name)


def _datasets(collection: Document, ids: set[Any]) -> list[Document]:
    return [dataset for dataset in collection["datasets"] if dataset["id"] in ids]


def _in_degrees(context: PageContext) -> bool:
    """Whether coordinates are longitude and latitude, as pages and maps take them."""
    return dict(parse_qsl(context.query)).get("crs", CRS84.uri) == CRS84.uri


def _map_source(context: PageContext) -> str:
    """The features of the page as the map draws them: in degrees, with their geometry."""
    parts = urlsplit(context.alternates[GEOJSON_TYPE])
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in ("crs", "skipGeometry")]
    return _path(parts._replace(query=urlencode(kept)).geturl())


def _path(href: str) -> str:
    """An address of this service without its host, for the page's own script."""
    parts = urlsplit(href)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _feature(document: Document, context: PageContext, formats: Formats) -> dict[str, Any]:
    declared = [entry for entry in properties(document["schema"]) if entry.is_content]
    return {
        "name": _content(document, "name"),
        "rows": [(entry, value(entry, _content(document, entry.name), formats, with_unit=True)) for entry in declared],
        "geometry": geometry(document["geometry"]),
        "in_degrees": _in_degrees(context),
        "geojson": _map_source(context),
        "datasets": _datasets(document["collection"], {_content(document, "dataset")}),
    }


def _style(document: Document, context: PageContext, _formats: Formats) -> dict[str, Any]:
    identifier = context.path.rpartition("/")[2]
    drawn = [name for name in document["sources"] if name in SYMBOLOGIES]
    printed = identifier.endswith("-print")
    subject = identifier.removesuffix("-dark")
    is_raster = identifier in MAP_STYLES
    return {
        "identifier": identifier,
        "printed": printed,
        # Paper is white whatever the screen is; the other two are shown as the reader prefers pages.
        "shown": (identifier, identifier) if printed or is_raster else (subject, f"{subject}-dark"),
        "bounds": document["metadata"]["otn:bounds"],
        "style_files": style_files(_offered(identifier), context.language),
        "legend_entries": [entry for name in drawn for entry in entries(name, context.language)]
        or raster_entries(identifier, context.language),
    }


def _offered(style: str) -> tuple[Representation, ...]:
    """What a style can be had as."""
    if style in MAP_STYLES:
        return RASTER_STYLE
    return WHOLE_STYLE if style.partition("-")[0] == WHOLE_MAP else COLLECTION_STYLE


def _styles(document: Document, context: PageContext, _formats: Formats) -> dict[str, Any]:
    """Styles by what they draw, and the collection whose styles they are, if it is one."""
    subjects: dict[str, list[Document]] = defaultdict(list)
    for style in document["styles"]:
        subjects[style["id"].removesuffix("-dark").removesuffix("-print")].append(style)
    first, _, rest = context.path.strip("/").partition("/")
    collection = rest.partition("/")[0] if first == "collections" else None
    raster = RASTERS.get(collection or "")
    return {
        "subjects": subjects,
        "collection": collection,
        "heading": raster.field.title.in_language(context.language)
        if raster is not None
        else collection and subjects[collection][0]["title"],
        "is_raster": raster is not None,
    }


def _style_metadata(document: Document, context: PageContext, _formats: Formats) -> dict[str, Any]:
    drawn = [layer["id"] for layer in document["layers"] if layer["id"] in SYMBOLOGIES]
    return {
        "printed": document["id"].endswith("-print"),
        "legend_entries": [entry for name in drawn for entry in entries(name, context.language)]
        or raster_entries(document["id"], context.language),
    }


def _tilesets(_document: Document, context: PageContext, _formats: Formats) -> dict[str, Any]:
    return {"link": link, "whole_dataset": context.path.startswith("/tiles")}


def _tileset(document: Document, context: PageContext, formats: Formats) -> dict[str, Any]:
    tilejson = next((entry["href"] for entry in document["links"] if "tilejson" in entry.get("type", "")), None)
    return _tilesets(document, context, formats) | {"tilejson": tilejson}


def _schema(document: Document, _context: PageContext, _formats: Formats) -> dict[str, Any]:
    return {"properties": properties(document)}


def _conformance(document: Document, _context: PageContext, _formats: Formats) -> dict[str, Any]:
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for uri in document["conformsTo"]:
        standard, _, name = uri.partition("/conf/")
        step = standard.partition("/spec/")[2].partition("/")[0]
        groups[_STANDARDS.get(step, standard)].append((name or uri, uri))
    return {"groups": groups}


def _api(document: Document, _context: PageContext, _formats: Formats) -> dict[str, Any]:
    headings = {tag["name"]: tag.get("description", tag["name"]) for tag in document["tags"]}
    return {"groups": operation_groups(document), "headings": headings}


def _dataset(document: Document, _context: PageContext, _formats: Formats) -> dict[str, Any]:
    declaration = json.dumps(document["declaration"], indent=2, ensure_ascii=False)
    return {"declaration": declaration, "rasters": RASTERS}


VIEWS: dict[str, View] = {
    "landing": _as_it_is,
    "conformance": _conformance,
    "api": _api,
    "collections": _collections,
    "collection": _collection,
    "coverage": _coverage,
    "items": _items,
    "feature": _feature,
    "styles": _styles,
    "style": _style,
    "styleMetadata": _style_metadata,
    "tilesets": _tilesets,
    "tileset": _tileset,
    "tileMatrixSets": _as_it_is,
    "tileMatrixSet": _as_it_is,
    "queryables": _schema,
    "sortables": _schema,
    "facets": _as_it_is,
    "schema": _schema,
    "datasets": _as_it_is,
    "dataset": _dataset,
    "load": _as_it_is,
    "problem": _as_it_is,
}
