"""What the lines and points of a map mean, for the legend beside it."""

from dataclasses import dataclass

from otn.model.symbology import SYMBOLOGIES, THEMES, Lines, Points, Themed, at_zoom

# Widths are shown as at this zoom level, where classes differ most plainly.
_SHOWN_ZOOM = 13


@dataclass(frozen=True)
class LegendEntry:
    """A class of features and its look: colours by theme, width in pixels, `dash` as SVG writes it."""

    title: str
    is_point: bool
    colour: dict[str, str]
    casing: dict[str, str] | None
    width: float
    dash: str


def legend(collection_ids: list[str], language: str) -> list[LegendEntry]:
    """The legend of a map of these collections, in the order of the list."""
    return [entry for name in collection_ids for entry in _entries(SYMBOLOGIES[name].drawn, language)]


def _entries(drawn: Lines | Points, language: str) -> list[LegendEntry]:
    if isinstance(drawn, Points):
        title = drawn.title.in_language(language)
        return [LegendEntry(title, True, _by_theme(drawn.colour), _by_theme(drawn.rim), 0, "")]
    casing = _by_theme(drawn.casing) if drawn.casing else None
    return [
        LegendEntry(
            title=entry.title.in_language(language),
            is_point=False,
            colour=_by_theme(entry.colour),
            casing=casing,
            width=round(at_zoom(entry.widths, _SHOWN_ZOOM), 1),
            dash=" ".join(str(round(part * at_zoom(entry.widths, _SHOWN_ZOOM), 1)) for part in drawn.dash),
        )
        for entry in drawn.classes
    ]


def _by_theme(shade: Themed) -> dict[str, str]:
    return {theme: shade.on(theme) for theme in THEMES}
