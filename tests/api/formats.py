"""What the tests of output formats share: features with nasty values, and documents of them."""

from dataclasses import replace
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from otn.api.crs import CRS84, Crs
from otn.api.encoders.gdal_file import GdalFormat
from otn.api.encoders.registry import OutputFormat
from otn.api.encoders.view import Page, TextFormat, View
from otn.model.collections import Collection
from otn.model.datasets import Registry
from otn.store.statement import quoted
from tests.api.sample import NASTY_NAME, declare, insert

NASTY_TEXTS = (
    NASTY_NAME,
    'a "quoted", name; with | separators',
    "two\nlines\r\nand a return\rand a tab\t",
    '=HYPERLINK("http://example.com")',
    "\x01\x08\x0b\x1b\x1e\x1f\ufffe control characters",
    "🚲 Straße Ærø 大阪 \u202e",
    " spaces around ",
    "]]> <!-- & &amp; -->",
    "\\N",
    "null",
    "",
)
ANTIMERIDIAN = "LINESTRING(179.9 -17, 180 -17.1, -180 -17.1, -179.9 -17.2)"
NUMBER_OF_ROADS = len(NASTY_TEXTS) + 2
PAGE_NOTICE = "© A & B. Licence: <ODbL>"


def fill_nasty(url: str) -> None:
    """Roads with every kind of value, one with none but what is required, and two points."""
    registry = Registry.read()
    roads, ports = registry.dataset("elsewhere/roads"), registry.dataset("elsewhere/ports")
    with psycopg.connect(url) as connection:
        for number, text in enumerate(NASTY_TEXTS, start=1):
            insert(
                connection, roads, number, number, f"LINESTRING(4.1234567 50.{number}, 4.2 51)", **_values(number, text)
            )
        insert(connection, roads, 2**40, 50, "LINESTRING(4 50, 5 51, 6 52)")
        insert(connection, roads, 100, 100, ANTIMERIDIAN, name="Taveuni")
        declare(connection, roads, number_of_features=NUMBER_OF_ROADS)
        insert(connection, ports, 201, 201, "POINT(179.5 66.1234567)", name='Port "A"')
        insert(connection, ports, 202, 202, "POINT(0 -0.0000001)")
        declare(connection, ports, number_of_features=2)


def _values(number: int, text: str) -> dict[str, Any]:
    return {
        "name": text,
        "functionalRoadClass": "mainRoad",
        "speedLimit": 50 + number,
        "maximumHeight": 4.25,
        "length": 0.1 + 0.2,
        "bridge": number % 2 == 0,
        "validFrom": "2010-01-01T00:00:00Z",
        "validTo": None if number % 2 else "2015-12-31T23:59:59.5+02:00",
        "sourceCodes": Jsonb({"highway": text, "n": [1, None]}),
    }


def whole_view(collection: Collection) -> View:
    """Every field, and the geometry as it is stored."""
    return View(collection, collection.fields, CRS84, "f.geom", CRS84.decimals)


def is_streamed(output: OutputFormat) -> bool:
    """Whether its first bytes come before its last feature is known; else a whole file is written first."""
    return not isinstance(output.encoder, GdalFormat)


def view_in(collection: Collection, crs: Crs) -> View:
    """Everything of a collection, in another reference system."""
    geometry = f"ST_Transform(f.geom, {crs.srid})" if crs.srid != 4326 else "f.geom"
    return replace(whole_view(collection), crs=crs, geometry=geometry, decimals=crs.decimals)


def page_of(view: View, count: int | None = None) -> Page:
    return Page(
        view=view,
        title="Roads & <more>",
        notice=PAGE_NOTICE,
        time_stamp="2024-05-06T07:08:09Z",
        links=[{"href": "http://otn.example/?a=1&b=2", "rel": "self"}],
        number_matched=count,
        number_returned=count,
    )


def features(url: str, text_format: TextFormat, view: View) -> list[bytes]:
    """Every feature as its format writes it, in the order of pages."""
    with psycopg.connect(url, options="-c timezone=UTC") as connection:
        rows = connection.execute(
            f"SELECT {text_format.feature_sql(view)} FROM {quoted(view.collection.table)} AS f"  # noqa: S608
            " ORDER BY page_rank, id"
        ).fetchall()
    assert all(row[0] is not None for row in rows)
    return [row[0].encode() for row in rows]


def document(url: str, text_format: TextFormat, view: View) -> bytes:
    """The whole collection as one document."""
    rendered = features(url, text_format, view)
    page = page_of(view, len(rendered))
    return text_format.head(page) + text_format.separator.join(rendered) + text_format.tail(page)
