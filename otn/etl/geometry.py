"""Geometry in bulk: arrays of shapely geometries in CRS84 (longitude, latitude in degrees)."""

import geopandas
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Geod, Transformer
from shapely.affinity import translate

from otn.errors import SourceError
from otn.etl.rows import Geometries

CRS84 = CRS.from_user_input("OGC:CRS84")
# Seven decimals of a degree are about a centimetre: what GeoJSON writers print and no source here exceeds.
DECIMALS = 7
_GEOD = Geod(ellps="WGS84")
_WORLD = (-180.0, -90.0, 180.0, 90.0)
_HILBERT_LEVEL = 16


def to_crs84(geometry: Geometries, crs: CRS) -> Geometries:
    """Two-dimensional geometries in CRS84.

    Raises SourceError when a projected CRS puts every geometry outside its own area of use: then the coordinates are
    in another CRS than the source says.
    """
    flat: Geometries = shapely.force_2d(geometry)
    if crs.equals(CRS84, ignore_axis_order=True) or crs.to_epsg() == 4326:
        return flat
    transformer = Transformer.from_crs(crs, CRS84, always_xy=True)

    def transform(coordinates: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(transformer.transform(coordinates[:, 0], coordinates[:, 1]))

    transformed: Geometries = shapely.transform(flat, transform)
    _check_area_of_use(transformed, flat, crs)
    return transformed


def _check_area_of_use(transformed: Geometries, original: Geometries, crs: CRS) -> None:
    area = crs.area_of_use
    bounds = shapely.bounds(transformed)
    known = np.isfinite(shapely.bounds(original)).all(axis=1)
    if area is None or area.west > area.east or not known.any():
        return
    margin = 0.1
    inside = (
        (bounds[:, 0] >= area.west - margin)
        & (bounds[:, 2] <= area.east + margin)
        & (bounds[:, 1] >= area.south - margin)
        & (bounds[:, 3] <= area.north + margin)
    )
    if not inside[known].any():
        x, y = shapely.get_coordinates(original[known][:1])[0]
        raise SourceError(
            f"Coordinates such as {x:g}, {y:g} do not lie where {crs.name} ({crs.to_string()}) is used: "
            "the source is in another CRS than it says; name the right one with --crs."
        )


def wrap_longitudes(geometry: Geometries) -> Geometries:
    """Geometries with longitudes beyond 180 degrees brought back; lines are cut at the antimeridian."""
    bounds = shapely.bounds(geometry)
    beyond = ((bounds[:, 0] < -180) | (bounds[:, 2] > 180)) & (bounds[:, 0] >= -360) & (bounds[:, 2] <= 360)
    if not beyond.any():
        return geometry
    wrapped = geometry.copy()
    wrapped[beyond] = [_wrapped(one) for one in geometry[beyond]]
    return wrapped


def _wrapped(geometry: shapely.Geometry) -> shapely.Geometry:
    worlds = [(shapely.box(-180 + shift, -90, 180 + shift, 90), -shift) for shift in (0, 360, -360)]
    parts = []
    for world, shift in worlds:
        part = shapely.intersection(geometry, world)
        if not part.is_empty and part.geom_type.endswith(geometry.geom_type.removeprefix("Multi")):
            parts.append(translate(part, xoff=shift))
    return shapely.union_all(parts) if parts else geometry


def rounded(geometry: Geometries) -> Geometries:
    """Coordinates at DECIMALS decimals, without the repeated points that rounding leaves behind.

    Rounding comes before the content hash, or noise in the last bits would make every row look changed.
    """
    coarse = shapely.transform(geometry, lambda coordinates: np.round(coordinates, DECIMALS))
    cleaned: Geometries = shapely.remove_repeated_points(coarse)
    return cleaned


def exploded(geometry: Geometries) -> tuple[Geometries, npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Multi geometries in their parts: the parts, the row each comes from, and its number within the row from 0.

    A row without geometry, or with an empty one, stays one row.
    """
    parts, rows = shapely.get_parts(geometry, return_index=True)
    without = np.setdiff1d(np.arange(len(geometry)), rows)
    parts, rows = np.concatenate([parts, geometry[without]]), np.concatenate([rows, without])
    order = np.argsort(rows, kind="stable")
    parts, rows = parts[order], rows[order]
    first = np.searchsorted(rows, rows)
    return parts, rows, np.arange(len(rows)) - first


def geodesic_lengths(lines: Geometries) -> npt.NDArray[np.float64]:
    """Lengths in metres on the WGS 84 ellipsoid, to the centimetre."""
    coordinates, rows = shapely.get_coordinates(lines, return_index=True)
    segment = rows[1:] == rows[:-1]
    start, end = coordinates[:-1][segment], coordinates[1:][segment]
    _, _, metres = _GEOD.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
    return np.round(np.bincount(rows[1:][segment], weights=metres, minlength=len(lines)), 2)


def hilbert_ranks(geometry: Geometries) -> npt.NDArray[np.int64]:
    """1 + the Hilbert index of each bbox's centre on a grid of 65,536 x 65,536 cells over the world."""
    distances = geopandas.GeoSeries(geometry, crs=None).hilbert_distance(total_bounds=_WORLD, level=_HILBERT_LEVEL)
    return np.asarray(distances.to_numpy(), dtype=np.int64) + 1
