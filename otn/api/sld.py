"""Map styles as Styled Layer Descriptors, made from the declared symbology. Pure.

SLD knows scales and no interpolation: what grows with the zoom level becomes rules for ranges of scales. It has no
plates for the numbers of roads, and tunnels are drawn as other roads are. Each class is a feature type style of its
own, so that casings lie below all lines and lesser roads below greater ones.

Sources: OGC 02-070 (SLD 1.0), OGC 05-078r4 (SLD 1.1) with OGC 05-077r4 (Symbology Encoding 1.1).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from otn.api.links import Links
from otn.model.drawing import Areas, Classified, DrawnClass, Lines, Points, Stops, Symbology, at_zoom, in_theme, rim
from otn.model.symbology import HALO, SYMBOLOGIES

# Zoom level 0 of Web Mercator on 512 pixels of 0.28 mm, the pixel of both standards.
_SCALE_AT_ZERO = 40_075_016.69 / 512 / 0.00028
# A width may be this much off before it is worth a rule of its own.
_TOLERANCE = 0.15
_FONT_SIZE = "11"
_HALO_RADIUS = "1.4"

_SLD, _OGC, _SE = "http://www.opengis.net/sld", "http://www.opengis.net/ogc", "http://www.opengis.net/se"
_XLINK, _XSI = "http://www.w3.org/1999/xlink", "http://www.w3.org/2001/XMLSchema-instance"


@dataclass(frozen=True)
class Drawn:
    """A collection that a style draws: its identifier, which is its feature type's name too, and its title."""

    collection_id: str
    title: str


def styled_layer_descriptor(
    style_id: str, title: str, drawn: Iterable[Drawn], theme: str, version: str, links: Links, language: str
) -> bytes:
    """The document; `version` is 1.0 or 1.1. What is to lie below stands first."""
    writer = Writer(version, theme, links, language)
    by_name = {entry.collection_id: entry for entry in drawn}
    return descriptor(
        version,
        (
            writer.layer(style_id, title, by_name[name], symbology)
            for name, symbology in SYMBOLOGIES.items()
            if name in by_name
        ),
    )


def descriptor(version: str, layers: Iterable[ET.Element]) -> bytes:
    """The document around elements `NamedLayer`."""
    root = ET.Element("StyledLayerDescriptor", version=f"{version}.0")
    namespaces = {"xmlns": _SLD, "xmlns:ogc": _OGC, "xmlns:xlink": _XLINK, "xmlns:xsi": _XSI}
    root.attrib |= namespaces | ({"xmlns:se": _SE} if version == "1.1" else {})
    root.set("xsi:schemaLocation", f"{_SLD} http://schemas.opengis.net/sld/{version}.0/StyledLayerDescriptor.xsd")
    root.extend(layers)
    document: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return document


@dataclass(frozen=True)
class _Range:
    """A size from one zoom level on until another; None is without end."""

    begin: int
    end: int | None
    size: float


def _ranges(stops: Stops, first_zoom: int | None = None) -> Iterator[_Range]:
    """Sizes that grow, in steps: each range has the size of its middle, or of its end where it has none."""
    first = stops[0][0] if first_zoom is None else first_zoom
    last = max(stops[-1][0], first)
    begin, size = first, at_zoom(stops, first + 0.5)
    for zoom in range(first + 1, last + 1):
        grown = at_zoom(stops, zoom + 0.5)
        if abs(grown - size) > _TOLERANCE * size:
            yield _Range(begin, zoom, size)
            begin, size = zoom, grown
    yield _Range(begin, None, size)


