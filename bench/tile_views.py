"""What peers make tiles from: for each zoom a view with the rows that OTN makes its tile of that zoom from."""

from dataclasses import dataclass

import psycopg

from bench.data import VIEW
from otn.model.collections import ROADS
from otn.model.sql import SRID, WEB_MERCATOR_SRID

_RULE = ROADS.tile_rule


@dataclass(frozen=True)
class TileView:
    """A view with the columns `id`, `geom` and `properties`."""

    name: str
    srid: int
    properties: tuple[str, ...]


WHOLE_TABLE = TileView(VIEW, SRID, tuple(field.name for field in ROADS.fields))


def make_view(url: str, zoom: int) -> TileView:
    """Below `overviews_below` the rows of the generalised table, else those of the table that are drawn."""
    if zoom < _RULE.overviews_below:
        # An object of JSON: ST_AsMVT makes its members properties.
        view = TileView(f"bench_tiles_{zoom}", WEB_MERCATOR_SRID, ("properties",))
        rows = f"SELECT id, geom, properties FROM {ROADS.overview_table} WHERE zoom = {zoom}"  # noqa: S608 - the model's
    else:
        fields = [field for field in ROADS.tile_fields if _RULE.carries(field.name, zoom)]
        view = TileView(f"bench_tiles_{zoom}", SRID, tuple(field.name for field in fields))
        columns = ", ".join(f'{field.column} AS "{field.name}"' for field in fields)
        rows = f"SELECT id, geom, {columns} FROM {ROADS.table} AS f {_drawn(zoom)}"  # noqa: S608 - the model's
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP VIEW IF EXISTS {view.name}")
        connection.execute(f"CREATE VIEW {view.name} AS {rows}")
    return view


def _drawn(zoom: int) -> str:
    hidden = ", ".join(f"'{value}'" for value in _RULE.hidden_at(zoom))
    if not hidden or _RULE.ranked_by is None:
        return ""
    column = ROADS.by_name[_RULE.ranked_by].column
    return f"WHERE coalesce(f.{column} <> ALL (ARRAY[{hidden}]), true)"
