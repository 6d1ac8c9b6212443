"""The documents about tiles: tile matrix sets, tilesets of a collection, TileJSON. Pure: what is served becomes a dict.

Sources: OGC API - Tiles - Part 1 (20-057), OGC Two Dimensional Tile Matrix Set and Tile Set Metadata 2.0 (17-083r4),
TileJSON 3.0.0.
"""

import html
from typing import Any

from otn.api import texts
from otn.api.documents import Document, instant, licence_link
from otn.api.links import Link, Links, link
from otn.api.negotiation import GEOJSON_TYPE, JSON_TYPE, MVT_TYPE, TILEJSON_TYPE
from otn.api.schemas import value_schema
from otn.api.served import ServedCollection
from otn.model.fields import Field
from otn.model.tile_matrix_sets import (
    DEEPEST_ZOOM,
    TILE_MATRIX_SETS,
    WEB_MERCATOR_QUAD,
    TileLimits,
    TileMatrixSet,
)

_REL = "http://www.opengis.net/def/rel/ogc/1.0/"
TILING_SCHEME_REL = _REL + "tiling-scheme"
GEODATA_REL = _REL + "geodata"

_TILE = "{tileMatrix}/{tileRow}/{tileCol}"


def tile_matrix_sets(links: Links, language: str, own: list[Link]) -> Document:
    """The list of tile matrix sets."""
    return {
        "links": own,
        "tileMatrixSets": [
            {
                "id": entry.id,
                "title": entry.title,
                "uri": entry.uri,
                "crs": entry.crs,
                "links": [links.to("self", _definition(entry), JSON_TYPE, texts.TILE_MATRIX_SET.in_language(language))],
            }
            for entry in TILE_MATRIX_SETS.values()
        ],
    }


def tile_matrix_set(entry: TileMatrixSet, own: list[Link]) -> Document:
    """The definition of a tile matrix set."""
    return entry.document() | {"links": own}


def tilesets(served: ServedCollection, title: str, links: Links, language: str, own: list[Link]) -> Document:
    """The tilesets of a collection, one for each tile matrix set."""
    return {
        "links": own,
        "tilesets": [
            _identity(title, entry) | {"links": _links(served, entry, links, language)}
            for entry in TILE_MATRIX_SETS.values()
        ],
    }


def tileset(
    served: ServedCollection, entry: TileMatrixSet, title: str, links: Links, language: str, own: list[Link]
) -> Document:
    """The metadata of one tileset: what tiles there are, and what is in them."""
    bbox = _bbox(served)
    return _identity(title, entry) | {
        "version": str(served.version),
        "updated": instant(served.updated),
        "attribution": served.attribution,
        "accessConstraints": "unclassified",
        "mediaTypes": [MVT_TYPE],
        "tileMatrixSetLimits": [_limits(entry.limits(bbox, matrix)) for matrix in range(entry.deepest + 1)],
        "boundingBox": {
            "lowerLeft": list(entry.from_degrees(bbox[0], bbox[1])),
            "upperRight": list(entry.from_degrees(bbox[2], bbox[3])),
            "crs": entry.crs,
        },
        "centerPoint": {
            "coordinates": list(entry.from_degrees(*_centre(bbox))),
            "crs": entry.crs,
            "tileMatrix": str(_first_matrix(entry, bbox)),
        },
        "layers": [_layer(served, entry, title, links, language)],
        "links": [*own, *_links(served, entry, links, language)[1:], *map(licence_link, served.licences)],
    }


def tilejson(served: ServedCollection, title: str, description: str, links: Links, language: str) -> Document:
    """The tileset in WebMercatorQuad as TileJSON: what MapLibre takes as the `url` of a source."""
    bbox = _bbox(served)
    address = f"{links.base}{_tileset(served, WEB_MERCATOR_QUAD)}/{{z}}/{{y}}/{{x}}"
    zoom = _first_matrix(WEB_MERCATOR_QUAD, bbox)
    return {
        "tilejson": "3.0.0",
        "name": title,
        "description": description,
        "version": f"{served.version}.0.0",
        # Map libraries show the attribution as HTML.
        "attribution": html.escape(served.attribution),
        "scheme": "xyz",
        "tiles": [address],
        "minzoom": 0,
        "maxzoom": DEEPEST_ZOOM,
        "bounds": list(bbox),
        "center": [*_centre(bbox), zoom],
        "vector_layers": [
            {
                "id": served.collection.id,
                "description": title,
                "minzoom": 0,
                "maxzoom": DEEPEST_ZOOM,
                "fields": {field.name: field.in_words(language) for field in served.collection.tile_fields},
            }
        ],
    }


