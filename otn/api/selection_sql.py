"""A selection as SQL: a pure builder of the condition that the features of a collection's table meet."""

from otn.api.bbox import BoundingBox, ProjectedBox
from otn.api.selection import Equality, Selection
from otn.api.temporal import Interval
from otn.model.sql import SRID
from otn.store.statement import SQL_TYPES, SqlParameters, quoted

_MARGIN = 1e-5


def selection_sql(selection: Selection, parameters: SqlParameters) -> str:
    """A condition over the columns of the collection's table; empty where the selection is everything."""
    conditions = [_equals(equality, parameters) for equality in selection.equalities]
    if isinstance(selection.bbox, BoundingBox):
        conditions.append(_intersects(selection.bbox, parameters))
    elif selection.bbox is not None:
        conditions.append(_intersects_projected(selection.bbox, parameters))
    if selection.datetime is not None:
        conditions.extend(_overlaps(selection.datetime, parameters))
    if selection.terms:
        conditions.append(_named(selection.terms, parameters))
    if selection.filter is not None:
        # As otn.api.selection does.
        from otn.api.cql2.compile import filter_sql

        conditions.append(filter_sql(selection.filter, parameters))
    return " AND ".join(conditions)


def _equals(equality: Equality, parameters: SqlParameters) -> str:
    column = quoted(equality.field.column)
    if isinstance(equality.value, Interval):
        start = parameters.add(equality.value.start, "timestamptz")
        return f"{column} BETWEEN {start} AND {parameters.add(equality.value.end, 'timestamptz')}"
    return f"{column} = {parameters.add(equality.value, SQL_TYPES[equality.field.kind])}"


def _intersects(bbox: BoundingBox, parameters: SqlParameters) -> str:
    boxes = [_intersects_part(part, parameters) for part in bbox.parts]
    return f"({' OR '.join(boxes)})"


def _intersects_part(box: BoundingBox, parameters: SqlParameters) -> str:
    """What lies wholly inside the box needs no exact test, which costs most.

    The margin is wider than what the rounding of stored bounds to single precision can hide.
    """
    corners = _corners((box.west, box.south, box.east, box.north), parameters)
    envelope = _envelope(corners, SRID)
    exact = f"ST_Intersects(geom, {envelope})"
    if min(box.east - box.west, box.north - box.south) <= 2 * _MARGIN:
        return f"(geom && {envelope} AND {exact})"
    west, south, east, north = corners
    inner = f"{west} + {_MARGIN}, {south} + {_MARGIN}, {east} - {_MARGIN}, {north} - {_MARGIN}, {SRID}"
    return f"(geom && {envelope} AND CASE WHEN geom @ (SELECT ST_MakeEnvelope({inner})) THEN true ELSE {exact} END)"


def _intersects_projected(bbox: ProjectedBox, parameters: SqlParameters) -> str:
    """Compared in the plane of the box; the index of the geometry finds what comes near it."""
    srid = bbox.crs.srid
    corners = _corners((bbox.least_x, bbox.least_y, bbox.most_x, bbox.most_y), parameters)
    condition = f"ST_Intersects(ST_Transform(geom, {srid}), {_envelope(corners, srid)})"
    if bbox.bounds is None:
        return condition
    near = [
        f"geom && {_envelope(_corners((part.west, part.south, part.east, part.north), parameters), SRID)}"
        for part in bbox.bounds.parts
    ]
    return f"(({' OR '.join(near)}) AND {condition})"


def _corners(corners: tuple[float, float, float, float], parameters: SqlParameters) -> tuple[str, ...]:
    return tuple(parameters.add(number, "float8") for number in corners)


def _envelope(corners: tuple[str, ...], srid: int) -> str:
    """A box without width or height is a line or a point: as a polygon it would be invalid and miss what it touches.

    As a query of its own it is made once, and not anew for every row.
    """
    west, south, east, north = corners
    diagonal = f"ST_MakeLine(ST_MakePoint({west}, {south}), ST_MakePoint({east}, {north}))"
    return f"(SELECT ST_SetSRID(ST_Envelope({diagonal}), {srid}))"


def _overlaps(interval: Interval, parameters: SqlParameters) -> list[str]:
    """What is valid at some time of the interval; an unknown beginning or end excludes nothing."""
    conditions = []
    if interval.end is not None:
        conditions.append(f"(valid_from IS NULL OR valid_from <= {parameters.add(interval.end, 'timestamptz')})")
    if interval.start is not None:
        conditions.append(f"(valid_to IS NULL OR valid_to >= {parameters.add(interval.start, 'timestamptz')})")
    return conditions


def _named(terms: tuple[str, ...], parameters: SqlParameters) -> str:
    """Whether the name holds one of the terms, whatever their case and accents."""
    patterns = (parameters.add(f"%{_literal(term)}%", "text") for term in terms)
    return "(" + " OR ".join(f"otn_folded(name) LIKE otn_folded({pattern})" for pattern in patterns) + ")"


def _literal(term: str) -> str:
    """The term as a pattern of LIKE that means itself."""
    return term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
