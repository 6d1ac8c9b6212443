"""Map styles for MapLibre, made from the declared symbology. Pure.

Source: MapLibre Style Specification, https://maplibre.org/maplibre-style-spec/
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from otn.api.raster_pictures import HILL_SHADE, RELIEF
from otn.model.drawing import (
    FAINT,
    GROWTH,
    Classified,
    DrawnClass,
    Lines,
    Mixed,
    Plate,
    Points,
    Stops,
    Symbology,
    Themed,
    at_zoom,
    in_theme,
    rims,
)
from otn.model.symbology import HALO, SYMBOLOGIES

Layer = dict[str, Any]
Expression = list[Any]

FONT = "Noto Sans Regular"
STRONG_FONT = "Noto Sans SemiBold"
BASE_MAP = "basemap"

WATER = Themed("#d5e5ee", "#0d1820", "#ffffff")
LAND = Themed("#f6f4ef", "#1b252c", "#ffffff")
BOUNDARY = Themed("#a9a2b5", "#566572", "#777777")
COUNTRY = Themed("#4d565e", "#b3c0c9", "#333333")
COAST = "#555555"
SHADE_OPACITY = 0.75
"""Of the hill-shade: roads must stay what is seen first."""
_SHADE = {"raster-opacity": SHADE_OPACITY, "raster-fade-duration": 100}


def layers(collection_ids: Iterable[str], theme: str, language: str, ground: Layer | None = None) -> list[Layer]:
    """The layers of a map of these collections on the base map: areas, lines, points, then all words.

    Each collection is a source and a source layer of its own name. Countries are named in the language, features as
    their publishers name them. `ground` is what lies on the land, if there is a raster.
    """
    drawn = [(name, symbology) for name, symbology in SYMBOLOGIES.items() if name in set(collection_ids)]
    made = _base(theme, ground)
    made.extend(layer for name, symbology in drawn for layer in _areas(name, symbology, theme))
    made.extend(layer for name, symbology in drawn for layer in _lines(name, symbology, theme))
    made.extend(layer for name, symbology in drawn for layer in _discs(name, symbology, theme))
    made.append(_country_names(theme, language))
    for name, symbology in drawn:
        made.extend(_words(name, symbology, theme))
    return made


def hill_shade(source: str) -> Layer:
    """Light and shadow of a source of the service's tiles, to lie beneath what else is drawn."""
    return {"id": HILL_SHADE, "type": "raster", "source": source, "paint": _SHADE}


def relief(source: str) -> Layer:
    """Tints of elevation in light and shadow, of a source of the service's tiles."""
    return {"id": RELIEF, "type": "raster", "source": source, "paint": {"raster-fade-duration": 100}}


def _base(theme: str, ground: Layer | None) -> list[Layer]:
    return [
        {"id": "water", "type": "background", "paint": {"background-color": WATER.on(theme)}},
        _land(theme),
        *([] if ground is None else [ground]),
        _layer(
            "boundaries",
            "line",
            BASE_MAP,
            "boundaries",
            layout={"line-join": "round"},
            paint={
                "line-color": BOUNDARY.on(theme),
                "line-width": interpolated(((2, 0.4), (6, 0.9), (12, 1.6))),
                "line-dasharray": [4, 2],
            },
        ),
    ]


def _land(theme: str) -> Layer:
    """Land as an area; in print as its coast alone, which costs no ink."""
    if theme == "print":
        coast = {"line-color": COAST, "line-width": interpolated(((2, 0.4), (6, 0.7), (12, 1.0)))}
        return _layer("land", "line", BASE_MAP, "land", layout={"line-join": "round"}, paint=coast)
    return _layer("land", "fill", BASE_MAP, "land", paint={"fill-color": LAND.on(theme)})


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
        paint=_word_paint(COUNTRY, theme),
    )


