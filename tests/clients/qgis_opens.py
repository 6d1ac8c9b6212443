"""Run by the python that has QGIS's bindings: opens files and prints what it sees, as JSON.

The argument is JSON: by name, a source and the provider that reads it.
"""

import json
import sys

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsProject,
    QgsVectorLayer,
    QgsWkbTypes,
)


def seen(source: str, provider: str) -> dict[str, object]:
    """What QGIS makes of a file; the extent in degrees."""
    layer = QgsVectorLayer(source, "layer", provider)
    degrees = QgsCoordinateReferenceSystem("EPSG:4326")
    transform = QgsCoordinateTransform(layer.crs(), degrees, QgsProject.instance().transformContext())
    extent = transform.transformBoundingBox(layer.extent())
    return {
        "valid": layer.isValid(),
        "count": len(list(layer.getFeatures())),
        "geometry": QgsWkbTypes.displayString(layer.wkbType()),
        "extent": [extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum()],
        "fields": [field.name() for field in layer.fields()],
    }


application = QgsApplication([], False)
application.initQgis()
files = {name: seen(*how) for name, how in json.loads(sys.argv[1]).items()}
print(json.dumps({"version": Qgis.QGIS_VERSION, "files": files}))
application.exitQgis()
