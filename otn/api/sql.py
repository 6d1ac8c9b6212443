"""Pure builders of the SQL that answers requests: what is asked becomes a statement and its parameters.

One statement answers one request, so that everything in an answer comes from one snapshot. PostgreSQL renders the
features as text; identifiers come from the model and are quoted, values are always parameters.
"""

from dataclasses import replace
from functools import lru_cache

from otn.api.crs import parse_crs
from otn.api.encoders.table import IDENTIFIERS
from otn.api.encoders.view import TextFormat, View
from otn.api.ordering import Ordering
from otn.api.presentation import Presentation, whole_presentation
from otn.api.query import ItemsQuery
from otn.api.selection_sql import selection_sql
from otn.model.collections import COLLECTIONS, Collection, GeometryKind
from otn.model.sql import SRID
from otn.store.statement import SqlParameters, Statement, quoted

# PostgreSQL joins the texts of so many features at a time: one long text of all would be copied again and again.
_PIECE = 50
_NUMBER_OF_ALL = "state.number_of_features"

# What stood elsewhere when a paging run began, with the page rank it had then.
_MOVED = """moved AS MATERIALIZED (
  SELECT DISTINCT ON (feature_id) feature_id, from_rank FROM first_page_move
  WHERE collection = {collection} AND load_id > {version} ORDER BY feature_id, load_id
), """


def items_statement(
    collection: Collection, query: ItemsQuery, format_: TextFormat, *, counted: bool = True
) -> Statement:
    """The state of the collection, how many features match, and one page of them, in pieces: a row for each.

    Columns: version, updated, licences (identifiers), matched (null unless `counted`), returned, more (whether
    features follow in the direction of paging), the places of the first and the last feature as arrays of texts (first
    and last, the id at their end), and features: texts separated as the format has it, or null where there are none.
    No row where nothing is served.
    """
    parameters = SqlParameters()
    name = parameters.add(collection.id, "text")
    limit = parameters.add(0 if query.hits else query.limit, "bigint")
    table = quoted(collection.table)
    condition = selection_sql(query.selection, parameters)
    ordering = Ordering(query.order, query.place)
    with_hits = bool(condition) and counted
    hits = f"hits AS MATERIALIZED (SELECT {ordering.names} FROM {table} WHERE {condition}), " if with_hits else ""  # noqa: S608
    everything = table if with_hits or not condition else f"(SELECT * FROM {table} WHERE {condition})"  # noqa: S608
    moved = _moved(query, ordering, name, parameters)
    offset = parameters.add(query.offset, "bigint") if query.offset else ""
    found = ordering.page("hits" if with_hits else everything, limit, offset, parameters)
    matched = "(SELECT count(*) FROM hits)" if with_hits else "NULL::bigint" if condition else _NUMBER_OF_ALL
    shown = f"position > found - {limit}" if ordering.backwards else f"position <= {limit}"
    rendered = _rendered(collection, query.presentation, format_, parameters)
    separator = parameters.add(format_.separator.decode(), "text")
    sql = f"""
WITH {hits}{moved}page AS MATERIALIZED (
  SELECT {ordering.names}, row_number() OVER (ORDER BY {ordering.sql}) AS position, count(*) OVER () AS found
  FROM ({found}) AS hit ORDER BY {ordering.sql}
), answer AS (
  SELECT count(*) FILTER (WHERE {shown}) AS returned, coalesce(max(found) > {limit}, false) AS more,
    min(position) FILTER (WHERE {shown}) AS first, max(position) FILTER (WHERE {shown}) AS last
  FROM page
), framed AS MATERIALIZED (
  SELECT answer.returned, answer.more,
    (SELECT {ordering.place_sql} FROM page WHERE position = answer.first) AS first,
    (SELECT {ordering.place_sql} FROM page WHERE position = answer.last) AS last
  FROM answer
)
SELECT state.version, state.updated, state.licences, {matched} AS matched, framed.*, piece.features
FROM collection_state AS state CROSS JOIN framed LEFT JOIN (
  SELECT (position - 1) / {_PIECE} AS number,
    string_agg((SELECT {rendered} FROM {table} AS f WHERE f.id = page.id), {separator} ORDER BY position) AS features
  FROM page WHERE {shown} GROUP BY number
) AS piece ON true
WHERE state.collection = {name} AND state.number_of_features > 0 ORDER BY piece.number"""  # noqa: S608 - names are the model's
    return Statement(sql, tuple(parameters.values))


