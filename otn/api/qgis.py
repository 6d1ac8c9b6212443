"""What QGIS opens as a file: the layers of a collection (.qlr) and the style of its features or cells (.qml).

Dropped on QGIS, the first opens a group with features and tiles, drawn as on the service's maps; the second draws a
layer that is open already, such as a download.
"""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from otn.api.qgis_layers import add_symbology, drawn_parts, tree_entry
from otn.api.qgis_raster import pipe, shade_renderer, tints_renderer
from otn.api.raster_pictures import RELIEF

# The files are written as this version of QGIS writes them; later ones read them.
QGIS_VERSION = "3.22.16"


def layer_definition(title: str, layers: Sequence[ET.Element]) -> str:
    """The .qlr file: a group of that title with these layers, of which the first lies above the others."""
    definition = ET.Element("qlr")
    group = ET.SubElement(ET.SubElement(definition, "layer-tree-group"), "layer-tree-group", name=title)
    group.set("checked", "Qt::Checked")
    group.extend(tree_entry(layer) for layer in layers)
    ET.SubElement(definition, "maplayers").extend(layers)
    return "<!DOCTYPE qgis-layer-definition>\n" + ET.tostring(definition, encoding="unicode")


def raster_layer_style(style_id: str) -> str:
    """The .qml file of a style of rasters, one of MAP_STYLES, for heights in metres on a grid in degrees."""
    style = ET.Element("qgis", version=QGIS_VERSION, styleCategories="Symbology")
    style.append(pipe(tints_renderer() if style_id == RELIEF else shade_renderer()))
    return _qml(style)


def layer_style(collection_id: str, theme: str, language: str) -> str:
    """The .qml file: symbols and labels of the collection's features, of every type of geometry they have."""
    style = ET.Element("qgis", version=QGIS_VERSION, styleCategories="Symbology|Labeling")
    add_symbology(style, drawn_parts(collection_id, theme), language)
    return _qml(style)


def _qml(style: ET.Element) -> str:
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + ET.tostring(style, encoding="unicode")
