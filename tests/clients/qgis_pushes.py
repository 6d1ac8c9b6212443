"""Run by the python that has QGIS's bindings: reads roads through filters and prints how many came, as JSON."""

import json
import sys

from qgis.core import Qgis, QgsApplication, QgsFeatureRequest, QgsRectangle, QgsVectorLayer


def read(url: str, condition: str | list[float]) -> int:
    """How many roads meet a condition: a box, or a filter as QGIS writes it."""
    source = f"url='{url}' typename='roads' pagingEnabled='true' restrictToRequestBBOX='1'"
    layer = QgsVectorLayer(source, "roads", "OAPIF")
    request = QgsFeatureRequest()
    if isinstance(condition, list):
        request.setFilterRect(QgsRectangle(*condition))
    else:
        layer.setSubsetString(condition)
    return len(list(layer.getFeatures(request)))


application = QgsApplication([], False)
application.initQgis()
found = {name: read(sys.argv[1], condition) for name, condition in json.loads(sys.argv[2]).items()}
print(json.dumps({"version": Qgis.QGIS_VERSION, "found": found}))
application.exitQgis()
