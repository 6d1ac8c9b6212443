"""The documents about rasters: collection and schema. Pure: what is served becomes a dict.

Sources: OGC API - Common - Part 2 (20-024) for the extent with its grid, OGC API - Coverages - Part 1 (19-087, draft).
"""

from typing import Any

from otn.api import texts
from otn.api.coverage_scaling import LATITUDE, LONGITUDE
from otn.api.crs import CRS84
from otn.api.documents import (
    QUALITY_REL,
    SCHEMA_REL,
    STYLES_REL,
    Document,
    described_dataset,
    instant,
    keywords,
    licence_link,
)
from otn.api.links import Link, Links
from otn.api.negotiation import COVERAGE_JSON, GEOTIFF, HTML_TYPE, JSON_TYPE, PNG_TYPE, QLR_TYPE, SCHEMA_TYPE
from otn.api.parameters import Parameters
from otn.api.raster_pictures import MAP_STYLES, MAP_TILES, TERRAIN_TILES, styled_map_tiles
from otn.api.rasters import ServedRaster
from otn.api.schemas import DIALECT, field_schema
from otn.model.service import Service
from otn.model.text import Text
from otn.model.tile_matrix_sets import DEGREE_METRES, PIXEL_METRES

MAP_REL = "http://www.opengis.net/def/rel/ogc/1.0/map"
TILESETS_REL = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-"
COVERAGE_REL = "http://www.opengis.net/def/rel/ogc/1.0/coverage"


def raster_collection(service: Service, served: ServedRaster, links: Links, language: str) -> Document:
    """The collection document, the same within /collections and on its own."""
    described = service.collections[served.id]
    return {
        "id": served.id,
        "title": described.title.in_language(language),
        "description": described.description.in_language(language),
        "keywords": keywords(described.keywords, language),
        "attribution": served.attribution,
        "dataType": "coverage",
        # Clients of features take a collection for theirs that does not say what it is.
        "itemType": "coverage",
        "extent": {"spatial": {"bbox": [list(served.bbox)], "crs": CRS84.uri, "grid": _grid(served)}},
        "crs": [CRS84.uri],
        "storageCrs": CRS84.uri,
        "updated": instant(served.updated),
        **_as_gdal_reads(served),
        "minimum": served.manifest.minimum,
        "maximum": served.manifest.maximum,
        "datasets": [described_dataset(entry, links, language) for entry in served.datasets],
        "links": _links(served, links, language),
    }


def _grid(served: ServedRaster) -> list[dict[str, Any]]:
    """Along longitude and latitude: how many cells, how wide they are, where the first and the last begin."""
    west, _, _, north = served.bbox
    cell = served.raster.grid.cell
    return [
        {"cellsCount": count, "resolution": step, "firstCoordinate": round(first, 9)}
        for count, step, first in (
            (served.window.columns, cell, west + cell / 2),
            (served.window.rows, -cell, north - cell / 2),
        )
    ]


def _as_gdal_reads(served: ServedRaster) -> Document:
    """Grid and field in the words of the Coverage Implementation Schema 1.1 (09-146r6), as earlier drafts had them.

    GDAL's driver OGCAPI knows the grid of a coverage from the domain set, that of a map from the scale, and the type of
    values from the short name of the definition; without them its pixels are 1e-8 degrees wide.
    """
    west, south, east, north = served.bbox
    axes = ((LONGITUDE, west, east), (LATITUDE, south, north))
    cell, field = served.raster.grid.cell, served.raster.field
    return {
        "scaleDenominator": cell * DEGREE_METRES / PIXEL_METRES,
        "domainSet": {
            "type": "DomainSet",
            "generalGrid": {
                "type": "GeneralGridCoverage",
                "srsName": CRS84.uri,
                "axisLabels": [axis for axis, _, _ in axes],
                "axis": [
                    {
                        "type": "RegularAxis",
                        "axisLabel": axis,
                        "lowerBound": low,
                        "upperBound": high,
                        "resolution": cell,
                        "uomLabel": "deg",
                    }
                    for axis, low, high in axes
                ],
            },
        },
        "rangeType": {
            "type": "DataRecord",
            "field": [
                {
                    "type": "Quantity",
                    "id": field.name,
                    "definition": "ogcType:signedShort",
                    "uom": {"type": "UnitReference", "code": field.unit},
                }
            ],
        },
    }


def raster_schema(served: ServedRaster, title: str, links: Links, language: str) -> Document:
    """What each cell holds: the range type of the coverage."""
    field = served.raster.field
    return {
        "$schema": DIALECT,
        "$id": links.plain(f"/collections/{served.id}/schema"),
        "type": "object",
        "title": title,
        "properties": {field.name: field_schema(field, language) | {"x-ogc-propertySeq": 1}},
        "additionalProperties": False,
    }


def _links(served: ServedRaster, links: Links, language: str) -> list[Link]:
    path = f"/collections/{served.id}"

    def to(rel: str, below: str, media_type: str, title: Text, parameters: Parameters = ()) -> Link:
        return links.to(rel, path + below, media_type, title.in_language(language), parameters)

    return [
        to("self", "", JSON_TYPE, texts.COLLECTION),
        to("alternate", "", HTML_TYPE, texts.AS_PAGE, (("f", "html"),)),
        to("alternate", "", QLR_TYPE, texts.QGIS_LAYERS, (("f", "qlr"),)),
        to(COVERAGE_REL, "/coverage", GEOTIFF.media_type, texts.COVERAGE, (("f", "geotiff"),)),
        to(COVERAGE_REL, "/coverage", COVERAGE_JSON.media_type, texts.COVERAGE, (("f", "covjson"),)),
        to("enclosure", "/coverage", GEOTIFF.media_type, texts.WHOLE_RASTER, (("f", "geotiff"),)),
        to(MAP_REL, "/map", PNG_TYPE, texts.MAP_IMAGE),
        *(to(MAP_REL, f"/styles/{style}/map", PNG_TYPE, title) for style, title in MAP_STYLES.items()),
        to(TILESETS_REL + "coverage", f"/{TERRAIN_TILES.below}", JSON_TYPE, TERRAIN_TILES.title),
        to(TILESETS_REL + "map", f"/{MAP_TILES.below}", JSON_TYPE, MAP_TILES.title),
        *(
            to(TILESETS_REL + "map", f"/{kind.below}", JSON_TYPE, kind.title)
            for kind in map(styled_map_tiles, MAP_STYLES)
        ),
        to(STYLES_REL, "/styles", JSON_TYPE, texts.STYLES),
        to(SCHEMA_REL, "/schema", SCHEMA_TYPE, texts.RASTER_SCHEMA),
        links.to(QUALITY_REL, "/datasets", JSON_TYPE, texts.DATASETS.in_language(language)),
        *(licence_link(licence) for licence in served.licences),
    ]
