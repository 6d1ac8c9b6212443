"""Pure builders of the SQL that answers requests: what is asked becomes a statement and its parameters.

One statement answers one request, so that everything in an answer comes from one snapshot. PostgreSQL renders the
features as text; identifiers come from the model and are quoted, values are always parameters.
"""

from otn.api.bbox import BoundingBox
from otn.api.query import Filter, ItemsQuery, Key
from otn.api.statement import SqlParameters, Statement, quoted
from otn.api.temporal import Interval
from otn.model.collections import Collection
from otn.model.fields import Kind
from otn.model.tables import SRID

DECIMALS = 7
"""Digits after the point of a coordinate in degrees: about a centimetre."""

_TYPES = {Kind.INTEGER: "bigint", Kind.NUMBER: "float8", Kind.BOOLEAN: "boolean", Kind.TEXT: "text", Kind.CODE: "text"}

# The licences of what is served in the collection of `state`, as identifiers separated by spaces.
_LICENCES = """
SELECT string_agg(DISTINCT dataset.declaration ->> 'licence', ' ') FROM dataset
WHERE dataset.collection = state.collection AND dataset.number_of_features > 0"""


def items_statement(collection: Collection, query: ItemsQuery) -> Statement:
    """One row: the state of the collection, how many features match, and one page of them.

    Columns: updated, licences (identifiers separated by spaces), matched, returned, features (JSON texts separated by
    commas, or null), and page_rank and id of the last feature where more follow. No row where nothing is served.
    """
    parameters = SqlParameters()
    name = parameters.add(collection.id, "text")
    limit = parameters.add(query.limit, "bigint")
    conditions = _conditions(query, parameters)
    after = _after(query.after, parameters)
    offset = f" OFFSET {parameters.add(query.offset, 'bigint')}" if query.offset else ""
    table = quoted(collection.table)
    hits = f"hits AS MATERIALIZED (SELECT page_rank, id FROM {table} WHERE {conditions}), " if conditions else ""  # noqa: S608
    sql = f"""
WITH {hits}page AS MATERIALIZED (
  SELECT page_rank, id, row_number() OVER (ORDER BY page_rank, id) AS position FROM (
    SELECT page_rank, id FROM {"hits" if conditions else table}{after}
    ORDER BY page_rank, id LIMIT {limit} + 1{offset}
  ) AS hit ORDER BY page_rank, id
), answer AS (
  SELECT count(*) > {limit} AS more, least(count(*), {limit}) AS returned,
    string_agg(({_feature(collection)} WHERE f.id = page.id), ',') FILTER (WHERE position <= {limit}) AS features
  FROM page
)
SELECT state.updated, ({_LICENCES}) AS licences,
  {"(SELECT count(*) FROM hits)" if conditions else "state.number_of_features"} AS matched,
  answer.returned, answer.features, last.page_rank, last.id
FROM collection_state AS state CROSS JOIN answer LEFT JOIN page AS last ON answer.more AND last.position = {limit}
WHERE state.collection = {name} AND state.number_of_features > 0"""  # noqa: S608 - identifiers come from the model
    return Statement(sql, tuple(parameters.values))


def feature_statement(collection: Collection, feature_id: int) -> Statement:
    """One row with the columns feature (a JSON text) and licence, or none."""
    sql = _feature(collection, ", f.licence") + " WHERE f.id = $1::bigint"
    return Statement(sql, (feature_id,))


def collections_statement() -> Statement:
    """One row for every collection that has features: its state, and its datasets as JSON."""
    return Statement(
        """
SELECT collection, version, updated, number_of_features, west, south, east, north, valid_from, valid_to,
  (SELECT json_agg(json_build_object('declaration', declaration, 'numberOfFeatures', number_of_features) ORDER BY id)
   FROM dataset WHERE dataset.collection = state.collection AND dataset.number_of_features > 0)::text AS datasets
FROM collection_state AS state WHERE number_of_features > 0""",
        (),
    )


def _feature(collection: Collection, more_columns: str = "") -> str:
    """A query of the table as `f` that renders whole features: every property is there, null where unknown."""
    columns = ", ".join(f"f.{quoted(field.column)} AS {quoted(field.name)}" for field in collection.fields)
    return (
        f"""SELECT '{{"type":"Feature","id":' || f.id || ',"geometry":' || ST_AsGeoJSON(f.geom, {DECIMALS})"""  # noqa: S608
        f""" || ',"properties":' || row_to_json((SELECT p FROM (SELECT {columns}) AS p))::text || '}}' AS feature"""
        f"{more_columns} FROM {quoted(collection.table)} AS f"
    )


def _conditions(query: ItemsQuery, parameters: SqlParameters) -> str:
    conditions = [_equals(filter_, parameters) for filter_ in query.filters]
    if query.bbox is not None:
        conditions.append(_intersects(query.bbox, parameters))
    if query.datetime is not None:
        conditions.extend(_overlaps(query.datetime, parameters))
    return " AND ".join(conditions)


def _equals(filter_: Filter, parameters: SqlParameters) -> str:
    column = quoted(filter_.field.column)
    if isinstance(filter_.value, Interval):
        start = parameters.add(filter_.value.start, "timestamptz")
        return f"{column} BETWEEN {start} AND {parameters.add(filter_.value.end, 'timestamptz')}"
    return f"{column} = {parameters.add(filter_.value, _TYPES[filter_.field.kind])}"


def _intersects(bbox: BoundingBox, parameters: SqlParameters) -> str:
    """A box without width or height is a line or a point: as a polygon it would be invalid and miss what it touches."""
    boxes = []
    for part in bbox.parts:
        west, south, east, north = (
            parameters.add(number, "float8") for number in (part.west, part.south, part.east, part.north)
        )
        corners = f"ST_MakeLine(ST_MakePoint({west}, {south}), ST_MakePoint({east}, {north}))"
        boxes.append(f"ST_Intersects(geom, ST_SetSRID(ST_Envelope({corners}), {SRID}))")
    return f"({' OR '.join(boxes)})"


def _overlaps(interval: Interval, parameters: SqlParameters) -> list[str]:
    """What is valid at some time of the interval; an unknown beginning or end excludes nothing."""
    conditions = []
    if interval.end is not None:
        conditions.append(f"(valid_from IS NULL OR valid_from <= {parameters.add(interval.end, 'timestamptz')})")
    if interval.start is not None:
        conditions.append(f"(valid_to IS NULL OR valid_to >= {parameters.add(interval.start, 'timestamptz')})")
    return conditions


def _after(key: Key | None, parameters: SqlParameters) -> str:
    if key is None:
        return ""
    return f" WHERE (page_rank, id) > ({parameters.add(key.page_rank, 'bigint')}, {parameters.add(key.id, 'bigint')})"
