"""The shapes of the base map: what the world's topology is on the plane of longitude and latitude."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import shapely
from babel import Locale
from babel.core import get_global
from shapely.affinity import translate

from otn.etl.topology import Places, Topology
from otn.model.sql import SRID
from otn.model.text import LANGUAGES

_LABEL_TOLERANCE = 0.1

_HALF_TURN = 180
_PLANE = (-180, -90, 180, 90)

_Shape = tuple[str, dict[str, str], shapely.Geometry]


def basemap_shapes(file: Path) -> Iterator[tuple[str, dict[str, str], str]]:
    """The layer, the properties and the geometry (EWKB in hexadecimal) of every shape, in the order of drawing."""
    topology = Topology(file)
    for layer, properties, geometry in (*_land(topology), *_boundaries(topology), *_labels(topology)):
        yield layer, properties, shapely.to_wkb(shapely.set_srid(geometry, SRID), hex=True, include_srid=True)


def _land(topology: Topology) -> Iterator[_Shape]:
    for _, polygons in topology.geometries("land"):
        for part in _parts(polygons):
            yield "land", {}, part


def _parts(polygons: list[shapely.Polygon]) -> list[shapely.Polygon]:
    """Polygons of the globe, in the plane."""
    bounds = shapely.bounds(polygons)
    leaping = bounds[:, 2] - bounds[:, 0] > _HALF_TURN
    return [
        piece
        for polygon, leaps in zip(polygons, leaping, strict=True)
        for piece in (on_the_plane(polygon) if leaps else [polygon])
    ]


def on_the_plane(polygon: shapely.Polygon) -> list[shapely.Polygon]:
    """A polygon of the globe in the plane of longitude and latitude: cut where it crosses the antimeridian, and with
    the pole where it goes around one. Its rings leap from 180 to -180 degrees, which the plane takes for the way back.
    """
    exterior, *interiors = (_unrolled(ring) for ring in (polygon.exterior, *polygon.interiors))
    shape = shapely.Polygon(exterior, interiors)
    cut = [shapely.clip_by_rect(translate(shape, turn), *_PLANE) for turn in (-360, 0, 360)]
    return [part for part in shapely.get_parts(cut) if part.geom_type == "Polygon" and not part.is_empty]


def _unrolled(ring: shapely.LinearRing) -> Places:
    """The places of a ring without leaps, the most of them where they were; longitudes may lie beyond 180 degrees."""
    places = shapely.get_coordinates(ring)
    longitudes = np.unwrap(places[:, 0], period=360)
    longitudes -= 360 * round(longitudes.mean() / 360)
    unrolled = np.column_stack((longitudes, places[:, 1]))
    if abs(longitudes[-1] - longitudes[0]) < _HALF_TURN:
        return unrolled
    pole = np.copysign(90.0, places[:, 1].mean())
    return np.vstack((unrolled, [(longitudes[-1], pole), (longitudes[0], pole)]))


def _boundaries(topology: Topology) -> Iterator[_Shape]:
    for arc in topology.shared("countries"):
        yield "boundaries", {}, arc


def _labels(topology: Topology) -> Iterator[_Shape]:
    """One point in the largest part of each country; the largest countries first, as they are labelled first."""
    largest = [
        (max(_parts(polygons), key=shapely.area), country)
        for country, polygons in topology.geometries("countries")
        if polygons
    ]
    for part, country in sorted(largest, key=lambda entry: -entry[0].area):
        yield "labels", _names(country.get("id"), country["properties"]["name"]), _middle(part)


def _middle(area: shapely.Polygon) -> shapely.Point:
    """The point with most room around it, about."""
    coarse = shapely.simplify(area, _LABEL_TOLERANCE)
    return shapely.get_point(shapely.maximum_inscribed_circle(coarse, tolerance=_LABEL_TOLERANCE), 0)


def _names(number: str | None, name: str) -> dict[str, str]:
    """The name in English, and as `name:nl` and so on in each language; `number` is the country's in ISO 3166-1.

    Territories without a number have the name they are published with.
    """
    [code, *_] = get_global("territory_aliases").get(number or "", [""])
    translated = {f"name:{language}": Locale(language).territories.get(code, name) for language in LANGUAGES}
    return {"name": translated["name:en"]} | translated
