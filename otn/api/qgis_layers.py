"""Collections as layers of QGIS: their features and their vector tiles, drawn as on the service's maps.

Tiles are for the overview, features from 1:50,000 on. QGIS takes all features of a layer for what the first one is, and
draws only what fits the layer's symbols: a collection of points, lines and areas has a layer of features for each. The
elements are those QGIS 3.22 itself writes; what it fills in by itself is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote
from xml.etree import ElementTree as ET

from otn.api import texts
from otn.api.links import Links
from otn.api.qgis_symbols import ClassSymbol, area_symbol, line_symbols, point_symbols, scale_at
from otn.model.drawing import Mixed, Plate, Symbology
from otn.model.symbology import HALO, SYMBOLOGIES

_FEATURES_SCALE = 50_000
_DEEPEST_ZOOM = 16
_GEOMETRY_TYPES = {"marker": "0", "line": "1", "fill": "2"}
_GEOMETRY_NAMES = {"marker": "Point", "line": "Line", "fill": "Polygon"}
_TITLES = {"marker": texts.POINTS_OF, "line": texts.LINES_OF, "fill": texts.AREAS_OF}
_PLACEMENTS = {"marker": "0", "line": "3", "fill": "4"}  # around the point; along the line, curved; level inside

_LEVEL_ON_A_LINE = "4"

_DEFINITIONS = {
    "EPSG:4326": "+proj=longlat +datum=WGS84 +no_defs",
    "EPSG:3857": "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null "
    "+wktext +no_defs",
}


@dataclass(frozen=True)
class Drawn:
    """What is drawn of one type of geometry: the collection's identifier, its symbology and that as QGIS symbols in
    one of THEMES, the most important first."""

    name: str
    symbology: Symbology
    theme: str
    symbols: tuple[ClassSymbol, ...]

    @property
    def geometry(self) -> str:
        return self.symbols[0].geometry

    @property
    def is_one_of_several(self) -> bool:
        """Whether the collection has features of other types of geometry too."""
        return isinstance(self.symbology.drawn, Mixed)

    @property
    def only_its_own(self) -> str:
        """The expression that is true of features of this type of geometry."""
        return f"geometry_type($geometry) = '{_GEOMETRY_NAMES[self.geometry]}'"


def drawn_parts(name: str, theme: str) -> tuple[Drawn, ...]:
    """What is drawn of points, of lines and of areas, as far as there are any; what comes first lies above."""
    symbology = SYMBOLOGIES[name]
    symbols: list[tuple[ClassSymbol, ...]] = []
    if symbology.points is not None:
        symbols.append(tuple(point_symbols(symbology.points, theme)))
    if symbology.lines is not None:
        symbols.append(tuple(line_symbols(symbology.lines, theme)))
    if symbology.areas is not None:
        symbols.append((area_symbol(symbology.areas, theme),))
    return tuple(Drawn(name, symbology, theme, some) for some in symbols)


def collection_layers(
    collection_id: str, title: str, attribution: str, theme: str, links: Links, language: str
) -> list[ET.Element]:
    """The layers of a collection, of features first. `attribution` is what a map of them must show."""
    parts = drawn_parts(collection_id, theme)
    layers = []
    for part in parts:
        layer = ET.Element("maplayer", type="vector", geometry=_GEOMETRY_NAMES[part.geometry])
        layer.attrib |= {"hasScaleBasedVisibilityFlag": "1", "minScale": str(_FEATURES_SCALE), "maxScale": "0"}
        add_symbology(layer, (part,), language)
        own = _TITLES[part.geometry].in_language(language).format(title=title) if part.is_one_of_several else title
        suffix = f"_{part.geometry}" if part.is_one_of_several else ""
        describe(layer, f"otn_features_{collection_id}{suffix}", own, attribution)
        _connect(layer, "OAPIF", _features_source(links, collection_id), "EPSG:4326")
        layers.append(layer)
    tiles = _tiles_layer(parts, language)
    tiles_title = texts.VECTOR_TILES_OF.in_language(language).format(title=title)
    describe(tiles, f"otn_tiles_{collection_id}", tiles_title, attribution)
    connect_tiles(tiles, links.plain(f"/collections/{collection_id}/tiles/WebMercatorQuad"), _DEEPEST_ZOOM)
    return [*layers, tiles]


def tree_entry(layer: ET.Element, *, seen: bool = True) -> ET.Element:
    """The layer's place in the tree of layers, and whether it is drawn until the reader says otherwise."""
    attributes = {
        "id": layer.findtext("id", ""),
        "name": layer.findtext("layername", ""),
        "providerKey": layer.findtext("provider", ""),
        "source": layer.findtext("datasource", ""),
    }
    return ET.Element("layer-tree-layer", attributes, checked="Qt::Checked" if seen else "Qt::Unchecked", expanded="0")


