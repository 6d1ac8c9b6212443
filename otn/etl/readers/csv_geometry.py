"""The geometry of CSV files: a column of Well-Known Text, or one of longitudes and one of latitudes."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely

from otn.errors import SourceError
from otn.etl.readers.columns import parsed_geometry
from otn.etl.rows import Geometries

# By preference; compared without regard to case.
_WKT = ("wkt", "geom", "geometry")
_X = ("lon", "lng", "long", "longitude", "longitude_deg", "x")
_Y = ("lat", "latitude", "latitude_deg", "y")

# Gives the geometry of each row (None where the cells are blank), and the cells that cannot be read, by row.
ReadGeometry = Callable[[pa.Table], tuple[Geometries, dict[int, str]]]


def geometry_reader(columns: list[str], path: Path) -> ReadGeometry:
    """How to read the geometry of rows with these columns. Raises SourceError if none of them can hold one."""
    names = {name.lower(): name for name in reversed(columns)}
    wkt, x, y = (next((names[name] for name in known if name in names), None) for known in (_WKT, _X, _Y))
    if wkt is not None:
        return lambda attributes: _from_wkt(attributes[wkt])
    if x is not None and y is not None:
        return lambda attributes: _from_numbers(attributes[x], attributes[y])
    raise SourceError(
        f"{path} has no geometry: a CSV file needs a column {', '.join(_WKT)}, or columns {', '.join(_X)} and "
        f"{', '.join(_Y)}; it has {', '.join(columns)}."
    )


def _from_wkt(column: pa.ChunkedArray) -> tuple[Geometries, dict[int, str]]:
    texts = [(text or "").strip() or None for text in column.to_pylist()]
    geometry, unreadable = parsed_geometry(shapely.from_wkt, np.array(texts, dtype=object))
    return geometry, {row: f"{texts[row]!r}: {why}" for row, why in unreadable.items()}


def _from_numbers(x: pa.ChunkedArray, y: pa.ChunkedArray) -> tuple[Geometries, dict[int, str]]:
    geometry: Geometries = np.full(len(x), None, dtype=object)
    unreadable: dict[int, str] = {}
    for row, cells in enumerate(zip(x.to_pylist(), y.to_pylist(), strict=True)):
        # Publishers of half of Europe write the decimal comma.
        texts = [(cell or "").strip().replace(",", ".") for cell in cells]
        if not all(texts):
            continue
        try:
            geometry[row] = shapely.Point(float(texts[0]), float(texts[1]))
        except ValueError:
            unreadable[row] = f"{cells[0]!r}, {cells[1]!r}"
    return geometry, unreadable
