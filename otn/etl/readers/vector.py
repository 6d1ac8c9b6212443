"""GeoPackage, GeoJSON, Shapefile and FlatGeobuf files, read by GDAL (pyogrio) as a stream of Arrow batches."""

import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyogrio
import shapely
from pyogrio.raw import open_arrow, read_arrow
from pyproj import CRS
from pyproj.exceptions import CRSError

from otn.errors import SourceError
from otn.etl.readers.columns import (
    check_columns,
    check_file,
    numbers_of,
    parsed_geometry,
    plain_column,
    source_rows,
)
from otn.etl.readers.disguises import disguise
from otn.etl.readers.geojson_records import Records, records_of
from otn.etl.readers.mapping import SourceFields
from otn.etl.readers.shapefile import check_whole, zipped_shapefiles
from otn.etl.rows import SourceRows
from otn.model.collections import Collection
from otn.model.sources import FileSource

_BATCH = 20_000
_SIGNS_OF_DAMAGE = ("not recognized", "could not be opened", "sqlite3", "malformed", "not a database")
_CRS84 = CRS.from_user_input("OGC:CRS84")


@dataclass(frozen=True)
class _Format:
    """A format: GDAL's drivers for it, its CRS where a file names none, whether features have ids of
    their own, and how GDAL opens it."""

    title: str
    drivers: tuple[str, ...]
    default_crs: CRS | None = None
    has_feature_ids: bool = False
    options: dict[str, str] = field(default_factory=dict)


_BY_RECORD = "GeoJSONSeq"
# As dates, GDAL would give 30 February as 2 March.
_GEOJSON = _Format("GeoJSON", ("GeoJSON", _BY_RECORD), _CRS84, has_feature_ids=True, options={"DATE_AS_STRING": "YES"})
_FLATGEOBUF = _Format("FlatGeobuf", ("FlatGeobuf",))
_SHAPEFILE = _Format("Shapefile", ("ESRI Shapefile",))
_FORMATS = {
    ".gpkg": _Format("GeoPackage", ("GPKG",), has_feature_ids=True),
    ".fgb": _FLATGEOBUF,
    ".shp": _SHAPEFILE,
    ".zip": _SHAPEFILE,
    ".geojson": _GEOJSON,
    ".geojson.gz": _GEOJSON,
    ".json": _GEOJSON,
    ".json.gz": _GEOJSON,
    **{f"{name}{packed}": _GEOJSON for name in (".geojsonl", ".geojsonseq", ".ndjson") for packed in ("", ".gz")},
}
SUFFIXES = tuple(_FORMATS)


@dataclass(frozen=True)
class _Layer:
    """A layer by GDAL's name of its dataset and its own."""

    dataset: str
    name: str


def _format(path: Path) -> _Format:
    for suffix, known in _FORMATS.items():
        if path.name.lower().endswith(suffix):
            return known
    raise SourceError(f"The name of {path} has none of the endings {', '.join(SUFFIXES)}.")