def _areas(name: str, symbology: Symbology, theme: str) -> Iterator[Layer]:
    areas = symbology.areas
    if areas is None:
        return
    only = _only(symbology, "Polygon")
    layer_id = _layer_id(name, "areas", symbology)
    fill = {"fill-color": areas.fill.on(theme), "fill-opacity": areas.opacity.on(theme)}
    outline = {"line-color": areas.outline.on(theme), "line-width": interpolated(in_theme(areas.widths, theme))}
    yield _layer(layer_id, "fill", name, paint=fill, **only)
    yield _layer(f"{layer_id}-outline", "line", name, layout={"line-join": "round"}, paint=outline, **only)


def _layer_id(name: str, part: str, symbology: Symbology) -> str:
    """The collection's name, and where it has several layers of features the part's too."""
    return f"{name}-{part}" if isinstance(symbology.drawn, Mixed) else name


def _only(symbology: Symbology, kind: str) -> dict[str, Any]:
    """The filter of a layer for one type of geometry, where the collection has several."""
    return {"filter": _of_type(kind)} if isinstance(symbology.drawn, Mixed) else {}


def _of_type(kind: str) -> Expression:
    return ["match", ["geometry-type"], [kind, f"Multi{kind}"], True, False]


def _lines(name: str, symbology: Symbology, theme: str) -> Iterator[Layer]:
    lines = symbology.lines
    if lines is None:
        return
    only = _only(symbology, "LineString")
    layer_id = _layer_id(name, "lines", symbology)
    if lines.casing is not None:
        yield _strokes(
            f"{layer_id}-casing",
            name,
            lines,
            lines.casing_widths[0][0],
            {
                "line-color": lines.casing.on(theme),
                "line-width": _sizes(lines, lambda entry: in_theme(lines.with_casing(entry), theme)),
            },
            **only,
        )
    paint = {
        "line-color": _by_class(lines, lambda entry: entry.colour.on(theme)),
        "line-width": _sizes(lines, lambda entry: in_theme(entry.sizes, theme)),
    }
    if lines.dash:
        paint["line-dasharray"] = list(lines.dash)
    yield _strokes(layer_id, name, lines, lines.first_zoom, paint, **only)


def _strokes(layer_id: str, name: str, lines: Lines, first_zoom: int, paint: dict[str, Any], **members: Any) -> Layer:
    """A line layer: what matters more lies above, what lies below ground is faint."""
    if lines.faded_field is not None:
        paint = paint | {"line-opacity": ["case", ["==", ["get", lines.faded_field], True], FAINT, 1]}
    layout = {
        "line-sort-key": _most_important_above(lines),
        "line-cap": "butt" if lines.dash else "round",
        "line-join": "round",
    }
    return _layer(layer_id, "line", name, minzoom=first_zoom, layout=layout, paint=paint, **members)


def _by_class(drawn: Classified, value: Callable[[DrawnClass], Any]) -> Any:
    """The value of each class by the class field; the class without codes is everything else."""
    *known, rest = drawn.classes
    if drawn.class_field is None:
        return value(rest)
    cases = [part for entry in known for part in (list(entry.codes), value(entry))]
    return ["match", ["get", drawn.class_field], *cases, value(rest)]


def _most_important_above(drawn: Classified) -> Any:
    return _by_class(drawn, lambda entry: -drawn.classes.index(entry))


def _sizes(drawn: Classified, stops: Callable[[DrawnClass], Stops]) -> Expression:
    """Sizes at every zoom level that any class names: in a style an interpolation must be outermost."""
    zooms = sorted({zoom for entry in drawn.classes for zoom, _ in stops(entry)})

    def size(zoom: int) -> Any:
        return _by_class(drawn, lambda entry: round(at_zoom(stops(entry), zoom), 2))

    return ["interpolate", ["exponential", GROWTH], ["zoom"], *(part for zoom in zooms for part in (zoom, size(zoom)))]


def interpolated(stops: Stops) -> Expression:
    """The expression that interpolates between these stops by zoom level."""
    return ["interpolate", ["exponential", GROWTH], ["zoom"], *(part for stop in stops for part in stop)]


