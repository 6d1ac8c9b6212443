"""The declared symbology as QGIS symbols: XML elements and expressions. Pure.

QGIS knows scales, not zoom levels, and millimetres where browsers count pixels of 1/96 inch.
"""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from xml.etree import ElementTree as ET

from otn.model.drawing import (
    FAINT,
    GROWTH,
    ICONS_DIR,
    Areas,
    Classified,
    DrawnClass,
    Lines,
    Points,
    Stops,
    at_zoom,
    in_theme,
    rim,
    rims,
)
from otn.model.text import Text

# The scale of Web Mercator's zoom level 0: 40,075,017 m on 512 pixels of 1/96 inch.
_SCALE_AT_ZERO = 295_829_355
_ZOOM = f"ln({_SCALE_AT_ZERO} / @map_scale) / ln(2)"
_MILLIMETRES = 25.4 / 96


@dataclass(frozen=True)
class SymbolLayer:
    """One stroke of the pen: `sizes` are expressions for properties in mm. Lower passes are drawn first."""

    kind: str
    drawing_pass: int
    options: dict[str, str]
    sizes: dict[str, str]

    def element(self, drawing_pass: int = 0) -> ET.Element:
        """The element `layer` of a symbol."""
        layer = ET.Element("layer", {"class": self.kind, "enabled": "1", "locked": "0", "pass": str(drawing_pass)})
        options = ET.SubElement(layer, "Option", type="Map")
        for name, value in self.options.items():
            ET.SubElement(options, "Option", name=name, type="QString", value=value)
        layer.append(defined(self.sizes))
        return layer


@dataclass(frozen=True)
class ClassSymbol:
    """What features that fulfil `expression` (all, where it is empty) look like. `geometry` is fill, line or marker.

    `opacity` is an expression for per cent; without it nothing shows through.
    """

    title: Text
    geometry: str
    expression: str
    layers: tuple[SymbolLayer, ...]
    opacity: str = ""

    def element(self, name: str) -> ET.Element:
        """The element `symbol`, still without its layers."""
        symbol = ET.Element("symbol", type=self.geometry, name=name, alpha="1", clip_to_extent="1")
        if self.opacity:
            symbol.append(defined({"alpha": self.opacity}))
        return symbol


def defined(expressions: dict[str, str]) -> ET.Element:
    """The element that has expressions decide properties of a symbol or of one of its layers."""
    element = ET.Element("data_defined_properties")
    properties = ET.SubElement(element, "Option", type="Map")
    ET.SubElement(properties, "Option", name="name", type="QString", value="")
    each = ET.SubElement(properties, "Option", name="properties", type="Map")
    for name, expression in expressions.items():
        own = ET.SubElement(each, "Option", name=name, type="Map")
        ET.SubElement(own, "Option", name="active", type="bool", value="true")
        ET.SubElement(own, "Option", name="expression", type="QString", value=expression)
        ET.SubElement(own, "Option", name="type", type="int", value="3")
    ET.SubElement(properties, "Option", name="type", type="QString", value="collection")
    return element


def line_symbols(lines: Lines, theme: str) -> Iterator[ClassSymbol]:
    """A symbol for each class, the most important first: its casing below all lines, its line above lesser ones."""
    for rank, entry in enumerate(lines.classes):
        widths = in_theme(entry.sizes, theme)
        line = _line(entry.colour.on(theme), widths, 1 + len(lines.classes) - rank, lines.first_zoom, lines.dash)
        strokes = [line]
        if lines.casing is not None:
            begin = lines.casing_widths[0][0]
            around = in_theme(lines.with_casing(entry), theme)
            strokes.insert(0, _line(lines.casing.on(theme), around, 0, begin, cap=_cap(lines)))
        faint = f'if("{lines.faded_field}", {100 * FAINT:.0f}, 100)' if lines.faded_field else ""
        yield ClassSymbol(entry.title, "line", _of_class(lines, entry), tuple(strokes), faint)


