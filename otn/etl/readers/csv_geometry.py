"""The geometry of tables of text: Well-Known Text, a longitude and a latitude, or both in one cell.

Which columns hold it is declared, or told by their names, which also tell whether latitude or longitude comes first.
"""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely

from otn.errors import SourceError
from otn.etl.readers.columns import parsed_geometry
from otn.etl.readers.coordinates import Numbers, coordinates, pairs
from otn.etl.readers.numbers import Decimal
from otn.etl.rows import Geometries
from otn.model.sources import FileSource, GeometryColumns

# By preference; compared without regard to case.
_WKT = ("wkt", "geom", "geometry")
_X = ("lon", "lng", "long", "longitude", "longitude_deg", "lengtegraad", "längengrad", "x")
_Y = ("lat", "latitude", "latitude_deg", "breedtegraad", "breitengrad", "y")
_LAT_LON = ("lat_lon", "lat,lon", "lat lon", "latlon", "latlng", "latitude,longitude", "geo_point_2d")
_LON_LAT = ("lon_lat", "lon,lat", "lon lat", "lonlat", "lnglat", "longitude,latitude")

# Gives the geometry of each row (None where the cells are blank), and the cells that cannot be read, by row.
ReadGeometry = Callable[[pa.Table], tuple[Geometries, dict[int, str]]]


def geometry_reader(columns: list[str], path: Path, source: FileSource | None = None) -> ReadGeometry:
    """How to read the geometry of rows with these columns. Raises SourceError if none of them can hold one."""
    geometry = source.geometry if source and source.geometry else _by_name(columns, path)
    decimal = source.decimal if source else None
    if geometry.wkt is not None:
        wkt = geometry.wkt
        return lambda attributes: _from_wkt(attributes[wkt])
    if geometry.x is not None and geometry.y is not None:
        x, y = geometry.x, geometry.y
        return lambda attributes: _from_numbers(attributes[x], attributes[y], decimal)
    return lambda attributes: _from_pairs(attributes, geometry, decimal)


def _by_name(columns: list[str], path: Path) -> GeometryColumns:
    names = {name.lower(): name for name in reversed(columns)}
    wkt, x, y, lat_lon, lon_lat = (
        next((names[name] for name in known if name in names), None) for known in (_WKT, _X, _Y, _LAT_LON, _LON_LAT)
    )
    if wkt is not None:
        return GeometryColumns(wkt=wkt)
    if x is not None and y is not None:
        return GeometryColumns(x=x, y=y)
    if lat_lon is not None or lon_lat is not None:
        return GeometryColumns(lat_lon=lat_lon) if lat_lon is not None else GeometryColumns(lon_lat=lon_lat)
    # Columns without a name are called so.
    untitled = any(re.fullmatch(r"column \d+", name) for name in columns)
    above = " If lines stand above its header, delete them or declare source.options.skip." if untitled else ""
    raise SourceError(
        f"{path} has no geometry: it needs a column {', '.join(_WKT)}, columns {', '.join(_X)} and {', '.join(_Y)}, "
        f"one named like lat_lon or lon_lat, or those declared in source.geometry; it has {', '.join(columns)}.{above}"
    )


def _from_wkt(column: pa.ChunkedArray) -> tuple[Geometries, dict[int, str]]:
    texts = [(text or "").strip() or None for text in column.to_pylist()]
    geometry, unreadable = parsed_geometry(shapely.from_wkt, np.array(texts, dtype=object))
    return geometry, {row: f"{texts[row]!r}: {why}" for row, why in unreadable.items()}


def _from_numbers(x: pa.ChunkedArray, y: pa.ChunkedArray, decimal: Decimal | None) -> tuple[Geometries, dict[int, str]]:
    east, no_x = coordinates(x.combine_chunks(), "x", decimal)
    north, no_y = coordinates(y.combine_chunks(), "y", decimal)
    unreadable = {row: f"{x[row].as_py()!r}, {y[row].as_py()!r}" for row in sorted(no_x | no_y)}
    return _points(east, north), unreadable


def _from_pairs(
    attributes: pa.Table, columns: GeometryColumns, decimal: Decimal | None
) -> tuple[Geometries, dict[int, str]]:
    cells = attributes[columns.lat_lon or columns.lon_lat].combine_chunks()
    x, y, unreadable = pairs(cells, "lat_lon" if columns.lat_lon else "lon_lat", decimal)
    return _points(x, y), {row: repr(cells[row].as_py()) for row in sorted(unreadable)}


def _points(x: Numbers, y: Numbers) -> Geometries:
    geometry: Geometries = np.full(len(x), None, dtype=object)
    given = ~(np.isnan(x) | np.isnan(y))
    geometry[given] = shapely.points(x[given], y[given])
    return geometry
