"""Rasters for pygeoapi, the one embedded here and a stock `pygeoapi serve`: a provider plugin of coverages.

config/pygeoapi.yml names it by its dotted path; `data` is the folder of rasters, `collection` says which one it serves.
`options` may say how many cells its answers have, by the parameters of coverage_scaling.py, which pygeoapi hands to no
provider.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pygeoapi.provider.base import (
    BaseProvider,
    ProviderGenericError,
    ProviderInvalidQueryError,
    ProviderNoDataError,
    ProviderQueryError,
)
from rasterio.crs import CRS
from rasterio.errors import RasterioError
from rasterio.io import MemoryFile
from rasterio.transform import Affine

from otn.api.coverage_resampling import Cells, domain_cells
from otn.api.coverage_scaling import Domain, asked_domain
from otn.api.crs import CRS84
from otn.api.schemas import field_schema
from otn.errors import BadRequest, LoadError
from otn.model.rasters import NODATA, RASTERS
from otn.model.sql import SRID
from otn.model.text import DEFAULT_LANGUAGE
from otn.store.raster_folder import RasterManifest, raster_path, read_manifest

Document = dict[str, Any]


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
        self._scaling: dict[str, str] = dict(self.options or {})

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
        given = dict(self._scaling) if not bbox else self._scaling | {"bbox": ",".join(map(str, bbox))}
        if subsets:
            given["subset"] = ",".join(f"{axis}({':'.join(map(str, ends))})" for axis, ends in subsets.items())
        try:
            found = asked_domain(given, self._raster.grid, manifest.window)
        except BadRequest as error:
            raise ProviderInvalidQueryError(user_msg=error.detail) from error
        if found is None:
            raise ProviderNoDataError(user_msg="The coverage has no cell there.")
        domain = found[0]
        try:
            cells = domain_cells(raster_path(self._folder, manifest.number), self._raster.grid, manifest.window, domain)
        except RasterioError as error:
            raise ProviderQueryError from error
        return self._coverage_json(domain, cells) if format_ == "json" else self._geotiff(domain, cells)

    def _manifest(self) -> RasterManifest:
        try:
            manifest = read_manifest(self._folder)
        except LoadError as error:
            raise ProviderQueryError from error
        if manifest is None:
            raise ProviderNoDataError(user_msg="Nothing is loaded.")
        return manifest

    def _geotiff(self, domain: Domain, cells: Cells) -> bytes:
        field = self._raster.field
        west, _, _, north = domain.bounds
        with MemoryFile() as memory:
            with memory.open(
                driver="GTiff",
                dtype="int16",
                count=1,
                width=domain.columns,
                height=domain.rows,
                crs=CRS.from_epsg(SRID),
                transform=Affine(domain.across, 0, west, 0, -domain.down, north),
                nodata=NODATA,
                compress="deflate",
                predictor=2,
            ) as file:
                file.write(cells, 1)
                file.set_band_description(1, field.name)
                file.units = (field.unit,)
            return bytes(memory.read())

    def _coverage_json(self, domain: Domain, cells: Cells) -> Document:
        """The numbers of axes are those of the centres of cells; null stands where there is no value."""
        across, down = domain.across / 2, domain.down / 2
        west, south, east, north = domain.bounds
        field = self._raster.field
        values = cells.ravel().astype(object)
        values[cells.ravel() == NODATA] = None
        return {
            "type": "Coverage",
            "domain": {
                "type": "Domain",
                "domainType": "Grid",
                "axes": {
                    "x": {"start": round(west + across, 9), "stop": round(east - across, 9), "num": domain.columns},
                    "y": {"start": round(north - down, 9), "stop": round(south + down, 9), "num": domain.rows},
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
