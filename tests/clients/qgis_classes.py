"""Run by the python that has QGIS's bindings: draws files of points by styles of QGIS and counts colours, as JSON.

The argument is JSON: by name, a file, its style, a box in degrees and where to put the picture.
"""

import json
import sys

from qgis.core import QgsApplication, QgsVectorLayer
from qgis_draws import colours


def drawn(source: str, style: str, box: list[float], picture: str) -> dict[str, object]:
    """The picture of a file, and the classes of its style."""
    layer = QgsVectorLayer(source, "layer", "ogr")
    message, loaded = layer.loadNamedStyle(style)
    classes = [rule.label() for rule in layer.renderer().rootRule().children()]
    return {"message": message, "loaded": loaded, "classes": classes, "pixels": colours([layer], box, picture)}


application = QgsApplication([], False)
application.initQgis()
print(json.dumps({name: drawn(*how) for name, how in json.loads(sys.argv[1]).items()}))
application.exitQgis()
