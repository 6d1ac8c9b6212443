"""The formats features and styles can be had in, for people who choose one: what it is called, what it is good for."""

from dataclasses import dataclass

from otn.api import texts
from otn.api.encoders.registry import FORMATS
from otn.api.negotiation import QGIS_PROJECT, QML, SLD_10, SLD_11, Representation
from otn.model.text import Text


@dataclass(frozen=True)
class Format:
    """A format: the value of `f` that asks for it, its name, which is the same everywhere, and its use."""

    f: str
    media_type: str
    name: str
    use: str


def formats(language: str) -> list[Format]:
    """The formats that are offered, in the order of the offer."""
    return [
        Format(output.name, output.representation.media_type, output.title, output.use.in_language(language))
        for output in FORMATS
    ]


_SLD_USE = Text(
    en="style for map servers and desktop GIS",
    nl="stijl voor kaartservers en desktop-GIS",
    fr="style pour serveurs cartographiques et SIG bureautiques",
    de="Stil für Kartenserver und Desktop-GIS",
)
_QML_USE = Text(
    en="style for a layer that is open in QGIS",
    nl="stijl voor een laag die in QGIS geopend is",
    fr="style pour une couche ouverte dans QGIS",
    de="Stil für eine Ebene, die in QGIS geöffnet ist",
)
_STYLE_FILES = (
    (SLD_11, "SLD 1.1", _SLD_USE),
    (SLD_10, "SLD 1.0", _SLD_USE),
    (QML, "QML", _QML_USE),
    (QGIS_PROJECT, "QGS", texts.QGIS_MAP),
)


def style_files(offered: tuple[Representation, ...], language: str) -> list[Format]:
    """The files that a style is offered as."""
    return [
        Format(representation.formats[0], representation.media_type, name, use.in_language(language))
        for representation, name, use in _STYLE_FILES
        if representation in offered
    ]
