"""Geometry literals: coordinates in the filter's reference system become a shape in longitude and latitude.

A line that is straight in a projected system is none in degrees, so its parts longer than a kilometre (or a thousandth
of all the literal's lines) are cut before they are transformed: what is between is then within centimetres.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from otn.api.cql2.limits import refusal
from otn.api.crs import Crs

_METRES = 1000.0
_PARTS = 1000
_WEB_MERCATOR_SRID = 3857
_WEB_MERCATOR_EDGE = math.pi * 6378137.0
_ROUNDING = 1e-3
"""How far a box of the whole world may be beyond its edge, in metres."""
_ROUND_TRIP = 1.0
"""How far a position may be from itself, transformed and back, where its system is defined, in its units."""

_SLACK = 1e-9
"""How far a longitude or latitude may be beyond its bound after rounding, in degrees."""

Positions = npt.NDArray[np.float64]


def shape(tree: dict[str, Any], crs: Crs) -> BaseGeometry:
    """The geometry that a GeoJSON object means whose coordinates are in `crs`, in the order of its axes.

    Raises BadRequest where it is none, is not valid, or lies where the system is not defined.
    """
    geometry = _swapped(_built(tree), crs)
    if not shapely.is_valid(geometry):
        raise refusal(f"the {geometry.geom_type} is not valid: {shapely.is_valid_reason(geometry)}.")
    return _in_degrees(geometry, crs)


def box(numbers: Any, crs: Crs) -> BaseGeometry:
    """The box that four or six numbers in `crs` mean; a west greater than the east spans the antimeridian."""
    values = _numbers(numbers, "a BBOX")
    if len(values) not in (4, 6):
        raise refusal(f"a BBOX has four or six numbers, not {len(values)}.")
    half = len(values) // 2
    (west, south), (east, north) = values[:2], values[half : half + 2]
    if crs.axes_swapped:
        west, south, east, north = south, west, north, east
    if south > north:
        raise refusal(f"the BBOX ends south ({north:g}) of where it starts ({south:g}).")
    sides = [(west, east)] if west <= east else _around_the_world(west, east, crs)
    parts = [_in_degrees(_rectangle(left, south, right, north), crs) for left, right in sides]
    return shapely.union_all(parts) if len(parts) > 1 else parts[0]


def _around_the_world(west: float, east: float, crs: Crs) -> list[tuple[float, float]]:
    """The parts of a box on both sides of the antimeridian."""
    if not crs.is_geographic and crs.srid != _WEB_MERCATOR_SRID:
        raise refusal(
            f"the BBOX ends west ({east:g}) of where it starts ({west:g}), and {crs.uri} has no antimeridian."
        )
    edge = 180.0 if crs.is_geographic else _WEB_MERCATOR_EDGE
    return [(west, edge), (-edge, east)]


def _rectangle(west: float, south: float, east: float, north: float) -> BaseGeometry:
    """A box without width or height is a line or a point: as a polygon it would not be valid."""
    if west == east and south == north:
        return shapely.Point(west, south)
    if west == east or south == north:
        return shapely.LineString([(west, south), (east, north)])
    return shapely.box(west, south, east, north)


def _built(tree: dict[str, Any]) -> BaseGeometry:
    kind = tree["type"]
    if kind == "GeometryCollection":
        return shapely.GeometryCollection([_built(part) for part in _members(tree.get("geometries"), kind)])
    coordinates = tree.get("coordinates")
    match kind:
        case "Point":
            return shapely.Point(_position(coordinates))
        case "LineString":
            return shapely.LineString(_line(coordinates))
        case "Polygon":
            return _polygon(coordinates)
        case "MultiPoint":
            return shapely.MultiPoint([_position(part) for part in _members(coordinates, kind)])
        case "MultiLineString":
            return shapely.MultiLineString([_line(part) for part in _members(coordinates, kind)])
        case "MultiPolygon":
            return shapely.MultiPolygon([_polygon(part) for part in _members(coordinates, kind)])
    raise refusal(f"{kind!r} is no type of geometry.")


def _members(value: Any, kind: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise refusal(f"a {kind} needs a list that is not empty.")
    if kind == "GeometryCollection" and not all(isinstance(part, dict) and "type" in part for part in value):
        raise refusal("a GeometryCollection holds geometries only.")
    return value


def _numbers(value: Any, what: str) -> list[float]:
    if not isinstance(value, list) or not all(isinstance(n, int | float) and not isinstance(n, bool) for n in value):
        raise refusal(f"{what} is a list of numbers.")
    if not all(math.isfinite(number) for number in value):
        raise refusal(f"{what} has a number that is not finite.")
    return value


def _position(value: Any) -> tuple[float, float]:
    """The first two of a position's numbers: features have no heights."""
    numbers = _numbers(value, "a position")
    if len(numbers) not in (2, 3):
        raise refusal(f"a position has two or three numbers, not {len(numbers)}.")
    return numbers[0], numbers[1]


