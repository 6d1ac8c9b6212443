"""What keeps a row from being loaded: every reject has a reason and is kept whole."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc
import shapely
from pyproj import CRS

from otn.errors import SourceError
from otn.etl import check_place
from otn.etl.check_place import ANYWHERE, Places
from otn.etl.geometry import finite, in_degrees_of_wgs84, to_crs84
from otn.etl.harmonise import Features, Shapes
from otn.etl.rows import LONGEST_TEXT, Geometries, Reason, Reject, SourceRows
from otn.model.collections import Collection, GeometryKind

_TYPE_IDS = {
    GeometryKind.POINT: (0,),
    GeometryKind.LINE_STRING: (1,),
    GeometryKind.MULTI_POLYGON: (6,),
    GeometryKind.ANY: (0, 1, 3, 4, 5, 6),
}
_MARGIN = 0.1  # degrees that data may reach beyond the area in which its CRS is used
_DETAILS = {
    Reason.NO_GEOMETRY: "the row has no geometry",
    Reason.EMPTY_GEOMETRY: "the geometry is empty",
    Reason.WRONG_GEOMETRY_TYPE: "the collection does not take this type of geometry",
    Reason.NOT_FINITE: "a coordinate is not a finite number",
    Reason.OUT_OF_RANGE: "a coordinate lies outside -180..180, -90..90 degrees",
    Reason.TOO_FEW_POINTS: "the line has fewer than two different points",
    **check_place.DETAILS,
    Reason.INVALID: "the geometry cannot be repaired",
    Reason.ID_TOO_LONG: f"the identifier has more than {LONGEST_TEXT} characters",
}


def check_geometry(
    shapes: Shapes, rows: SourceRows, collection: Collection, places: Places = ANYWHERE
) -> tuple[Shapes, list[Reject]]:
    """The features that the collection can hold and that lie where they may, and a reject for each of the others."""
    geometry, row = shapes.geometry, shapes.row
    with np.errstate(invalid="ignore", over="ignore"):
        reasons = _reasons(geometry, collection.geometry, places)
    too_long = np.asarray(pc.greater(pc.utf8_length(rows.source_id), LONGEST_TEXT), dtype=np.bool_)
    reasons[too_long[row]] = Reason.ID_TOO_LONG
    keep = np.array([reason is None for reason in reasons], dtype=bool)
    rejects = [_reject(rows, int(row[at]), reasons[at], geometry[at]) for at in np.flatnonzero(~keep)]
    return shapes.filtered(keep), rejects


def _reasons(geometry: Geometries, kind: GeometryKind, places: Places) -> npt.NDArray[np.object_]:
    """Per geometry the first reason to reject it, or None."""
    reasons = places.reasons(geometry)
    west, south, east, north = shapely.bounds(geometry).T
    empty = shapely.is_empty(geometry)
    kinds = shapely.get_type_id(geometry)
    for reason, applies in (
        (Reason.INVALID, _invalid_areas(geometry, kinds)),
        (Reason.TOO_FEW_POINTS, np.isin(kinds, (1, 5)) & (shapely.length(geometry) == 0) & ~empty),
        (Reason.OUT_OF_RANGE, (west < -180) | (south < -90) | (east > 180) | (north > 90)),
        (Reason.NOT_FINITE, ~finite(geometry)),
        (Reason.WRONG_GEOMETRY_TYPE, ~np.isin(kinds, _TYPE_IDS[kind])),
        (Reason.EMPTY_GEOMETRY, empty),
        (Reason.NO_GEOMETRY, shapely.is_missing(geometry)),
    ):
        reasons[applies] = reason
    return reasons


def _invalid_areas(geometry: Geometries, kinds: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """The areas whose rings still cross; looking at lines and points too would only cost."""
    invalid = np.isin(kinds, (3, 6))
    invalid[invalid] = ~shapely.is_valid(geometry[invalid])
    return invalid


def check_fields(features: Features, rows: SourceRows, collection: Collection) -> tuple[Features, list[Reject]]:
    """The features with a value in every field that must have one, and a reject for each row that lacks it."""
    rejects: list[Reject] = []
    for field in collection.fields:
        if field.required and features.fields[field.name].null_count:
            present = np.asarray(features.fields[field.name].is_valid(), dtype=np.bool_)
            detail = f"the row has nothing for {field.name}, which every feature of {collection.id} has"
            rejects += [_rejected(rows, int(row), Reason.NO_VALUE, detail) for row in np.unique(features.row[~present])]
            features = features.filtered(present)
    return features, rejects


def check_crs(rows: SourceRows) -> None:
    """Raises SourceError when none of the rows lies where the CRS of the source is used: then it is another one."""
    with np.errstate(invalid="ignore"):
        bounds = shapely.bounds(to_crs84(rows.geometry, rows.crs))
    known = np.isfinite(shapely.bounds(rows.geometry)).all(axis=1)
    west, south, east, north = _where_used(rows.crs)
    inside = (bounds[:, 0] >= west) & (bounds[:, 1] >= south) & (bounds[:, 2] <= east) & (bounds[:, 3] <= north)
    if known.any() and not inside[known].any():
        x, y = shapely.get_coordinates(rows.geometry[known][:1])[0]
        raise SourceError(
            f"Coordinates such as {x:g}, {y:g} do not lie where {rows.crs.name} ({rows.crs.to_string()}) is used: "
            "the source is in another CRS than it says; name the right one with --crs."
        )


def _where_used(crs: CRS) -> tuple[float, float, float, float]:
    """Degrees west, south, east and north; longitudes may go round the world."""
    area = crs.area_of_use
    if area is None or area.west > area.east or in_degrees_of_wgs84(crs):
        return -360, -90, 360, 90
    return area.west - _MARGIN, area.south - _MARGIN, area.east + _MARGIN, area.north + _MARGIN


def _reject(rows: SourceRows, row: int, reason: Reason, geometry: shapely.Geometry | None) -> Reject:
    detail = _DETAILS[reason]
    if reason is Reason.WRONG_GEOMETRY_TYPE and geometry is not None:
        detail += f": {geometry.geom_type}"
    if reason is Reason.INVALID:
        detail += f": {shapely.is_valid_reason(geometry)}"
    return _rejected(rows, row, reason, detail)


def _rejected(rows: SourceRows, row: int, reason: Reason, detail: str) -> Reject:
    return Reject(int(rows.position[row]), rows.source_id[row].as_py(), reason, detail, row_as_it_came(rows, row))


def row_as_it_came(rows: SourceRows, row: int) -> dict[str, Any]:
    """The row of the source, geometry as WKT in the source's CRS, ready for JSON."""
    values = {name: rows.attributes[name][row].as_py() for name in rows.attributes.column_names}
    wkt = shapely.to_wkt(rows.geometry[row], rounding_precision=-1) if rows.geometry[row] is not None else None
    return {name: _plain(value) for name, value in values.items()} | {"geometry": wkt}


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value if isinstance(value, str | int | None) else str(value)
