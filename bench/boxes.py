"""Boxes that clients may ask for: over places of the data, each wide enough to hold about so many roads."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice

import psycopg

from otn.model.collections import ROADS

SIZES = (250, 2_000, 14_000)
"""So many roads lie in a box, more or less."""

_PLACES = 12
_TOLERANCE = 0.15
_TRIES = 24
_LARGEST_WIDTH = 4.0

# Where roads begin: one in so many, whole cities apart, the same ones in every run.
_BEGINNINGS = """
SELECT ST_X(point), ST_Y(point) FROM (
  SELECT ST_StartPoint(geom) AS point, row_number() OVER (ORDER BY page_rank, id) AS position FROM {table}
) AS road WHERE position % ({number} / {places}) = 1 LIMIT {places}"""
_COUNT = "SELECT count(*) FROM {table} WHERE ST_Intersects(geom, ST_MakeEnvelope(%s, %s, %s, %s, 4326))"

Box = tuple[float, float, float, float]


def boxes(url: str) -> dict[int, list[Box]]:
    """Some boxes of each of SIZES. A place around which no box fits has none."""
    with psycopg.connect(url) as connection:
        places = beginnings(connection, _PLACES * 2)
        return {size: list(islice(_all_fitted(connection, places, size), _PLACES)) for size in SIZES}


def beginnings(connection: psycopg.Connection, places: int) -> list[tuple[float, float]]:
    """Longitude and latitude of where so many roads begin, whole cities apart."""
    number = _value(connection, f"SELECT count(*) FROM {ROADS.table}")  # noqa: S608 - a name of the model
    return connection.execute(_BEGINNINGS.format(table=ROADS.table, number=int(number), places=places)).fetchall()


def _all_fitted(connection: psycopg.Connection, places: list[tuple[float, float]], size: int) -> Iterator[Box]:
    for x, y in places:
        if (box := fitted(partial(count, connection), x, y, size)) is not None:
            yield box


def as_parameter(box: Box) -> str:
    """The box as the value of `bbox`."""
    return ",".join(f"{number:.5f}" for number in box)


def count(connection: psycopg.Connection, box: Box) -> int:
    """How many roads intersect the box."""
    return int(_value(connection, _COUNT.format(table=ROADS.table), box))


def fitted(number_in: Callable[[Box], int], x: float, y: float, size: int) -> Box | None:
    """The square around a place that holds `size` roads, halving the distance to the right width again and again."""
    least, most = 0.0, _LARGEST_WIDTH
    for _ in range(_TRIES):
        half = (least + most) / 4
        box = (round(x - half, 5), round(y - half, 5), round(x + half, 5), round(y + half, 5))
        matches = number_in(box)
        if abs(matches - size) <= _TOLERANCE * size:
            return box
        least, most = ((least + most) / 2, most) if matches < size else (least, (least + most) / 2)
    return None


def _value(connection: psycopg.Connection, sql: str, parameters: Box | None = None) -> float:
    row = connection.execute(sql, parameters).fetchone()
    return float(row[0]) if row else 0
