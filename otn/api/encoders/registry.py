"""Every format in which features are served: one table."""

from dataclasses import dataclass
from functools import cached_property

from otn.api import negotiation
from otn.api.crs import CRS84, Crs
from otn.api.encoders.arrow import ArrowStream
from otn.api.encoders.csv import Csv
from otn.api.encoders.gdal_file import FLATGEOBUF, GEOPACKAGE, GdalFormat
from otn.api.encoders.geojson import GeoJson, GeoJsonLines, GeoJsonSequence
from otn.api.encoders.gml import Gml
from otn.api.encoders.jsonfg import JsonFg
from otn.api.encoders.kml import Kml
from otn.api.encoders.parquet import GeoParquet
from otn.api.encoders.table import IDENTIFIERS, TableFormat
from otn.api.encoders.view import TextFormat
from otn.api.negotiation import Representation
from otn.errors import BadRequest


@dataclass(frozen=True)
class OutputFormat:
    """A format: how it is asked for, what a file in it is called, who writes it.

    `title` is its name, the same in every language. `degrees_only`: it knows no other system than CRS84.
    """

    representation: Representation
    extension: str
    title: str
    encoder: TextFormat | TableFormat | GdalFormat
    degrees_only: bool = False

    @cached_property
    def rendered_by(self) -> TextFormat:
        """What PostgreSQL renders: features, or their identifiers where a table is to be written from them."""
        return self.encoder if isinstance(self.encoder, TextFormat) else IDENTIFIERS

    @property
    def name(self) -> str:
        """The value of `f`."""
        return self.representation.formats[-1]

    def file_name(self, name: str) -> str:
        return f"{name}.{self.extension}"

    @property
    def is_document(self) -> bool:
        """Whether a page of it is read where it is found; everything else is kept as a file."""
        return self.representation in (negotiation.GEOJSON, negotiation.JSONFG)

    def require_able(self, crs: Crs) -> None:
        """Raises BadRequest where the format cannot hold coordinates in `crs`."""
        if self.degrees_only and crs != CRS84:
            raise BadRequest(f"{self.title} knows longitude and latitude only, not {crs.uri}.", parameter="crs")

    @property
    def is_streamed(self) -> bool:
        """Whether its first bytes come before its last feature is known; else a whole file is written first."""
        return not isinstance(self.encoder, GdalFormat)


FORMATS = (
    OutputFormat(negotiation.GEOJSON, "geojson", "GeoJSON", GeoJson()),
    OutputFormat(negotiation.GEOJSON_SEQUENCE, "geojsons", "GeoJSON text sequence", GeoJsonSequence()),
    OutputFormat(negotiation.NDJSON, "ndjson", "Newline-delimited GeoJSON", GeoJsonLines()),
    OutputFormat(negotiation.CSV, "csv", "CSV", Csv()),
    OutputFormat(negotiation.FLATGEOBUF, "fgb", "FlatGeobuf", FLATGEOBUF),
    OutputFormat(negotiation.PARQUET, "parquet", "GeoParquet", GeoParquet()),
    OutputFormat(negotiation.ARROW, "arrows", "Arrow IPC stream", ArrowStream()),
    OutputFormat(negotiation.GEOPACKAGE, "gpkg", "GeoPackage", GEOPACKAGE),
    OutputFormat(negotiation.JSONFG, "fg.json", "JSON-FG", JsonFg()),
    OutputFormat(negotiation.GML, "gml", "GML", Gml()),
    OutputFormat(negotiation.KML, "kml", "KML", Kml(), degrees_only=True),
)
BY_MEDIA_TYPE = {output.representation.media_type: output for output in FORMATS}
