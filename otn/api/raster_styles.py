"""The styles of a raster as resources: those that its maps are drawn in, for MapLibre, map servers and QGIS.

Source: OGC API - Styles (20-009, draft), as otn/api/styles.py.
"""

from dataclasses import dataclass
from importlib.metadata import version

from otn.api import texts
from otn.api.documents import Document, keywords
from otn.api.legend import raster_legend
from otn.api.links import Link, Links
from otn.api.maplibre import hill_shade, layers, relief
from otn.api.negotiation import GEOTIFF, JSON_TYPE, PNG_TYPE, QML, RASTER_STYLE, Representation
from otn.api.qgis import raster_layer_style
from otn.api.raster_documents import MAP_REL, TILESETS_REL
from otn.api.raster_pictures import (
    MAP_STYLES,
    MAP_TILES,
    RELIEF,
    TILE_PIXELS,
    styled_map_tiles,
)
from otn.api.rasters import ServedRaster
from otn.api.schemas import value_schema
from otn.api.sld import Drawn
from otn.api.sld_raster import raster_descriptor
from otn.api.style_sheets import described_sheets, style_links
from otn.api.styles import StyleFile, maplibre_style
from otn.model.drawing import THEMES
from otn.model.service import Service
from otn.model.text import Text


@dataclass(frozen=True)
class RasterStyle:
    """One of MAP_STYLES, by its identifier, of a raster."""

    id: str
    served: ServedRaster

    @property
    def title(self) -> Text:
        return MAP_STYLES[self.id]

    @property
    def offered(self) -> tuple[Representation, ...]:
        """What it can be had as."""
        return RASTER_STYLE


def raster_styles(served: ServedRaster) -> dict[str, RasterStyle]:
    """All of a raster by identifier."""
    return {name: RasterStyle(name, served) for name in MAP_STYLES}


def listed_raster_style(service: Service, style: RasterStyle, links: Links, language: str) -> Document:
    """A style in the list of styles, with the maps and the tiles that are drawn in it."""
    return _described(service, style, language) | {"links": _links(style, links, language)}


def raster_style_metadata(
    service: Service, style: RasterStyle, links: Links, language: str, own: list[Link]
) -> Document:
    """What a style is, in which languages of style it is written and what it draws; `own` are links to itself."""
    served = style.served
    field, title = served.raster.field, service.collections[served.id].title.in_language(language)
    return {
        **_described(service, style, language),
        "scope": "style",
        "version": version("otn"),
        "stylesheets": described_sheets(style, links, language),
        "layers": [
            {
                "id": served.id,
                "description": title,
                "type": "raster",
                "attributes": [{"id": field.name, "type": value_schema(field)["type"]}],
                "sampleData": links.to("data", f"/collections/{served.id}/coverage", GEOTIFF.media_type, title),
            }
        ],
        "links": [*own, *_links(style, links, language)],
    }


def raster_style_document(style: RasterStyle, links: Links, language: str) -> Document:
    """The style for MapLibre: the tiles of the map on the base map.

    Hill-shade is not left to the library: terrain knows of no gaps, and has cliffs where heights end.
    """
    served = style.served
    tiles = links.plain(f"/collections/{served.id}/{styled_map_tiles(style.id).below}/WebMercatorQuad")
    source = {"type": "raster", "url": tiles + "?f=tilejson", "tileSize": TILE_PIXELS}
    ground = relief(served.id) if style.id == RELIEF else hill_shade(served.id)
    drawn = layers([], THEMES[0], language, ground)
    return maplibre_style(style.title.in_language(language), served.bbox, {served.id: source}, drawn, links)


def raster_style_file(
    service: Service, style: RasterStyle, wanted: Representation, links: Links, language: str
) -> StyleFile:
    """A style in a language of styles that is not the native one."""
    if wanted is QML:
        return StyleFile(raster_layer_style(style.id).encode(), f"{style.id}.qml")
    title = style.title.in_language(language)
    drawn = Drawn(style.served.id, service.collections[style.served.id].title.in_language(language))
    content = raster_descriptor(style.id, title, drawn, wanted.version or "", links, language)
    return StyleFile(content, f"{style.id}.sld")


def raster_style_legend(style: RasterStyle, language: str) -> str:
    """The legend of a style as SVG."""
    return raster_legend(style.title.in_language(language), style.id, language)


def _described(service: Service, style: RasterStyle, language: str) -> Document:
    return {
        "id": style.id,
        "title": style.title.in_language(language),
        "description": texts.RASTER_STYLE_DESCRIPTION.in_language(language),
        "keywords": keywords(service.collections[style.served.id].keywords, language),
        "attribution": style.served.attribution,
    }


def _links(style: RasterStyle, links: Links, language: str) -> list[Link]:
    below = f"/collections/{style.served.id}/styles/{style.id}/map"
    tiles = MAP_TILES.title.in_language(language)
    return [
        *style_links(style, links, language),
        links.to(MAP_REL, below, PNG_TYPE, style.title.in_language(language)),
        links.to(TILESETS_REL + "map", f"{below}/tiles", JSON_TYPE, tiles),
    ]
