"""In which languages of styles a style can be had, and its links: of collections and of rasters alike."""

from dataclasses import dataclass
from typing import Any, Protocol

from otn.api import texts
from otn.api.links import Link, Links, link
from otn.api.negotiation import (
    HTML_TYPE,
    JSON_TYPE,
    QGIS_PROJECT,
    QML,
    SLD_10,
    SLD_11,
    STYLE,
    SVG_TYPE,
    Representation,
)
from otn.api.parameters import Parameters
from otn.api.qgis import QGIS_VERSION
from otn.model.text import Text

LEGEND_REL = "http://www.opengis.net/def/rel/ogc/1.0/legend"


class Offered(Protocol):
    """What can be had as a style."""

    @property
    def id(self) -> str:
        """Its identifier."""

    @property
    def title(self) -> Text:
        """Its title."""

    @property
    def offered(self) -> tuple[Representation, ...]:
        """What it can be had as."""


@dataclass(frozen=True)
class Sheet:
    """A language of styles that a style is written in."""

    specification: str
    version: str
    representation: Representation
    native: bool = False

    @property
    def parameters(self) -> Parameters:
        """Map libraries take the address of the native one as it is, so it carries no query string."""
        return () if self.native else (("f", self.representation.formats[0]),)


_QGIS_FORMATS = "https://docs.qgis.org/latest/en/docs/user_manual/appendices/qgis_file_formats.html"
_ALL = (
    Sheet("https://maplibre.org/maplibre-style-spec/", "8", STYLE[0], native=True),
    Sheet("https://www.ogc.org/standards/sld/", "1.1.0", SLD_11),
    Sheet("https://www.ogc.org/standards/sld/", "1.0.0", SLD_10),
    Sheet(_QGIS_FORMATS, QGIS_VERSION, QML),
)


def sheets(style: Offered) -> tuple[Sheet, ...]:
    """Those that the style is offered in."""
    return tuple(sheet for sheet in _ALL if sheet.representation in style.offered)


def described_sheets(style: Offered, links: Links, language: str) -> list[dict[str, Any]]:
    """What the metadata of a style say of its sheets."""
    return [
        {
            "title": style.title.in_language(language),
            "version": sheet.version,
            "specification": sheet.specification,
            "native": sheet.native,
            "link": stylesheet_link(style, sheet, links, language),
        }
        for sheet in sheets(style)
    ]


def stylesheet_link(style: Offered, sheet: Sheet, links: Links, language: str) -> Link:
    """The link to a style in a language of styles."""
    path, title = f"/styles/{style.id}", style.title.in_language(language)
    media_type = sheet.representation.media_type
    if sheet.native:
        return link("stylesheet", links.plain(path), media_type, title)
    return links.to("stylesheet", path, media_type, title, sheet.parameters)


def style_links(style: Offered, links: Links, language: str) -> list[Link]:
    """A style in every language of styles, as a page, and what describes it."""
    path = f"/styles/{style.id}"
    as_page, described = texts.AS_PAGE.in_language(language), texts.STYLE_METADATA.in_language(language)
    drawn = texts.LEGEND.in_language(language)
    return [
        *(stylesheet_link(style, sheet, links, language) for sheet in sheets(style)),
        *(_project_link(path, links, language) if QGIS_PROJECT in style.offered else ()),
        links.to("alternate", path, HTML_TYPE, as_page, (("f", "html"),)),
        links.to("describedby", f"{path}/metadata", JSON_TYPE, described),
        links.to("preview", f"{path}/legend", SVG_TYPE, drawn),
        links.to(LEGEND_REL, f"{path}/legend", SVG_TYPE, drawn),
    ]


def _project_link(path: str, links: Links, language: str) -> list[Link]:
    title = texts.QGIS_MAP.in_language(language)
    return [links.to("alternate", path, QGIS_PROJECT.media_type, title, (("f", "qgs"),))]
