"""Used by programs of the python that has QGIS's bindings: pictures of layers, as QGIS's own map draws them."""

from collections import Counter

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsMapLayer,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QEventLoop, QSize, Qt
from qgis.PyQt.QtGui import QColor, QImage

MERCATOR = QgsCoordinateReferenceSystem("EPSG:3857")
WHITE = QColor(Qt.white)


def colours(layers: list[QgsMapLayer], box: list[float], path: str, paper: QColor = WHITE) -> Counter[str]:
    """How many pixels of a picture of the box, in degrees, have each colour. The first layer lies above the others."""
    settings = QgsMapSettings()
    settings.setDestinationCrs(MERCATOR)
    settings.setOutputSize(QSize(600, 400))
    settings.setOutputDpi(96)
    settings.setBackgroundColor(paper)
    degrees = QgsCoordinateReferenceSystem("EPSG:4326")
    to_mercator = QgsCoordinateTransform(degrees, MERCATOR, QgsProject.instance().transformContext())
    settings.setExtent(to_mercator.transformBoundingBox(QgsRectangle(*box)))
    settings.setLayers(layers)
    # From here expressions know the scale of the map.
    context = QgsExpressionContext()
    context.appendScope(QgsExpressionContextUtils.mapSettingsScope(settings))
    settings.setExpressionContext(context)
    job = QgsMapRendererParallelJob(settings)
    wait = QEventLoop()
    job.finished.connect(wait.quit)
    job.start()
    wait.exec_()
    image = job.renderedImage()
    image.save(path)
    image = image.convertToFormat(QImage.Format_RGB32)
    pixels = memoryview(image.constBits().asstring(image.byteCount())).cast("I")
    return Counter(f"#{pixel & 0xFFFFFF:06x}" for pixel in pixels)
