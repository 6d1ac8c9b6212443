"""What keeps a row from being loaded: every reject has a reason and is kept whole."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

from otn.errors import SourceError
from otn.etl.rows import Geometries, Reason, Reject, SourceRows
from otn.model.collections import Collection, GeometryKind

_TYPE_IDS = {GeometryKind.POINT: 0, GeometryKind.LINE_STRING: 1}
_DETAILS = {
    Reason.NO_GEOMETRY: "the row has no geometry",
    Reason.EMPTY_GEOMETRY: "the geometry is empty",
    Reason.WRONG_GEOMETRY_TYPE: "the collection does not take this type of geometry",
    Reason.NOT_FINITE: "a coordinate is not a finite number",
    Reason.OUT_OF_RANGE: "a coordinate lies outside -180..180, -90..90 degrees",
    Reason.TOO_FEW_POINTS: "the line has fewer than two different points",
}

Harmonised = tuple[Geometries, npt.NDArray[np.intp], pa.Array]


def check_geometry(features: Harmonised, rows: SourceRows, collection: Collection) -> tuple[Harmonised, list[Reject]]:
    """The features whose geometry the collection can hold, and a reject for each of the others.

    Raises SourceError when every geometry lies outside the range of degrees: then the CRS is not what the source says.
    """
    geometry, row, part = features
    with np.errstate(invalid="ignore"):
        reasons = _reasons(geometry, collection.geometry)
    _check_crs(geometry, reasons, rows)
    keep = np.array([reason is None for reason in reasons], dtype=bool)
    rejects = [_reject(rows, int(row[at]), reasons[at], geometry[at]) for at in np.flatnonzero(~keep)]
    return (geometry[keep], row[keep], part.filter(pa.array(keep))), rejects


def _reasons(geometry: Geometries, kind: GeometryKind) -> npt.NDArray[np.object_]:
    """Per geometry the first reason to reject it, or None."""
    west, south, east, north = shapely.bounds(geometry).T
    empty = shapely.is_empty(geometry)
    reasons = np.full(len(geometry), None, dtype=object)
    for reason, applies in (
        (Reason.TOO_FEW_POINTS, (shapely.get_type_id(geometry) == 1) & (shapely.length(geometry) == 0) & ~empty),
        (Reason.OUT_OF_RANGE, (west < -180) | (south < -90) | (east > 180) | (north > 90)),
        (Reason.NOT_FINITE, _not_finite(geometry)),
        (Reason.WRONG_GEOMETRY_TYPE, shapely.get_type_id(geometry) != _TYPE_IDS[kind]),
        (Reason.EMPTY_GEOMETRY, empty),
        (Reason.NO_GEOMETRY, shapely.is_missing(geometry)),
    ):
        reasons[applies] = reason
    return reasons


def _not_finite(geometry: Geometries) -> npt.NDArray[np.bool_]:
    coordinates, rows = shapely.get_coordinates(geometry, return_index=True)
    bad = rows[~np.isfinite(coordinates).all(axis=1)]
    return np.bincount(bad, minlength=len(geometry)) > 0


def _check_crs(geometry: Geometries, reasons: npt.NDArray[np.object_], rows: SourceRows) -> None:
    if not len(geometry) or not all(reason in (Reason.OUT_OF_RANGE, Reason.NOT_FINITE) for reason in reasons):
        return
    x, y = shapely.get_coordinates(rows.geometry[:1])[0]
    raise SourceError(
        f"Coordinates such as {x:g}, {y:g} cannot be in {rows.crs.name}, the CRS of the source: "
        "it is in another CRS than it says; name the right one with --crs."
    )


def _reject(rows: SourceRows, row: int, reason: Reason, geometry: shapely.Geometry | None) -> Reject:
    detail = _DETAILS[reason]
    if reason is Reason.WRONG_GEOMETRY_TYPE and geometry is not None:
        detail += f": {geometry.geom_type}"
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
