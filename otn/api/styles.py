"""Map styles as resources: one of each collection and one of all together, light, dark and for print.

Source: OGC API - Styles (20-009, draft) for the addresses; the styles themselves are MapLibre's.
"""

import math
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from otn.api import sld, texts
from otn.api.documents import keywords
from otn.api.legend import legend
from otn.api.links import Link, Links, link
from otn.api.maplibre import BASE_MAP, layers
from otn.api.negotiation import (
    COLLECTION_STYLE,
    GEOJSON_TYPE,
    HTML_TYPE,
    JSON_TYPE,
    QGIS_PROJECT,
    QML,
    SLD_10,
    SLD_11,
    STYLE,
    SVG_TYPE,
    WHOLE_STYLE,
    Representation,
)
from otn.api.parameters import Parameters
from otn.api.qgis import QGIS_VERSION, layer_style
from otn.api.qgis_project import Group, project
from otn.api.raster_pictures import MAP_TILES, TILE_PIXELS
from otn.api.rasters import ServedRaster
from otn.api.schemas import value_schema
from otn.api.served import ServedCollection
from otn.errors import NotFound
from otn.model.collections import GeometryKind
from otn.model.drawing import THEMES
from otn.model.service import Service
from otn.model.symbology import SYMBOLOGIES
from otn.model.text import Text

Document = dict[str, Any]

WHOLE_MAP = "map"
LEGEND_REL = "http://www.opengis.net/def/rel/ogc/1.0/legend"
# The types of layers as the draft's schema of metadata names them.
_LAYER_TYPES = {
    GeometryKind.POINT: "point",
    GeometryKind.LINE_STRING: "line",
    GeometryKind.MULTI_POLYGON: "polygon",
    GeometryKind.ANY: "geometry",
}
_WHOLE_WORLD = (-180.0, -85.0, 180.0, 85.0)


@dataclass(frozen=True)
class Style:
    """A style of `drawn` collections in one of THEMES; `shade` is the raster whose hill-shade lies beneath them."""

    id: str
    title: Text
    theme: str
    drawn: tuple[ServedCollection, ...]
    shade: ServedRaster | None = None

    @property
    def offered(self) -> tuple[Representation, ...]:
        """What it can be had as. A style of QGIS is that of one layer."""
        return WHOLE_STYLE if self.is_whole else COLLECTION_STYLE

    @property
    def is_whole(self) -> bool:
        return self.id.partition("-")[0] == WHOLE_MAP


@dataclass(frozen=True)
class StyleFile:
    """A style as a file of this name."""

    content: bytes
    name: str


def styles(
    service: Service, served: tuple[ServedCollection, ...], *, whole: bool = True, shade: ServedRaster | None = None
) -> dict[str, Style]:
    """All styles by identifier: `map`, `map-dark`, `roads-print` and so on; of all together only if `whole`.

    Where there is a `shade` it lies beneath all but those for print, where it would cost ink.
    """
    subjects = [(WHOLE_MAP, texts.WHOLE_MAP, served)] if whole else []
    subjects += [(entry.collection.id, _title(service, entry), (entry,)) for entry in served]
    made = [
        Style(style_id(name, theme), _themed(title, theme), theme, drawn, None if theme == "print" else shade)
        for name, title, drawn in subjects
        for theme in THEMES
    ]
    return {style.id: style for style in made}


def style_id(subject: str, theme: str) -> str:
    """The identifier of the style of a collection, or of WHOLE_MAP, in one of THEMES."""
    return subject if theme == "light" else f"{subject}-{theme}"


def find_style(known: dict[str, Style], wanted: str) -> Style:
    """Raises NotFound."""
    if wanted not in known:
        raise NotFound(f"There is no style {wanted[:60]!r} here.")
    return known[wanted]


