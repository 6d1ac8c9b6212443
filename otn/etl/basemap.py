"""The base map under everything: land, boundaries of countries and their names. It is furniture, no collection.

Source: Natural Earth 1:10m, public domain, as the npm package world-atlas (countries-10m), copied by `make vendor`;
names in the four languages from the Unicode CLDR.
"""

import hashlib
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from otn.model.sql import WEB_MERCATOR_GEOMETRY
from otn.model.tiling import BASEMAP_ZOOMS, pixel_metres

TOPOLOGY = Path(__file__).parent / "vendor" / "world-atlas" / "countries-10m.json"
# Changes whenever the same file gives another base map.
_RECIPE = 4
_TOLERANCE_PIXELS = 0.5


def load_basemap(url: str) -> None:
    """Makes the base map where there is none, or one made of another file or in another way."""
    source = f"{hashlib.sha256(TOPOLOGY.read_bytes()).hexdigest()[:16]}-{_RECIPE}"
    with psycopg.connect(url, application_name="otn-basemap") as connection:
        connection.execute("LOCK TABLE basemap_state IN SHARE ROW EXCLUSIVE MODE")
        if connection.execute("SELECT true FROM basemap_state WHERE source = %s", [source]).fetchone():
            return
        connection.execute("DELETE FROM basemap")
        connection.execute("DELETE FROM basemap_state")
        _stage(connection)
        for zoom in BASEMAP_ZOOMS:
            _generalise(connection, zoom)
        connection.execute("INSERT INTO basemap_state VALUES (%s)", [source])
        connection.commit()
        connection.execute("ANALYZE basemap")


def _stage(connection: psycopg.Connection) -> None:
    # What makes the shapes takes memory that a server has no use for, and mostly they are made already.
    from otn.etl.basemap_shapes import basemap_shapes

    connection.execute(
        "CREATE TEMPORARY TABLE given (id serial, layer text, properties jsonb, geom geometry) ON COMMIT DROP"
    )
    with connection.cursor() as cursor, cursor.copy("COPY given (layer, properties, geom) FROM STDIN") as copy:
        for layer, properties, wkb in basemap_shapes(TOPOLOGY):
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
