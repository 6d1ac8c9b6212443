"""How the eight relations between geometries are evaluated.

PostGIS evaluates them between features and literals, in degrees; two literals are compared here. PostGIS does not take
collections that mix points, lines and areas (or fails where they overlap), so there the relation is put together from
the parts. A collection is the union of its parts: where they overlap, the one of the highest dimension counts.
"""

import shapely
from shapely.geometry.base import BaseGeometry

from otn.api.cql2.expression import Geometry, Shape
from otn.api.cql2.limits import refusal
from otn.model.sql import SRID
from otn.store.statement import SqlParameters

_FUNCTIONS = {
    "s_intersects": "ST_Intersects",
    "s_equals": "ST_Equals",
    "s_touches": "ST_Touches",
    "s_crosses": "ST_Crosses",
    "s_within": "ST_Within",
    "s_contains": "ST_Contains",
    "s_overlaps": "ST_Overlaps",
}
RELATIONS = (*_FUNCTIONS, "s_disjoint")
_MIRRORED = {"s_within": "s_contains", "s_contains": "s_within"}
_COLUMN = '"geom"'
_LONGEST_EDGE = 10.0
"""On the ellipsoid, in degrees."""


def relation_sql(name: str, left: Geometry | Shape, right: Geometry | Shape, parameters: SqlParameters) -> str:
    """`left` stands in the relation to `right`. Raises BadRequest for literals that GEOS cannot evaluate."""
    if name == "s_disjoint":
        return f"NOT ({relation_sql('s_intersects', left, right, parameters)})"
    try:
        return _relation_sql(name, left, right, parameters)
    except shapely.errors.GEOSException as error:
        raise refusal(f"{name} cannot be evaluated for {left.shown} and {right.shown}: {error}.") from error


def _relation_sql(name: str, left: Geometry | Shape, right: Geometry | Shape, parameters: SqlParameters) -> str:
    if isinstance(left, Shape) and isinstance(right, Shape):
        return str(bool(getattr(shapely, name.removeprefix("s_"))(left.geometry, right.geometry))).upper()
    for column, literal, relation in ((left, right, name), (right, left, _MIRRORED.get(name, name))):
        if isinstance(column, Geometry) and isinstance(literal, Shape):
            parts = _parts(literal.geometry)
            if len(parts) > 1:
                return _with_parts_of_any(relation, column.dimension, parts, parameters)
    return f"{_FUNCTIONS[name]}({geometry_sql(left, parameters)}, {geometry_sql(right, parameters)})"


def geometry_sql(value: Geometry | Shape, parameters: SqlParameters) -> str:
    """The column, or a literal as a parameter."""
    return _COLUMN if isinstance(value, Geometry) else _literal(value.geometry, parameters)


def geography_sql(value: Geometry | Shape, parameters: SqlParameters) -> str:
    """The same on the ellipsoid, where an edge must be shorter than half way around the earth."""
    if isinstance(value, Shape):
        value = Shape(shapely.segmentize(value.geometry, _LONGEST_EDGE))
    return f"({geometry_sql(value, parameters)})::geography"


def _literal(geometry: BaseGeometry, parameters: SqlParameters) -> str:
    """A collection of one kind only as the multi-geometry that it is."""
    parts = _parts(geometry)
    whole = parts[0] if len(parts) == 1 else geometry
    return f"ST_GeomFromWKB({parameters.add(shapely.to_wkb(whole), 'bytea')}, {SRID})"


def _parts(geometry: BaseGeometry) -> list[BaseGeometry]:
    """The points, the lines and the areas of a collection, without what lies in those of higher dimension.

    Anything else is its only part.
    """
    if geometry.geom_type != "GeometryCollection":
        return [geometry]
    pieces = shapely.get_parts(geometry)
    while any(piece.geom_type == "GeometryCollection" for piece in pieces):
        pieces = shapely.get_parts(pieces)
    pieces = shapely.get_parts(pieces)
    dimensions = shapely.get_dimensions(pieces)
    areas = shapely.union_all(pieces[dimensions == 2])
    lines = shapely.multilinestrings(pieces[dimensions == 1])
    points = shapely.union_all(pieces[dimensions == 0])
    if shapely.intersects(lines, areas):  # where they do not meet, the ends of lines stay what they are
        lines = shapely.difference(lines, areas)
    points = shapely.difference(shapely.difference(points, areas), lines)
    return [part for part in (areas, lines, points) if not part.is_empty]


def _with_parts_of_any(name: str, dimension: int | None, parts: list[BaseGeometry], parameters: SqlParameters) -> str:
    """The relation of a feature to the union of `parts`, by its own dimension where the collection has none."""
    if dimension is not None:
        return _with_parts(name, dimension, parts, parameters)
    relations = [f"WHEN {each} THEN {_with_parts(name, each, parts, parameters)}" for each in (0, 1, 2)]
    return f"(CASE ST_Dimension({_COLUMN}) {' '.join(relations)} END)"


def _with_parts(name: str, dimension: int, parts: list[BaseGeometry], parameters: SqlParameters) -> str:
    """The relation of a feature of a dimension to the union of `parts`."""
    highest = max(int(shapely.get_dimensions(part)) for part in parts)
    if (name == "s_overlaps" and dimension != highest) or (name == "s_crosses" and dimension == highest != 1):
        return "FALSE"
    literals = [_literal(part, parameters) for part in parts]
    inside = _COLUMN
    for literal in literals:
        inside = f"ST_Difference({inside}, {literal})"
    inside = f"ST_IsEmpty({inside})"
    covered = "(" + " AND ".join(f"ST_Covers({_COLUMN}, {literal})" for literal in literals) + ")"

    def interiors(meet: str) -> str:
        return "(" + " OR ".join(f"ST_Relate({_COLUMN}, {literal}, '{meet}********')" for literal in literals) + ")"

    touching = "(" + " OR ".join(f"ST_Intersects({_COLUMN}, {literal})" for literal in literals) + ")"
    match name:
        case "s_intersects":
            return touching
        case "s_within":
            return f"({inside} AND {interiors('T')})"
        case "s_contains":
            return f"({covered} AND {interiors('T')})"
        case "s_equals":
            return f"({inside} AND {covered})"
        case "s_touches":
            return f"({touching} AND NOT {interiors('T')})"
        case "s_overlaps":
            return f"({interiors(str(dimension))} AND NOT {inside} AND NOT {covered})"
    return _crossing(dimension, highest, interiors("T"), interiors("1"), inside, covered)


def _crossing(dimension: int, highest: int, meeting: str, along: str, inside: str, covered: str) -> str:
    """Of two lines the interiors meet in points only; else one is partly in the interior of the other."""
    if dimension == highest:
        return f"({meeting} AND NOT {along})"
    return f"({meeting} AND NOT {inside if dimension < highest else covered})"