def styles_document(
    service: Service, known: dict[str, Style], links: Links, language: str, own: list[Link]
) -> Document:
    """The list of styles; `own` are the links to itself."""
    return {
        "title": texts.STYLES.in_language(language),
        "default": next(iter(known)),
        "styles": [
            _described(service, style, language) | {"links": _style_links(style, links, language)}
            for style in known.values()
        ],
        "links": own,
    }


def style_metadata(service: Service, style: Style, links: Links, language: str, own: list[Link]) -> Document:
    """What a style is, in which languages of style it is written and what data it draws; `own` are links to itself."""
    return {
        **_described(service, style, language),
        "scope": "style",
        "version": version("otn"),
        "stylesheets": [
            {
                "title": style.title.in_language(language),
                "version": sheet.version,
                "specification": sheet.specification,
                "native": sheet.native,
                "link": _stylesheet_link(style, sheet, links, language),
            }
            for sheet in _sheets(style)
        ],
        "layers": [_layer(service, entry, links, language) for entry in style.drawn],
        "links": [*own, *_style_links(style, links, language)],
    }


def style_file(service: Service, style: Style, wanted: Representation, links: Links, language: str) -> StyleFile:
    """A style in a language of styles that is not the native one."""
    if wanted is QML:
        [only] = style.drawn
        return StyleFile(layer_style(only.collection.id, style.theme, language).encode(), f"{style.id}.qml")
    if wanted is QGIS_PROJECT:
        return StyleFile(_project(service, style, links, language).encode(), f"{style.id}.qgs")
    drawn = [sld.Drawn(entry.collection.id, _title(service, entry).in_language(language)) for entry in style.drawn]
    title, number = style.title.in_language(language), wanted.version or ""
    written = sld.styled_layer_descriptor(style.id, title, drawn, style.theme, number, links, language)
    return StyleFile(written, f"{style.id}.sld")


def _project(service: Service, style: Style, links: Links, language: str) -> str:
    groups = [
        Group(entry.collection.id, _title(service, entry).in_language(language), entry.attribution)
        for entry in style.drawn
    ]
    title = service.metadata.identification.title.in_language(language)
    named = f"{title}: {style.title.in_language(language)}"
    return project(named, groups, _bounds(style.drawn), style.theme, links, language)


def style_legend(service: Service, style: Style, language: str) -> str:
    """The legend of a style as SVG."""
    shown = [(entry.collection.id, _title(service, entry).in_language(language)) for entry in style.drawn]
    return legend(style.title.in_language(language), shown, style.theme, language)


def _described(service: Service, style: Style, language: str) -> Document:
    """What the list of styles and the metadata of one say alike."""
    words = [service.collections[entry.collection.id].keywords for entry in style.drawn]
    return {
        "id": style.id,
        "title": style.title.in_language(language),
        "description": texts.STYLE_DESCRIPTIONS[style.theme].in_language(language),
        "keywords": list(dict.fromkeys(word for entry in words for word in keywords(entry, language))),
        "attribution": "; ".join(dict.fromkeys(entry.attribution for entry in style.drawn)),
    }


def _layer(service: Service, entry: ServedCollection, links: Links, language: str) -> Document:
    """A collection that a style draws: of what geometry, by which properties, and where to have some to look at."""
    name = entry.collection.id
    title = _title(service, entry).in_language(language)
    fields = (entry.collection.by_name[field] for field in SYMBOLOGIES[name].fields)
    return {
        "id": name,
        "description": title,
        "type": _LAYER_TYPES[entry.collection.geometry],
        "attributes": [{"id": field.name, "type": value_schema(field)["type"]} for field in fields],
        "sampleData": links.to("data", f"/collections/{name}/items", GEOJSON_TYPE, title, (("limit", "100"),)),
    }


def _title(service: Service, entry: ServedCollection) -> Text:
    return service.collections[entry.collection.id].title


@dataclass(frozen=True)
class _Sheet:
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
_SHEETS = (
    _Sheet("https://maplibre.org/maplibre-style-spec/", "8", STYLE[0], native=True),
    _Sheet("https://www.ogc.org/standards/sld/", "1.1.0", SLD_11),
    _Sheet("https://www.ogc.org/standards/sld/", "1.0.0", SLD_10),
    _Sheet(_QGIS_FORMATS, QGIS_VERSION, QML),
)


