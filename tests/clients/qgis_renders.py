"""Run by the python that has QGIS's bindings: draws roads, as features and as vector tiles, and counts coloured pixels.

Arguments: the address of a service, a folder for the pictures, and an object of names and boxes in degrees, as JSON.
"""

import json
import sys
from urllib.parse import quote

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsMapLayer,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorTileBasicRenderer,
    QgsVectorTileLayer,
)
from qgis.PyQt.QtCore import QEventLoop, QSize, Qt
from qgis.PyQt.QtGui import QImage

WIDTH, HEIGHT = 600, 400
Box = tuple[float, float, float, float]

MERCATOR = QgsCoordinateReferenceSystem("EPSG:3857")


def features(url: str) -> QgsVectorLayer:
    """The collection as features."""
    return QgsVectorLayer(f"url='{url}' typename='roads' restrictToRequestBBOX='1'", "features", "OAPIF")


def tiles(url: str) -> QgsVectorTileLayer:
    """The collection as vector tiles, by their template."""
    template = f"{url}/collections/roads/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}"
    layer = QgsVectorTileLayer(f"type=xyz&zmin=0&zmax=16&url={quote(template, safe='')}", "tiles")
    styles = QgsVectorTileBasicRenderer.simpleStyle(Qt.red, Qt.red, 1.0, Qt.red, 1.0, Qt.red, Qt.red, 1.0)
    layer.setRenderer(QgsVectorTileBasicRenderer())
    layer.renderer().setStyles(styles)
    return layer


def drawn(layer: QgsMapLayer, box: Box) -> tuple[QImage, list[str]]:
    """A picture of the box, in the projection of web maps, on white."""
    to_mercator = QgsCoordinateTransform(
        QgsCoordinateReferenceSystem("EPSG:4326"), MERCATOR, QgsProject.instance().transformContext()
    )
    settings = QgsMapSettings()
    settings.setDestinationCrs(MERCATOR)
    settings.setOutputSize(QSize(WIDTH, HEIGHT))
    settings.setBackgroundColor(Qt.white)
    settings.setExtent(to_mercator.transformBoundingBox(QgsRectangle(*box)))
    settings.setLayers([layer])
    job = QgsMapRendererParallelJob(settings)
    wait = QEventLoop()
    job.finished.connect(wait.quit)
    job.start()
    wait.exec_()
    return job.renderedImage(), [f"{error.layerID}: {error.message}" for error in job.errors()]


def coloured(image: QImage) -> int:
    """How many pixels are not white."""
    image = image.convertToFormat(QImage.Format_RGB32)
    pixels = memoryview(image.constBits().asstring(image.byteCount())).cast("I")
    return sum(pixel & 0xFFFFFF != 0xFFFFFF for pixel in pixels)


def seen(url: str, folder: str, boxes: dict[str, Box]) -> dict[str, dict[str, object]]:
    """For each kind of layer: whether it is valid, and the coloured pixels and errors in each box."""
    report: dict[str, dict[str, object]] = {}
    for kind, layer in (("features", features(url)), ("tiles", tiles(url))):
        pixels: dict[str, int] = {}
        errors: list[str] = []
        for name, box in boxes.items():
            image, wrong = drawn(layer, box)
            image.save(f"{folder}/{kind}-{name}.png")
            pixels[name] = coloured(image)
            errors += wrong
        report[kind] = {"valid": layer.isValid(), "pixels": pixels, "errors": errors}
    return report


application = QgsApplication([], False)
application.initQgis()
print(json.dumps({"version": Qgis.QGIS_VERSION, "drawn": seen(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))}))
application.exitQgis()
