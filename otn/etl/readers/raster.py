"""An index of rasters, as gdaltindex makes it: of each file the footprint of its extent and what it holds.

Read by GDAL (rasterio), in formats that keep all of a raster in one file and refer to no other.
"""

import json
import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely
from pyproj import CRS

from otn.errors import SourceError
from otn.etl.readers.columns import check_file
from otn.etl.readers.inputs import Inputs
from otn.etl.rows import SourceRows
from otn.model.collections import AREAS, Collection

# Named, so that no file is read as something else: some of GDAL's formats lead to other files and to the network.
_DRIVERS = {
    ".tif": "GTiff",
    ".tiff": "GTiff",
    ".jp2": "JP2OpenJPEG",
    ".asc": "AAIGrid",
    ".hgt": "SRTMHGT",
    **dict.fromkeys((".dt0", ".dt1", ".dt2"), "DTED"),
}
SUFFIXES = tuple(_DRIVERS)
# In other systems the edges of the extent are curves: so many pieces follow them.
_PIECES = 20
_LARGEST_BLOCK = 1 << 24
_CODES = ("driver", "crs", "width", "height", "resolution", "bands")


class RasterIndex:
    """Reads rasters for `areas`, each file one area of kind `other` with the file's name."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs

    def read(self) -> Iterator[SourceRows]:
        """One batch a file, since each file may be in a CRS of its own.

        Raises SourceError if a file is no raster of a known format, is cut off, or has no CRS or no place, or if
        another collection than areas is wanted.
        """
        from rasterio.errors import RasterioError

        if self.inputs.dataset.collection != AREAS.id:
            raise SourceError(f"Rasters are read for {AREAS.id}, not for {self.inputs.dataset.collection}.")
        for position, path in enumerate(self.inputs.files, 1):
            check_file(path)
            try:
                with opened(path) as raster:
                    crs = crs_of(raster, self.inputs.crs)
                    footprint, described = _footprint(raster), _described(raster, crs)
            except (RasterioError, OSError) as error:
                raise SourceError(f"{path} is damaged, cut off or no raster: {str(error).rstrip('.')}.") from error
            yield SourceRows(
                position=np.array([position]),
                source_id=pa.array([path.name], pa.string()),
                geometry=np.array([footprint], dtype=object),
                attributes=pa.table({name: pa.array([value]) for name, value in described.items()}),
                crs=crs,
            )

    def harmonise(self, attributes: pa.Table, collection: Collection) -> dict[str, pa.Array]:  # noqa: ARG002
        rows = attributes.select(_CODES).to_pylist()
        codes = [json.dumps(row | {"bands": json.loads(row["bands"])}, sort_keys=True) for row in rows]
        return {
            "name": attributes["name"].combine_chunks(),
            "kind": pa.array(["other"] * len(rows), pa.string()),
            "sourceCodes": pa.array(codes, pa.string()),
        }


def crs_of(raster: Any, named: CRS | None) -> CRS:
    """What the raster is in: `named`, else what it says itself. Raises SourceError where it lies nowhere."""
    if raster.transform.is_identity:
        raise SourceError(f"{raster.name} does not say where it lies in its reference system: it cannot be placed.")
    if named is not None:
        return named
    if raster.crs is None:
        raise SourceError(
            f"{raster.name} does not say what coordinate reference system it is in; tell it, as in --crs EPSG:31370."
        )
    return CRS.from_wkt(raster.crs.to_wkt())


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """A raster, open to be read. Raises SourceError for a name that is none of a raster, and RasterioError."""
    # Here, and not for every load: it takes as long to import as a small file to load.
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        raster = rasterio.open(path, driver=_driver(path))
    with raster:
        yield raster


def _driver(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in _DRIVERS:
        raise SourceError(f"{path} is no raster by its name, which has none of the endings {', '.join(SUFFIXES)}.")
    return _DRIVERS[suffix]


def _footprint(raster: Any) -> shapely.Geometry:
    """The extent; a raster may be rotated."""
    corners = ((0, 0), (raster.width, 0), (raster.width, raster.height), (0, raster.height))
    polygon = shapely.Polygon([raster.transform @ corner for corner in corners])
    along = max(shapely.length(polygon) / 4 / _PIECES, np.finfo(float).tiny)
    return shapely.segmentize(shapely.normalize(polygon), along)


def _described(raster: Any, crs: CRS) -> dict[str, Any]:
    x, y = raster.res
    return {
        "name": raster.name.rsplit("/", 1)[-1],
        "driver": raster.driver,
        "crs": crs.to_string() if crs.to_authority() else crs.name,
        "width": raster.width,
        "height": raster.height,
        "resolution": f"{x:.10g} x {y:.10g}",
        "bands": json.dumps([_band(raster, band) for band in raster.indexes]),
    }


def _band(raster: Any, band: int) -> dict[str, Any]:
    """The type, nodata value and statistics of a band; these without what is nodata, null where all of it is."""
    nodata = raster.nodatavals[band - 1]
    described = {
        "dataType": raster.dtypes[band - 1],
        "nodata": nodata if nodata is None or np.isfinite(nodata) else str(nodata),
        "unit": raster.units[band - 1],
        "description": raster.descriptions[band - 1],
    }
    numbers = {name: round(value, 6) for name, value in _statistics(raster, band).items()}
    return {key: value for key, value in (described | numbers).items() if value is not None}


def pixels_of(raster: Any, band: int) -> Iterator[npt.NDArray[np.float64]]:
    """The values of a band, those of one block at a time, without what is nodata.

    Raises SourceError for blocks that are too large, and RasterioError where the file is damaged.
    """
    height, width = raster.block_shapes[band - 1]
    if height * width > _LARGEST_BLOCK:
        raise SourceError(f"{raster.name} has blocks of {width} x {height} pixels, too large to read: tile it.")
    for _, window in raster.block_windows(band):
        pixels = raster.read(band, window=window, masked=True).compressed()
        pixels = pixels[np.isfinite(pixels)].real.astype(np.float64)
        if len(pixels):
            yield pixels


def _statistics(raster: Any, band: int) -> dict[str, float]:
    """Minimum, maximum, mean and standard deviation, block by block; nothing where no pixel has a value."""
    number, mean, squares, low, high = 0, 0.0, 0.0, math.inf, -math.inf
    for pixels in pixels_of(raster, band):
        low, high = min(low, float(pixels.min())), max(high, float(pixels.max()))
        # Sums of squares of all pixels would lose the decimals that the deviation is made of.
        apart, together = float(pixels.mean()) - mean, number + len(pixels)
        squares += float(((pixels - pixels.mean()) ** 2).sum()) + apart**2 * number * len(pixels) / together
        mean, number = mean + apart * len(pixels) / together, together
    if not number:
        return {}
    return {"minimum": low, "maximum": high, "mean": mean, "deviation": math.sqrt(squares / number)}