_LINE_NAMES: dict[str, Any] = {"symbol-placement": "line", "symbol-spacing": 260, "text-max-angle": 30}
_AREA_NAMES: dict[str, Any] = {"text-max-width": 8}
_POINT_NAMES: dict[str, Any] = {
    "text-max-width": 9,
    "text-variable-anchor": ["top", "bottom", "left", "right"],
    "text-radial-offset": interpolated(((6, 0.5), (8, 0.9), (14, 1.1))),
    "text-justify": "auto",
}


def _discs(name: str, symbology: Symbology, theme: str) -> Iterator[Layer]:
    points = symbology.points
    if points is None:
        return
    yield _layer(
        _layer_id(name, "points", symbology),
        "circle",
        name,
        layout={"circle-sort-key": _most_important_above(points)},
        paint={
            "circle-color": _by_class(points, lambda entry: entry.colour.on(theme)),
            "circle-radius": _sizes(points, lambda entry: in_theme(entry.sizes, theme)),
            "circle-stroke-color": points.rim.on(theme),
            "circle-stroke-width": _sizes(points, lambda entry: rims(in_theme(entry.sizes, theme))),
        },
        **_only(symbology, "Point"),
    )


def _words(name: str, symbology: Symbology, theme: str) -> Iterator[Layer]:
    """Names, and above them, so that they find their place first, numbers and icons."""
    if symbology.name_field is not None:
        yield from _names(name, symbology, symbology.name_field, theme)
    if symbology.points is not None and symbology.points.icon is not None:
        yield _icons(name, symbology.points, theme)
    for plate in symbology.plates:
        if symbology.lines is not None:
            yield _plates(name, plate, symbology.lines, theme)


def _names(name: str, symbology: Symbology, field: str, theme: str) -> Iterator[Layer]:
    """Along lines, beside points, in the middle of areas; `field` holds them."""
    several = isinstance(symbology.drawn, Mixed)
    for part, kind, drawn, layout in (
        ("areas", "Polygon", symbology.areas, _AREA_NAMES),
        ("lines", "LineString", symbology.lines, _LINE_NAMES),
        ("points", "Point", symbology.points, _POINT_NAMES),
    ):
        if drawn is None:
            continue
        has_name: Expression = ["has", field]
        grown = (18, 15) if drawn is symbology.lines else (max(14, symbology.name_zoom + 2), 13)
        order = {}
        if isinstance(drawn, Lines):
            order["symbol-sort-key"] = _by_class(drawn, drawn.classes.index)
        yield _layer(
            f"{_layer_id(name, part, symbology)}-names",
            "symbol",
            name,
            minzoom=symbology.name_zoom,
            filter=["all", has_name, _of_type(kind)] if several else has_name,
            layout={
                "text-field": ["get", field],
                "text-font": [FONT],
                "text-size": interpolated(((symbology.name_zoom, 11), grown)),
                "text-padding": 4,
                **layout,
                **order,
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


def _icons(name: str, points: Points, theme: str) -> Layer:
    return _layer(
        f"{name}-icons",
        "symbol",
        name,
        minzoom=points.icon_zoom,
        layout={
            "icon-image": points.icon,
            "icon-size": interpolated(in_theme(((points.icon_zoom, 0.7), (14, 0.95)), theme)),
            "icon-allow-overlap": True,
            "icon-padding": 0,
        },
    )


def _word_paint(ink: Themed[str], theme: str) -> dict[str, Any]:
    return {"text-color": ink.on(theme), "text-halo-color": HALO.on(theme), "text-halo-width": 1.4}


def _layer(layer_id: str, kind: str, source: str, source_layer: str | None = None, **members: Any) -> Layer:
    """A layer; an `id`, a source and a source layer of the same name are the rule."""
    return {"id": layer_id, "type": kind, "source": source, "source-layer": source_layer or source, **members}
