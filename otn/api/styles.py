"""Map styles as resources: one of each collection and one of all together, light, dark and for print.

Source: OGC API - Styles (20-009, draft) for the addresses; the styles themselves are MapLibre's.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, TypeVar

from otn.api import sld, texts
from otn.api.documents import keywords
from otn.api.legend import legend
from otn.api.links import Link, Links
from otn.api.maplibre import BASE_MAP, Layer, hill_shade, layers
from otn.api.negotiation import (
    COLLECTION_STYLE,
    GEOJSON_TYPE,
    QGIS_PROJECT,
    QML,
    WHOLE_STYLE,
    Representation,
)
from otn.api.qgis import layer_style
from otn.api.qgis_project import Group, project
from otn.api.raster_pictures import MAP_TILES, TILE_PIXELS
from otn.api.rasters import ServedRaster
from otn.api.schemas import value_schema
from otn.api.served import ServedCollection
from otn.api.style_sheets import described_sheets, style_links
from otn.errors import NotFound
from otn.model.collections import GeometryKind
from otn.model.drawing import THEMES
from otn.model.service import Service
from otn.model.symbology import SYMBOLOGIES
from otn.model.text import Text

Document = dict[str, Any]

_AnyStyle = TypeVar("_AnyStyle")

WHOLE_MAP = "map"
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
    subjects += [(entry.collection.id, _title(service, entry.collection.id), (entry,)) for entry in served]
    made = [
        Style(style_id(name, theme), _themed(title, theme), theme, drawn, None if theme == "print" else shade)
        for name, title, drawn in subjects
        for theme in THEMES
    ]
    return {style.id: style for style in made}


def style_id(subject: str, theme: str) -> str:
    """The identifier of the style of a collection, or of WHOLE_MAP, in one of THEMES."""
    return subject if theme == "light" else f"{subject}-{theme}"


def find_style(known: Mapping[str, _AnyStyle], wanted: str) -> _AnyStyle:
    """Raises NotFound."""
    if wanted not in known:
        raise NotFound(f"There is no style {wanted[:60]!r} here.")
    return known[wanted]


def styles_document(entries: list[Document], language: str, own: list[Link]) -> Document:
    """The list of styles, of which the first is the default; `own` are the links to itself."""
    return {
        "title": texts.STYLES.in_language(language),
        "default": entries[0]["id"],
        "styles": entries,
        "links": own,
    }


def listed_style(service: Service, style: Style, links: Links, language: str) -> Document:
    """A style in the list of styles."""
    return _described(service, style, language) | {"links": style_links(style, links, language)}


def style_metadata(service: Service, style: Style, links: Links, language: str, own: list[Link]) -> Document:
    """What a style is, in which languages of style it is written and what data it draws; `own` are links to itself."""
    return {
        **_described(service, style, language),
        "scope": "style",
        "version": version("otn"),
        "stylesheets": described_sheets(style, links, language),
        "layers": [_layer(service, entry, links, language) for entry in style.drawn],
        "links": [*own, *style_links(style, links, language)],
    }


def style_file(service: Service, style: Style, wanted: Representation, links: Links, language: str) -> StyleFile:
    """A style in a language of styles that is not the native one."""
    if wanted is QML:
        [only] = style.drawn
        return StyleFile(layer_style(only.collection.id, style.theme, language).encode(), f"{style.id}.qml")
    if wanted is QGIS_PROJECT:
        return StyleFile(_project(service, style, links, language).encode(), f"{style.id}.qgs")
    drawn = [
        sld.Drawn(entry.collection.id, _title(service, entry.collection.id).in_language(language))
        for entry in style.drawn
    ]
    title, number = style.title.in_language(language), wanted.version or ""
    written = sld.styled_layer_descriptor(style.id, title, drawn, style.theme, number, links, language)
    return StyleFile(written, f"{style.id}.sld")


def _project(service: Service, style: Style, links: Links, language: str) -> str:
    groups = [
        Group(entry.collection.id, _title(service, entry.collection.id).in_language(language), entry.attribution)
        for entry in style.drawn
    ]
    shade = style.shade
    below = (
        None if shade is None else Group(shade.id, _title(service, shade.id).in_language(language), shade.attribution)
    )
    title = service.metadata.identification.title.in_language(language)
    named = f"{title}: {style.title.in_language(language)}"
    return project(named, groups, below, _bounds(style.drawn), style.theme, links, language)


def style_legend(service: Service, style: Style, language: str) -> str:
    """The legend of a style as SVG."""
    shown = [(entry.collection.id, _title(service, entry.collection.id).in_language(language)) for entry in style.drawn]
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
    title = _title(service, entry.collection.id).in_language(language)
    fields = (entry.collection.by_name[field] for field in SYMBOLOGIES[name].fields)
    return {
        "id": name,
        "description": title,
        "type": _LAYER_TYPES[entry.collection.geometry],
        "attributes": [{"id": field.name, "type": value_schema(field)["type"]} for field in fields],
        "sampleData": links.to("data", f"/collections/{name}/items", GEOJSON_TYPE, title, (("limit", "100"),)),
    }


def _title(service: Service, collection_id: str) -> Text:
    return service.collections[collection_id].title


def style_document(style: Style, links: Links, language: str) -> Document:
    """The style for MapLibre, with every address absolute: tiles, letters and icons are the service's own."""
    ids = [entry.collection.id for entry in style.drawn]
    sources = {name: vector_source(links, f"/collections/{name}/tiles/WebMercatorQuad") for name in ids}
    ground = None if style.shade is None else hill_shade(style.shade.id)
    return maplibre_style(
        style.title.in_language(language),
        _bounds(style.drawn),
        sources | _shade_source(style, links),
        layers(ids, style.theme, language, ground),
        links,
    )


def maplibre_style(
    name: str,
    bounds: tuple[float, float, float, float],
    sources: dict[str, Document],
    drawn: list[Layer],
    links: Links,
) -> Document:
    """A style that opens on `bounds`: west, south, east, north in degrees. The base map is a source too."""
    west, south, east, north = bounds
    return {
        "version": 8,
        "name": name,
        "center": [round((west + east) / 2, 4), round((south + north) / 2, 4)],
        "zoom": round(min(max(math.log2(360 / max(east - west, 0.01)), 0.0), 14.0), 1),
        "metadata": {"otn:bounds": bounds},
        "glyphs": links.base + "/static/vendor/noto-sans/{fontstack}/{range}.pbf",
        "sprite": links.plain("/static/sprite/sprite"),
        "sources": {BASE_MAP: vector_source(links, "/basemap")} | sources,
        "layers": drawn,
    }


def vector_source(links: Links, path: str) -> Document:
    """A source of the vector tiles of an address."""
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
    return title.noted(_THEME_NAMES[theme])
