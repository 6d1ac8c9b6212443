"""Run by the python that has QGIS's bindings: opens every collection of a service and prints what it sees, as JSON."""

import json
import sys

from qgis.core import Qgis, QgsApplication, QgsVectorLayer


def seen(url: str, collection: str) -> dict[str, object]:
    """What QGIS makes of one collection."""
    layer = QgsVectorLayer(f"url='{url}' typename='{collection}' pagingEnabled='true'", collection, "OAPIF")
    extent = layer.extent()
    features = list(layer.getFeatures())
    return {
        "valid": layer.isValid(),
        "error": layer.error().message(),
        "title": layer.metadata().title(),
        "count": layer.featureCount(),
        "read": len(features),
        "distinct": len({feature["inspireId"] for feature in features}),
        "extent": [extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum()],
        "crs": layer.crs().authid(),
        "fields": {field.name(): field.typeName() for field in layer.fields()},
    }


application = QgsApplication([], False)
application.initQgis()
collections = {collection: seen(sys.argv[1], collection) for collection in sys.argv[2:]}
print(json.dumps({"version": Qgis.QGIS_VERSION, "collections": collections}))
application.exitQgis()
