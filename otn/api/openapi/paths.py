"""The addresses of the service, concrete ones for every collection: QGIS and GDAL read them so."""

from otn.api.documents import TILE_ARCHIVE
from otn.api.encoders.registry import DOWNLOADS, ITEMS
from otn.api.negotiation import (
    COLLECTION_STYLE,
    GEOJSON_TYPE,
    HTML_TYPE,
    JSON_TYPE,
    JSONFG,
    OPENAPI_TYPE,
    QLR_TYPE,
    SCHEMA_TYPE,
    SVG_TYPE,
    TILEJSON_TYPE,
    WHOLE_STYLE,
    XML_TYPE,
    Representation,
)
from otn.api.openapi.feature_parameters import (
    download_parameters,
    feature_parameters,
    items_parameters,
    selecting_parameters,
    tile_parameters,
)
from otn.api.openapi.operations import (
    archive_item,
    download_item,
    features_item,
    health_item,
    path_item,
    search_item,
    style_content,
    tile_item,
)
from otn.api.openapi.parts import Document, path, query, reference
from otn.api.served import ServedCollection
from otn.api.styles import style_id
from otn.model.drawing import THEMES


def service_paths() -> Document:
    """The addresses that are not of one collection."""
    return {
        "/": path_item("landingPage", "Landing page", {JSON_TYPE: "landingPage", HTML_TYPE: "page"}),
        "/api": path_item("apiDefinition", "This API definition", {OPENAPI_TYPE: "object", HTML_TYPE: "page"}),
        "/conformance": path_item("conformance", "Conformance classes", {JSON_TYPE: "confClasses", HTML_TYPE: "page"}),
        "/collections": path_item("collections", "All collections", {JSON_TYPE: "collections", HTML_TYPE: "page"}),
        "/functions": path_item("functions", "The functions of filters", {JSON_TYPE: "functions"}),
        **_style_paths(),
        **_dataset_paths(),
        **_tile_matrix_set_paths(),
        "/health/live": health_item("live", "Whether the process runs"),
        "/health/ready": health_item("ready", "Whether there is something to serve"),
    }


def collection_paths(served: ServedCollection, title: str, language: str) -> Document:
    """One path for each resource of the collection."""
    name = served.collection.id
    base = f"/collections/{name}"
    schema = {SCHEMA_TYPE: "object", HTML_TYPE: "page"}

    def get(operation: str, summary: str, content: Document) -> Document:
        return path_item(f"{name}.{operation}", f"{title}: {summary}", content, name)

    return {
        base: get("collection", "the collection", {JSON_TYPE: "collection", HTML_TYPE: "page", QLR_TYPE: "page"}),
        **_feature_paths(served, title, language),
        f"{base}/queryables": get("queryables", "properties that select features", schema),
        f"{base}/sortables": get("sortables", "properties that sort features", schema),
        f"{base}/facets": path_item(
            f"{name}.facets",
            f"{title}: values of properties, and how many features have them",
            {JSON_TYPE: "facets", HTML_TYPE: "page"},
            name,
            selecting_parameters(served, language),
        ),
        f"{base}/schema": get("schema", "logical schema of the features", schema | {XML_TYPE: "page"}),
        f"{base}/styles": get("styles", "map styles", {JSON_TYPE: "styles", HTML_TYPE: "page"}),
        f"{base}/styles/{{styleId}}": path_item(
            f"{name}.style",
            f"{title}: a map style",
            style_content(COLLECTION_STYLE),
            name,
            [path("styleId", "The style.", {"enum": [style_id(name, theme) for theme in THEMES]})],
        ),
        f"{base}/schemas/feature": get("featureSchema", "schema of a feature as GeoJSON", {SCHEMA_TYPE: "object"}),
    }


def _feature_paths(served: ServedCollection, title: str, language: str) -> Document:
    name = served.collection.id
    base = f"/collections/{name}"
    one = [*(reference("parameters", each) for each in ("featureId", "edition")), *feature_parameters(served)]

    def get(operation: str, summary: str, content: Document, parameters: list[Document]) -> Document:
        return features_item(f"{name}.{operation}", f"{title}: {summary}", content, name, parameters)

    return {
        f"{base}/items": get(
            "items", "features, page by page", _content(name, ITEMS), items_parameters(served, language)
        ),
        f"{base}/items/{{featureId}}": get(
            "feature", "one feature", _content(name, ITEMS) | {GEOJSON_TYPE: f"{name}.feature"}, one
        ),
        f"{base}/search": search_item(
            f"{name}.search", f"{title}: features, asked for in JSON", _content(name, ITEMS), name, f"{name}.search"
        ),
        f"{base}/download": download_item(
            f"{name}.download",
            f"{title}: all features in one file",
            _content(name, DOWNLOADS),
            name,
            download_parameters(served, language),
        ),
    }