def feature_statement(
    collection: Collection, feature_id: int, presentation: Presentation, format_: TextFormat
) -> Statement:
    """One row with the columns feature (a text), licence, version and updated, or none."""
    parameters = SqlParameters()
    name = parameters.add(collection.id, "text")
    number = parameters.add(feature_id, "bigint")
    rendered = _rendered(collection, presentation, format_, parameters)
    sql = (
        f"SELECT {rendered} AS feature, f.licence, state.version, state.updated FROM {quoted(collection.table)} AS f"  # noqa: S608
        f" JOIN collection_state AS state ON state.collection = {name} WHERE f.id = {number}"
    )
    return Statement(sql, tuple(parameters.values))


def state_statement(collection: Collection, feature_id: int | None = None) -> Statement:
    """One row with the columns version, updated, west, south, east and north, or none where nothing is served.

    None either where one feature is meant that is not there.
    """
    sql = (
        "SELECT version, updated, west, south, east, north FROM collection_state"
        " WHERE collection = $1::text AND number_of_features > 0"
    )
    if feature_id is None:
        return Statement(sql, (collection.id,))
    there = f"EXISTS (SELECT FROM {quoted(collection.table)} WHERE id = $2::bigint)"
    return Statement(f"{sql} AND {there}", (collection.id, feature_id))


def collections_statement() -> Statement:
    """One row for every collection that has features: its state, and its datasets as JSON."""
    return Statement(
        """
SELECT collection, version, updated, number_of_features, west, south, east, north, valid_from, valid_to,
  (SELECT json_agg(json_build_object('declaration', declaration, 'numberOfFeatures', number_of_features)
     ORDER BY dataset)
   FROM dataset_collection AS filled
   WHERE filled.collection = state.collection AND filled.number_of_features > 0)::text AS datasets
FROM collection_state AS state WHERE number_of_features > 0""",
        (),
    )


def view(collection: Collection, presentation: Presentation, parameters: SqlParameters) -> View:
    """What is shown of each feature, with the SQL of its geometry."""
    if presentation is whole_presentation(collection.id):
        return _whole_view(collection.id)
    return _view(collection, presentation, parameters)


@lru_cache
def _whole_view(collection_id: str) -> View:
    """What is shown where nothing else is asked. No parameter is in it."""
    return _view(COLLECTIONS[collection_id], whole_presentation(collection_id), SqlParameters())


def _view(collection: Collection, presentation: Presentation, parameters: SqlParameters) -> View:
    geometry = _geometry(collection.geometry, presentation, parameters) if presentation.geometry else None
    return View(collection, presentation.fields, presentation.crs, geometry, presentation.decimals)


def _moved(query: ItemsQuery, ordering: Ordering, collection: str, parameters: SqlParameters) -> str:
    if query.place is None or not ordering.by_rank:
        return ""
    return _MOVED.format(collection=collection, version=parameters.add(query.place.version, "bigint"))


def _rendered(
    collection: Collection, presentation: Presentation, format_: TextFormat, parameters: SqlParameters
) -> str:
    if presentation is whole_presentation(collection.id):
        return _whole_sql(format_, collection.id)
    if format_ is IDENTIFIERS:
        presentation = replace(presentation, geometry=False)
    shown = view(collection, presentation, parameters)
    names = tuple(field.name for field in shown.fields)
    return _feature_sql(format_, collection.id, names, shown.crs.uri, shown.geometry, shown.decimals)


@lru_cache(maxsize=256)
def _whole_sql(format_: TextFormat, collection_id: str) -> str:
    """What most ask for: no parameter is in it, and nothing need be compared to find it."""
    return format_.feature_sql(_whole_view(collection_id))


@lru_cache(maxsize=256)
def _feature_sql(
    format_: TextFormat, collection_id: str, names: tuple[str, ...], crs: str, geometry: str | None, decimals: int
) -> str:
    """The text of a feature. What a view holds is told by names here: comparing whole fields would cost more than
    making the SQL anew."""
    collection = COLLECTIONS[collection_id]
    fields = tuple(collection.by_name[name] for name in names)
    return format_.feature_sql(View(collection, fields, parse_crs(crs, "crs"), geometry, decimals))


def _geometry(kind: GeometryKind, presentation: Presentation, parameters: SqlParameters) -> str:
    srid = presentation.crs.srid
    geometry = "f.geom" if srid == SRID else f"ST_Transform(f.geom, {srid})"
    if presentation.tolerance is None:
        return geometry
    # A line that is shorter than the tolerance keeps its ends: no feature loses its geometry. An area stays one too,
    # but for the slower function.
    tolerance = parameters.add(presentation.tolerance, "float8")
    simple = f"ST_Simplify({geometry}, {tolerance}, true)"
    area = f"ST_SimplifyPreserveTopology({geometry}, {tolerance})"
    match kind.dimension:
        case 2:
            return area
        case None:
            return f"CASE ST_Dimension(f.geom) WHEN 2 THEN {area} ELSE {simple} END"
    return simple