class VectorFile:
    """Reads a file with one of SUFFIXES; `crs`, where given, wins over what the file says.

    Where names of layers contain `layer`, in capitals or not, only these layers count.
    """

    def __init__(self, path: Path, crs: CRS | None, source: FileSource | None = None, layer: str = "") -> None:
        self.path = path
        self.crs = crs
        self.source = source
        self.fields = SourceFields(source)
        self.layer = layer
        self.format = _format(path)

    def read(self) -> Iterator[SourceRows]:
        """The rows of the one layer that has any.

        Raises SourceError if the file is empty, cut off, in another format, without rows, geometry, CRS or a column
        that is declared, or if several layers have rows.
        """
        with self._translated():
            layer = self._layer()
            encoding = self.source.encoding if self.source else None
            with _opened(layer, encoding, self.format.options) as (meta, batches):
                check_columns(meta["fields"].tolist(), self.source, self.path)
                crs = self._crs(meta)
                records = self._records(layer)
                left_out = [reject.position for reject in records.rejects]
                read, following = 0, 1
                for batch in batches:
                    position, following = numbers_of(len(batch), following, left_out)
                    rows = self._source_rows(batch, meta, crs, position)
                    yield rows if read else rows.rejecting(records.rejects)
                    read += len(batch)
            self._check_complete(layer, read + len(records.rejects), records.number)
        if read == 0:
            raise SourceError(f"{self.path} has no rows.")

    def columns(self) -> list[str]:
        """The names of the columns of what `read` reads. Raises SourceError as it does."""
        with self._translated():
            layer = self._layer()
            return [str(name) for name in _info(layer.dataset, layer.name)["fields"]]

    def column(self, name: str) -> pa.Array:
        """All values of one column as text, without a look at the rest of the file."""
        with self._translated():
            layer = self._layer()
            with _without_measures():
                _, table = read_arrow(layer.dataset, layer=layer.name, columns=[name], read_geometry=False)
        return table[name].combine_chunks().cast(pa.string())

    def harmonise(self, attributes: pa.Table, collection: Collection) -> dict[str, pa.Array]:
        """The columns as declared, else those whose names are those of fields, or well known for them."""
        return self.fields.of(attributes, collection)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (RuntimeError, OSError, UnicodeError, pa.ArrowException) as error:
            raise SourceError(f"{self.path} {self._trouble(str(error))}.") from error

    def _trouble(self, message: str) -> str:
        if any(sign in message for sign in _SIGNS_OF_DAMAGE):
            kind = disguise(self.path) if self.format is _GEOJSON else None
            return f"is damaged or no {self.format.title}{f': by its content it is {kind}' if kind else ''}"
        reasons = ": ".join(reason.rstrip(".") for reason in message.split("; "))
        return f"cannot be read as {self.format.title}: {reasons}"

    def _layer(self) -> _Layer:
        """The layer to read. Raises SourceError unless exactly one has geometry, or exactly one of them rows."""
        layers = [layer for dataset in self._datasets() for layer in self._layers(dataset)]
        layers = [layer for layer in layers if self.layer.lower() in layer.name.lower()] or layers
        if not layers:
            raise SourceError(f"{self.path} has no layer with geometry.")
        if len(layers) == 1:
            return layers[0]
        filled = [layer for layer in layers if _number_of_rows(layer) > 0]
        if len(filled) == 1:
            return filled[0]
        names = ", ".join(layer.name for layer in filled or layers)
        raise SourceError(
            f"{self.path} must have one layer with rows, but has {len(filled)} of: {names}; "
            "save the one to load to a file of its own."
        )

    def _layers(self, dataset: str) -> list[_Layer]:
        driver = _info(dataset, 0)["driver"]
        if driver not in self.format.drivers:
            raise SourceError(f"{self.path} is no {self.format.title} but {driver}.")
        with _without_measures():
            layers = pyogrio.list_layers(dataset).tolist()
        return [_Layer(dataset, name) for name, geometry in layers if geometry is not None]

    def _datasets(self) -> list[str]:
        """GDAL's names of what is in the file."""
        path = self.path
        check_file(path)
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

    def _records(self, layer: _Layer) -> Records:
        """The records of GeoJSON that comes by the record, with those that GDAL would leave out unsaid; else none."""
        by_record = self.format is _GEOJSON and _info(layer.dataset, layer.name)["driver"] == _BY_RECORD
        return records_of(self.path) if by_record else Records()

    def _source_rows(
        self, batch: pa.RecordBatch, meta: dict[str, Any], crs: CRS, position: npt.NDArray[np.int64]
    ) -> SourceRows:
        """The rows of a batch, without those whose geometry cannot be read: these are rejects."""
        self._check_text(batch)
        fid_column, geometry_column = meta["fid_column"], meta["geometry_name"] or "wkb_geometry"
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        fids, wkb = columns.pop(fid_column), columns.pop(geometry_column, None)
        attributes = pa.table({name: plain_column(column) for name, column in columns.items()})
        feature_ids = fids if self.format.has_feature_ids else None
        geometry = parsed_geometry(shapely.from_wkb, np.array(wkb.to_pylist(), dtype=object))
        identifier = self.source.identifier if self.source else ()
        return source_rows(position, feature_ids, attributes, *geometry, crs, identifier)

    def _check_complete(self, layer: _Layer, read: int, records: int) -> None:
        """Raises SourceError unless all rows, and of a file with `records` all of these, were read or rejected.

        A FlatGeobuf that is cut off within its index has, to GDAL, no rows.
        """
        if records and read != records:
            raise SourceError(f"{self.path} cannot be read as GeoJSON: GDAL finds {read:,} of {records:,} records.")
        if self.format is _FLATGEOBUF and read < (declared := _number_of_rows(layer)):
            raise SourceError(f"{self.path} is cut off: it has {read:,} of {declared:,} rows.")

    def _check_text(self, batch: pa.RecordBatch) -> None:
        try:
            batch.validate(full=True)
        except pa.ArrowInvalid as error:
            raise SourceError(f"{self.path} holds text that is not UTF-8; save it as UTF-8 ({error}).") from error


def _number_of_rows(layer: _Layer) -> int:
    return int(_info(layer.dataset, layer.name, count=True)["features"])


def _info(dataset: str, layer: str | int, count: bool = False) -> dict[str, Any]:
    with _without_measures():
        info: dict[str, Any] = pyogrio.read_info(dataset, layer=layer, force_feature_count=count)
        return info


@contextmanager
def _opened(
    layer: _Layer, encoding: str | None, options: dict[str, str]
) -> Iterator[tuple[dict[str, Any], pa.RecordBatchReader]]:
    with ExitStack() as stack:
        with _without_measures():
            opened = stack.enter_context(
                open_arrow(
                    layer.dataset,
                    layer=layer.name,
                    batch_size=_BATCH,
                    use_pyarrow=True,
                    return_fids=True,
                    datetime_as_string=True,
                    encoding=encoding,
                    **options,
                )
            )
        yield opened


@contextmanager
def _without_measures() -> Iterator[None]:
    """Measures along a line (PolyLineM) are not kept, so nobody needs pyogrio's warning of it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Measured \(M\) geometry types are not supported")
        yield