def _line(value: Any, least: int = 2, what: str = "LineString") -> list[tuple[float, float]]:
    positions = [_position(position) for position in _members(value, what)]
    if len(positions) < least:
        raise refusal(f"a {what} has at least {least} positions, not {len(positions)}.")
    return positions


def _polygon(value: Any) -> BaseGeometry:
    rings = [_line(ring, 4, "ring of a polygon") for ring in _members(value, "Polygon")]
    if any(ring[0] != ring[-1] for ring in rings):
        raise refusal("a ring of a polygon must end where it starts.")
    return shapely.Polygon(rings[0], rings[1:])


def _swapped(geometry: BaseGeometry, crs: Crs) -> BaseGeometry:
    return shapely.transform(geometry, lambda positions: positions[:, ::-1]) if crs.axes_swapped else geometry


def _in_degrees(geometry: BaseGeometry, crs: Crs) -> BaseGeometry:
    _refuse_outside(shapely.get_coordinates(geometry), crs)
    if crs.srid == 4326:
        return geometry
    if not crs.is_geographic:
        geometry = shapely.segmentize(geometry, max(_METRES, shapely.length(geometry) / _PARTS))

    projected = shapely.get_coordinates(geometry)
    degrees = np.column_stack(crs.from_wgs84.transform(projected[:, 0], projected[:, 1], direction="INVERSE"))
    back = np.column_stack(crs.from_wgs84.transform(degrees[:, 0], degrees[:, 1]))
    if not _on_earth(degrees) or not (np.abs(back - projected) <= _ROUND_TRIP).all():
        raise refusal(f"the {geometry.geom_type} lies where {crs.uri} is not defined.")
    # Without the noise of the conversion, which would leave out what lies on the very edge of an area.
    geometry = shapely.set_coordinates(geometry, degrees.round(9))
    return geometry if shapely.is_valid(geometry) else shapely.make_valid(geometry)


def _refuse_outside(positions: Positions, crs: Crs) -> None:
    if crs.is_geographic and not _on_earth(positions):
        order = (
            "latitude (-90 to 90), longitude (-180 to 180)"
            if crs.axes_swapped
            else ("longitude (-180 to 180), latitude (-90 to 90)")
        )
        raise refusal(f"a coordinate is not on earth: {crs.uri} has {order}.")
    if crs.srid == _WEB_MERCATOR_SRID and (np.abs(positions) > _WEB_MERCATOR_EDGE + _ROUNDING).any():
        raise refusal(f"a coordinate lies beyond {_WEB_MERCATOR_EDGE:.2f} m, where {crs.uri} ends.")


def _on_earth(positions: Positions) -> bool:
    longitudes, latitudes = np.abs(positions).T
    return bool((longitudes <= 180 + _SLACK).all() and (latitudes <= 90 + _SLACK).all())
