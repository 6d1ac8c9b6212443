"""GeoPackage, GeoJSON, Shapefile, FlatGeobuf and CSV files, read by GDAL (pyogrio) as a stream of Arrow batches."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import shapely
from pyogrio.raw import open_arrow
from pyproj import CRS
from pyproj.exceptions import CRSError

from otn.errors import SourceError
from otn.etl.readers.csv_geometry import geometry_of_columns
from otn.etl.readers.shapefile import check_whole, zipped_shapefiles
from otn.etl.readers.vector_fields import fields_of_columns
from otn.etl.rows import Geometries, Reason, Reject, SourceRows
from otn.model.collections import Collection

_BATCH = 20_000
_CRS84 = CRS.from_user_input("OGC:CRS84")

# Columns that publishers keep their identifier in, by preference; compared without regard to case.
_ID_COLUMNS = (
    "localid",
    "local_id",
    "id",
    "fid",
    "osm_id",
    "objectid",
    "gml_id",
    "ident",
    "identifier",
    "uuid",
    "ne_id",
)


@dataclass(frozen=True)
class _Format:
    """A format: GDAL's drivers for it, its CRS where a file names none, whether features have ids of their own."""

    title: str
    drivers: tuple[str, ...]
    default_crs: CRS | None = None
    has_feature_ids: bool = False


_GEOJSON = _Format("GeoJSON", ("GeoJSON", "GeoJSONSeq"), _CRS84, has_feature_ids=True)
_CSV = _Format("CSV", ("CSV",), _CRS84)
_SHAPEFILE = _Format("Shapefile", ("ESRI Shapefile",))
_FORMATS = {
    ".gpkg": _Format("GeoPackage", ("GPKG",), has_feature_ids=True),
    ".fgb": _Format("FlatGeobuf", ("FlatGeobuf",)),
    ".shp": _SHAPEFILE,
    ".zip": _SHAPEFILE,
    ".geojson": _GEOJSON,
    ".geojson.gz": _GEOJSON,
    ".json": _GEOJSON,
    ".json.gz": _GEOJSON,
    ".csv": _CSV,
    ".csv.gz": _CSV,
}
SUFFIXES = tuple(_FORMATS)


@dataclass(frozen=True)
class _Layer:
    """A layer by GDAL's name of its dataset and its own."""

    dataset: str
    name: str


