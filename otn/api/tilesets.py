"""The documents about tiles: tile matrix sets, tilesets, TileJSON. Pure: what is served becomes a dict.

Sources: OGC API - Tiles - Part 1 (20-057), OGC Two Dimensional Tile Matrix Set and Tile Set Metadata 2.0 (17-083r4),
TileJSON 3.0.0.
"""

import html
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from otn.api import texts
from otn.api.documents import Document, instant, licence_link
from otn.api.links import Link, Links, link, query_string
from otn.api.negotiation import GEOJSON_TYPE, JSON_TYPE, MVT_TYPE, TILEJSON_TYPE
from otn.api.parameters import Parameters
from otn.api.schemas import value_schema
from otn.api.served import ServedCollection, attribution, licences
from otn.model.fields import Field
from otn.model.licences import Licence
from otn.model.service import Service
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

DATASET_REL = _REL + "dataset"

_DATASET = "/tiles"
TILE = "{tileMatrix}/{tileRow}/{tileCol}"

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Layer:
    """A collection in tiles."""

    served: ServedCollection
    title: str

    @property
    def bbox(self) -> Bounds:
        """West, south, east, north in degrees: a collection that is served has features, and so it has an extent."""
        assert self.served.bbox is not None  # noqa: S101
        return self.served.bbox


@dataclass(frozen=True)
class Tiles:
    """Where tiles are, what is in them, and the question they answer: parameters that all their addresses keep."""

    path: str
    title: str
    description: str
    layers: tuple[Layer, ...]
    question: Parameters = ()

    @property
    def version(self) -> int:
        """It grows with every load of a layer."""
        return max(layer.served.version for layer in self.layers)

    @property
    def updated(self) -> datetime:
        return max(layer.served.updated for layer in self.layers)

    @property
    def bbox(self) -> Bounds:
        """The box around all layers: west, south, east, north in degrees."""
        wests, souths, easts, norths = zip(*(layer.bbox for layer in self.layers), strict=True)
        return min(wests), min(souths), max(easts), max(norths)

    @property
    def attribution(self) -> str:
        """Whom to name: the attributions of its datasets, each once."""
        return attribution(dataset for layer in self.layers for dataset in layer.served.datasets)

    @property
    def licences(self) -> tuple[Licence, ...]:
        """The licences of its datasets, each once, by identifier."""
        return licences(dataset for layer in self.layers for dataset in layer.served.datasets)


def of_collection(served: ServedCollection, title: str, description: str, question: Parameters = ()) -> Tiles:
    """The tiles of one collection."""
    path = f"/collections/{served.collection.id}/tiles"
    return Tiles(path, title, description, (Layer(served, title),), question)


def of_dataset(service: Service, layers: tuple[Layer, ...], language: str, question: Parameters = ()) -> Tiles:
    """The tiles of the whole dataset, or of some of its collections."""
    about = service.metadata.identification
    title, description = about.title.in_language(language), about.description.in_language(language)
    return Tiles(_DATASET, title, description, layers, question)


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
                "links": [
                    links.to("self", definition_path(entry), JSON_TYPE, texts.TILE_MATRIX_SET.in_language(language))
                ],
            }
            for entry in TILE_MATRIX_SETS.values()
        ],
    }


def tile_matrix_set(entry: TileMatrixSet, own: list[Link]) -> Document:
    """The definition of a tile matrix set."""
    return entry.document() | {"links": own}


def tilesets(tiles: Tiles, links: Links, language: str, own: list[Link]) -> Document:
    """The tilesets there are, one for each tile matrix set; none where there is nothing to draw."""
    return {
        "links": own,
        "tilesets": [
            _identity(tiles, entry) | {"links": _links(tiles, entry, links, language)}
            for entry in TILE_MATRIX_SETS.values()
            if tiles.layers
        ],
    }


def tileset(tiles: Tiles, entry: TileMatrixSet, links: Links, language: str, own: list[Link]) -> Document:
    """The metadata of one tileset: what tiles there are, and what is in them."""
    bbox = entry.within(tiles.bbox)
    bounds = entry.bounds(bbox)
    return _identity(tiles, entry) | {
        "version": str(tiles.version),
        "updated": instant(tiles.updated),
        "attribution": tiles.attribution,
        "accessConstraints": "unclassified",
        "mediaTypes": [MVT_TYPE],
        "tileMatrixSetLimits": [limits(entry.limits(bbox, matrix)) for matrix in range(entry.deepest + 1)],
        "boundingBox": {
            "lowerLeft": entry.in_axis_order((bounds.west, bounds.south)),
            "upperRight": entry.in_axis_order((bounds.east, bounds.north)),
            "crs": entry.crs,
        },
        "centerPoint": {
            "coordinates": entry.in_axis_order(entry.from_degrees(*centre(bbox))),
            "crs": entry.crs,
            "tileMatrix": str(first_matrix(entry, bbox)),
        },
        "layers": [_layer(layer, entry, links, language) for layer in tiles.layers],
        "links": [*own, *_links(tiles, entry, links, language)[1:], *map(licence_link, tiles.licences)],
    }


