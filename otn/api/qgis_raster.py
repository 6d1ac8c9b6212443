"""Elevation as layers of QGIS: hill-shade as tiles, and heights in tints, read by ranges of the whole file.

The elements are those QGIS 3.22 itself writes; what it fills in by itself is left out.
"""

from urllib.parse import quote
from xml.etree import ElementTree as ET

from otn.api import texts
from otn.api.links import Links
from otn.api.maplibre import SHADE_OPACITY
from otn.api.qgis_layers import describe, reference_system
from otn.api.raster_pictures import MAP_TILES, deepest
from otn.model.symbology import ELEVATION_TINTS, LIGHT_ALTITUDE, LIGHT_AZIMUTH
from otn.model.tile_matrix_sets import DEGREE_METRES, WEB_MERCATOR_QUAD

_BLEND_NORMAL = "0"


def raster_layers(collection_id: str, title: str, attribution: str, links: Links, language: str) -> list[ET.Element]:
    """Hill-shade, which is to lie above, and heights. `attribution` is what a map of them must show."""
    tiles = links.plain(f"/collections/{collection_id}/{MAP_TILES.below}/{WEB_MERCATOR_QUAD.id}")
    address = quote(f"{tiles}/{{z}}/{{y}}/{{x}}", safe=":/")
    shade_title = texts.HILL_SHADE.in_language(language)
    whole = links.plain(f"/collections/{collection_id}/coverage") + "?f=geotiff"
    return [
        _layer(
            (f"otn_shade_{collection_id}", shade_title, attribution),
            ("wms", f"type=xyz&url={address}&zmin=0&zmax={deepest(WEB_MERCATOR_QUAD)}", "EPSG:3857"),
            _pipe_of_tiles(
                ET.Element("rasterrenderer", type="singlebandcolordata", band="1", opacity=str(SHADE_OPACITY))
            ),
        ),
        _layer(
            (f"otn_heights_{collection_id}", title, attribution),
            ("gdal", f"/vsicurl/{whole}", "EPSG:4326"),
            pipe(tints_renderer()),
        ),
    ]


def _layer(named: tuple[str, str, str], read: tuple[str, str, str], drawn: ET.Element) -> ET.Element:
    """Identifier, title and whom to name; provider, source and reference system; the element `pipe`."""
    layer = ET.Element("maplayer", type="raster")
    describe(layer, *named)
    provider, source, system = read
    ET.SubElement(layer, "provider").text = provider
    ET.SubElement(layer, "datasource").text = source
    reference_system(layer, "srs", system)
    layer.append(drawn)
    ET.SubElement(layer, "blendMode").text = _BLEND_NORMAL
    return layer


def pipe(renderer: ET.Element) -> ET.Element:
    """What stands around a renderer of heights: they are interpolated before they are drawn, else light shows steps."""
    element = ET.Element("pipe")
    smooth = ET.SubElement(ET.SubElement(element, "provider"), "resampling", enabled="true", maxOversampling="2")
    smooth.attrib |= {"zoomedInResamplingMethod": "bilinear", "zoomedOutResamplingMethod": "bilinear"}
    element.append(renderer)
    ET.SubElement(element, "resamplingStage").text = "provider"
    return element


def _pipe_of_tiles(renderer: ET.Element) -> ET.Element:
    """What stands around a renderer of pictures, which are interpolated as they are."""
    element = ET.Element("pipe")
    element.append(renderer)
    how = {"zoomedInResampler": "bilinear", "zoomedOutResampler": "bilinear", "maxOversampling": "2"}
    ET.SubElement(element, "rasterresampler", how)
    return element


def tints_renderer() -> ET.Element:
    """Tints of elevation, mixed between the steps; nothing at sea, which lies at 0 m."""
    lowest, highest = str(ELEVATION_TINTS[0][0]), str(ELEVATION_TINTS[-1][0])
    renderer = ET.Element("rasterrenderer", type="singlebandpseudocolor", band="1", opacity="1", alphaBand="-1")
    renderer.attrib |= {"classificationMin": lowest, "classificationMax": highest}
    seen = ET.SubElement(ET.SubElement(renderer, "rasterTransparency"), "singleValuePixelList")
    ET.SubElement(seen, "pixelListEntry", min="0", max="0", percentTransparent="100")
    shader = ET.SubElement(ET.SubElement(renderer, "rastershader"), "colorrampshader", colorRampType="INTERPOLATED")
    shader.attrib |= {"classificationMode": "1", "clip": "0", "labelPrecision": "0"}
    shader.attrib |= {"minimumValue": lowest, "maximumValue": highest}
    for metres, colour in ELEVATION_TINTS:
        ET.SubElement(shader, "item", value=str(metres), label=f"{metres} m", color=colour, alpha="255")
    return renderer


def shade_renderer() -> ET.Element:
    """Light and shadow of heights in metres on a grid in degrees, as at the equator."""
    renderer = ET.Element("rasterrenderer", type="hillshade", band="1", opacity="1", alphaBand="-1")
    renderer.attrib |= {"azimuth": str(LIGHT_AZIMUTH), "angle": str(LIGHT_ALTITUDE), "multidirection": "0"}
    renderer.set("zfactor", f"{1 / DEGREE_METRES:.4g}")
    return renderer