class VectorFile:
    """Reads a file with one of SUFFIXES; `crs`, where given, wins over what the file says."""

    def __init__(self, path: Path, crs: CRS | None) -> None:
        self.path = path
        self.crs = crs
        for suffix, file_format in _FORMATS.items():
            if path.name.lower().endswith(suffix):
                self.format = file_format
                return
        raise SourceError(f"{path} has none of the endings {', '.join(SUFFIXES)}.")

    def read(self) -> Iterator[SourceRows]:
        """The rows of the one layer that has any.

        Raises SourceError if the file is empty, cut off, in another format, without rows, geometry or CRS, or if
        several layers have rows. Without a column of _ID_COLUMNS, `source_id` is the id the format gives each feature,
        else the row's position.
        """
        with self._translated():
            layer = self._layer()
            options = {"HEADERS": "YES"} if self.format is _CSV else {}
            with open_arrow(
                layer.dataset,
                layer=layer.name,
                batch_size=_BATCH,
                use_pyarrow=True,
                return_fids=True,
                read_geometry=self.format is not _CSV,
                datetime_as_string=True,
                **options,
            ) as (meta, batches):
                crs = self._crs(meta)
                read = 0
                for batch in batches:
                    yield self._source_rows(batch, meta, crs, read)
                    read += len(batch)
        if read == 0:
            raise SourceError(f"{self.path} has no rows.")

    def harmonise(self, attributes: pa.Table, collection: Collection) -> dict[str, pa.Array]:
        """The columns whose names are those of fields, or well known for them."""
        return fields_of_columns(attributes, collection)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (RuntimeError, OSError, UnicodeError, pa.ArrowException) as error:
            message = str(error).split("; ")[0].rstrip(".")
            if "not recognized" in message:
                raise SourceError(f"{self.path} is damaged or no {self.format.title} file.") from error
            raise SourceError(f"{self.path} cannot be read as {self.format.title}: {message}.") from error

    def _layer(self) -> _Layer:
        """The layer to read. Raises SourceError unless exactly one has geometry, or exactly one of them rows."""
        layers = [layer for dataset in self._datasets() for layer in self._layers(dataset)]
        if not layers:
            raise SourceError(f"{self.path} has no layer with geometry.")
        if len(layers) == 1:
            return layers[0]
        filled = [layer for layer in layers if _number_of_rows(layer) > 0]
        if len(filled) == 1:
            return filled[0]
        names = ", ".join(layer.name for layer in filled or layers)
        raise SourceError(f"{self.path} must have one layer with rows, but has {len(filled)} of: {names}.")

    def _layers(self, dataset: str) -> list[_Layer]:
        driver = pyogrio.read_info(dataset, layer=0)["driver"]
        if driver not in self.format.drivers:
            raise SourceError(f"{self.path} is no {self.format.title} but {driver}.")
        layers = pyogrio.list_layers(dataset).tolist()
        return [_Layer(dataset, name) for name, geometry in layers if geometry is not None or self.format is _CSV]

    def _datasets(self) -> list[str]:
        """GDAL's names of what is in the file."""
        path = self.path
        if not path.is_file():
            raise SourceError(f"{path} is not a file.")
        if path.stat().st_size == 0:
            raise SourceError(f"{path} is empty.")
        suffix = path.suffix.lower()
        if suffix == ".zip":
            return zipped_shapefiles(path)
        if suffix == ".gz":
            return [f"/vsigzip/{path.absolute()}"]
        if "!" in str(path):
            raise SourceError(f"{path} cannot be read: pyogrio takes the exclamation mark for the end of an archive.")
        if suffix == ".shp":
            check_whole(path)
        return [str(path)]

    def _crs(self, meta: dict[str, Any]) -> CRS:
        if self.crs is not None:
            return self.crs
        try:
            crs = CRS.from_user_input(meta["crs"]) if meta["crs"] else self.format.default_crs
        except CRSError as error:
            raise SourceError(f"{self.path} has a coordinate reference system nobody knows: {error}.") from error
        if crs is None or crs.is_engineering:
            raise SourceError(
                f"{self.path} does not say what coordinate reference system it is in; tell it, as in --crs EPSG:31370."
            )
        return crs

    def _source_rows(self, batch: pa.RecordBatch, meta: dict[str, Any], crs: CRS, read: int) -> SourceRows:
        """The rows of a batch, without those whose geometry cannot be read: these are rejects."""
        self._check_text(batch)
        fid_column, geometry_column = meta["fid_column"], meta["geometry_name"] or "wkb_geometry"
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        fids, wkb = columns.pop(fid_column), columns.pop(geometry_column, None)
        attributes = pa.table({name: _plain(column) for name, column in columns.items()})
        position = np.arange(read + 1, read + 1 + len(batch), dtype=np.int64)
        source_id = _source_ids(attributes, position, fids if self.format.has_feature_ids else None)
        if self.format is _CSV:
            geometry, unreadable = geometry_of_columns(attributes, self.path)
        else:
            geometry, unreadable = _geometry_of_wkb(wkb)
        rejects = tuple(
            Reject(
                position=int(position[row]),
                source_id=source_id[row].as_py(),
                reason=Reason.UNREADABLE,
                detail=f"the geometry cannot be read: {unreadable[row]}",
                row=attributes.slice(row, 1).to_pylist()[0],
            )
            for row in unreadable
        )
        kept = np.setdiff1d(np.arange(len(batch)), list(unreadable))
        return SourceRows(position[kept], source_id.take(kept), geometry[kept], attributes.take(kept), crs, rejects)

    def _check_text(self, batch: pa.RecordBatch) -> None:
        try:
            batch.validate(full=True)
        except pa.ArrowInvalid as error:
            raise SourceError(f"{self.path} holds text that is not UTF-8; save it as UTF-8 ({error}).") from error


def _number_of_rows(layer: _Layer) -> int:
    return int(pyogrio.read_info(layer.dataset, layer=layer.name, force_feature_count=True)["features"])


def _geometry_of_wkb(column: pa.Array) -> tuple[Geometries, dict[int, str]]:
    """The geometries, and what cannot be read by its row."""
    values = np.array(column.to_pylist(), dtype=object)
    geometry: Geometries = shapely.from_wkb(values, on_invalid="ignore")
    broken = np.flatnonzero(shapely.is_missing(geometry) & np.array([value is not None for value in values], bool))
    return geometry, {int(row): "GEOS does not know its type, or it is damaged" for row in broken}


def _source_ids(attributes: pa.Table, position: npt.NDArray[np.int64], fids: pa.Array | None) -> pa.Array:
    names = {name.lower(): name for name in reversed(attributes.column_names)}
    rows = pa.array(position).cast(pa.string())
    for candidate in _ID_COLUMNS:
        if candidate in names:
            ids = _trimmed(attributes[names[candidate]].combine_chunks().cast(pa.string()))
            # Said with a word, so that a row without an identifier never takes another row's.
            return pc.coalesce(ids, pc.binary_join_element_wise("row", rows, " "))
    return rows if fids is None else fids.cast(pa.string())


def _trimmed(column: pa.Array) -> pa.Array:
    text = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(text, ""), None, text)


def _plain(column: pa.Array) -> pa.Array:
    """The column as text, integers, numbers or booleans: dates in ISO 8601, what is nested as JSON, NaN as null."""
    values = column.storage if isinstance(column, pa.ExtensionArray) else column
    kind = values.type
    if pa.types.is_floating(kind):
        return pc.if_else(pc.is_finite(values), values, None)
    if pa.types.is_string(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return values
    if pa.types.is_nested(kind) or pa.types.is_binary(kind):
        texts = [None if value is None else json.dumps(value, default=bytes.hex) for value in values.to_pylist()]
        return pa.array(texts, pa.string())
    return values.cast(pa.string())
