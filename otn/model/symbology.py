"""How the features of each collection are drawn: declared once, for maps in browsers and for QGIS.

Colours are those of Okabe and Ito (Color Universal Design, 2008), darkened or lightened until they stand out from the
paper they lie on; no two classes differ by hue alone: width and casing tell them apart too. Widths are in pixels of
1/96 inch at Web Mercator zoom levels and grow in between.
"""

from dataclasses import dataclass
from pathlib import Path

from otn.model.text import Text


@dataclass(frozen=True)
class Themed:
    """A colour as #rrggbb, or the name of an image: the one on light paper and the one on dark."""

    light: str
    dark: str

    def on(self, theme: str) -> str:
        """The one for one of THEMES."""
        return str(getattr(self, theme))


ICONS_DIR = Path(__file__).parent / "icons"
THEMES = ("light", "dark")
Stops = tuple[tuple[int, float], ...]


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


@dataclass(frozen=True)
class LineClass:
    """How lines are drawn whose class is one of `codes`; without codes: all others, the unknown ones among them."""

    title: Text
    codes: tuple[str, ...]
    colour: Themed
    widths: Stops


@dataclass(frozen=True)
class Lines:
    """Lines by class, the most important first.

    A casing is `casing_widths` wider on either side. A dash counts in line widths. Lines and casings begin at the zoom
    level of their first width. Where `faded_field` is true a line is drawn faintly, as what lies below ground.
    """

    classes: tuple[LineClass, ...]
    class_field: str | None = None
    casing: Themed | None = None
    casing_widths: Stops = ()
    dash: tuple[float, ...] = ()
    faded_field: str | None = None

    @property
    def first_zoom(self) -> int:
        """Where the lines themselves begin, without their casings."""
        return min(entry.widths[0][0] for entry in self.classes)

    def with_casing(self, entry: LineClass) -> Stops:
        """The widths of a class together with its casing on either side, and of the casing alone before it begins."""
        begin = entry.widths[0][0]
        zooms = sorted({zoom for zoom, _ in (*entry.widths, *self.casing_widths)})
        lines = {zoom: at_zoom(entry.widths, zoom) if zoom >= begin else 0.0 for zoom in zooms}
        return tuple((zoom, lines[zoom] + 2 * at_zoom(self.casing_widths, zoom)) for zoom in zooms)


@dataclass(frozen=True)
class Points:
    """Discs of one colour with an icon of otn/model/icons in white from `icon_zoom` on."""

    title: Text
    colour: Themed
    rim: Themed
    radii: Stops
    icon: str
    icon_zoom: int


@dataclass(frozen=True)
class Plate:
    """A field shown as a road's number on a plate, from a zoom level on. `images` are the plate's in the sprite."""

    field: str
    images: Themed
    min_zoom: int
    ink: Themed


@dataclass(frozen=True)
class Symbology:
    """How a collection is drawn. `name_zoom` is where the names of its features begin."""

    drawn: Lines | Points
    name_field: str
    name_zoom: int
    ink: Themed
    plates: tuple[Plate, ...] = ()


HALO = Themed("#ffffff", "#10181d")
_INK = Themed("#2b3238", "#e3eaee")
_PLATE_INK = Themed("#20282e", "#f2f5f6")
_WHITE = Themed("#ffffff", "#ffffff")

