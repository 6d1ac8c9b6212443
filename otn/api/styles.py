"""Map styles as resources: one of each collection and one of all together, light and dark.

Source: OGC API - Styles (20-009, draft) for the addresses; the styles themselves are MapLibre's.
"""

import math
from dataclasses import dataclass
from typing import Any

from otn.api import texts
from otn.api.links import Link, Links, link
from otn.api.maplibre import BASE_MAP, layers
from otn.api.negotiation import HTML_TYPE, STYLE_TYPE
from otn.api.served import ServedCollection
from otn.errors import NotFound
from otn.model.drawing import THEMES
from otn.model.service import Service
from otn.model.text import Text

Document = dict[str, Any]

WHOLE_MAP = "map"
_WHOLE_WORLD = (-180.0, -85.0, 180.0, 85.0)


@dataclass(frozen=True)
class Style:
    """A style of `drawn` collections in one of THEMES."""

    id: str
    title: Text
    theme: str
    drawn: tuple[ServedCollection, ...]


def styles(service: Service, served: tuple[ServedCollection, ...]) -> dict[str, Style]:
    """All styles by identifier: `map`, `map-dark`, `roads`, `roads-dark` and so on."""
    subjects = [(WHOLE_MAP, texts.WHOLE_MAP, served)]
    subjects += [(entry.collection.id, service.collections[entry.collection.id].title, (entry,)) for entry in served]
    made = [
        Style(style_id(name, theme), _themed(title, theme), theme, drawn)
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


def styles_document(known: dict[str, Style], links: Links, language: str, own: list[Link]) -> Document:
    """The list of styles; `own` are the links to itself."""
    return {
        "title": texts.STYLES.in_language(language),
        "default": WHOLE_MAP,
        "styles": [
            {
                "id": style.id,
                "title": style.title.in_language(language),
                "links": [_stylesheet_link(style, links, language), _page_link(style, links, language)],
            }
            for style in known.values()
        ],
        "links": own,
    }


def _stylesheet_link(style: Style, links: Links, language: str) -> Link:
    """Leads to the style itself. Map libraries take the address as it is, so it carries no query string."""
    return link("stylesheet", links.plain(f"/styles/{style.id}"), STYLE_TYPE, style.title.in_language(language))


def _page_link(style: Style, links: Links, language: str) -> Link:
    return links.to(
        "alternate", f"/styles/{style.id}", HTML_TYPE, texts.AS_PAGE.in_language(language), (("f", "html"),)
    )


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
        | {name: _source(links, f"/collections/{name}/tiles/WebMercatorQuad") for name in ids},
        "layers": layers(ids, style.theme, language),
    }


def _source(links: Links, path: str) -> Document:
    return {"type": "vector", "url": links.plain(path) + "?f=tilejson"}


def _bounds(drawn: tuple[ServedCollection, ...]) -> tuple[float, float, float, float]:
    boxes = [entry.bbox for entry in drawn if entry.bbox is not None] or [_WHOLE_WORLD]
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return min(wests), min(souths), max(easts), max(norths)


def _themed(title: Text, theme: str) -> Text:
    if theme == "light":
        return title
    dark = texts.DARK.as_dict()
    return Text.from_dict({language: f"{text} ({dark[language]})" for language, text in title.as_dict().items()})
