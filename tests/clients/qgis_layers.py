"""Run by the python that has QGIS's bindings: opens layer definitions of a service and draws each of their layers.

Arguments: the address of a service, a folder, and as JSON, by collection, boxes in degrees and colours to look for.
"""

import json
import sys
from pathlib import Path
from urllib.request import urlopen

from qgis.core import QgsApplication, QgsLayerDefinition, QgsMapLayer, QgsProject
from qgis_draws import colours

KINDS = {"OAPIF": "features", "vectortile": "tiles"}


def layers_of(url: str, folder: str, collection: str) -> list[QgsMapLayer]:
    """The layers of a collection's definition, as QGIS makes them when the file is dropped on it."""
    path = f"{folder}/{collection}.qlr"
    with urlopen(f"{url}/collections/{collection}?f=qlr") as answer:  # noqa: S310
        Path(path).write_bytes(answer.read())
    project = QgsProject.instance()
    project.clear()
    loaded, error = QgsLayerDefinition.loadLayerDefinition(path, project, project.layerTreeRoot())
    assert loaded, error
    return list(project.layerTreeRoot().layerOrder())


def seen(
    url: str, folder: str, collection: str, boxes: dict[str, list[float]], looked_for: list[str]
) -> dict[str, object]:
    """For each layer: whether it is valid, whose data it says it is, and the pixels of these colours."""
    report: dict[str, object] = {}
    for layer in layers_of(url, folder, collection):
        kind = KINDS[layer.providerType()]
        found = colours([layer], boxes[kind], f"{folder}/{collection}-{kind}.png")
        report[kind] = {
            "valid": layer.isValid(),
            "attribution": layer.attribution(),
            "pixels": {colour: found[colour] for colour in looked_for},
        }
    return report


if __name__ == "__main__":
    application = QgsApplication([], False)
    application.initQgis()
    service, pictures, wanted = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    print(json.dumps({name: seen(service, pictures, name, *how) for name, how in wanted.items()}))
    application.exitQgis()