class Writer:
    """Writes the elements of one version, whose names differ."""

    def __init__(self, version: str, theme: str, links: Links, language: str) -> None:
        self.is_newer = version == "1.1"
        self._prefix = "se:" if self.is_newer else ""
        self._parameter = "SvgParameter" if self.is_newer else "CssParameter"
        self._theme = theme
        self._links = links
        self._language = language

    def layer(self, style_id: str, title: str, drawn: Drawn, symbology: Symbology) -> ET.Element:
        """A collection with all that is drawn of it."""
        layer = self.named_layer(drawn)
        constraint = ET.SubElement(ET.SubElement(layer, "LayerFeatureConstraints"), "FeatureTypeConstraint")
        constraint.append(self.element("FeatureTypeName", drawn.collection_id))
        style = self.user_style(layer, style_id, title)
        for geometry, rules in self._passes(symbology):
            style.append(self._feature_type_style(drawn.collection_id, geometry, rules))
        return layer

    def named_layer(self, drawn: Drawn) -> ET.Element:
        """The layer of a collection, still without a style."""
        layer = ET.Element("NamedLayer")
        layer.append(self.element("Name", drawn.collection_id))
        if self.is_newer:
            layer.extend(self.titled(drawn.title))
        return layer

    def user_style(self, layer: ET.Element, style_id: str, title: str) -> ET.Element:
        """The style of a layer, still without rules."""
        style = ET.SubElement(layer, "UserStyle")
        style.append(self.element("Name", style_id))
        style.extend(self.titled(title))
        ET.SubElement(style, "IsDefault").text = "1"
        return style

    def _passes(self, symbology: Symbology) -> Iterator[tuple[str, Iterable[ET.Element]]]:
        """What is drawn one after the other: the type of geometry, and the rules."""
        areas, lines, points = symbology.areas, symbology.lines, symbology.points
        if areas is not None:
            yield "polygon", self._areas(areas)
        if lines is not None:
            if lines.casing is not None:
                casing = lines.casing.on(self._theme)
                yield "line", [rule for entry in lines.classes for rule in self._casing(lines, entry, casing)]
            for entry in reversed(lines.classes):
                yield "line", self._line(lines, entry)
        if points is not None:
            for entry in reversed(points.classes):
                yield "point", self._points(points, entry)
        for geometry, part in (("polygon", areas), ("line", lines), ("point", points)):
            if part is not None and symbology.name_field is not None:
                yield geometry, [self._names(symbology, symbology.name_field, geometry)]

    def _feature_type_style(self, name: str, geometry: str, rules: Iterable[ET.Element]) -> ET.Element:
        style = self.element("FeatureTypeStyle")
        style.append(self.element("FeatureTypeName", name))
        # Features of other dimensions, where a collection has them, are drawn otherwise.
        style.append(self.element("SemanticTypeIdentifier", f"generic:{geometry}"))
        style.extend(rules)
        return style

    def _areas(self, areas: Areas) -> Iterator[ET.Element]:
        for scales in _ranges(in_theme(areas.widths, self._theme), 0):
            symbolizer = self.element("PolygonSymbolizer")
            opacity = areas.opacity.on(self._theme)
            if opacity > 0:
                fill = {"fill": areas.fill.on(self._theme), "fill-opacity": str(opacity)}
                symbolizer.append(self._painted("Fill", fill))
            outline = {"stroke": areas.outline.on(self._theme), "stroke-width": _number(scales.size)}
            symbolizer.append(self._painted("Stroke", outline | {"stroke-linejoin": "round"}))
            yield self._rule(areas.title.in_language(self._language), None, scales, symbolizer)

    def _casing(self, lines: Lines, entry: DrawnClass, colour: str) -> Iterator[ET.Element]:
        widths, cap = in_theme(lines.with_casing(entry), self._theme), "butt" if lines.dash else "round"
        for scales in _ranges(widths, lines.casing_widths[0][0]):
            if scales.size > 0:
                yield self._line_rule(lines, entry, scales, {"stroke": colour, "stroke-linecap": cap})

    def _line(self, lines: Lines, entry: DrawnClass) -> Iterator[ET.Element]:
        colour, cap = entry.colour.on(self._theme), "butt" if lines.dash else "round"
        for scales in _ranges(in_theme(entry.sizes, self._theme)):
            dash = " ".join(_number(part * scales.size) for part in lines.dash)
            stroke = {"stroke": colour, "stroke-linecap": cap} | ({"stroke-dasharray": dash} if dash else {})
            yield self._line_rule(lines, entry, scales, stroke)

    def _line_rule(self, lines: Lines, entry: DrawnClass, scales: _Range, stroke: dict[str, str]) -> ET.Element:
        symbolizer = self.element("LineSymbolizer")
        width = {"stroke-width": _number(scales.size), "stroke-linejoin": "round"}
        symbolizer.append(self._painted("Stroke", stroke | width))
        return self._rule(entry.title.in_language(self._language), _of_class(lines, entry), scales, symbolizer)

    def _points(self, points: Points, entry: DrawnClass) -> Iterator[ET.Element]:
        title = entry.title.in_language(self._language)
        for scales in _ranges(in_theme(entry.sizes, self._theme), 0):
            symbolizers = [self._disc(points, entry, scales.size)]
            if points.icon is not None and scales.begin >= points.icon_zoom:
                symbolizers.append(self._icon(points.icon, scales.size))
            yield self._rule(title, _of_class(points, entry), scales, *symbolizers)

    def _disc(self, points: Points, entry: DrawnClass, radius: float) -> ET.Element:
        symbolizer = self.element("PointSymbolizer")
        graphic = self.child(symbolizer, "Graphic")
        mark = self.child(graphic, "Mark")
        self.child(mark, "WellKnownName", "circle")
        mark.append(self._painted("Fill", {"fill": entry.colour.on(self._theme)}))
        around = rim(radius)
        edge = {"stroke": points.rim.on(self._theme), "stroke-width": _number(around)}
        mark.append(self._painted("Stroke", edge))
        # A stroke lies half within its mark.
        self.child(graphic, "Size", _number(2 * radius + around))
        return symbolizer

    def _icon(self, icon: str, radius: float) -> ET.Element:
        symbolizer = self.element("PointSymbolizer")
        graphic = self.child(symbolizer, "Graphic")
        drawing = self.child(graphic, "ExternalGraphic")
        place = {"xlink:type": "simple", "xlink:href": self._links.plain(f"/static/icons/{icon}.svg")}
        self.child(drawing, "OnlineResource").attrib |= place
        self.child(drawing, "Format", "image/svg+xml")
        self.child(graphic, "Size", _number(1.4 * radius))
        return symbolizer

    def _names(self, symbology: Symbology, field: str, geometry: str) -> ET.Element:
        symbolizer = self.element("TextSymbolizer")
        ET.SubElement(self.child(symbolizer, "Label"), "ogc:PropertyName").text = field
        symbolizer.append(self._painted("Font", {"font-family": "Noto Sans", "font-size": _FONT_SIZE}))
        placement = self.child(symbolizer, "LabelPlacement")
        if geometry == "line":
            self.child(placement, "LinePlacement")
        else:
            self._place_beside(self.child(placement, "PointPlacement"), symbology.points)
        halo = self.child(symbolizer, "Halo")
        self.child(halo, "Radius", _HALO_RADIUS)
        halo.append(self._painted("Fill", {"fill": HALO.on(self._theme)}))
        symbolizer.append(self._painted("Fill", {"fill": symbology.ink.on(self._theme)}))
        return self._rule(field, None, _Range(symbology.name_zoom, None, 0), symbolizer)

    def _place_beside(self, placement: ET.Element, points: Points | None) -> None:
        """In the middle of an area, below a disc."""
        anchor = self.child(placement, "AnchorPoint")
        self.child(anchor, "AnchorPointX", "0.5")
        self.child(anchor, "AnchorPointY", "0.5" if points is None else "1")
        if points is not None:
            away = self.child(placement, "Displacement")
            self.child(away, "DisplacementX", "0")
            largest = max(entry.sizes[-1][1] for entry in points.classes)
            self.child(away, "DisplacementY", _number(-largest - 1))

    def _rule(self, title: str, condition: ET.Element | None, scales: _Range, *symbolizers: ET.Element) -> ET.Element:
        rule = self.element("Rule")
        rule.extend(self.titled(title))
        if condition is not None:
            ET.SubElement(rule, "ogc:Filter").append(condition)
        if scales.end is not None:
            self.child(rule, "MinScaleDenominator", _scale(scales.end))
        if scales.begin > 0:
            self.child(rule, "MaxScaleDenominator", _scale(scales.begin))
        rule.extend(symbolizers)
        return rule

    def titled(self, title: str) -> Iterator[ET.Element]:
        """What holds a title."""
        if self.is_newer:
            description = self.element("Description")
            self.child(description, "Title", title)
            yield description
        else:
            yield self.element("Title", title)

    def _painted(self, name: str, parameters: dict[str, str]) -> ET.Element:
        element = self.element(name)
        for parameter, value in parameters.items():
            self.child(element, self._parameter, value).set("name", parameter)
        return element

    def child(self, parent: ET.Element, name: str, text: str | None = None) -> ET.Element:
        """As `element`, in a parent."""
        child = self.element(name, text)
        parent.append(child)
        return child

    def element(self, name: str, text: str | None = None) -> ET.Element:
        """An element that version 1.1 has in a namespace of its own."""
        element = ET.Element(self._prefix + name)
        element.text = text
        return element


def _of_class(drawn: Classified, entry: DrawnClass) -> ET.Element | None:
    """The condition that features of a class fulfil; None where there is but one class."""
    if drawn.class_field is None:
        return None
    if entry.codes:
        return _together("Or", [_compared("EqualTo", drawn.class_field, code) for code in entry.codes])
    unknown = ET.Element("ogc:PropertyIsNull")
    ET.SubElement(unknown, "ogc:PropertyName").text = drawn.class_field
    others = _together("And", [_compared("NotEqualTo", drawn.class_field, code) for code in drawn.codes])
    return _together("Or", [unknown, others])


def _together(operator: str, conditions: list[ET.Element]) -> ET.Element:
    if len(conditions) == 1:
        return conditions[0]
    joined = ET.Element(f"ogc:{operator}")
    joined.extend(conditions)
    return joined


def _compared(how: str, field: str, value: str) -> ET.Element:
    comparison = ET.Element(f"ogc:PropertyIs{how}")
    ET.SubElement(comparison, "ogc:PropertyName").text = field
    ET.SubElement(comparison, "ogc:Literal").text = value
    return comparison


def _scale(zoom: int) -> str:
    return f"{_SCALE_AT_ZERO / 2**zoom:.0f}"


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