ROADS = Symbology(
    Lines(
        (
            LineClass(
                Text(en="Main road", nl="Hoofdweg", fr="Route principale", de="Hauptstraße"),
                ("mainRoad",),
                Themed("#d55e00", "#e8641b"),
                ((4, 0.7), (8, 1.8), (11, 3.0), (14, 6.0), (18, 24.0)),
            ),
            LineClass(
                Text(en="First class", nl="Eerste klasse", fr="Première classe", de="Erste Klasse"),
                ("firstClass",),
                Themed("#e69f00", "#e9aa2b"),
                ((6, 0.6), (8, 1.2), (11, 2.4), (14, 5.2), (18, 22.0)),
            ),
            LineClass(
                Text(en="Second class", nl="Tweede klasse", fr="Deuxième classe", de="Zweite Klasse"),
                ("secondClass",),
                Themed("#f4e04d", "#efe07a"),
                ((8, 0.8), (11, 1.9), (14, 4.6), (18, 20.0)),
            ),
            LineClass(
                Text(en="Third class", nl="Derde klasse", fr="Troisième classe", de="Dritte Klasse"),
                ("thirdClass",),
                Themed("#fbf4bd", "#cfc9a0"),
                ((9, 0.7), (11, 1.4), (14, 4.0), (18, 18.0)),
            ),
            LineClass(
                Text(
                    en="Other roads and streets",
                    nl="Andere wegen en straten",
                    fr="Autres routes et rues",
                    de="Übrige Straßen",
                ),
                ("fourthClass", "fifthClass"),
                Themed("#ffffff", "#67757e"),
                ((11, 0.8), (13, 1.6), (14, 2.6), (18, 15.0)),
            ),
            LineClass(
                Text(en="Tracks and paths", nl="Veld- en voetwegen", fr="Chemins et sentiers", de="Feld- und Fußwege"),
                ("sixthClass", "seventhClass", "eighthClass", "ninthClass"),
                Themed("#efe9df", "#4a575f"),
                ((12, 0.5), (14, 1.1), (18, 5.0)),
            ),
            LineClass(
                Text(en="Class unknown", nl="Klasse onbekend", fr="Classe inconnue", de="Klasse unbekannt"),
                (),
                Themed("#8a7a66", "#97765a"),
                ((0, 0.15), (5, 0.6), (8, 1.5), (11, 2.2), (14, 3.4), (18, 12.0)),
            ),
        ),
        class_field="functionalRoadClass",
        casing=Themed("#8b8f8e", "#0b1114"),
        casing_widths=((9, 0.3), (11, 0.6), (14, 0.8), (18, 1.5)),
        faded_field="tunnel",
    ),
    name_field="name",
    name_zoom=13,
    ink=_INK,
    plates=(
        Plate("europeanRoadNumber", Themed("shield-european", "shield-european"), 8, _WHITE),
        Plate("nationalRoadCode", Themed("shield", "shield-dark"), 10, _PLATE_INK),
    ),
)

RAILWAYS = Symbology(
    Lines(
        (
            LineClass(
                Text(en="Railway", nl="Spoorweg", fr="Voie ferrée", de="Bahnstrecke"),
                (),
                Themed("#ffffff", "#10181d"),
                ((8, 0.5), (12, 1.2), (14, 1.8), (18, 5.0)),
            ),
        ),
        casing=Themed("#4d565c", "#9fb0ba"),
        casing_widths=((0, 0.08), (5, 0.25), (7, 0.5), (8, 0.4), (10, 0.6), (14, 0.9), (18, 1.6)),
        dash=(6.0, 6.0),
    ),
    name_field="name",
    name_zoom=13,
    ink=_INK,
)

SEA_LANES = Symbology(
    Lines(
        (
            LineClass(
                Text(en="Sea lane", nl="Zeeroute", fr="Route maritime", de="Seeweg"),
                (),
                Themed("#0072b2", "#56b4e9"),
                ((0, 0.4), (5, 1.0), (10, 1.8), (16, 3.0)),
            ),
        ),
        dash=(2.0, 2.5),
    ),
    name_field="passage",
    name_zoom=5,
    ink=Themed("#00507d", "#9fd3f2"),
)

PORTS = Symbology(
    Points(
        Text(en="Port", nl="Haven", fr="Port", de="Hafen"),
        Themed("#0072b2", "#2b8fd0"),
        HALO,
        ((2, 1.7), (5, 2.6), (7, 4.0), (8, 8.0), (14, 11.0)),
        icon="port",
        icon_zoom=8,
    ),
    name_field="name",
    name_zoom=7,
    ink=Themed("#004b76", "#a5d6f4"),
)

AIRPORTS = Symbology(
    Points(
        Text(en="Airport", nl="Luchthaven", fr="Aéroport", de="Flughafen"),
        Themed("#a3407a", "#cc79a7"),
        HALO,
        ((2, 1.7), (5, 2.6), (7, 4.0), (8, 8.0), (14, 11.0)),
        icon="airport",
        icon_zoom=8,
    ),
    name_field="name",
    name_zoom=9,
    ink=Themed("#7c2c5c", "#eab8d3"),
)

# In the order they are drawn: what comes later lies above.
SYMBOLOGIES = {
    "sea-lanes": SEA_LANES,
    "railways": RAILWAYS,
    "roads": ROADS,
    "ports": PORTS,
    "airports": AIRPORTS,
}
