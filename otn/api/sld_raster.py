"""Styles of rasters as Styled Layer Descriptors. Pure.

Neither version knows how to leave out the sea but by opacity, which only the colour map of 1.0 has. Whence light falls
is for the program to choose, by both standards.

Sources: OGC 02-070 (SLD 1.0) 11.4.2, OGC 05-077r4 (Symbology Encoding 1.1) 11.6.
"""

from xml.etree import ElementTree as ET

from otn.api.links import Links
from otn.api.raster_pictures import RELIEF
from otn.api.sld import Drawn, Writer, descriptor
from otn.model.symbology import ELEVATION_TINTS

_RELIEF_FACTOR = "55"
"""What both standards name as right for heights in metres on a grid in degrees."""
_SEA = 0
_NO_TINT = "#ffffff"


def raster_descriptor(style_id: str, title: str, drawn: Drawn, version: str, links: Links, language: str) -> bytes:
    """The document of a style of MAP_STYLES; `version` is 1.0 or 1.1."""
    writer = Writer(version, "light", links, language)
    layer = writer.named_layer(drawn)
    rules = writer.child(writer.user_style(layer, style_id, title), "FeatureTypeStyle")
    rule = writer.child(rules, "Rule")
    rule.extend(writer.titled(title))
    symbolizer = writer.child(rule, "RasterSymbolizer")
    is_tinted = style_id == RELIEF
    if is_tinted:
        colours = writer.child(symbolizer, "ColorMap")
        if writer.is_newer:
            _interpolate(writer, colours)
        else:
            colours.extend(_entries())
    shaded = writer.child(symbolizer, "ShadedRelief")
    writer.child(shaded, "BrightnessOnly", "0" if is_tinted else "1")
    writer.child(shaded, "ReliefFactor", _RELIEF_FACTOR)
    return descriptor(version, [layer])


def _entries() -> list[ET.Element]:
    """Of SLD 1.0, from the lowest on, the sea by itself between what lies a metre below and above it."""
    made = []
    for metres, colour in ELEVATION_TINTS:
        steps = [(metres, "1")] if metres != _SEA else [(metres - 1, "1"), (metres, "0"), (metres + 1, "1")]
        made += [
            ET.Element("ColorMapEntry", color=colour, opacity=opacity, quantity=str(at), label=f"{at} m")
            for at, opacity in steps
        ]
    return made


def _interpolate(writer: Writer, colours: ET.Element) -> None:
    function = writer.child(colours, "Interpolate")
    function.attrib |= {"fallbackValue": _NO_TINT, "mode": "linear", "method": "color"}
    writer.child(function, "LookupValue", "Rasterdata")
    for metres, colour in ELEVATION_TINTS:
        point = writer.child(function, "InterpolationPoint")
        writer.child(point, "Data", str(metres))
        writer.child(point, "Value", colour)
