"""What QGIS opens as a file: the layers of a collection (.qlr) and the style of its features (.qml).

Dropped on QGIS, the first opens a group with features and tiles, drawn as on the service's maps; the second draws a
layer that is open already, such as a download.
"""

from xml.etree import ElementTree as ET

from otn.api.links import Links
from otn.api.qgis_layers import add_symbology, collection_layers, drawn_parts, tree_entry

# The files are written as this version of QGIS writes them; later ones read them.
QGIS_VERSION = "3.22.16"


def layer_definition(collection_id: str, title: str, attribution: str, links: Links, language: str) -> str:
    """The .qlr file. `title` names the group and its features, `attribution` is what a map of them must show."""
    layers = collection_layers(collection_id, title, attribution, "light", links, language)
    definition = ET.Element("qlr")
    group = ET.SubElement(ET.SubElement(definition, "layer-tree-group"), "layer-tree-group", name=title)
    group.set("checked", "Qt::Checked")
    group.extend(tree_entry(layer) for layer in layers)
    ET.SubElement(definition, "maplayers").extend(layers)
    return "<!DOCTYPE qgis-layer-definition>\n" + ET.tostring(definition, encoding="unicode")


def layer_style(collection_id: str, theme: str, language: str) -> str:
    """The .qml file: symbols and labels of the collection's features, of every type of geometry they have."""
    style = ET.Element("qgis", version=QGIS_VERSION, styleCategories="Symbology|Labeling")
    add_symbology(style, drawn_parts(collection_id, theme), language)
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + ET.tostring(style, encoding="unicode")
