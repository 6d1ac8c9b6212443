"""Geometry in bulk: arrays of shapely geometries in CRS84 (longitude, latitude in degrees)."""

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import ProjError
from shapely.affinity import translate

from otn.errors import SourceError
from otn.etl.rows import Geometries

CRS84 = CRS.from_user_input("OGC:CRS84")
# Seven decimals of a degree are about a centimetre: what GeoJSON writers print and no source here exceeds.
DECIMALS = 7
_GEOD = Geod(ellps="WGS84")
# Degrees within which, and of latitude beyond which not, distances are those on a plane.
_CLOSE, _POLAR = 0.01, 80.0
_GRID = 10.0**-DECIMALS
# Type ids of shapely, each with that of its multi geometry.
_LINES = (1, 5)
_FIRST_MULTI = 4
_POLYGONS = (3, 6)
_PLAIN = (0, 4, *_LINES, *_POLYGONS)
_COLLECTION = 7


def to_crs84(geometry: Geometries, crs: CRS) -> Geometries:
    """Two-dimensional geometries in CRS84. Raises SourceError for a CRS of another body, of heights or of a drawing."""
    flat: Geometries = shapely.force_2d(geometry) if shapely.has_z(geometry).any() else geometry
    if in_degrees_of_wgs84(crs):
        return flat
    transformer = _transformer(crs)

    def transform(coordinates: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(transformer.transform(coordinates[:, 0], coordinates[:, 1]))

    transformed: Geometries = shapely.transform(flat, transform)
    return transformed


def in_degrees_of_wgs84(crs: CRS) -> bool:
    """Whether coordinates in `crs`, longitude first, are those of CRS84."""
    return bool(crs.equals(CRS84, ignore_axis_order=True)) or crs.to_epsg() == 4326


def _transformer(crs: CRS) -> Transformer:
    try:
        if crs.is_geographic or crs.is_projected:
            return Transformer.from_crs(crs, CRS84, always_xy=True)
    except ProjError as error:
        raise SourceError(f"No way leads from {crs.name}, the CRS of the source, to WGS 84.") from error
    raise SourceError(
        f"{crs.name} ({crs.to_string()}), the CRS of the source, is none of places on the earth's surface."
    )


def wrap_longitudes(geometry: Geometries) -> Geometries:
    """Geometries with longitudes beyond 180 degrees brought back; lines and areas are cut at the antimeridian."""
    bounds = shapely.bounds(geometry)
    beyond = ((bounds[:, 0] < -180) | (bounds[:, 2] > 180)) & (bounds[:, 0] >= -360) & (bounds[:, 2] <= 360)
    beyond &= np.isin(shapely.get_type_id(geometry), _PLAIN) & finite(geometry)
    if not beyond.any():
        return geometry
    wrapped = geometry.copy()
    wrapped[beyond] = [_wrapped(one) for one in geometry[beyond]]
    return wrapped


def _wrapped(geometry: shapely.Geometry) -> shapely.Geometry:
    parts: list[shapely.Geometry] = []
    if not geometry.is_valid:  # an area that crosses itself cannot be cut
        geometry = shapely.make_valid(geometry)
    for shift in (0, 360, -360):
        world = shapely.box(-180 + shift, -90, 180 + shift, 90)
        # A line that only touches the antimeridian leaves a point there, which is no part of it.
        inside = shapely.get_parts(shapely.get_parts(shapely.intersection(geometry, world)))
        alike = inside[shapely.get_dimensions(inside) == shapely.get_dimensions(geometry)]
        parts += [translate(part, xoff=-shift) for part in alike]
    return shapely.union_all(parts) if parts else geometry


def rounded(geometry: Geometries) -> Geometries:
    """Coordinates at DECIMALS decimals; lines without the repeated points that rounding leaves behind.

    Rounding comes before the content hash, or noise in the last bits would make every row look changed.
    """
    coordinates, rows = shapely.get_coordinates(geometry, return_index=True)
    coarse = _rounded(coordinates)
    if not np.array_equal(coarse, coordinates, equal_nan=True):
        geometry = shapely.set_coordinates(geometry.copy(), coarse)
    repeats = np.zeros(len(geometry), dtype=bool)
    repeats[rows[1:][(rows[1:] == rows[:-1]) & (coarse[1:] == coarse[:-1]).all(axis=1)]] = True
    repeats &= np.isin(shapely.get_type_id(geometry), _LINES)
    if repeats.any():
        geometry = geometry.copy()
        geometry[repeats] = shapely.remove_repeated_points(geometry[repeats])
    return geometry


def _rounded(coordinates: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """What is too large to be degrees stays as it is: rounding would overflow."""
    return np.where(np.abs(coordinates) < 1e9, np.round(np.clip(coordinates, -1e9, 1e9), DECIMALS), coordinates)


def finite(geometry: Geometries) -> npt.NDArray[np.bool_]:
    """Which geometries have no coordinate that is infinite or no number; those without coordinates have none."""
    coordinates, rows = shapely.get_coordinates(geometry, return_index=True)
    bad = np.bincount(rows[~np.isfinite(coordinates).all(axis=1)], minlength=len(geometry))
    return np.asarray(bad == 0, dtype=np.bool_)


def repaired(geometry: Geometries) -> tuple[Geometries, npt.NDArray[np.bool_]]:
    """Areas with rings that do not cross, the outer ones counterclockwise (RFC 7946), and which were repaired.

    An area that is only lines or points once its rings are untangled stays as it is: it cannot be one.
    """
    areas = np.isin(shapely.get_type_id(geometry), _POLYGONS) & finite(geometry)
    broken = np.zeros(len(geometry), dtype=bool)
    broken[areas] = ~shapely.is_valid(geometry[areas])
    mended = geometry.copy()
    # On the grid at once: rounding the new corners afterwards could make rings cross again.
    whole = shapely.set_precision(shapely.make_valid(geometry[broken], method="structure", keep_collapsed=False), _GRID)
    mended[broken] = np.where(shapely.area(whole) > 0, shapely.transform(whole, _rounded), geometry[broken])
    valid = areas.copy()
    valid[areas] = shapely.is_valid(mended[areas])
    mended[valid] = shapely.orient_polygons(shapely.remove_repeated_points(mended[valid]))
    return mended, broken & valid


def exploded(geometry: Geometries) -> tuple[Geometries, npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Multi geometries in their parts: the parts, the row each comes from, and its number within the row from 0.

    A row without geometry, or with an empty one, stays one row.
    """
    if not (shapely.get_type_id(geometry) >= _FIRST_MULTI).any():
        everything = np.arange(len(geometry))
        return geometry, everything, np.zeros_like(everything)
    return _with_rows_without(geometry, *shapely.get_parts(geometry, return_index=True))


def as_multi_polygons(geometry: Geometries) -> Geometries:
    """Polygons as multi polygons of one; other geometries as they are."""
    single = shapely.get_type_id(geometry) == shapely.GeometryType.POLYGON
    multi = geometry.copy()
    multi[single] = [shapely.MultiPolygon([polygon]) for polygon in geometry[single]]
    return multi


def as_plain(geometry: Geometries) -> Geometries:
    """Multi geometries of one part as that part; other geometries as they are."""
    plain = geometry.copy()
    of_one = (shapely.get_type_id(geometry) > shapely.GeometryType.POLYGON) & (
        shapely.get_num_geometries(geometry) == 1
    )
    plain[of_one] = shapely.get_geometry(geometry[of_one], 0)
    return plain


def without_collections(
    geometry: Geometries,
) -> tuple[Geometries, npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Geometry collections in their members, as `exploded`; other geometries, multi ones too, as they are."""
    mixed = shapely.get_type_id(geometry) == _COLLECTION
    members, of = shapely.get_parts(geometry[mixed], return_index=True)
    parts = np.concatenate([geometry[~mixed], members])
    rows = np.concatenate([np.flatnonzero(~mixed), np.flatnonzero(mixed)[of]])
    return _with_rows_without(geometry, parts, rows)


def _with_rows_without(
    geometry: Geometries, parts: Geometries, rows: npt.NDArray[np.intp]
) -> tuple[Geometries, npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Parts in the order of their rows, their rows and numbers, with the rows that have no part."""
    without = np.setdiff1d(np.arange(len(geometry)), rows)
    parts, rows = np.concatenate([parts, geometry[without]]), np.concatenate([rows, without])
    order = np.argsort(rows, kind="stable")
    parts, rows = parts[order], rows[order]
    first = np.searchsorted(rows, rows)
    return parts, rows, np.arange(len(rows)) - first


def geodesic_lengths(geometry: Geometries) -> npt.NDArray[np.float64]:
    """Lengths of lines in metres on the WGS 84 ellipsoid, to the centimetre; NaN of what is no line."""
    if (shapely.get_type_id(geometry) == shapely.GeometryType.LINESTRING).all():
        return np.asarray(np.round(_lengths_of_lines(geometry), 2))
    parts, whole = shapely.get_parts(geometry, return_index=True)
    of_parts = _lengths_of_lines(parts)
    lengths = np.bincount(whole, weights=of_parts, minlength=len(geometry)).astype(np.float64)
    lengths[shapely.get_dimensions(geometry) != 1] = np.nan
    return np.round(lengths, 2)


def _lengths_of_lines(lines: Geometries) -> npt.NDArray[np.float64]:
    coordinates, rows = shapely.get_coordinates(lines, return_index=True)
    segment = rows[1:] == rows[:-1]
    metres = _distances(coordinates[:-1][segment], coordinates[1:][segment])
    return np.asarray(np.bincount(rows[1:][segment], weights=metres, minlength=len(lines)), dtype=np.float64)


def _distances(start: npt.NDArray[np.float64], end: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Geodesic distances in metres. Between places that are close they are those on the ellipsoid's osculating plane at
    the middle latitude: ten times faster, and right to a hundredth of a millimetre."""
    half = np.abs(end - start) / 2
    close = (half < _CLOSE / 2).all(axis=1) & (np.abs(start[:, 1]) < _POLAR)
    middle = np.radians((start[:, 1] + end[:, 1]) / 2)
    flattened = 1 - _GEOD.es * np.sin(middle) ** 2
    eastwards = np.cos(middle) * np.radians(2 * half[:, 0])
    northwards = (1 - _GEOD.es) / flattened * np.radians(2 * half[:, 1])
    metres = _GEOD.a / np.sqrt(flattened) * np.hypot(eastwards, northwards)
    far = ~close
    if far.any():
        _, _, metres[far] = _GEOD.inv(start[far, 0], start[far, 1], end[far, 0], end[far, 1])
    return np.asarray(metres)
