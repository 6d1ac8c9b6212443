"""Legends: what the areas, lines and points of a map mean. Pure.

Source: Scalable Vector Graphics 2, https://www.w3.org/TR/SVG2/
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from xml.etree import ElementTree as ET

from otn.api import texts
from otn.api.maplibre import LAND
from otn.api.raster_pictures import RELIEF
from otn.model.collections import COLLECTIONS
from otn.model.drawing import (
    FAINT,
    ICONS_DIR,
    THEMES,
    Areas,
    Classified,
    DrawnClass,
    Lines,
    Mixed,
    Plate,
    Points,
    at_zoom,
    in_theme,
    rim,
)
from otn.model.symbology import DARKEST, ELEVATION_TINTS, INK, LIGHTEST, SYMBOLOGIES

# Samples are drawn as at this zoom level, where classes differ most plainly, on SAMPLE pixels.
_SHOWN_ZOOM = 14
SAMPLE = (32, 16)
_DISC = 6.5
_ANY_NUMBER = "123"

_SVG = "http://www.w3.org/2000/svg"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_MARGIN, _LINE, _FONT_SIZE = 16, 24, 13
# Nobody knows what letters the reader's program has: this is room enough for wide ones.
_LETTER = 0.62 * _FONT_SIZE


@dataclass(frozen=True)
class Entry:
    """A class of features and, for each of THEMES, its sample: what to put into an SVG element of SAMPLE pixels."""

    title: str
    samples: dict[str, str]


def entries(collection_id: str, language: str) -> list[Entry]:
    """What a map of this collection shows, the most important first."""
    return [
        Entry(title, {theme: "".join(_markup(part) for part in _sample(drawn, theme)) for theme in THEMES})
        for title, drawn in _titled(collection_id, language)
    ]


def legend(title: str, collections: Iterable[tuple[str, str]], theme: str, language: str) -> str:
    """The legend of a map called `title` as an SVG document.

    `collections` are identifiers and titles; where there are several, their titles stand above what they show. Words
    are text, which can be read aloud, searched and copied; `title` and `desc` tell what the picture is.
    """
    return _picture(title, list(_rows(list(collections), language)), theme, language)


def raster_entries(style_id: str, language: str) -> list[Entry]:
    """What a map of a raster in one of MAP_STYLES shows, the highest first."""
    return [
        Entry(words, {theme: "".join(_markup(part) for part in _sample(drawn, theme)) for theme in THEMES})
        for words, drawn in _of_raster(style_id, language)
    ]


def raster_legend(title: str, style_id: str, language: str) -> str:
    """The legend of a map of a raster in one of MAP_STYLES, as an SVG document."""
    return _picture(title, list(_of_raster(style_id, language)), "light", language)


def _of_raster(style_id: str, language: str) -> Iterator[tuple[str, "Sampled"]]:
    if style_id == RELIEF:
        yield from ((f"{metres} m", Tint(colour)) for metres, colour in reversed(ELEVATION_TINTS))
    else:
        yield texts.IN_LIGHT.in_language(language), Tint("#ffffff", LIGHTEST)
        yield texts.IN_SHADOW.in_language(language), Tint("#000000", DARKEST)


def _picture(title: str, rows: Sequence[tuple[str, "Sampled | None"]], theme: str, language: str) -> str:
    width = round(3 * _MARGIN + SAMPLE[0] + max(len(words) for words, _ in rows) * _LETTER)
    height = 2 * _MARGIN + _LINE * len(rows)
    root = ET.Element("svg", xmlns=_SVG, viewBox=f"0 0 {width} {height}", width=str(width), height=str(height))
    root.attrib |= {_XML_LANG: language, "aria-labelledby": "title", "aria-describedby": "desc"}
    ET.SubElement(root, "title", id="title").text = f"{texts.LEGEND.in_language(language)}: {title}"
    ET.SubElement(root, "desc", id="desc").text = ", ".join(words for words, drawn in rows if drawn is not None)
    ET.SubElement(root, "rect", width=str(width), height=str(height), fill=LAND.on(theme))
    for number, (words, drawn) in enumerate(rows):
        root.extend(_row(words, drawn, _MARGIN + _LINE * number, theme))
    return ET.tostring(root, encoding="unicode", xml_declaration=False)


def _rows(collections: list[tuple[str, str]], language: str) -> Iterator[tuple[str, "Sampled | None"]]:
    """Words and what they mean; a heading means nothing."""
    for name, heading in collections:
        if len(collections) > 1:
            yield heading, None
        yield from _titled(name, language)


def _row(words: str, drawn: "Sampled | None", top: int, theme: str) -> Iterator[ET.Element]:
    indent = _MARGIN if drawn is None else 2 * _MARGIN + SAMPLE[0]
    letters = {"font-family": "Noto Sans, sans-serif", "font-size": str(_FONT_SIZE), "fill": INK.on(theme)}
    if drawn is None:
        letters["font-weight"] = "600"
    else:
        shift = f"translate({_MARGIN} {top + (_LINE - SAMPLE[1]) // 2})"
        sample = ET.Element("g", {"transform": shift, "aria-hidden": "true", "fill": "none"})
        sample.extend(_sample(drawn, theme))
        yield sample
    text = ET.Element("text", letters, x=str(indent), y=str(top + round(_LINE * 0.69)))
    text.text = words
    yield text


@dataclass(frozen=True)
class _Line:
    """A class of lines, drawn with what all of them have in common; `opacity` as what lies below ground has it."""

    lines: Lines
    entry: DrawnClass
    opacity: float = 1


@dataclass(frozen=True)
class _Disc:
    """A class of points, as large beside the other classes as on the map."""

    points: Points
    entry: DrawnClass

    @property
    def radius(self) -> float:
        on_the_map = {entry: at_zoom(entry.sizes, _SHOWN_ZOOM) for entry in self.points.classes}
        return _DISC * on_the_map[self.entry] / max(on_the_map.values())


@dataclass(frozen=True)
class Tint:
    """What lies over the ground everywhere."""

    colour: str
    opacity: float = 1


Sampled = _Line | _Disc | Plate | Areas | Mixed | Tint


def _titled(collection_id: str, language: str) -> Iterator[tuple[str, Sampled]]:
    """What is drawn of a collection: its classes, then what its fields add to their look."""
    symbology, fields = SYMBOLOGIES[collection_id], COLLECTIONS[collection_id].by_name
    drawn = symbology.drawn
    if not isinstance(drawn, Classified):
        yield drawn.title.in_language(language), drawn
        return
    for entry in drawn.classes:
        yield (
            entry.title.in_language(language),
            _Line(drawn, entry) if isinstance(drawn, Lines) else _Disc(drawn, entry),
        )
    if isinstance(drawn, Lines) and drawn.faded_field is not None:
        yield fields[drawn.faded_field].title.in_language(language), _Line(drawn, drawn.classes[0], FAINT)
    for plate in symbology.plates:
        yield fields[plate.field].title.in_language(language), plate


def _sample(drawn: Sampled, theme: str) -> Iterator[ET.Element]:
    match drawn:
        case _Disc():
            yield from _disc(drawn, theme, SAMPLE[0] / 2, drawn.radius)
        case Areas():
            yield _area(drawn, theme, 26)
        case Mixed():
            [line], [point] = drawn.lines.classes, drawn.points.classes
            yield _area(drawn.areas, theme, 10)
            yield ET.Element("path", {"d": "M15 8h7", "stroke": line.colour.on(theme), "stroke-width": "2"})
            yield from _disc(_Disc(drawn.points, point), theme, 28, _DISC / 2)
        case _Line():
            yield from _line(drawn, theme)
        case Plate():
            yield from _plate(drawn, theme)
        case Tint():
            paint = {"fill": drawn.colour, "fill-opacity": _number(drawn.opacity), "stroke": INK.on(theme)}
            yield ET.Element("rect", paint | {"stroke-width": "0.5"}, x="3", y="1", width="26", height="14")


def _line(drawn: _Line, theme: str) -> Iterator[ET.Element]:
    lines, entry = drawn.lines, drawn.entry
    width = at_zoom(in_theme(entry.sizes, theme), _SHOWN_ZOOM)
    cap = "butt" if lines.dash else "round"
    strokes = []
    if lines.casing is not None:
        around = at_zoom(in_theme(lines.with_casing(entry), theme), _SHOWN_ZOOM)
        strokes.append(_stroke(lines.casing.on(theme), around, cap))
    strokes.append(_stroke(entry.colour.on(theme), width, cap))
    if lines.dash:
        strokes[-1].set("stroke-dasharray", " ".join(_number(part * width) for part in lines.dash))
    for stroke in strokes:
        if drawn.opacity < 1:
            stroke.set("stroke-opacity", str(drawn.opacity))
        yield stroke


def _plate(plate: Plate, theme: str) -> Iterator[ET.Element]:
    paint = {"fill": plate.paper.on(theme), "stroke": plate.rim.on(theme), "stroke-width": "1.2"}
    yield ET.Element("rect", paint, x="4", y="1", width="24", height="14", rx="3")
    letters = {"font-family": "Noto Sans, sans-serif", "font-size": "9", "font-weight": "600", "text-anchor": "middle"}
    number = ET.Element("text", letters, x="16", y="11.4", fill=plate.ink.on(theme))
    number.text = _ANY_NUMBER
    yield number


def _stroke(colour: str, width: float, cap: str) -> ET.Element:
    return ET.Element("path", {"d": "M3 8h26", "stroke": colour, "stroke-width": _number(width), "stroke-linecap": cap})


def _area(areas: Areas, theme: str, width: int) -> ET.Element:
    paint = {
        "fill": areas.fill.on(theme),
        "fill-opacity": str(areas.opacity.on(theme)),
        "stroke": areas.outline.on(theme),
        "stroke-width": _number(at_zoom(in_theme(areas.widths, theme), _SHOWN_ZOOM)),
    }
    return ET.Element("rect", paint, x="3", y="2", width=str(width), height="12")


def _disc(drawn: _Disc, theme: str, middle: float, radius: float) -> Iterator[ET.Element]:
    points, around = drawn.points, rim(radius)
    paint = {"fill": drawn.entry.colour.on(theme), "stroke": points.rim.on(theme), "stroke-width": _number(around)}
    yield ET.Element("circle", paint, cx=_number(middle), cy="8", r=_number(radius + around / 2))
    if points.icon is not None:
        scale = radius * 1.4 / 16
        shift = f"translate({_number(middle - 8 * scale)} {_number(8 - 8 * scale)}) scale({scale:.3f})"
        icon = ET.Element("g", transform=shift)
        icon.extend(_drawing(points.icon))
        yield icon


@lru_cache(maxsize=16)
def _drawing(icon: str) -> tuple[ET.Element, ...]:
    """The shapes of an icon of 16 x 16 pixels, by names without a namespace, as the rest of the document has them."""
    root = ET.parse(ICONS_DIR / f"{icon}.svg").getroot()  # noqa: S314
    for shape in root.iter():
        shape.tag = shape.tag.removeprefix(f"{{{_SVG}}}")
    return tuple(root)


def _markup(element: ET.Element) -> str:
    return ET.tostring(element, encoding="unicode")


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
