"""A collection as a QGIS layer definition (.qlr): its features and its vector tiles, drawn as on the service's maps.

Dropped on QGIS, the file opens a group of two layers: tiles for the overview, features from 1:50,000 on. QGIS takes all
features of a layer for what the first one is, and draws only what fits the layer's symbols: a collection of points,
lines and areas has a layer of features for each. The elements are those QGIS 3.22 itself writes; what it fills in by
itself is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote
from xml.etree import ElementTree as ET

from otn.api import texts
from otn.api.links import Links
from otn.api.qgis_symbols import ClassSymbol, area_symbol, class_symbols, point_symbol, scale_at
from otn.model.drawing import Mixed, Symbology
from otn.model.symbology import HALO, SYMBOLOGIES

_FEATURES_SCALE = 50_000
_THEME = "light"
_DEEPEST_ZOOM = 16
_GEOMETRY_TYPES = {"marker": "0", "line": "1", "fill": "2"}
_GEOMETRY_NAMES = {"marker": "Point", "line": "Line", "fill": "Polygon"}
_TITLES = {"marker": texts.POINTS_OF, "line": texts.LINES_OF, "fill": texts.AREAS_OF}
_PLACEMENTS = {"marker": "0", "line": "3", "fill": "4"}  # around the point; along the line, curved; level inside

_DEFINITIONS = {
    "EPSG:4326": "+proj=longlat +datum=WGS84 +no_defs",
    "EPSG:3857": "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null "
    "+wktext +no_defs",
}


@dataclass(frozen=True)
class _Drawn:
    """What is drawn of one type of geometry: the collection's identifier, its symbology and that as QGIS symbols, the
    most important first."""

    name: str
    symbology: Symbology
    symbols: tuple[ClassSymbol, ...]

    @property
    def geometry(self) -> str:
        return self.symbols[0].geometry

    @property
    def is_one_of_several(self) -> bool:
        """Whether the collection has features of other types of geometry too."""
        return isinstance(self.symbology.drawn, Mixed)


def layer_definition(collection_id: str, title: str, attribution: str, links: Links, language: str) -> str:
    """The file. `title` names the group and its features, `attribution` is what a map of them must show."""
    drawn = _drawn(collection_id, _THEME)
    features = [_features_layer(part, language) for part in drawn]
    tiles = _tiles_layer(drawn, language)
    for part, layer in zip(drawn, features, strict=True):
        own = _TITLES[part.geometry].in_language(language).format(title=title) if part.is_one_of_several else title
        suffix = f"_{part.geometry}" if part.is_one_of_several else ""
        _describe(layer, f"otn_features_{collection_id}{suffix}", own, attribution)
        _connect(layer, "OAPIF", _features_source(links, collection_id), "EPSG:4326")
    tiles_title = texts.VECTOR_TILES_OF.in_language(language).format(title=title)
    _describe(tiles, f"otn_tiles_{collection_id}", tiles_title, attribution)
    _connect(tiles, "vectortile", _tiles_source(links, collection_id), "EPSG:3857")
    definition = ET.Element("qlr")
    group = ET.SubElement(ET.SubElement(definition, "layer-tree-group"), "layer-tree-group", name=title)
    group.set("checked", "Qt::Checked")
    group.extend(_tree_entry(layer) for layer in (*features, tiles))
    ET.SubElement(definition, "maplayers").extend((*features, tiles))
    return "<!DOCTYPE qgis-layer-definition>\n" + ET.tostring(definition, encoding="unicode")


def _drawn(name: str, theme: str) -> tuple[_Drawn, ...]:
    """What is drawn of points, of lines and of areas, as far as there are any; what comes first lies above."""
    symbology = SYMBOLOGIES[name]
    symbols: list[tuple[ClassSymbol, ...]] = []
    if symbology.points is not None:
        symbols.append((point_symbol(symbology.points, theme),))
    if symbology.lines is not None:
        symbols.append(tuple(class_symbols(symbology.lines, theme)))
    if symbology.areas is not None:
        symbols.append((area_symbol(symbology.areas, theme),))
    return tuple(_Drawn(name, symbology, some) for some in symbols)


def _describe(layer: ET.Element, identifier: str, title: str, attribution: str) -> None:
    for name, text in (("id", identifier), ("layername", title), ("attribution", attribution)):
        ET.SubElement(layer, name).text = text


def _connect(layer: ET.Element, provider: str, source: str, reference_system: str) -> None:
    ET.SubElement(layer, "provider").text = provider
    ET.SubElement(layer, "datasource").text = source
    system = ET.SubElement(ET.SubElement(layer, "srs"), "spatialrefsys")
    # QGIS 3.22 does not take a reference system from its identifier alone.
    ET.SubElement(system, "proj4").text = _DEFINITIONS[reference_system]
    ET.SubElement(system, "authid").text = reference_system


def _tree_entry(layer: ET.Element) -> ET.Element:
    """The layer's place in the tree of layers."""
    attributes = {
        "id": layer.findtext("id", ""),
        "name": layer.findtext("layername", ""),
        "providerKey": layer.findtext("provider", ""),
        "source": layer.findtext("datasource", ""),
    }
    return ET.Element("layer-tree-layer", attributes, checked="Qt::Checked", expanded="0")