def _identity(title: str, entry: TileMatrixSet) -> Document:
    return {
        "title": f"{title} ({entry.id})",
        "dataType": "vector",
        "crs": entry.crs,
        "tileMatrixSetId": entry.id,
        "tileMatrixSetURI": entry.uri,
    }


def _definition(entry: TileMatrixSet) -> str:
    return f"/tileMatrixSets/{entry.id}"


def _tileset(served: ServedCollection, entry: TileMatrixSet) -> str:
    return f"/collections/{served.collection.id}/tiles/{entry.id}"


def _links(served: ServedCollection, entry: TileMatrixSet, links: Links, language: str) -> list[Link]:
    """The tileset itself first, then where its tiles, its tiling scheme and its data are."""
    path = _tileset(served, entry)
    template = link("item", f"{links.base}{path}/{_TILE}", MVT_TYPE, texts.TILE.in_language(language))
    made = [
        links.to("self", path, JSON_TYPE, texts.TILESET.in_language(language)),
        template | {"templated": True},
        links.to(TILING_SCHEME_REL, _definition(entry), JSON_TYPE, texts.TILE_MATRIX_SET.in_language(language)),
        _collection_link(served, links, language),
    ]
    if entry is WEB_MERCATOR_QUAD:
        title = texts.TILEJSON.in_language(language)
        made.append(links.to("alternate", path, TILEJSON_TYPE, title, (("f", "tilejson"),)))
    return made


def _collection_link(served: ServedCollection, links: Links, language: str) -> Link:
    path = f"/collections/{served.collection.id}"
    return links.to(GEODATA_REL, path, JSON_TYPE, texts.COLLECTION.in_language(language))


def _layer(served: ServedCollection, entry: TileMatrixSet, title: str, links: Links, language: str) -> Document:
    collection = served.collection
    return {
        "id": collection.id,
        "title": title,
        "dataType": "vector",
        **({} if (dimension := collection.geometry.dimension) is None else {"geometryDimension": dimension}),
        "minTileMatrix": "0",
        "maxTileMatrix": str(entry.deepest),
        "propertiesSchema": {
            "type": "object",
            "properties": {field.name: _schema(field, language) for field in collection.tile_fields},
        },
        "links": [
            _collection_link(served, links, language),
            link(
                "items",
                links.plain(f"/collections/{collection.id}/items"),
                GEOJSON_TYPE,
                texts.ITEMS.in_language(language),
            ),
        ],
    }


def _schema(field: Field, language: str) -> Document:
    return {"title": field.title.in_language(language), "description": field.description, **value_schema(field)}


def _bbox(served: ServedCollection) -> tuple[float, float, float, float]:
    """A collection that is served has features, each feature has a geometry, and so the collection has an extent."""
    assert served.bbox is not None  # noqa: S101
    return served.bbox


def _centre(bbox: tuple[float, float, float, float]) -> tuple[float, float]:
    return round((bbox[0] + bbox[2]) / 2, 7), round((bbox[1] + bbox[3]) / 2, 7)


def _first_matrix(entry: TileMatrixSet, bbox: tuple[float, float, float, float]) -> int:
    """The deepest tile matrix that shows the whole extent on at most two by two tiles."""
    matrix = 0
    while matrix < entry.deepest:
        limits = entry.limits(bbox, matrix + 1)
        if limits.max_row - limits.min_row > 1 or limits.max_column - limits.min_column > 1:
            break
        matrix += 1
    return matrix


def _limits(limits: TileLimits) -> dict[str, Any]:
    return {
        "tileMatrix": str(limits.matrix),
        "minTileRow": limits.min_row,
        "maxTileRow": limits.max_row,
        "minTileCol": limits.min_column,
        "maxTileCol": limits.max_column,
    }