def tilejson(tiles: Tiles, links: Links, language: str) -> Document:
    """The tileset in WebMercatorQuad as TileJSON: what MapLibre takes as the `url` of a source."""
    bbox = tiles.bbox
    return {
        "tilejson": "3.0.0",
        "name": tiles.title,
        "description": tiles.description,
        "version": f"{tiles.version}.0.0",
        # Map libraries show the attribution as HTML.
        "attribution": html.escape(tiles.attribution),
        "scheme": "xyz",
        "tiles": [_template(tiles, WEB_MERCATOR_QUAD, "{z}/{y}/{x}", links)],
        "minzoom": 0,
        "maxzoom": DEEPEST_ZOOM,
        "bounds": list(bbox),
        "center": [*centre(bbox), first_matrix(WEB_MERCATOR_QUAD, bbox)],
        "vector_layers": [_vector_layer(layer, language) for layer in tiles.layers],
    }


def _vector_layer(layer: Layer, language: str) -> Document:
    collection = layer.served.collection
    return {
        "id": collection.id,
        "description": layer.title,
        "minzoom": 0,
        "maxzoom": DEEPEST_ZOOM,
        "fields": {field.name: field.in_words(language) for field in collection.tile_fields},
    }


def _identity(tiles: Tiles, entry: TileMatrixSet) -> Document:
    return {
        "title": f"{tiles.title} ({entry.id})",
        "dataType": "vector",
        "crs": entry.crs,
        "tileMatrixSetId": entry.id,
        "tileMatrixSetURI": entry.uri,
    }


def definition_path(entry: TileMatrixSet) -> str:
    """The address of a tile matrix set."""
    return f"/tileMatrixSets/{entry.id}"


def _template(tiles: Tiles, entry: TileMatrixSet, places: str, links: Links) -> str:
    """The address of a tile, whose numbers stand in braces."""
    return f"{links.base}{tiles.path}/{entry.id}/{places}{query_string(tiles.question)}"


def _links(tiles: Tiles, entry: TileMatrixSet, links: Links, language: str) -> list[Link]:
    """The tileset itself first, then where its tiles, its tiling scheme and its data are."""
    path = f"{tiles.path}/{entry.id}"
    template = link("item", _template(tiles, entry, TILE, links), MVT_TYPE, texts.TILE.in_language(language))
    made = [
        links.to("self", path, JSON_TYPE, texts.TILESET.in_language(language), tiles.question),
        template | {"templated": True},
        links.to(TILING_SCHEME_REL, definition_path(entry), JSON_TYPE, texts.TILE_MATRIX_SET.in_language(language)),
        _data_link(tiles, links, language),
    ]
    if entry is WEB_MERCATOR_QUAD:
        title = texts.TILEJSON.in_language(language)
        made.append(links.to("alternate", path, TILEJSON_TYPE, title, (*tiles.question, ("f", "tilejson"))))
    return made


def _data_link(tiles: Tiles, links: Links, language: str) -> Link:
    """The collection whose tiles they are, or the whole dataset."""
    if tiles.path == _DATASET:
        return links.to(DATASET_REL, "/", JSON_TYPE, tiles.title)
    return _collection_link(tiles.layers[0], links, language)


def _collection_link(layer: Layer, links: Links, language: str) -> Link:
    path = f"/collections/{layer.served.collection.id}"
    return links.to(GEODATA_REL, path, JSON_TYPE, texts.COLLECTION.in_language(language))


def _layer(layer: Layer, entry: TileMatrixSet, links: Links, language: str) -> Document:
    collection = layer.served.collection
    return {
        "id": collection.id,
        "title": layer.title,
        "dataType": "vector",
        **({} if (dimension := collection.geometry.dimension) is None else {"geometryDimension": dimension}),
        "minTileMatrix": "0",
        "maxTileMatrix": str(entry.deepest),
        "propertiesSchema": {
            "type": "object",
            "properties": {field.name: _schema(field, language) for field in collection.tile_fields},
        },
        "links": [
            _collection_link(layer, links, language),
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


def centre(bbox: Bounds) -> tuple[float, float]:
    """The middle of a box of degrees."""
    return round((bbox[0] + bbox[2]) / 2, 7), round((bbox[1] + bbox[3]) / 2, 7)


def first_matrix(entry: TileMatrixSet, bbox: Bounds) -> int:
    """The deepest tile matrix that shows the whole extent on at most two by two tiles."""
    matrix = 0
    while matrix < entry.deepest:
        limits = entry.limits(bbox, matrix + 1)
        if limits.max_row - limits.min_row > 1 or limits.max_column - limits.min_column > 1:
            break
        matrix += 1
    return matrix


def limits(limits: TileLimits) -> dict[str, Any]:
    """The tiles of a tile matrix that hold data, as the standard writes them."""
    return {
        "tileMatrix": str(limits.matrix),
        "minTileRow": limits.min_row,
        "maxTileRow": limits.max_row,
        "minTileCol": limits.min_column,
        "maxTileCol": limits.max_column,
    }