def _content(name: str, offered: tuple[Representation, ...]) -> Document:
    """The schema of each media type: GeoJSON is described, others have descriptions of their own."""
    known = {GEOJSON_TYPE: f"{name}.featureCollection", JSONFG.media_type: "object", HTML_TYPE: "page"}
    return {entry.media_type: known.get(entry.media_type, "file") for entry in offered}


def tile_paths(served: ServedCollection, title: str, language: str) -> Document:
    """Operations are named as OGC API - Tiles - Part 1 (20-057), table 11, has it: clients find tiles by the name."""
    name = served.collection.id
    selecting = tile_parameters(served, language)
    base = f"/collections/{name}/tiles"
    archive = archive_item(f"{name}.tileArchive", f"{title}: all ready-made vector tiles as one file", name)
    ready = {} if served.tiles_size is None else {f"{base}/{TILE_ARCHIVE}": archive}
    return ready | _tile_paths(base, f"{name}.collection", title, name, selecting)


def _tile_paths(base: str, origin: str, title: str, tag: str, selecting: list[Document]) -> Document:
    operation = f"{origin}.vector"
    document: Document = {JSON_TYPE: "object", HTML_TYPE: "page"}
    tileset = [reference("parameters", "tileMatrixSetId"), *selecting]
    tile = [*tileset, *_tile_place()]
    return {
        base: path_item(f"{operation}.getTileSetsList", f"{title}: vector tiles", document, tag, selecting),
        f"{base}/{{tileMatrixSetId}}": path_item(
            f"{operation}.getTileSet", f"{title}: a tileset", document | {TILEJSON_TYPE: "object"}, tag, tileset
        ),
        f"{base}/{{tileMatrixSetId}}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": tile_item(
            f"{operation}.getTile", f"{title}: a vector tile", tag, tile
        ),
    }


def dataset_tile_paths(served: tuple[ServedCollection, ...]) -> Document:
    """Tiles of all collections; named as those of one."""
    names = {
        "type": "array",
        "minItems": 1,
        "items": {"type": "string", "enum": [each.collection.id for each in served]},
    }
    selecting = [
        query("collections", "Only these collections, in this order; without it all of them.", names),
        *(reference("parameters", name) for name in ("datetime", "subset", "filter", "filter-lang")),
    ]
    return _tile_paths("/tiles", "otn.dataset", "All collections", "service", selecting)


def _dataset_paths() -> Document:
    document: Document = {JSON_TYPE: "object", HTML_TYPE: "page"}
    one = [reference("parameters", name) for name in ("region", "datasetName")]
    load = [*one, reference("parameters", "loadId")]
    dataset = "/datasets/{region}/{datasetName}"
    return {
        "/datasets": path_item("datasets", "All datasets that are loaded", {JSON_TYPE: "datasets", HTML_TYPE: "page"}),
        dataset: path_item("dataset", "A dataset: its declaration, lineage and loads", document, "service", one),
        dataset + "/loads/{loadId}": path_item(
            "load", "A load of a dataset: what it did, and the quality of what it read", document, "service", load
        ),
    }


def _style_paths() -> Document:
    document: Document = {JSON_TYPE: "object", HTML_TYPE: "page"}
    one = [reference("parameters", "styleId")]
    style = "/styles/{styleId}"
    return {
        "/styles": path_item("styles", "All map styles", {JSON_TYPE: "styles", HTML_TYPE: "page"}),
        style: path_item("style", "A map style", style_content(WHOLE_STYLE), "service", one),
        f"{style}/legend": path_item("legend", "The legend of a map style", {SVG_TYPE: "page"}, "service", one),
        f"{style}/metadata": path_item("styleMetadata", "What a map style is and draws", document, "service", one),
    }


def _tile_matrix_set_paths() -> Document:
    document: Document = {JSON_TYPE: "object", HTML_TYPE: "page"}
    one = [reference("parameters", "tileMatrixSetId")]
    return {
        "/tileMatrixSets": path_item("getTileMatrixSetsList", "All tile matrix sets", document),
        "/tileMatrixSets/{tileMatrixSetId}": path_item(
            "getTileMatrixSet", "A tile matrix set", document, "service", one
        ),
        "/basemap": path_item("basemap", "The base map as TileJSON", {TILEJSON_TYPE: "object"}),
        "/basemap/{tileMatrix}/{tileRow}/{tileCol}": tile_item(
            "basemapTile", "A vector tile of the base map", "service", _tile_place()
        ),
    }


def _tile_place() -> list[Document]:
    return [reference("parameters", name) for name in ("tileMatrix", "tileRow", "tileCol")]
