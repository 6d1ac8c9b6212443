"""Overviews: the geometry of a dataset generalised for low zooms, so that a tile of Europe is no larger than one of a
street.

Lines are moved to a grid of half a pixel. Lines that met still meet, as the points they share move together; a line
within one cell becomes a point and goes, and of lines that become the same the most important one stays. Points stay
where they are, the most important one in each cell of eight pixels. Areas are moved like lines, so that neighbours stay
neighbours, and go once they are smaller than a pixel. Each zoom is made from the next deeper one, so that
what is drawn at a zoom is drawn at every deeper one.
"""

from contextlib import nullcontext

import psycopg
from psycopg import sql

from otn.etl.indexes import MANY, built_at_the_end
from otn.etl.turns import wait_for_other_merges
from otn.model.collections import COLLECTIONS, Collection
from otn.model.tiling import pixel_metres
from otn.store.importance import drawn, most_important_first

_GRID_PIXELS = 0.5
_POINT_CELL_PIXELS = 8

# OFFSET 0 keeps PostgreSQL from computing the geometry once for every place that mentions it.
_LINES = """
SELECT DISTINCT ON (shape) f.id, f.page_rank, {properties} AS properties, moved.geom
FROM {source}
CROSS JOIN LATERAL (SELECT ST_SnapToGrid({geometry}, %(grid)s) AS geom OFFSET 0) AS moved
CROSS JOIN LATERAL (SELECT least(ST_AsBinary(moved.geom), ST_AsBinary(ST_Reverse(moved.geom))) AS shape OFFSET 0) AS _
WHERE f.dataset = %(dataset)s AND {drawn} AND {alike} AND NOT ST_IsEmpty(moved.geom)
ORDER BY shape, {importance}
"""
_POINTS = """
SELECT DISTINCT ON (x, y) f.id, f.page_rank, {properties} AS properties, {geometry} AS geom
FROM {source}
CROSS JOIN LATERAL (SELECT ST_Centroid({geometry}) AS place OFFSET 0) AS centre
CROSS JOIN LATERAL (SELECT floor(ST_X(place) / %(cell)s) AS x, floor(ST_Y(place) / %(cell)s) AS y) AS _
WHERE f.dataset = %(dataset)s AND {drawn} AND {alike} AND NOT ST_IsEmpty({geometry})
ORDER BY x, y, {importance}
"""
_AREAS = """
SELECT f.id, f.page_rank, {properties} AS properties, moved.geom
FROM {source}
CROSS JOIN LATERAL (SELECT ST_SnapToGrid({geometry}, %(grid)s) AS geom OFFSET 0) AS moved
WHERE f.dataset = %(dataset)s AND {drawn} AND {alike} AND NOT ST_IsEmpty(moved.geom)
  AND ST_Area({geometry}) >= %(pixel)s ^ 2
"""
_KEPT = (_POINTS, _LINES, _AREAS)
_MADE_OF_OWN = "UPDATE dataset SET generalised_by = %(rule)s WHERE id = %(dataset)s AND collection = %(collection)s"
_MADE_OF_FURTHER = """
UPDATE further_collection SET generalised_by = %(rule)s WHERE dataset = %(dataset)s AND collection = %(collection)s
"""
_INSERT = """
INSERT INTO {overviews} (zoom, id, dataset, properties, geom)
SELECT %(zoom)s, id, %(dataset)s, properties, geom FROM ({kept}) AS kept ORDER BY page_rank, id
"""


def generalise(connection: psycopg.Connection, collection: Collection, dataset: str) -> None:
    """Makes the dataset's overviews anew, from the deepest zoom to the whole world."""
    overviews = sql.Identifier(collection.overview_table)
    many = sql.SQL("SELECT EXISTS (SELECT FROM {} WHERE dataset = %s OFFSET %s)").format(
        sql.Identifier(collection.table)
    )
    [(has_many,)] = connection.execute(many, [dataset, MANY]).fetchall()
    # It looks for rows before any is deleted: others still see those.
    with built_at_the_end(connection, collection.overview_table) if has_many else nullcontext():
        connection.execute(sql.SQL("DELETE FROM {} WHERE dataset = %s").format(overviews), [dataset])
        _fill(connection, collection, dataset)
    made = {"rule": collection.tile_rule.fingerprint, "dataset": dataset, "collection": collection.id}
    connection.execute(_MADE_OF_OWN, made)
    connection.execute(_MADE_OF_FURTHER, made)


def _fill(connection: psycopg.Connection, collection: Collection, dataset: str) -> None:
    rule = collection.tile_rule
    deepest = rule.overviews_below - 1
    for zoom in range(deepest, -1, -1):
        parameters = {
            "zoom": zoom,
            "finer": zoom + 1,
            "dataset": dataset,
            "pixel": pixel_metres(zoom),
            "grid": _GRID_PIXELS * pixel_metres(zoom),
            "cell": _POINT_CELL_PIXELS * pixel_metres(zoom),
            "hidden": rule.hidden_at(zoom),
        }
        connection.execute(_statement(collection, from_features=zoom == deepest), parameters)


def generalise_outdated(url: str) -> None:
    """Makes the overviews that are missing or were made by another rule, as after a migration."""
    with psycopg.connect(url, application_name="otn-generalise") as connection:
        for collection in COLLECTIONS.values():
            wait_for_other_merges(connection, collection.id)
            outdated = connection.execute(
                "SELECT dataset FROM dataset_collection WHERE collection = %s AND generalised_by IS DISTINCT FROM %s"
                " ORDER BY dataset",
                [collection.id, collection.tile_rule.fingerprint],
            ).fetchall()
            for (dataset,) in outdated:
                generalise(connection, collection, dataset)
            connection.commit()


def _statement(collection: Collection, *, from_features: bool) -> sql.Composed:
    table, overviews = sql.Identifier(collection.table), sql.Identifier(collection.overview_table)
    finer = "{table} AS f JOIN {overviews} AS g ON g.zoom = %(finer)s AND g.id = f.id"
    source = sql.SQL("{table} AS f" if from_features else finer).format(table=table, overviews=overviews)
    geometry = sql.SQL("f.geom_3857" if from_features else "g.geom")
    own = collection.geometry.dimension
    kept = [
        sql.SQL("({})").format(
            sql.SQL(_KEPT[dimension]).format(
                source=source,
                geometry=geometry,
                properties=_properties(collection) if from_features else sql.SQL("g.properties"),
                drawn=sql.SQL(drawn(collection, "%(hidden)s")),
                alike=sql.SQL("true" if own is not None else f"ST_Dimension(f.geom) = {dimension}"),
                importance=sql.SQL(most_important_first(collection)),
            )
        )
        for dimension in (range(len(_KEPT)) if own is None else (own,))
    ]
    return sql.SQL(_INSERT).format(overviews=overviews, kept=sql.SQL(" UNION ALL ").join(kept))


def _properties(collection: Collection) -> sql.Composed:
    """What tiles of low zooms say of a feature."""
    carried = [field for field in collection.tile_fields if collection.tile_rule.carries(field.name, zoom=0)]
    pairs = sql.SQL(", ").join(
        sql.SQL("{}::text, f.{}").format(sql.Literal(field.name), sql.Identifier(field.column)) for field in carried
    )
    return sql.SQL("jsonb_strip_nulls(jsonb_build_object({}))").format(pairs)
