"""Overviews: the geometry of a dataset generalised for low zooms, so that a tile of Europe is no larger than one of a
street.

Lines are moved to a grid of half a pixel. Lines that met still meet, as the points they share move together; a line
within one cell becomes a point and goes, and of lines that become the same the most important one stays. Points stay
where they are, the most important one in each cell of eight pixels. Areas are moved like lines, so that neighbours stay
neighbours, and go once they are smaller than a pixel. Each zoom is made from the next deeper one, so that
what is drawn at a zoom is drawn at every deeper one.
"""

from collections.abc import Iterable
from contextlib import nullcontext

import psycopg
from psycopg import sql

from otn.etl.indexes import MANY, built_at_the_end
from otn.etl.turns import wait_for_other_merges
from otn.model.collections import COLLECTIONS, Collection
from otn.model.fields import Field, Kind
from otn.model.tiling import GRID_PIXELS, POINT_CELL_PIXELS, pixel_metres
from otn.store.importance import drawn, measures, most_important_first

# The features themselves, as the first of the tables that each zoom is made from.
_FEATURES = """
SELECT f.id, f.page_rank, {columns}{measures}ST_Dimension(f.geom) AS dimension, f.geom_3857 AS geom
FROM {table} AS f WHERE f.dataset = %(dataset)s AND f.geom_3857 IS NOT NULL
"""
# OFFSET 0 keeps PostgreSQL from computing the geometry once for every place that mentions it. A shape is the same in
# both directions; as a geometry it is sorted by where it lies, faster than as bytes, most of which begin alike.
_LINES = """
SELECT DISTINCT ON (shape) {columns}, moved.geom
FROM {finer} AS f
CROSS JOIN LATERAL (SELECT ST_SnapToGrid(f.geom, %(grid)s) AS geom OFFSET 0) AS moved
CROSS JOIN LATERAL (SELECT least(moved.geom, ST_Reverse(moved.geom)) AS shape OFFSET 0) AS _
WHERE {drawn} AND f.dimension = 1 AND NOT ST_IsEmpty(moved.geom)
ORDER BY shape, {importance}
"""
_POINTS = """
SELECT DISTINCT ON (x, y) {columns}, f.geom
FROM {finer} AS f
CROSS JOIN LATERAL (SELECT ST_Centroid(f.geom) AS place OFFSET 0) AS centre
CROSS JOIN LATERAL (SELECT floor(ST_X(place) / %(cell)s) AS x, floor(ST_Y(place) / %(cell)s) AS y) AS _
WHERE {drawn} AND f.dimension = 0 AND NOT ST_IsEmpty(f.geom)
ORDER BY x, y, {importance}
"""
_AREAS = """
SELECT {columns}, moved.geom
FROM {finer} AS f
CROSS JOIN LATERAL (SELECT ST_SnapToGrid(f.geom, %(grid)s) AS geom OFFSET 0) AS moved
WHERE {drawn} AND f.dimension = 2 AND NOT ST_IsEmpty(moved.geom) AND ST_Area(f.geom) >= %(pixel)s ^ 2
"""
_KEPT = (_POINTS, _LINES, _AREAS)
_MADE_OF_OWN = "UPDATE dataset SET generalised_by = %(rule)s WHERE id = %(dataset)s AND collection = %(collection)s"
_MADE_OF_FURTHER = """
UPDATE further_collection SET generalised_by = %(rule)s WHERE dataset = %(dataset)s AND collection = %(collection)s
"""
# Properties are made of what is kept only.
_LEVEL = """
CREATE TEMPORARY TABLE {level} ON COMMIT DROP AS
SELECT f.id, f.page_rank, {columns}f.dimension, {properties} AS properties, f.geom FROM ({kept}) AS f
"""
_INSERT = """
INSERT INTO {overviews} (zoom, id, dataset, properties, geom)
SELECT %(zoom)s, id, %(dataset)s, properties, geom FROM {level} ORDER BY page_rank, id
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
    """Each zoom is made from a table of what the next deeper one shows; what is left of these tables is gone then."""
    rule = collection.tile_rule
    overviews = sql.Identifier(collection.overview_table)
    finer: sql.Composable | None = None
    for zoom in range(rule.overviews_below - 1, -1, -1):
        parameters = {
            "zoom": zoom,
            "dataset": dataset,
            "pixel": pixel_metres(zoom),
            "grid": GRID_PIXELS * pixel_metres(zoom),
            "cell": POINT_CELL_PIXELS * pixel_metres(zoom),
            "hidden": rule.hidden_at(zoom),
        }
        level = sql.Identifier(f"level_{zoom}_of_{collection.table}")
        connection.execute(_level(collection, level, finer), parameters)
        connection.execute(sql.SQL(_INSERT).format(overviews=overviews, level=level), parameters)
        if finer is not None:
            connection.execute(sql.SQL("DROP TABLE {}").format(finer))
        finer = level
    if finer is not None:
        connection.execute(sql.SQL("DROP TABLE {}").format(finer))


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


def _level(collection: Collection, level: sql.Identifier, finer: sql.Composable | None) -> sql.Composed:
    """What a zoom shows, made of the table of the next deeper one, or of the features where there is none."""
    ordering = [*_ordering_columns(collection), *measures(collection)]
    carried = [] if finer is not None else [field.column for field in _carried(collection)]
    inner = ["id", "page_rank", *dict.fromkeys([*ordering, *carried]), "dimension"]
    own = collection.geometry.dimension
    kept = [
        sql.SQL("({})").format(
            sql.SQL(_KEPT[dimension]).format(
                finer=finer if finer is not None else sql.SQL("({})").format(_features(collection)),
                columns=_of_f(inner if finer is None else [*inner, "properties"]),
                drawn=sql.SQL(drawn(collection, "%(hidden)s")),
                importance=sql.SQL(most_important_first(collection, measured=True)),
            )
        )
        for dimension in (range(len(_KEPT)) if own is None else (own,))
    ]
    return sql.SQL(_LEVEL).format(
        level=level,
        columns=_of_f(ordering, end=", "),
        properties=_properties(collection) if finer is None else sql.SQL("f.properties"),
        kept=sql.SQL(" UNION ALL ").join(kept),
    )


def _features(collection: Collection) -> sql.Composed:
    columns = dict.fromkeys([*_ordering_columns(collection), *(field.column for field in _carried(collection))])
    measured = "".join(f"{expression} AS {name}, " for name, expression in measures(collection).items())
    return sql.SQL(_FEATURES).format(
        columns=_of_f(columns, end=", "), measures=sql.SQL(measured), table=sql.Identifier(collection.table)
    )


def _ordering_columns(collection: Collection) -> list[str]:
    """What says how important a feature is, and from where on it is drawn."""
    rule = collection.tile_rule
    names = [*([rule.ranked_by] if rule.ranked_by is not None else []), *rule.notable]
    return [collection.by_name[name].column for name in names]


def _of_f(columns: Iterable[str], end: str = "") -> sql.Composed:
    """Columns of `f`, and `end` where there are any."""
    named = [sql.SQL("f.{}").format(sql.Identifier(column)) for column in columns]
    return sql.SQL(", ").join(named) + sql.SQL(end if named else "")


def _carried(collection: Collection) -> list[Field]:
    """What tiles of low zooms say of a feature."""
    return [field for field in collection.tile_fields if collection.tile_rule.carries(field.name, zoom=0)]


def _properties(collection: Collection) -> sql.Composed:
    """JSON put together as text: to build it from values, and to take those that are null away, takes twice as long."""
    members = sql.SQL(", ").join(
        sql.SQL("{} || {}").format(sql.Literal(f'"{field.name}":'), _json(field)) for field in _carried(collection)
    )
    return sql.SQL("('{{' || concat_ws(',', {}) || '}}')::jsonb").format(members)


def _json(field: Field) -> sql.Composed:
    """The field's value as JSON; that of some kinds is the text that PostgreSQL has for it."""
    plain = field.kind in (Kind.BOOLEAN, Kind.INTEGER)
    return sql.SQL("f.{}::text" if plain else "to_json(f.{})::text").format(sql.Identifier(field.column))
