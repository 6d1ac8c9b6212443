"""Rasters for pygeoapi, the one embedded here and a stock `pygeoapi serve`: a provider plugin of coverages.

config/pygeoapi.yml names it by its dotted path; `data` is the folder of rasters, `collection` says which one it serves.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from pygeoapi.provider.base import (
    BaseProvider,
    ProviderGenericError,
    ProviderInvalidQueryError,
    ProviderNoDataError,
    ProviderQueryError,
)
from rasterio.errors import RasterioError
from rasterio.io import MemoryFile
from rasterio.transform import Affine

from otn.api.coverage_cells import asked_bounds, cells_touched
from otn.api.crs import CRS84
from otn.api.schemas import field_schema
from otn.errors import BadRequest, LoadError
from otn.model.rasters import NODATA, RASTERS, Window
from otn.model.text import DEFAULT_LANGUAGE
from otn.store.raster_folder import RasterManifest, raster_path, read_manifest

Document = dict[str, Any]
Cells = npt.NDArray[np.int16]


class CoverageProvider(BaseProvider):  # type: ignore[misc]  # pygeoapi is untyped
    """The cells of one raster collection, as GeoTIFF or CoverageJSON."""

    def __init__(self, provider_def: Document) -> None:
        super().__init__(provider_def)
        raster = RASTERS.get(provider_def.get("collection", ""))
        if raster is None:
            raise ProviderGenericError(f"provider: collection must be one of {', '.join(RASTERS)}")
        self._raster = raster
        self._folder = Path(self.data) / raster.id
        self.axes = ["Lon", "Lat"]
        self.filename = f"{raster.id}.tif"
        self._fields = self.get_fields()

    def get_fields(self) -> dict[str, Document]:
        """The one field, with its JSON Schema type."""
        return {self._raster.field.name: field_schema(self._raster.field, DEFAULT_LANGUAGE)}

    def query(
        self,
        properties: Sequence[str] = (),  # noqa: ARG002 - there is one, and pygeoapi has looked whether it is that
        subsets: Mapping[str, Sequence[float]] | None = None,
        bbox: Sequence[float] = (),
        format_: str = "json",
        **_: Any,
    ) -> Document | bytes:
        """CoverageJSON, or a GeoTIFF for any other format.

        Raises ProviderInvalidQueryError where the API would answer 400, and ProviderNoDataError where no cell is.
        """
        manifest = self._manifest()
        given = {} if not bbox else {"bbox": ",".join(str(number) for number in bbox)}
        if subsets:
            given["subset"] = ",".join(f"{axis}({':'.join(map(str, ends))})" for axis, ends in subsets.items())
        try:
            bounds = asked_bounds(given, manifest.bbox) or manifest.bbox
        except BadRequest as error:
            raise ProviderInvalidQueryError(user_msg=error.detail) from error
        window = cells_touched(self._raster.grid, manifest.window, bounds)
        if window is None:
            raise ProviderNoDataError(user_msg="The coverage has no cell there.")
        try:
            with rasterio.open(raster_path(self._folder, manifest.number)) as file:
                place = rasterio.windows.Window(
                    window.column - manifest.window.column,
                    window.row - manifest.window.row,
                    window.columns,
                    window.rows,
                )
                cells: Cells = file.read(1, window=place)
                profile = file.profile
        except RasterioError as error:
            raise ProviderQueryError from error
        return self._coverage_json(window, cells) if format_ == "json" else self._geotiff(window, cells, profile)

    def _manifest(self) -> RasterManifest:
        try:
            manifest = read_manifest(self._folder)
        except LoadError as error:
            raise ProviderQueryError from error
        if manifest is None:
            raise ProviderNoDataError(user_msg="Nothing is loaded.")
        return manifest

    def _geotiff(self, window: Window, cells: Cells, profile: Document) -> bytes:
        grid, field = self._raster.grid, self._raster.field
        west, _, _, north = grid.bounds(window)
        with MemoryFile() as memory:
            with memory.open(
                driver="GTiff",
                dtype="int16",
                count=1,
                width=window.columns,
                height=window.rows,
                crs=profile["crs"],
                transform=Affine(grid.cell, 0, west, 0, -grid.cell, north),
                nodata=NODATA,
                compress="deflate",
                predictor=2,
            ) as file:
                file.write(cells, 1)
                file.set_band_description(1, field.name)
                file.units = (field.unit,)
            return bytes(memory.read())

    def _coverage_json(self, window: Window, cells: Cells) -> Document:
        """The numbers of axes are those of the centres of cells; null stands where there is no value."""
        half = self._raster.grid.cell / 2
        west, south, east, north = self._raster.grid.bounds(window)
        field = self._raster.field
        values = cells.ravel().astype(object)
        values[cells.ravel() == NODATA] = None
        return {
            "type": "Coverage",
            "domain": {
                "type": "Domain",
                "domainType": "Grid",
                "axes": {
                    "x": {"start": round(west + half, 9), "stop": round(east - half, 9), "num": window.columns},
                    "y": {"start": round(north - half, 9), "stop": round(south + half, 9), "num": window.rows},
                },
                "referencing": [
                    {"coordinates": ["x", "y"], "system": {"type": "GeographicCRS", "id": CRS84.uri}},
                ],
            },
            "parameters": {
                field.name: {
                    "type": "Parameter",
                    "description": {"en": field.description},
                    "unit": {"symbol": {"value": field.unit, "type": "http://www.opengis.net/def/uom/UCUM/"}},
                    "observedProperty": {"id": field.term, "label": field.title.as_dict()},
                }
            },
            "ranges": {
                field.name: {
                    "type": "NdArray",
                    "dataType": "integer",
                    "axisNames": ["y", "x"],
                    "shape": list(cells.shape),
                    "values": values.tolist(),
                }
            },
        }