def _features_source(links: Links, name: str) -> str:
    return f"url='{links.base}/' typename='{name}' pagingEnabled='true' restrictToRequestBBOX='1'"


def _tiles_source(links: Links, name: str) -> str:
    address = f"{links.plain(f'/collections/{name}/tiles/WebMercatorQuad')}/{{z}}/{{y}}/{{x}}"
    return f"type=xyz&url={quote(address, safe=':/')}&zmin=0&zmax={_DEEPEST_ZOOM}"


def _features_layer(drawn: _Drawn, language: str) -> ET.Element:
    """Features by rules. Passes put all casings below all lines, and lesser roads below greater ones."""
    name_field = drawn.symbology.name_field
    layer = ET.Element("maplayer", type="vector", geometry=_GEOMETRY_NAMES[drawn.geometry])
    layer.set("labelsEnabled", "0" if name_field is None else "1")
    layer.attrib |= {"hasScaleBasedVisibilityFlag": "1", "minScale": str(_FEATURES_SCALE), "maxScale": "0"}
    renderer = ET.SubElement(layer, "renderer-v2", type="RuleRenderer", symbollevels="1")
    rules = ET.SubElement(renderer, "rules", key="root")
    symbols = ET.SubElement(renderer, "symbols")
    for number, symbol in enumerate(drawn.symbols):
        rule = ET.SubElement(rules, "rule", key=f"class-{number}", symbol=str(number))
        rule.attrib |= {"label": symbol.title.in_language(language)} | (
            {"filter": symbol.expression} if symbol.expression else {}
        )
        element = _symbol(symbol, str(number))
        element.extend(part.element(part.drawing_pass) for part in symbol.layers)
        symbols.append(element)
    if name_field is not None:
        labeling = ET.SubElement(layer, "labeling", type="simple")
        labeling.append(_label_settings(drawn, name_field, scale_at(drawn.symbology.name_zoom)))
    return layer


def _tiles_layer(drawn: tuple[_Drawn, ...], language: str) -> ET.Element:
    """Tiles: one style for each stroke, in the order of drawing."""
    layer = ET.Element("maplayer", type="vector-tile", hasScaleBasedVisibilityFlag="1")
    layer.attrib |= {"minScale": "1e+09", "maxScale": str(_FEATURES_SCALE)}
    styles = ET.SubElement(ET.SubElement(layer, "renderer", type="basic"), "styles")
    names = ET.SubElement(ET.SubElement(layer, "labeling", type="basic"), "styles")
    for part in reversed(drawn):
        styles.extend(_strokes(part, language))
        name_field = part.symbology.name_field
        if name_field is not None:
            shown = f"@map_scale <= {scale_at(part.symbology.name_zoom)}"
            name_style = _tile_style(part, name_field, shown)
            name_style.append(_label_settings(part, name_field, None))
            names.append(name_style)
    return layer


def _strokes(drawn: _Drawn, language: str) -> Iterator[ET.Element]:
    strokes = [(part, symbol) for symbol in reversed(drawn.symbols) for part in symbol.layers]
    for part, symbol in sorted(strokes, key=lambda stroke: stroke[0].drawing_pass):
        style = _tile_style(drawn, symbol.title.in_language(language), symbol.expression)
        element = _symbol(symbol, "0")
        element.append(part.element())
        ET.SubElement(style, "symbols").append(element)
        yield style


def _tile_style(drawn: _Drawn, name: str, expression: str) -> ET.Element:
    """A style of the vector tiles' one layer. QGIS's own zoom levels are not used: expressions know the scale."""
    style = ET.Element("style", {"min-zoom": "-1", "max-zoom": "-1", "enabled": "1"})
    style.attrib |= {"name": name, "layer": drawn.name, "expression": expression}
    style.set("geometry", _GEOMETRY_TYPES[drawn.geometry])
    return style


def _symbol(symbol: ClassSymbol, name: str) -> ET.Element:
    return ET.Element("symbol", type=symbol.geometry, name=name, alpha="1", clip_to_extent="1")


def _label_settings(drawn: _Drawn, name_field: str, least_scale: int | None) -> ET.Element:
    settings = ET.Element("settings")
    ink, halo = drawn.symbology.ink.on(_THEME), HALO.on(_THEME)
    named = {"fieldName": name_field, "isExpression": "0"}
    if drawn.is_one_of_several:
        own = f"geometry_type($geometry) = '{_GEOMETRY_NAMES[drawn.geometry]}'"
        named = {"fieldName": f'CASE WHEN {own} THEN "{name_field}" END', "isExpression": "1"}
    text = ET.SubElement(settings, "text-style", named)
    text.attrib |= {"fontFamily": "Noto Sans", "fontSize": "8", "fontSizeUnit": "Point", "textColor": ink}
    ET.SubElement(text, "text-buffer", bufferDraw="1", bufferSize="0.4", bufferSizeUnits="MM", bufferColor=halo)
    ET.SubElement(settings, "placement", placement=_PLACEMENTS[drawn.geometry], dist="1.5", distUnits="MM")
    rendering = ET.SubElement(settings, "rendering", drawLabels="1", obstacle="1")
    if least_scale is not None:
        rendering.attrib |= {"scaleVisibility": "1", "scaleMax": str(least_scale), "scaleMin": "0"}
    return settings
