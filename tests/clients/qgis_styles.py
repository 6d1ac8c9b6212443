"""Run by the python that has QGIS's bindings: opens the styles and the project of a service and draws with them.

Arguments: the address of a service, a folder, and as JSON: by style, the type of geometry, a box in degrees and colours
to look for; and by map, a box and colours.
"""

import json
import sys
from pathlib import Path
from urllib.request import urlopen

from qgis.core import QgsApplication, QgsProject, QgsVectorLayer
from qgis_draws import colours

Report = dict[str, object]


def fetched(address: str, path: str) -> str:
    """What is at the address, as a file."""
    with urlopen(address) as answer:  # noqa: S310
        Path(path).write_bytes(answer.read())
    return path


def with_style(url: str, folder: str, style: str, how: tuple[str, list[float], list[str]]) -> Report:
    """The features of a box, as a file of the user's own, in each language of styles."""
    geometry, box, looked_for = how
    collection = style.removesuffix("-print").removesuffix("-dark")
    asked = f"{url}/collections/{collection}/items?f=json&limit=10000&bbox={','.join(map(str, box))}"
    file = fetched(asked, f"{folder}/{collection}.geojson")
    report: Report = {}
    for f in ("sld", "sld10", "qml"):
        layer = QgsVectorLayer(f"{file}|geometrytype={geometry}", style, "ogr")
        path = fetched(f"{url}/styles/{style}?f={f}", f"{folder}/{style}.{f}")
        message, loaded = layer.loadNamedStyle(path) if f == "qml" else layer.loadSldStyle(path)
        found = colours([layer], box, f"{folder}/{style}-{geometry}-{f}.png")
        report[f] = {
            "loaded": loaded,
            "message": message,
            "labels": layer.labelsEnabled(),
            "pixels": {colour: found[colour] for colour in looked_for},
        }
    return report


def with_project(url: str, folder: str, style: str, how: tuple[list[float], list[str]]) -> Report:
    """The whole map, as QGIS opens it."""
    box, looked_for = how
    project = QgsProject.instance()
    project.clear()
    read = project.read(fetched(f"{url}/styles/{style}?f=qgs&lang=nl", f"{folder}/{style}.qgs"))
    layers = project.layerTreeRoot().layerOrder()
    found = colours(layers, box, f"{folder}/{style}.png", project.backgroundColor())
    extent = project.viewSettings().defaultViewExtent()
    return {
        "read": read,
        "title": project.title(),
        "crs": project.crs().authid(),
        "extent": [extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum()],
        "groups": [group.name() for group in project.layerTreeRoot().findGroups()],
        "invalid": [layer.name() for layer in layers if not layer.isValid()],
        "last": layers[-1].name(),
        "pixels": {colour: found[colour] for colour in looked_for},
    }


if __name__ == "__main__":
    application = QgsApplication([], False)
    application.initQgis()
    service, pictures, styles, maps = sys.argv[1], sys.argv[2], json.loads(sys.argv[3]), json.loads(sys.argv[4])
    report = {name: with_style(service, pictures, name, how) for name, how in styles.items()}
    report |= {name: with_project(service, pictures, name, how) for name, how in maps.items()}
    print(json.dumps(report))
    application.exitQgis()
