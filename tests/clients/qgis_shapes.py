"""Run by the python that has QGIS's bindings: opens collections of areas and of mixed geometry and draws them.

Arguments: the address of a service, a folder, and as JSON, by collection, a box in degrees.
"""

import json
import sys

from qgis.core import QgsApplication, QgsVectorLayer, QgsWkbTypes
from qgis_draws import colours
from qgis_layers import layers_of  # type: ignore[import-not-found]


def opened_directly(url: str, collection: str) -> dict[str, object]:
    """The collection as a layer of the connection, as somebody finds it in QGIS's browser."""
    layer = QgsVectorLayer(f"url='{url}/' typename='{collection}' pagingEnabled='true'", collection, "OAPIF")
    kinds = [QgsWkbTypes.displayString(feature.geometry().wkbType()) for feature in layer.getFeatures()]
    return {"valid": layer.isValid(), "type": QgsWkbTypes.displayString(layer.wkbType()), "kinds": sorted(kinds)}


def drawn(url: str, folder: str, collection: str, box: list[float]) -> list[dict[str, object]]:
    """The layers of the collection's definition, from top to bottom, and how much of a picture each fills."""
    report = []
    for number, layer in enumerate(layers_of(url, folder, collection)):
        layer.setScaleBasedVisibility(False)
        found = colours([layer], box, f"{folder}/{collection}-{number}.png")
        empty = found.pop("#ffffff", 0)
        report.append(
            {
                "name": layer.name(),
                "valid": layer.isValid(),
                "drawn": sum(found.values()) / (empty + sum(found.values())),
            }
        )
    return report


application = QgsApplication([], False)
application.initQgis()
service, pictures, boxes = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
print(
    json.dumps(
        {
            name: {"direct": opened_directly(service, name), "layers": drawn(service, pictures, name, box)}
            for name, box in boxes.items()
        }
    )
)
application.exitQgis()
