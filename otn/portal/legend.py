"""What the areas, lines and points of a map mean, for the legend beside it."""

from dataclasses import dataclass

from otn.model.drawing import THEMES, Areas, Drawn, Lines, Mixed, Points, Themed, at_zoom
from otn.model.symbology import SYMBOLOGIES

# Widths are shown as at this zoom level, where classes differ most plainly.
_SHOWN_ZOOM = 13


@dataclass(frozen=True)
class LegendEntry:
    """A class of features and its look: colours by theme, width in pixels, `dash` as SVG writes it.

    `shape` is point, line, area or, where features may be each of them, mixed.
    """

    title: str
    shape: str
    colour: dict[str, str]
    casing: dict[str, str] | None = None
    width: float = 0
    dash: str = ""
    opacity: float = 1


def legend(collection_ids: list[str], language: str) -> list[LegendEntry]:
    """The legend of a map of these collections, in the order of the list."""
    return [entry for name in collection_ids for entry in _entries(SYMBOLOGIES[name].drawn, language)]


def _entries(drawn: Drawn, language: str) -> list[LegendEntry]:
    match drawn:
        case Lines():
            return _classes(drawn, language)
        case Points():
            return [
                LegendEntry(drawn.title.in_language(language), "point", _by_theme(drawn.colour), _by_theme(drawn.rim))
            ]
        case Areas():
            return [_area(drawn, "area", language)]
        case Mixed():
            return [_area(drawn.areas, "mixed", language)]


def _area(areas: Areas, shape: str, language: str) -> LegendEntry:
    return LegendEntry(
        title=areas.title.in_language(language),
        shape=shape,
        colour=_by_theme(areas.fill),
        casing=_by_theme(areas.outline),
        width=round(at_zoom(areas.widths, _SHOWN_ZOOM), 1),
        opacity=areas.opacity,
    )


def _classes(lines: Lines, language: str) -> list[LegendEntry]:
    casing = _by_theme(lines.casing) if lines.casing else None
    return [
        LegendEntry(
            title=entry.title.in_language(language),
            shape="line",
            colour=_by_theme(entry.colour),
            casing=casing,
            width=round(at_zoom(entry.widths, _SHOWN_ZOOM), 1),
            dash=" ".join(str(round(part * at_zoom(entry.widths, _SHOWN_ZOOM), 1)) for part in lines.dash),
        )
        for entry in lines.classes
    ]


def _by_theme(shade: Themed) -> dict[str, str]:
    return {theme: shade.on(theme) for theme in THEMES}
