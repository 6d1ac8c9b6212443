"""How features can be drawn: by lines, discs or filled areas, in colours for light and dark screens and for print.

Widths are in pixels of 1/96 inch at Web Mercator zoom levels and grow in between.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from otn.model.text import Text

_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Themed(Generic[_Value]):
    """What each theme has of its own: a colour as #rrggbb, the name of an image, a share of 1."""

    light: _Value
    dark: _Value
    print: _Value

    def on(self, theme: str) -> _Value:
        """The one for one of THEMES."""
        return {"light": self.light, "dark": self.dark, "print": self.print}[theme]


ICONS_DIR = Path(__file__).parent / "icons"
THEMES = ("light", "dark", "print")
Stops = tuple[tuple[int, float], ...]
_Kind = TypeVar("_Kind")
# Print is sharper than a screen, and ink costs money.
_PRINTED_WIDTH = 0.75

FAINT = 0.4
"""The opacity of what lies below ground."""

GROWTH = 1.5
"""The base by which widths grow from one stop to the next, as in MapLibre's exponential interpolation."""


def at_zoom(stops: Stops, zoom: float) -> float:
    """The value at a zoom level; the ends hold beyond them."""
    below = [stop for stop in stops if stop[0] <= zoom] or [stops[0]]
    above = [stop for stop in stops if stop[0] > zoom] or [stops[-1]]
    (from_zoom, start), (to_zoom, end) = below[-1], above[0]
    if to_zoom <= from_zoom or zoom <= from_zoom:
        return start
    share: float = (GROWTH ** (zoom - from_zoom) - 1) / (GROWTH ** (to_zoom - from_zoom) - 1)
    return start + (end - start) * share


def in_theme(stops: Stops, theme: str) -> Stops:
    """Widths as one of THEMES has them: in print they are thinner."""
    share = _PRINTED_WIDTH if theme == "print" else 1
    return tuple((zoom, width * share) for zoom, width in stops)


def rim(radius: float) -> float:
    """The width of the rim around a disc, which must not be all that is seen of a small one."""
    return min(1.5, 0.25 * radius)


def rims(radii: Stops) -> Stops:
    """As `rim`, for discs that grow."""
    return tuple((zoom, rim(radius)) for zoom, radius in radii)


@dataclass(frozen=True)
class DrawnClass:
    """How features are drawn whose class is one of `codes`; without codes: all others, the unknown ones among them.

    Sizes are the widths of lines, and the radii of discs.
    """

    title: Text
    codes: tuple[str, ...]
    colour: Themed[str]
    sizes: Stops


def one_class(title: Text, colour: Themed[str], sizes: Stops) -> tuple[DrawnClass]:
    """The classes of features that are all drawn alike."""
    return (DrawnClass(title, (), colour, sizes),)


@dataclass(frozen=True)
class Classified:
    """Features by class, the most important first, which lies above the others."""

    classes: tuple[DrawnClass, ...]
    class_field: str | None = field(default=None, kw_only=True)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all classes but the one for the rest."""
        return tuple(code for entry in self.classes for code in entry.codes)


@dataclass(frozen=True)
class Lines(Classified):
    """Lines by class.

    A casing is `casing_widths` wider on either side. A dash counts in line widths. Lines and casings begin at the zoom
    level of their first width. Where `faded_field` is true a line is drawn faintly, as what lies below ground.
    """

    casing: Themed[str] | None = None
    casing_widths: Stops = ()
    dash: tuple[float, ...] = ()
    faded_field: str | None = None

    @property
    def first_zoom(self) -> int:
        """Where the lines themselves begin, without their casings."""
        return min(entry.sizes[0][0] for entry in self.classes)

    def with_casing(self, entry: DrawnClass) -> Stops:
        """The widths of a class together with its casing on either side, and of the casing alone before it begins."""
        begin = entry.sizes[0][0]
        zooms = sorted({zoom for zoom, _ in (*entry.sizes, *self.casing_widths)})
        lines = {zoom: at_zoom(entry.sizes, zoom) if zoom >= begin else 0.0 for zoom in zooms}
        return tuple((zoom, lines[zoom] + 2 * at_zoom(self.casing_widths, zoom)) for zoom in zooms)


@dataclass(frozen=True)
class Points(Classified):
    """Discs by class, within a rim, with an icon, if any, of otn/model/icons in white from `icon_zoom` on."""

    rim: Themed[str]
    icon: str | None = None
    icon_zoom: int = 0


@dataclass(frozen=True)
class Areas:
    """Areas filled with one colour, which lets through what lies below, within an outline."""

    title: Text
    fill: Themed[str]
    opacity: Themed[float]
    outline: Themed[str]
    widths: Stops


@dataclass(frozen=True)
class Mixed:
    """Features of every dimension, each drawn as its own asks; `title` is that of them all."""

    title: Text
    areas: Areas
    lines: Lines
    points: Points


Drawn = Areas | Lines | Points | Mixed


@dataclass(frozen=True)
class Plate:
    """A field shown as a road's number on a plate, from a zoom level on.

    `images` are the plate's in the sprite, `paper` and `rim` their colours, for programs that draw plates themselves.
    """

    field: str
    images: Themed[str]
    min_zoom: int
    ink: Themed[str]
    paper: Themed[str]
    rim: Themed[str]


@dataclass(frozen=True)
class Symbology:
    """How a collection is drawn. `name_zoom` is where the names of its features begin; some have none."""

    drawn: Drawn
    ink: Themed[str]
    name_field: str | None = None
    name_zoom: int = 0
    plates: tuple[Plate, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that decide how a feature is drawn, or that are written beside it."""
        named = [self.name_field, *(part.class_field for part in self.classified)]
        named += [self.lines.faded_field] if self.lines else []
        return (*(name for name in named if name is not None), *(plate.field for plate in self.plates))

    @property
    def classified(self) -> tuple[Lines | Points, ...]:
        """What is drawn by class."""
        return tuple(part for part in (self.lines, self.points) if part is not None)

    @property
    def areas(self) -> Areas | None:
        return self.drawn.areas if isinstance(self.drawn, Mixed) else _of_type(self.drawn, Areas)

    @property
    def lines(self) -> Lines | None:
        return self.drawn.lines if isinstance(self.drawn, Mixed) else _of_type(self.drawn, Lines)

    @property
    def points(self) -> Points | None:
        return self.drawn.points if isinstance(self.drawn, Mixed) else _of_type(self.drawn, Points)


def _of_type(drawn: Drawn, kind: type[_Kind]) -> _Kind | None:
    return drawn if isinstance(drawn, kind) else None
