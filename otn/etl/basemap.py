"""The base map under everything: land, boundaries of countries and their names. It is furniture, no collection.

Source: Natural Earth 1:10m, public domain, as the npm package world-atlas (countries-10m), copied by `make vendor`;
names in the four languages from the Unicode CLDR.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import psycopg
import shapely
from babel import Locale
from babel.core import get_global
from psycopg import sql
from psycopg.types.json import Jsonb
from shapely.affinity import translate

from otn.etl.topology import Places, Topology
from otn.model.tables import WEB_MERCATOR_GEOMETRY
from otn.model.text import LANGUAGES
from otn.model.tiling import BASEMAP_ZOOMS, pixel_metres

TOPOLOGY = Path(__file__).parent / "vendor" / "world-atlas" / "countries-10m.json"
# Changes whenever the same file gives another base map.
_RECIPE = 4
_TOLERANCE_PIXELS = 0.5
_LABEL_TOLERANCE = 0.1

_HALF_TURN = 180
_PLANE = (-180, -90, 180, 90)

Shape = tuple[str, dict[str, str], shapely.Geometry]


def load_basemap(url: str) -> None:
    """Makes the base map where there is none, or one made of another file or in another way."""
    source = f"{hashlib.sha256(TOPOLOGY.read_bytes()).hexdigest()[:16]}-{_RECIPE}"
    with psycopg.connect(url, application_name="otn-basemap") as connection:
        connection.execute("LOCK TABLE basemap_state IN SHARE ROW EXCLUSIVE MODE")
        if connection.execute("SELECT true FROM basemap_state WHERE source = %s", [source]).fetchone():
            return
        connection.execute("DELETE FROM basemap")
        connection.execute("DELETE FROM basemap_state")
        topology = Topology(TOPOLOGY)
        _stage(connection, (*_land(topology), *_boundaries(topology), *_labels(topology)))
        for zoom in BASEMAP_ZOOMS:
            _generalise(connection, zoom)
        connection.execute("INSERT INTO basemap_state VALUES (%s)", [source])
        connection.commit()
        connection.execute("ANALYZE basemap")


def _stage(connection: psycopg.Connection, shapes: Iterable[Shape]) -> None:
    connection.execute(
        "CREATE TEMPORARY TABLE given (id serial, layer text, properties jsonb, geom geometry) ON COMMIT DROP"
    )
    with connection.cursor() as cursor, cursor.copy("COPY given (layer, properties, geom) FROM STDIN") as copy:
        for layer, properties, geometry in shapes:
            wkb = shapely.to_wkb(shapely.set_srid(geometry, 4326), hex=True, include_srid=True)
            copy.write_row((layer, Jsonb(properties), wkb))
    connection.execute(
        sql.SQL(
            "CREATE TEMPORARY TABLE shape ON COMMIT DROP AS SELECT id, layer, properties, {} AS geom FROM given"
        ).format(sql.SQL(WEB_MERCATOR_GEOMETRY))
    )


def _generalise(connection: psycopg.Connection, zoom: int) -> None:
    """The shapes as they look at a zoom; the deepest one has them as they are."""
    tolerance = 0.0 if zoom == BASEMAP_ZOOMS[-1] else _TOLERANCE_PIXELS * pixel_metres(zoom)
    connection.execute(
        "INSERT INTO basemap (zoom, layer, properties, geom) SELECT %s, layer, properties, simple FROM shape"
        " CROSS JOIN LATERAL (SELECT ST_Simplify(geom, %s) AS simple OFFSET 0) AS _"
        " WHERE NOT ST_IsEmpty(simple) ORDER BY id",
        [zoom, tolerance],
    )


def _land(topology: Topology) -> Iterator[Shape]:
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


def _boundaries(topology: Topology) -> Iterator[Shape]:
    for arc in topology.shared("countries"):
        yield "boundaries", {}, arc


def _labels(topology: Topology) -> Iterator[Shape]:
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
