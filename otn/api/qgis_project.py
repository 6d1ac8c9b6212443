"""A map as a project of QGIS (.qgs): its collections, each a group of features and vector tiles, on the base map.

It opens on the region with data, in Web Mercator, as the service's maps do.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from otn.api import texts
from otn.api.links import Links
from otn.api.maplibre import BASE_MAP, BOUNDARY, COAST, COUNTRY, LAND, WATER
from otn.api.qgis import QGIS_VERSION
from otn.api.qgis_layers import (
    collection_layers,
    connect_tiles,
    describe,
    label_settings,
    reference_system,
    tile_style,
    tree_entry,
)
from otn.api.qgis_raster import raster_layers
from otn.api.qgis_symbols import ClassSymbol, boundary_symbol, land_symbol, scale_at
from otn.model.symbology import HALO, SYMBOLOGIES
from otn.model.tile_matrix_sets import web_mercator
from otn.model.tiling import BASEMAP_ZOOMS

_NAMES_UNTIL_ZOOM = 9
_BASE_MAP_ATTRIBUTION = "Natural Earth, Unicode CLDR"


@dataclass(frozen=True)
class Group:
    """A collection of the project: its identifier, its title and whom a map of it must name."""

    collection_id: str
    title: str
    attribution: str


def project(
    title: str,
    groups: Iterable[Group],
    shade: Group | None,
    bounds: tuple[float, float, float, float],
    theme: str,
    links: Links,
    language: str,
) -> str:
    """The .qgs file; `bounds` are west, south, east, north in degrees.

    `shade` is the raster whose hill-shade lies beneath the groups, if there is one; its heights are there to be shown.
    """
    root = ET.Element("qgis", projectname=title, version=QGIS_VERSION)
    ET.SubElement(root, "title").text = title
    reference_system(root, "projectCrs", "EPSG:3857")
    tree = ET.SubElement(root, "layer-tree-group")
    layers: list[ET.Element] = []
    by_name = {group.collection_id: group for group in groups}
    for name in reversed(SYMBOLOGIES):
        if name in by_name:
            group = by_name[name]
            own = collection_layers(name, group.title, group.attribution, theme, links, language)
            _entry(tree, group).extend(tree_entry(layer) for layer in own)
            layers.extend(own)
    if shade is not None:
        own = raster_layers(shade.collection_id, shade.title, shade.attribution, links, language)
        _entry(tree, shade).extend(tree_entry(layer, seen=layer is own[0]) for layer in own)
        layers.extend(own)
    layers.append(_base_map(theme, links, language))
    tree.append(tree_entry(layers[-1]))
    corners = _corners(bounds)
    root.append(_canvas(corners))
    root.append(_full_extent(corners))
    ET.SubElement(root, "projectlayers").extend(layers)
    root.append(_properties(theme))
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + ET.tostring(root, encoding="unicode")


def _entry(tree: ET.Element, group: Group) -> ET.Element:
    return ET.SubElement(tree, "layer-tree-group", name=group.title, checked="Qt::Checked", expanded="0")


def _corners(bounds: tuple[float, float, float, float]) -> dict[str, str]:
    """The box in metres of Web Mercator, by the names that QGIS has for its edges."""
    west, south, east, north = bounds
    metres = (*web_mercator(west, south), *web_mercator(east, north))
    return {name: f"{value:.2f}" for name, value in zip(("xmin", "ymin", "xmax", "ymax"), metres, strict=True)}


def _canvas(corners: dict[str, str]) -> ET.Element:
    """What the map shows when the project opens."""
    canvas = ET.Element("mapcanvas", name="theMapCanvas", annotationsVisible="1")
    ET.SubElement(canvas, "units").text = "meters"
    extent = ET.SubElement(canvas, "extent")
    for name, value in corners.items():
        ET.SubElement(extent, name).text = value
    ET.SubElement(canvas, "rotation").text = "0"
    reference_system(canvas, "destinationsrs", "EPSG:3857")
    return canvas


def _full_extent(corners: dict[str, str]) -> ET.Element:
    """What "Zoom full" shows: without it that is the world, which the base map covers."""
    settings = ET.Element("ProjectViewSettings", UseProjectScales="0")
    reference_system(settings, "DefaultViewExtent", "EPSG:3857")
    settings[0].attrib |= corners
    return settings


def _properties(theme: str) -> ET.Element:
    """The colour of the paper, which is that of water; and that the project has a reference system of its own."""
    properties = ET.Element("properties")
    colours = ET.SubElement(properties, "Gui")
    for name, place in (("Red", 1), ("Green", 3), ("Blue", 5)):
        element = ET.SubElement(colours, f"CanvasColor{name}Part", type="int")
        element.text = str(int(WATER.on(theme)[place : place + 2], 16))
    ET.SubElement(ET.SubElement(properties, "SpatialRefSys"), "ProjectionsEnabled", type="int").text = "1"
    return properties


def _base_map(theme: str, links: Links, language: str) -> ET.Element:
    """Land, boundaries and the names of countries in the reader's language, as under every map of the service."""
    layer = ET.Element("maplayer", type="vector-tile")
    styles = ET.SubElement(ET.SubElement(layer, "renderer", type="basic"), "styles")
    coast = COAST if theme == "print" else LAND.on(theme)
    boundary = boundary_symbol(texts.BASE_MAP, BOUNDARY.on(theme), ((2, 0.4), (6, 0.9), (12, 1.6)), (4.0, 2.0))
    styles.append(_style("land", land_symbol(texts.BASE_MAP, LAND.on(theme), coast)))
    styles.append(_style("boundaries", boundary))
    names = ET.SubElement(ET.SubElement(layer, "labeling", type="basic"), "styles")
    own = f'coalesce("name:{language}", "name")'
    shown = f"@map_scale > {scale_at(_NAMES_UNTIL_ZOOM)}"
    style = tile_style("labels", "marker", "labels", shown)
    style.append(label_settings("name", own, COUNTRY.on(theme), HALO.on(theme), "1", size="9"))
    names.append(style)
    describe(layer, "otn_base_map", texts.BASE_MAP.in_language(language), _BASE_MAP_ATTRIBUTION)
    connect_tiles(layer, links.plain(f"/{BASE_MAP}"), BASEMAP_ZOOMS[-1])
    return layer


def _style(name: str, symbol: ClassSymbol) -> ET.Element:
    style = tile_style(name, symbol.geometry, name)
    element = symbol.element("0")
    element.extend(part.element() for part in symbol.layers)
    ET.SubElement(style, "symbols").append(element)
    return style
