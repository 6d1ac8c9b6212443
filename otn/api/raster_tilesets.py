"""The documents about tiles of rasters: lists of tilesets, tilesets, TileJSON. Pure.

Sources: OGC API - Tiles - Part 1 (20-057), OGC Two Dimensional Tile Matrix Set and Tile Set Metadata 2.0 (17-083r4),
TileJSON 3.0.0; `encoding` and `tileSize` as MapLibre reads them of a source of the type raster-dem.
"""

import html
from typing import Any

from otn.api import texts
from otn.api.documents import Document, instant, licence_link
from otn.api.links import Link, Links, link
from otn.api.negotiation import JSON_TYPE, PNG_TYPE, TILEJSON_TYPE
from otn.api.raster_pictures import TILE_PIXELS, Drawn, TileKind, deepest
from otn.api.rasters import ServedRaster
from otn.api.tilesets import GEODATA_REL, TILE, TILING_SCHEME_REL, centre, definition_path, first_matrix, limits
from otn.model.service import Service
from otn.model.tile_matrix_sets import TILE_MATRIX_SETS, WEB_MERCATOR_QUAD, TileMatrixSet


def raster_tilesets(served: ServedRaster, kind: TileKind, links: Links, language: str, own: list[Link]) -> Document:
    """The tilesets of a kind, one for each tile matrix set."""
    return {
        "links": own,
        "tilesets": [
            _identity(kind, entry, language) | {"links": _links(served, kind, entry, links, language)}
            for entry in TILE_MATRIX_SETS.values()
        ],
    }


def raster_tileset(
    service: Service,
    served: ServedRaster,
    kind: TileKind,
    entry: TileMatrixSet,
    links: Links,
    language: str,
    own: list[Link],
) -> Document:
    """The metadata of one tileset."""
    bbox = entry.within(served.bbox)
    bounds = entry.bounds(bbox)
    return _identity(kind, entry, language) | {
        "description": service.collections[served.id].description.in_language(language),
        "version": str(served.manifest.number),
        "updated": instant(served.updated),
        "attribution": served.attribution,
        "accessConstraints": "unclassified",
        "mediaTypes": [PNG_TYPE],
        "tileMatrixSetLimits": [limits(entry.limits(bbox, matrix)) for matrix in range(deepest(entry) + 1)],
        "boundingBox": {
            "lowerLeft": entry.in_axis_order((bounds.west, bounds.south)),
            "upperRight": entry.in_axis_order((bounds.east, bounds.north)),
            "crs": entry.crs,
        },
        "centerPoint": {
            "coordinates": entry.in_axis_order(entry.from_degrees(*centre(bbox))),
            "crs": entry.crs,
            "tileMatrix": str(min(first_matrix(entry, bbox), deepest(entry))),
        },
        "links": [*own, *_links(served, kind, entry, links, language)[1:], *map(licence_link, served.licences)],
    }


def raster_tilejson(service: Service, served: ServedRaster, kind: TileKind, links: Links, language: str) -> Document:
    """The tileset in WebMercatorQuad as TileJSON: what MapLibre takes as the `url` of a source."""
    about = service.collections[served.id]
    document: dict[str, Any] = {
        "tilejson": "3.0.0",
        "name": f"{about.title.in_language(language)}: {kind.title.in_language(language)}",
        "description": about.description.in_language(language),
        "version": f"{served.manifest.number}.0.0",
        # Map libraries show the attribution as HTML.
        "attribution": html.escape(served.attribution),
        "scheme": "xyz",
        "tiles": [_template(served, kind, WEB_MERCATOR_QUAD, "{z}/{y}/{x}", links)],
        "tileSize": TILE_PIXELS,
        "minzoom": 0,
        "maxzoom": deepest(WEB_MERCATOR_QUAD),
        "bounds": list(served.bbox),
        "center": [*centre(served.bbox), first_matrix(WEB_MERCATOR_QUAD, served.bbox)],
    }
    return document | ({"encoding": "mapbox"} if kind.drawn is Drawn.TERRAIN else {})


def tileset_path(served: ServedRaster, kind: TileKind) -> str:
    """The address of the list of tilesets of a kind."""
    return f"/collections/{served.id}/{kind.below}"


def _identity(kind: TileKind, entry: TileMatrixSet, language: str) -> Document:
    return {
        "title": f"{kind.title.in_language(language)} ({entry.id})",
        "dataType": kind.data_type,
        "crs": entry.crs,
        "tileMatrixSetId": entry.id,
        "tileMatrixSetURI": entry.uri,
    }


def _template(served: ServedRaster, kind: TileKind, entry: TileMatrixSet, places: str, links: Links) -> str:
    return f"{links.base}{tileset_path(served, kind)}/{entry.id}/{places}"


def _links(served: ServedRaster, kind: TileKind, entry: TileMatrixSet, links: Links, language: str) -> list[Link]:
    """The tileset itself first, then where its tiles, its tiling scheme and its data are."""
    path = f"{tileset_path(served, kind)}/{entry.id}"
    template = link("item", _template(served, kind, entry, TILE, links), PNG_TYPE, texts.TILE.in_language(language))
    collection = texts.COLLECTION.in_language(language)
    made = [
        links.to("self", path, JSON_TYPE, texts.TILESET.in_language(language)),
        template | {"templated": True},
        links.to(TILING_SCHEME_REL, definition_path(entry), JSON_TYPE, texts.TILE_MATRIX_SET.in_language(language)),
        links.to(GEODATA_REL, f"/collections/{served.id}", JSON_TYPE, collection),
    ]
    if entry is WEB_MERCATOR_QUAD:
        title = texts.TILEJSON.in_language(language)
        made.append(links.to("alternate", path, TILEJSON_TYPE, title, (("f", "tilejson"),)))
    return made