def _sheets(style: Style) -> tuple[_Sheet, ...]:
    """Those that the style is offered in."""
    return tuple(sheet for sheet in _SHEETS if sheet.representation in style.offered)


def _stylesheet_link(style: Style, sheet: _Sheet, links: Links, language: str) -> Link:
    path, title = f"/styles/{style.id}", style.title.in_language(language)
    media_type = sheet.representation.media_type
    if sheet.native:
        return link("stylesheet", links.plain(path), media_type, title)
    return links.to("stylesheet", path, media_type, title, sheet.parameters)


def _style_links(style: Style, links: Links, language: str) -> list[Link]:
    """A style in every language of styles, as a page, and what describes it."""
    path = f"/styles/{style.id}"
    as_page, described = texts.AS_PAGE.in_language(language), texts.STYLE_METADATA.in_language(language)
    drawn = texts.LEGEND.in_language(language)
    return [
        *(_stylesheet_link(style, sheet, links, language) for sheet in _sheets(style)),
        links.to("alternate", path, QGIS_PROJECT.media_type, texts.QGIS_MAP.in_language(language), (("f", "qgs"),)),
        links.to("alternate", path, HTML_TYPE, as_page, (("f", "html"),)),
        links.to("describedby", f"{path}/metadata", JSON_TYPE, described),
        links.to("preview", f"{path}/legend", SVG_TYPE, drawn),
        links.to(LEGEND_REL, f"{path}/legend", SVG_TYPE, drawn),
    ]


def style_document(style: Style, links: Links, language: str) -> Document:
    """The style for MapLibre, with every address absolute: tiles, letters and icons are the service's own."""
    ids = [entry.collection.id for entry in style.drawn]
    west, south, east, north = bounds = _bounds(style.drawn)
    return {
        "version": 8,
        "name": style.title.in_language(language),
        "center": [round((west + east) / 2, 4), round((south + north) / 2, 4)],
        "zoom": round(min(max(math.log2(360 / max(east - west, 0.01)), 0.0), 14.0), 1),
        "metadata": {"otn:bounds": bounds},
        "glyphs": links.base + "/static/vendor/noto-sans/{fontstack}/{range}.pbf",
        "sprite": links.plain("/static/sprite/sprite"),
        "sources": {BASE_MAP: _source(links, "/basemap")}
        | {name: _source(links, f"/collections/{name}/tiles/WebMercatorQuad") for name in ids}
        | _shade_source(style, links),
        "layers": layers(ids, style.theme, language, None if style.shade is None else style.shade.id),
    }


def _source(links: Links, path: str) -> Document:
    return {"type": "vector", "url": links.plain(path) + "?f=tilejson"}


def _shade_source(style: Style, links: Links) -> Document:
    """The hill-shade's source, named as the collection, if it has one."""
    if style.shade is None:
        return {}
    path = f"/collections/{style.shade.id}/{MAP_TILES.below}/WebMercatorQuad"
    return {
        style.shade.id: {"type": "raster", "url": links.plain(path) + "?f=tilejson", "tileSize": TILE_PIXELS},
    }


def _bounds(drawn: tuple[ServedCollection, ...]) -> tuple[float, float, float, float]:
    boxes = [entry.bbox for entry in drawn if entry.bbox is not None] or [_WHOLE_WORLD]
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return min(wests), min(souths), max(easts), max(norths)


_THEME_NAMES = {"dark": texts.DARK, "print": texts.FOR_PRINT}


def _themed(title: Text, theme: str) -> Text:
    if theme not in _THEME_NAMES:
        return title
    named = _THEME_NAMES[theme].as_dict()
    return Text.from_dict({language: f"{text} ({named[language]})" for language, text in title.as_dict().items()})