def point_symbols(points: Points, theme: str) -> Iterator[ClassSymbol]:
    """A symbol for each class, the most important first: a disc above lesser ones, and from a zoom level on, where
    there is one, an icon above all discs.
    """
    for rank, entry in enumerate(points.classes, start=1):
        radii = in_theme(entry.sizes, theme)
        # An outline lies half within its mark.
        diameters = tuple((zoom, 2 * radius + rim(radius)) for zoom, radius in radii)
        disc_sizes = {"size": _size(diameters), "outlineWidth": _size(rims(radii))}
        disc = {
            "name": "circle",
            "color": _colour(entry.colour.on(theme)),
            "outline_color": _colour(points.rim.on(theme)),
            "outline_style": "solid",
            "outline_width_unit": "MM",
            "size_unit": "MM",
        }
        layers = [SymbolLayer("SimpleMarker", len(points.classes) - rank, disc, disc_sizes)]
        if points.icon is not None:
            drawing = b64encode((ICONS_DIR / f"{points.icon}.svg").read_bytes()).decode()
            icon = {"name": f"base64:{drawing}", "size_unit": "MM"}
            icon_size = _size(tuple((zoom, 1.4 * radius) for zoom, radius in radii), points.icon_zoom)
            layers.append(SymbolLayer("SvgMarker", len(points.classes), icon, {"size": icon_size}))
        yield ClassSymbol(entry.title, "marker", _of_class(points, entry), tuple(layers))


def area_symbol(areas: Areas, theme: str) -> ClassSymbol:
    """A fill within an outline."""
    colour = _colour(areas.fill.on(theme), areas.opacity.on(theme))
    return _filled(areas.title, colour, areas.outline.on(theme), in_theme(areas.widths, theme))


def land_symbol(title: Text, colour: str, coast: str) -> ClassSymbol:
    """Land within a fine coast."""
    return _filled(title, _colour(colour), coast, ((0, 0.6), (12, 1.0)))


def _filled(title: Text, colour: str, outline: str, widths: Stops) -> ClassSymbol:
    fill = {
        "color": colour,
        "style": "solid",
        "outline_color": _colour(outline),
        "outline_style": "solid",
        "outline_width_unit": "MM",
        "joinstyle": "round",
    }
    return ClassSymbol(title, "fill", "", (SymbolLayer("SimpleFill", 0, fill, {"outlineWidth": _size(widths)}),))


def boundary_symbol(title: Text, colour: str, widths: Stops, dash: tuple[float, ...]) -> ClassSymbol:
    """Dashed lines of one colour."""
    return ClassSymbol(title, "line", "", (_line(colour, widths, 0, 0, dash),))


def scale_at(zoom: int) -> int:
    """The denominator of the scale at which a zoom level begins."""
    return _SCALE_AT_ZERO >> zoom


def _line(
    colour: str, widths: Stops, drawing_pass: int, first_zoom: int, dash: tuple[float, ...] = (), cap: str = ""
) -> SymbolLayer:
    options = {
        "line_color": _colour(colour),
        "line_width_unit": "MM",
        "capstyle": cap or ("flat" if dash else "round"),
        "joinstyle": "round",
    }
    if dash:
        unit = at_zoom(widths, 12) * _MILLIMETRES
        pattern = ";".join(f"{length * unit:.2f}" for length in dash)
        options |= {"use_custom_dash": "1", "customdash": pattern, "customdash_unit": "MM"}
    return SymbolLayer("SimpleLine", drawing_pass, options, {"outlineWidth": _size(widths, first_zoom)})


def _cap(lines: Lines) -> str:
    return "flat" if lines.dash else "round"


def _size(stops: Stops, first_zoom: int = 0) -> str:
    """The expression that gives millimetres at the scale of the map; nothing is drawn before `first_zoom`."""
    cases = [f"WHEN @z < {first_zoom} THEN 0"] if first_zoom else []
    cases.append(f"WHEN @z <= {stops[0][0]} THEN {_mm(stops[0][1])}")
    for (zoom, start), (to_zoom, end) in pairwise(stops):
        span = GROWTH ** (to_zoom - zoom) - 1
        grown = f"{_mm(start)} + {_mm((end - start) / span)} * ({GROWTH} ^ (@z - {zoom}) - 1)"
        cases.append(f"WHEN @z < {to_zoom} THEN {grown}")
    return f"with_variable('z', {_ZOOM}, CASE {' '.join(cases)} ELSE {_mm(stops[-1][1])} END)"


def _mm(pixels: float) -> str:
    return f"{pixels * _MILLIMETRES:.4f}"


def _of_class(drawn: Classified, entry: DrawnClass) -> str:
    """The expression that is true of the features of a class."""
    field = f'"{drawn.class_field}"'
    if drawn.class_field is None:
        return ""
    if entry.codes:
        return f"{field} IN ({_quoted(entry.codes)})"
    return f"{field} IS NULL OR {field} NOT IN ({_quoted(drawn.codes)})"


def _quoted(codes: tuple[str, ...]) -> str:
    return ", ".join(f"'{code}'" for code in codes)


def _colour(code: str, opacity: float = 1) -> str:
    """#rrggbb in the way QGIS writes it."""
    return ",".join(str(int(code[place : place + 2], 16)) for place in (1, 3, 5)) + f",{round(255 * opacity)}"