def describe(layer: ET.Element, identifier: str, title: str, attribution: str) -> None:
    """Gives a layer its identifier in the project, its title and whom to name."""
    for name, text in (("id", identifier), ("layername", title), ("attribution", attribution)):
        ET.SubElement(layer, name).text = text


def reference_system(parent: ET.Element, name: str, code: str) -> None:
    """An element `name` that holds the reference system; QGIS 3.22 does not take one from its identifier alone."""
    system = ET.SubElement(ET.SubElement(parent, name), "spatialrefsys")
    ET.SubElement(system, "proj4").text = _DEFINITIONS[code]
    ET.SubElement(system, "authid").text = code


def connect_tiles(layer: ET.Element, tileset: str, deepest_zoom: int) -> None:
    """Has a layer take its tiles from the tileset at this address."""
    address = quote(f"{tileset}/{{z}}/{{y}}/{{x}}", safe=":/")
    _connect(layer, "vectortile", f"type=xyz&url={address}&zmin=0&zmax={deepest_zoom}", "EPSG:3857")


def _connect(layer: ET.Element, provider: str, source: str, system: str) -> None:
    ET.SubElement(layer, "provider").text = provider
    ET.SubElement(layer, "datasource").text = source
    reference_system(layer, "srs", system)


def _features_source(links: Links, name: str) -> str:
    return f"url='{links.base}/' typename='{name}' pagingEnabled='true' restrictToRequestBBOX='1'"


def add_symbology(layer: ET.Element, parts: tuple[Drawn, ...], language: str) -> None:
    """Gives an element, a layer or the root of a style, the symbols and labels of features, by rules.

    Passes put all casings below all lines, and lesser roads below greater ones. Several `parts` are told apart by the
    type of each feature's geometry.
    """
    name_field = parts[0].symbology.name_field
    layer.set("labelsEnabled", "0" if name_field is None else "1")
    renderer = ET.SubElement(layer, "renderer-v2", type="RuleRenderer", symbollevels="1")
    rules = ET.SubElement(renderer, "rules", key="root")
    symbols = ET.SubElement(renderer, "symbols")
    every = [(part, symbol) for part in parts for symbol in part.symbols]
    for number, (part, symbol) in enumerate(every):
        rule = ET.SubElement(rules, "rule", key=f"class-{number}", symbol=str(number))
        rule.set("label", symbol.title.in_language(language))
        conditions = [symbol.expression, part.only_its_own if len(parts) > 1 else ""]
        if expression := " AND ".join(f"({condition})" for condition in conditions if condition):
            rule.set("filter", expression)
        element = symbol.element(str(number))
        element.extend(stroke.element(stroke.drawing_pass) for stroke in symbol.layers)
        symbols.append(element)
    if name_field is not None:
        layer.append(_labeling(parts, name_field))


def _labeling(parts: tuple[Drawn, ...], name_field: str) -> ET.Element:
    labeling = ET.Element("labeling", type="rule-based")
    rules = ET.SubElement(labeling, "rules", key="names")
    for part in parts:
        rule = ET.SubElement(rules, "rule", key=f"names-{part.geometry}")
        rule.attrib |= {"scalemindenom": "0", "scalemaxdenom": str(scale_at(part.symbology.name_zoom))}
        if len(parts) > 1:
            rule.set("filter", part.only_its_own)
        rule.append(_label_settings(part, name_field))
        for plate in part.symbology.plates:
            own = ET.SubElement(rules, "rule", key=plate.field, filter=f'"{plate.field}" IS NOT NULL')
            own.attrib |= {"scalemindenom": "0", "scalemaxdenom": str(scale_at(plate.min_zoom))}
            own.append(_plate_settings(plate, part.theme))
    return labeling


