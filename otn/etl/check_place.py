"""Whether rows lie where their region is: null island, swapped axes, the wrong reference system, another country."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS

from otn.errors import SourceError
from otn.etl.geometry import to_crs84
from otn.etl.rows import Geometries, Reason, SourceRows

# National systems of the partner regions, and the ones of the world: what a file may be in when it says another.
_USUAL = ("EPSG:4326", "EPSG:3857", "EPSG:31370", "EPSG:3812", "EPSG:5514", "EPSG:3059", "EPSG:27700", "EPSG:2154")
_CANDIDATES = (*_USUAL, "EPSG:2100", "EPSG:3035", "EPSG:25831", "EPSG:25833", "EPSG:32631", "EPSG:32633")
DETAILS = {
    Reason.NULL_ISLAND: "the place is 0, 0: a value that is missing, not a place",
    Reason.SWAPPED_AXES: "latitude and longitude are exchanged; where the publisher writes all rows so, declare"
    " source.swapped_axes",
    Reason.OUTSIDE_REGION: "the place lies outside the region",
}
"""What the reasons of `Places.reasons` mean, for people."""
_TINY = 1e-6  # degrees
_MOST_DEGREES = 360


@dataclass(frozen=True)
class Places:
    """Where the rows of a dataset may lie: `extent` in CRS84, None for anywhere."""

    extent: shapely.Geometry | None
    outside: Literal["reject", "keep"]

    def reasons(self, geometry: Geometries) -> npt.NDArray[np.object_]:
        """Per geometry (CRS84) why it lies where it cannot be, or None."""
        reasons = np.full(len(geometry), None, dtype=object)
        west, south, east, north = shapely.bounds(geometry).T
        with np.errstate(invalid="ignore"):
            null = (np.maximum(np.abs(west), np.abs(east)) < _TINY) & (np.maximum(np.abs(south), np.abs(north)) < _TINY)
        if self.extent is not None:
            outside = np.isfinite(west) & ~_touches(self.extent, geometry)
            swapped = outside.copy()
            swapped[outside] = _touches(self.extent, swapped_axes(geometry[outside]))
            if self.outside == "reject":
                reasons[outside] = Reason.OUTSIDE_REGION
            reasons[swapped] = Reason.SWAPPED_AXES
        reasons[null] = Reason.NULL_ISLAND
        return reasons

    def check_crs(self, rows: SourceRows) -> None:
        """Raises SourceError if most rows lie outside, and in another usual reference system most would lie inside."""
        known = rows.geometry[np.isfinite(shapely.bounds(rows.geometry)).all(axis=1)]
        if self.extent is None or not len(known) or self._share_inside(known, rows.crs) >= 0.5:
            return
        in_degrees = np.abs(shapely.get_coordinates(known)).max() <= _MOST_DEGREES
        for name in _CANDIDATES:
            candidate = CRS.from_user_input(name)
            if candidate.is_geographic != in_degrees:
                continue
            if not candidate.equals(rows.crs, ignore_axis_order=True) and self._share_inside(known, candidate) > 0.9:
                x, y = shapely.get_coordinates(known[:1])[0]
                raise SourceError(
                    f"Coordinates such as {x:g}, {y:g} lie outside the region in {rows.crs.to_string()}, and inside it"
                    f" in {name}: the source is in another CRS than it says; if so, name it with --crs {name}."
                )

    def _share_inside(self, geometry: Geometries, crs: CRS) -> float:
        with np.errstate(invalid="ignore", over="ignore"):
            return float(np.mean(_touches(self.extent, to_crs84(geometry, crs))))


ANYWHERE = Places(None, "keep")


def swapped_axes(geometry: Geometries) -> Geometries:
    """The same geometries with x and y exchanged."""
    swapped: Geometries = shapely.transform(geometry, lambda coordinates: coordinates[:, ::-1])
    return swapped


def _touches(area: shapely.Geometry, geometry: Geometries) -> npt.NDArray[np.bool_]:
    """By boxes: cheap, and an extent is no sharper than that."""
    bounds = shapely.bounds(geometry)
    touching = np.isfinite(bounds).all(axis=1)
    boxes = shapely.box(*bounds[touching].T)
    touching[touching] = shapely.intersects(area, boxes)
    return np.asarray(touching, dtype=np.bool_)
