"""The addresses of rasters."""

from otn.api.coverage import MOST_CELLS
from otn.api.crs import EVERYWHERE
from otn.api.map_images import MOST_PIXELS
from otn.api.negotiation import (
    COVERAGE_JSON,
    GEOTIFF,
    HTML_TYPE,
    JSON_TYPE,
    PNG_TYPE,
    QLR_TYPE,
    RASTER_STYLE,
    SCHEMA_TYPE,
    TILEJSON_TYPE,
)
from otn.api.openapi.operations import path_item, style_content
from otn.api.openapi.parts import Document, path, query, reference
from otn.api.raster_pictures import MAP_STYLES, MAP_TILES, TERRAIN_TILES, TileKind
from otn.api.rasters import ServedRaster

_BOX = {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}


def raster_paths(served: ServedRaster, title: str) -> Document:
    """One path for each resource of the collection."""
    name = served.id
    base = f"/collections/{name}"

    def get(operation: str, summary: str, content: Document) -> Document:
        return path_item(f"{name}.{operation}", f"{title}: {summary}", content, name)

    return {
        base: get("collection", "the collection", {JSON_TYPE: "collection", HTML_TYPE: "page", QLR_TYPE: "page"}),
        f"{base}/schema": get("schema", "what a cell holds", {SCHEMA_TYPE: "object", HTML_TYPE: "page"}),
        f"{base}/coverage": _coverage_item(served, title),
        f"{base}/styles": get("styles", "the styles of its maps", {JSON_TYPE: "styles", HTML_TYPE: "page"}),
        f"{base}/styles/{{styleId}}": path_item(
            f"{name}.style", f"{title}: a style of its maps", style_content(RASTER_STYLE), name, [_map_style()]
        ),
        f"{base}/map": _map_item(f"{name}.map", title, name, []),
        f"{base}/styles/{{styleId}}/map": _map_item(f"{name}.style.map", title, name, [_map_style()]),
        **_tile_paths(served, TERRAIN_TILES, f"{name}.collection.coverage", title),
        **_tile_paths(served, MAP_TILES, f"{name}.collection.map", title),
        **_styled_tile_paths(served, f"{name}.style.map", title),
    }


def _tile_paths(served: ServedRaster, kind: TileKind, operation: str, title: str) -> Document:
    """Operations are named as OGC API - Tiles - Part 1 (20-057), table 11, has it."""
    return _tiles_at(f"/collections/{served.id}/{kind.below}", served.id, operation, title, [])


def _styled_tile_paths(served: ServedRaster, operation: str, title: str) -> Document:
    base = f"/collections/{served.id}/styles/{{styleId}}/map/tiles"
    return _tiles_at(base, served.id, operation, title, [_map_style()])


def _map_style() -> Document:
    return path("styleId", "The style of the map.", {"enum": list(MAP_STYLES)})


def _map_item(operation: str, title: str, tag: str, before: list[Document]) -> Document:
    pixels = {"type": "integer", "minimum": 1, "maximum": MOST_PIXELS}
    parameters = [
        *before,
        box_parameter("What the image shows; without it all"),
        system_parameter("bbox-crs", "The coordinate reference system of bbox."),
        system_parameter("crs", "The coordinate reference system of the image, CRS84 without it."),
        query("width", "Of the image, in pixels; without it pixels are square.", pixels),
        query("height", "Of the image, in pixels; without it pixels are square.", pixels),
        query("bgcolor", "The colour beneath, as 0xRRGGBB.", {"type": "string", "pattern": "^(0x|#)?[0-9a-fA-F]{6}$"}),
        query("transparent", "Whether nothing lies beneath; true unless bgcolor is given.", {"type": "boolean"}),
    ]
    item = picture_item(operation, f"{title}: a map image", {PNG_TYPE: "file"}, tag, parameters)
    del item["get"]["responses"]["204"]
    return item


def _tiles_at(base: str, tag: str, operation: str, title: str, before: list[Document]) -> Document:
    document: Document = {JSON_TYPE: "object", HTML_TYPE: "page"}
    tileset = [*before, reference("parameters", "tileMatrixSetId")]
    tile = [*tileset, *(reference("parameters", name) for name in ("tileMatrix", "tileRow", "tileCol"))]
    return {
        base: path_item(f"{operation}.getTileSetsList", f"{title}: tilesets", document, tag, before),
        f"{base}/{{tileMatrixSetId}}": path_item(
            f"{operation}.getTileSet", f"{title}: a tileset", document | {TILEJSON_TYPE: "object"}, tag, tileset
        ),
        f"{base}/{{tileMatrixSetId}}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": picture_item(
            f"{operation}.getTile", f"{title}: a tile", {PNG_TYPE: "file"}, tag, tile
        ),
    }


def _coverage_item(served: ServedRaster, title: str) -> Document:
    name, field = served.id, served.raster.field.name
    parameters = [
        box_parameter("Only the cells that this box touches"),
        system_parameter("bbox-crs", "The coordinate reference system of bbox."),
        query(
            "subset",
            "Only the cells from one place to another along an axis, or at one place: Lon(7.2:7.4),Lat(43.7); an "
            "asterisk is the end of the coverage.",
            {"type": "string", "pattern": r"^(Lon|Lat)\(.+\)$"},
        ),
        query("properties", "Only this.", {"type": "array", "items": {"type": "string", "enum": [field]}}),
        *_scaling_parameters(),
    ]
    content = {GEOTIFF.media_type: "file", COVERAGE_JSON.media_type: "object"}
    return picture_item(f"{name}.coverage", f"{title}: the values of the cells", content, name, parameters)


def _scaling_parameters() -> list[Document]:
    """One way of them may be taken at a time; width and height go together."""
    count = {"type": "integer", "minimum": 1, "maximum": MOST_CELLS["GTiff"]}
    by_axis = {"type": "string", "pattern": r"^(Lon|Lat)\([0-9.]+\)(,(Lon|Lat)\([0-9.]+\))?$"}
    return [
        query("scale-size", "So many cells along each axis of the box that is asked for: Lon(800),Lat(600).", by_axis),
        query("width", "So many cells from west to east: as scale-size by Lon.", count),
        query("height", "So many cells from south to north: as scale-size by Lat.", count),
        query("scale-axes", "What the number of cells along each axis is divided by: Lon(2),Lat(2.5).", by_axis),
        query(
            "scale-factor",
            "What the number of cells along both axes is divided by.",
            {"type": "number", "exclusiveMinimum": True, "minimum": 0},
        ),
    ]


def box_parameter(what: str) -> Document:
    """The parameter bbox of what is cut out of a raster."""
    return query("bbox", f"{what}: west, south, east, north in degrees (CRS84), or in bbox-crs.", _BOX)


def system_parameter(name: str, what: str) -> Document:
    """A parameter that names a coordinate reference system."""
    return query(name, what, {"type": "string", "format": "uri", "enum": [crs.uri for crs in EVERYWHERE]})


def picture_item(operation: str, summary: str, content: Document, tag: str, parameters: list[Document]) -> Document:
    """The path of what is made of cells: there may be none at a place."""
    item = path_item(operation, summary, content, tag, parameters)
    item["get"]["responses"] |= {
        "204": {"description": "There is nothing at that place."},
        "304": reference("responses", "NotModified"),
    }
    return item
