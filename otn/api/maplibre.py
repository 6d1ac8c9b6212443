"""Map styles for MapLibre, made from the declared symbology. Pure.

Source: MapLibre Style Specification, https://maplibre.org/maplibre-style-spec/
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from otn.model.symbology import (
    GROWTH,
    HALO,
    SYMBOLOGIES,
    LineClass,
    Lines,
    Plate,
    Points,
    Stops,
    Symbology,
    Themed,
    at_zoom,
)

Layer = dict[str, Any]
Expression = list[Any]

FONT = "Noto Sans Regular"
STRONG_FONT = "Noto Sans SemiBold"
BASE_MAP = "basemap"

_WATER = Themed("#d5e5ee", "#0d1820")
_LAND = Themed("#f6f4ef", "#1b252c")
_BOUNDARY = Themed("#a9a2b5", "#566572")
_COUNTRY = Themed("#4d565e", "#b3c0c9")


def layers(collection_ids: Iterable[str], theme: str, language: str) -> list[Layer]:
    """The layers of a map of these collections on the base map: areas, lines, points, then all words.

    Each collection is a source and a source layer of its own name. Countries are named in the language, features as
    their publishers name them.
    """
    drawn = [(name, symbology) for name, symbology in SYMBOLOGIES.items() if name in set(collection_ids)]
    made = _base(theme)
    for name, symbology in drawn:
        if isinstance(symbology.drawn, Lines):
            made.extend(_lines(name, symbology.drawn, theme))
    for name, symbology in drawn:
        if isinstance(symbology.drawn, Points):
            made.append(_discs(name, symbology.drawn, theme))
    made.append(_country_names(theme, language))
    for name, symbology in drawn:
        made.extend(_words(name, symbology, theme))
    return made


def _base(theme: str) -> list[Layer]:
    return [
        {"id": "water", "type": "background", "paint": {"background-color": _WATER.on(theme)}},
        _layer("land", "fill", BASE_MAP, "land", paint={"fill-color": _LAND.on(theme)}),
        _layer(
            "boundaries",
            "line",
            BASE_MAP,
            "boundaries",
            layout={"line-join": "round"},
            paint={
                "line-color": _BOUNDARY.on(theme),
                "line-width": interpolated(((2, 0.4), (6, 0.9), (12, 1.6))),
                "line-dasharray": [4, 2],
            },
        ),
    ]


def _country_names(theme: str, language: str) -> Layer:
    return _layer(
        "country-names",
        "symbol",
        BASE_MAP,
        "labels",
        maxzoom=9,
        layout={
            "text-field": ["coalesce", ["get", f"name:{language}"], ["get", "name"]],
            "text-font": [STRONG_FONT],
            "text-size": interpolated(((2, 10), (6, 15))),
            "text-letter-spacing": 0.08,
            "text-max-width": 7,
            "text-padding": 6,
        },
        paint=_word_paint(_COUNTRY, theme),
    )


def _lines(name: str, lines: Lines, theme: str) -> Iterator[Layer]:
    if lines.casing is not None:
        yield _strokes(
            f"{name}-casing",
            name,
            lines,
            lines.casing_widths[0][0],
            {"line-color": lines.casing.on(theme), "line-width": _widths(lines, lines.with_casing)},
        )
    colour = _by_class(lines, lambda entry: entry.colour.on(theme))
    paint = {"line-color": colour, "line-width": _widths(lines, lambda entry: entry.widths)}
    if lines.dash:
        paint["line-dasharray"] = list(lines.dash)
    yield _strokes(name, name, lines, lines.first_zoom, paint)


def _strokes(layer_id: str, name: str, lines: Lines, first_zoom: int, paint: dict[str, Any]) -> Layer:
    """A line layer: what matters more lies above, what lies below ground is faint."""
    if lines.faded_field is not None:
        paint = paint | {"line-opacity": ["case", ["==", ["get", lines.faded_field], True], 0.4, 1]}
    layout = {
        "line-sort-key": _by_class(lines, lambda entry: -lines.classes.index(entry)),
        "line-cap": "butt" if lines.dash else "round",
        "line-join": "round",
    }
    return _layer(layer_id, "line", name, minzoom=first_zoom, layout=layout, paint=paint)


def _by_class(lines: Lines, value: Callable[[LineClass], Any]) -> Any:
    """The value of each class by the class field; the class without codes is everything else."""
    *known, rest = lines.classes
    if lines.class_field is None:
        return value(rest)
    cases = [part for entry in known for part in (list(entry.codes), value(entry))]
    return ["match", ["get", lines.class_field], *cases, value(rest)]


def _widths(lines: Lines, stops: Callable[[LineClass], Stops]) -> Expression:
    """Line widths at every zoom level that any class names: in a style an interpolation must be outermost."""
    zooms = sorted({zoom for entry in lines.classes for zoom, _ in stops(entry)})

    def width(zoom: int) -> Any:
        return _by_class(lines, lambda entry: round(at_zoom(stops(entry), zoom), 2))

    return ["interpolate", ["exponential", GROWTH], ["zoom"], *(part for zoom in zooms for part in (zoom, width(zoom)))]


def interpolated(stops: Stops) -> Expression:
    """The expression that interpolates between these stops by zoom level."""
    return ["interpolate", ["exponential", GROWTH], ["zoom"], *(part for stop in stops for part in stop)]


def _discs(name: str, points: Points, theme: str) -> Layer:
    return _layer(
        name,
        "circle",
        name,
        paint={
            "circle-color": points.colour.on(theme),
            "circle-radius": interpolated(points.radii),
            "circle-stroke-color": points.rim.on(theme),
            "circle-stroke-width": interpolated(((2, 0.2), (5, 0.6), (8, 1.5))),
        },
    )


def _words(name: str, symbology: Symbology, theme: str) -> Iterator[Layer]:
    """Names, and above them, so that they find their place first, numbers and icons."""
    if isinstance(symbology.drawn, Points):
        yield _point_names(name, symbology, theme)
        yield _icons(name, symbology.drawn)
        return
    yield _line_names(name, symbology, symbology.drawn, theme)
    for plate in symbology.plates:
        yield _plates(name, plate, symbology.drawn, theme)


def _line_names(name: str, symbology: Symbology, lines: Lines, theme: str) -> Layer:
    return _layer(
        f"{name}-names",
        "symbol",
        name,
        minzoom=symbology.name_zoom,
        filter=["has", symbology.name_field],
        layout={
            "symbol-placement": "line",
            "symbol-spacing": 260,
            "symbol-sort-key": _by_class(lines, lines.classes.index),
            "text-field": ["get", symbology.name_field],
            "text-font": [FONT],
            "text-size": interpolated(((symbology.name_zoom, 11), (18, 15))),
            "text-max-angle": 30,
            "text-padding": 4,
        },
        paint=_word_paint(symbology.ink, theme),
    )


def _plates(name: str, plate: Plate, lines: Lines, theme: str) -> Layer:
    return _layer(
        f"{name}-{plate.field}",
        "symbol",
        name,
        minzoom=plate.min_zoom,
        filter=["has", plate.field],
        layout={
            "symbol-placement": "line",
            "symbol-spacing": 420,
            "symbol-sort-key": _by_class(lines, lines.classes.index),
            "icon-image": plate.images.on(theme),
            "icon-text-fit": "both",
            "icon-rotation-alignment": "viewport",
            "text-field": _first_of(plate.field),
            "text-font": [STRONG_FONT],
            "text-size": 10,
            "text-rotation-alignment": "viewport",
            "text-padding": 8,
        },
        paint={"text-color": plate.ink.on(theme)},
    )


def _first_of(field: str) -> Expression:
    """The first of several numbers that a semicolon separates."""
    number, end = ["get", field], ["index-of", ";", ["get", field]]
    return ["case", [">", end, 0], ["slice", number, 0, end], number]


def _point_names(name: str, symbology: Symbology, theme: str) -> Layer:
    return _layer(
        f"{name}-names",
        "symbol",
        name,
        minzoom=symbology.name_zoom,
        filter=["has", symbology.name_field],
        layout={
            "text-field": ["get", symbology.name_field],
            "text-font": [FONT],
            "text-size": interpolated(((symbology.name_zoom, 11), (14, 13))),
            "text-max-width": 9,
            "text-variable-anchor": ["top", "bottom", "left", "right"],
            "text-radial-offset": interpolated(((6, 0.5), (8, 0.9), (14, 1.1))),
            "text-justify": "auto",
            "text-padding": 4,
        },
        paint=_word_paint(symbology.ink, theme),
    )


def _icons(name: str, points: Points) -> Layer:
    return _layer(
        f"{name}-icons",
        "symbol",
        name,
        minzoom=points.icon_zoom,
        layout={
            "icon-image": points.icon,
            "icon-size": interpolated(((points.icon_zoom, 0.7), (14, 0.95))),
            "icon-allow-overlap": True,
            "icon-padding": 0,
        },
    )


def _word_paint(ink: Themed, theme: str) -> dict[str, Any]:
    return {"text-color": ink.on(theme), "text-halo-color": HALO.on(theme), "text-halo-width": 1.4}


def _layer(layer_id: str, kind: str, source: str, source_layer: str | None = None, **members: Any) -> Layer:
    """A layer; an `id`, a source and a source layer of the same name are the rule."""
    return {"id": layer_id, "type": kind, "source": source, "source-layer": source_layer or source, **members}
