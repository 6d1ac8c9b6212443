"""Run by the python that has QGIS's bindings: opens elevation as a service serves it and draws it.

Arguments: the address of a service, a folder, a GeoTIFF of heights, as JSON places in degrees, and a box in degrees.
"""

import json
import sys
from pathlib import Path
from urllib.request import urlopen

from qgis.core import QgsApplication, QgsLayerDefinition, QgsMapLayer, QgsPointXY, QgsProject, QgsRasterLayer
from qgis_draws import colours

Report = dict[str, object]


def fetched(address: str, path: str) -> str:
    """What is at the address, as a file."""
    with urlopen(address) as answer:  # noqa: S310
        Path(path).write_bytes(answer.read())
    return path


def seen(layers: list[QgsMapLayer], box: list[float], picture: str) -> Report:
    """What the layers are, and how many colours the picture of them has."""
    found = colours(layers, box, picture)
    return {
        "names": [layer.name() for layer in layers],
        "valid": all(layer.isValid() for layer in layers),
        "attributions": [layer.attribution() for layer in layers],
        "colours": len(found),
        "drawn": 1 - found["#ffffff"] / found.total(),
    }


def with_layers(url: str, folder: str, places: list[list[float]], box: list[float]) -> Report:
    """The layer definition, and the heights of its heights."""
    project = QgsProject.instance()
    project.clear()
    definition = fetched(f"{url}/collections/elevation?f=qlr", f"{folder}/elevation.qlr")
    loaded, error = QgsLayerDefinition.loadLayerDefinition(definition, project, project.layerTreeRoot())
    assert loaded, error
    layers = list(project.layerTreeRoot().layerOrder())
    provider = layers[-1].dataProvider()
    heights = [provider.sample(QgsPointXY(*place), 1)[0] for place in places]
    return seen(layers, box, f"{folder}/layers.png") | {"heights": heights}


def with_project(url: str, folder: str, box: list[float]) -> Report:
    """The whole map: those of its layers that show the raster."""
    project = QgsProject.instance()
    project.clear()
    assert project.read(fetched(f"{url}/styles/map?f=qgs", f"{folder}/map.qgs"))
    entries = [
        entry for entry in project.layerTreeRoot().findLayers() if entry.layer().type() == QgsMapLayer.RasterLayer
    ]
    checked = [entry.name() for entry in entries if entry.isVisible()]
    return seen([entry.layer() for entry in entries], box, f"{folder}/project.png") | {"checked": checked}


def with_style(url: str, folder: str, file: str, style: str, box: list[float]) -> Report:
    """A file of heights, drawn in a style."""
    layer = QgsRasterLayer(file, style)
    path = fetched(f"{url}/styles/{style}?f=qml", f"{folder}/{style}.qml")
    message, loaded = layer.loadNamedStyle(path)
    drawn = seen([layer], box, f"{folder}/{style}.png")
    return drawn | {
        "loaded": loaded,
        "message": message,
        "renderer": layer.renderer().type(),
        "stage": int(layer.resamplingStage()),
    }


if __name__ == "__main__":
    application = QgsApplication([], False)
    application.initQgis()
    service, pictures, heights_file = sys.argv[1:4]
    where, frame = json.loads(sys.argv[4]), json.loads(sys.argv[5])
    report = {
        "layers": with_layers(service, pictures, where, frame),
        "project": with_project(service, pictures, frame),
    }
    for name in ("relief", "hillshade"):
        report[name] = with_style(service, pictures, heights_file, name, frame)
    print(json.dumps(report))
    application.exitQgis()