def _tiles_layer(drawn: tuple[Drawn, ...], language: str) -> ET.Element:
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
            name_style = tile_style(part.name, part.geometry, name_field, shown)
            name_style.append(_label_settings(part, name_field))
            names.append(name_style)
        for plate in part.symbology.plates:
            shown = f'"{plate.field}" IS NOT NULL AND @map_scale <= {scale_at(plate.min_zoom)}'
            plate_style = tile_style(part.name, part.geometry, plate.field, shown)
            plate_style.append(_plate_settings(plate, part.theme))
            names.append(plate_style)
    return layer


def _strokes(drawn: Drawn, language: str) -> Iterator[ET.Element]:
    strokes = [(part, symbol) for symbol in reversed(drawn.symbols) for part in symbol.layers]
    for part, symbol in sorted(strokes, key=lambda stroke: stroke[0].drawing_pass):
        style = tile_style(drawn.name, drawn.geometry, symbol.title.in_language(language), symbol.expression)
        element = symbol.element("0")
        element.append(part.element())
        ET.SubElement(style, "symbols").append(element)
        yield style


def tile_style(layer: str, geometry: str, name: str, expression: str = "") -> ET.Element:
    """A style of one layer of vector tiles. QGIS's own zoom levels are not used: expressions know the scale."""
    style = ET.Element("style", {"min-zoom": "-1", "max-zoom": "-1", "enabled": "1"})
    style.attrib |= {"name": name, "layer": layer, "expression": expression, "geometry": _GEOMETRY_TYPES[geometry]}
    return style


def _label_settings(drawn: Drawn, name_field: str) -> ET.Element:
    ink, halo = drawn.symbology.ink.on(drawn.theme), HALO.on(drawn.theme)
    expression = f'CASE WHEN {drawn.only_its_own} THEN "{name_field}" END' if drawn.is_one_of_several else ""
    return label_settings(name_field, expression, ink, halo, _PLACEMENTS[drawn.geometry])


def label_settings(
    name_field: str, expression: str, ink: str, halo: str, placement: str, size: str = "8"
) -> ET.Element:
    """The element `settings` of labels that hold a field, or what an expression makes, in points of `size`."""
    settings, text = _labels(expression or name_field, ink, placement, size, is_expression=bool(expression))
    # Without a weight QGIS takes the thinnest there is.
    text.attrib |= {"fontWeight": "50", "namedStyle": "Regular"}
    ET.SubElement(text, "text-buffer", bufferDraw="1", bufferSize="0.4", bufferSizeUnits="MM", bufferColor=halo)
    return settings


def _plate_settings(plate: Plate, theme: str) -> ET.Element:
    """The first of a road's numbers, level, on a plate."""
    number = f"trim(string_to_array(\"{plate.field}\", ';')[0])"
    settings, text = _labels(number, plate.ink.on(theme), _LEVEL_ON_A_LINE, "7", is_expression=True)
    text.attrib |= {"fontWeight": "63", "namedStyle": "SemiBold"}
    around = {"shapeSizeType": "0", "shapeSizeX": "0.9", "shapeSizeY": "0.4", "shapeSizeUnit": "MM"}
    rounded = {"shapeRadiiX": "0.7", "shapeRadiiY": "0.7", "shapeRadiiUnit": "MM", "shapeJoinStyle": "128"}
    edge = {"shapeBorderWidth": "0.25", "shapeBorderWidthUnit": "MM", "shapeBorderColor": plate.rim.on(theme)}
    shape = {"shapeDraw": "1", "shapeType": "0", "shapeOpacity": "1", "shapeFillColor": plate.paper.on(theme)}
    ET.SubElement(text, "background", shape | edge | around | rounded)
    return settings


def _labels(content: str, ink: str, placement: str, size: str, *, is_expression: bool) -> tuple[ET.Element, ET.Element]:
    """The element `settings` and in it `text-style`. Of the parts of a line that hold the same, one is labelled."""
    settings = ET.Element("settings")
    text = ET.SubElement(settings, "text-style", fieldName=content, isExpression="1" if is_expression else "0")
    text.attrib |= {"fontFamily": "Noto Sans", "fontSize": size, "fontSizeUnit": "Point", "textColor": ink}
    ET.SubElement(settings, "placement", placement=placement, dist="1.5", distUnits="MM")
    ET.SubElement(settings, "rendering", drawLabels="1", obstacle="1", mergeLines="1")
    return settings, text
