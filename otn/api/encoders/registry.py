"""Every format in which features are served: one table.

A format is its media type in otn.api.negotiation, its encoder here beside the others, and a row of the table: pages,
downloads, links, OpenAPI and the portal follow.
"""

from dataclasses import dataclass
from functools import cached_property

from otn.api import negotiation
from otn.api.crs import CRS84, Crs
from otn.api.encoders.csv import Csv
from otn.api.encoders.gdal_file import FLATGEOBUF, GEOPACKAGE, GdalFormat
from otn.api.encoders.geojson import GeoJson, GeoJsonLines, GeoJsonSequence
from otn.api.encoders.gml import Gml
from otn.api.encoders.jsonfg import JsonFg
from otn.api.encoders.kml import Kml
from otn.api.encoders.table import IDENTIFIERS, TableFormat
from otn.api.encoders.table_formats import ArrowStream, GeoParquet
from otn.api.encoders.view import TextFormat
from otn.api.negotiation import Representation
from otn.errors import BadRequest
from otn.model.text import Text


@dataclass(frozen=True)
class OutputFormat:
    """A format: how it is asked for, what a file in it is called, who writes it.

    `title` is its name, the same in every language, `use` what it is good for. `degrees_only`: it knows no other system
    than CRS84.
    """

    representation: Representation
    extension: str
    title: str
    use: Text
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

    @cached_property
    def is_document(self) -> bool:
        """Whether a page of it is read where it is found; everything else is kept as a file."""
        return self.representation in (negotiation.GEOJSON, negotiation.JSONFG)

    def require_able(self, crs: Crs) -> None:
        """Raises BadRequest where the format cannot hold coordinates in `crs`."""
        if self.degrees_only and crs != CRS84:
            raise BadRequest(f"{self.title} knows longitude and latitude only, not {crs.uri}.", parameter="crs")


_LINES = Text(
    en="one feature a line, for programs that read as they go",
    nl="één object per regel, voor programma's die al lezend verwerken",
    fr="un objet par ligne, pour les programmes qui lisent au fur et à mesure",
    de="ein Objekt je Zeile, für Programme, die fortlaufend lesen",
)

FORMATS = (
    OutputFormat(
        negotiation.GEOJSON,
        "geojson",
        "GeoJSON",
        Text(en="for web maps", nl="voor webkaarten", fr="pour les cartes web", de="für Webkarten"),
        GeoJson(),
    ),
    OutputFormat(negotiation.GEOJSON_SEQUENCE, "geojsons", "GeoJSON Text Sequences", _LINES, GeoJsonSequence()),
    OutputFormat(negotiation.NDJSON, "ndjson", "Newline-Delimited GeoJSON", _LINES, GeoJsonLines()),
    OutputFormat(
        negotiation.CSV,
        "csv",
        "CSV",
        Text(en="for spreadsheets", nl="voor rekenbladen", fr="pour les tableurs", de="für Tabellenkalkulationen"),
        Csv(),
    ),
    OutputFormat(
        negotiation.FLATGEOBUF,
        "fgb",
        "FlatGeobuf",
        Text(
            en="fast in QGIS and on maps, with a spatial index",
            nl="snel in QGIS en op kaarten, met een ruimtelijke index",
            fr="rapide dans QGIS et sur les cartes, avec un index spatial",
            de="schnell in QGIS und auf Karten, mit räumlichem Index",
        ),
        FLATGEOBUF,
    ),
    OutputFormat(
        negotiation.PARQUET,
        "parquet",
        "GeoParquet",
        Text(
            en="small, for analysis of large data",
            nl="klein, voor analyse van grote gegevens",
            fr="compact, pour l'analyse de données volumineuses",
            de="klein, für die Auswertung großer Datenmengen",
        ),
        GeoParquet(),
    ),
    OutputFormat(
        negotiation.ARROW,
        "arrows",
        "Apache Arrow",
        Text(
            en="for data frames in Python and R",
            nl="voor dataframes in Python en R",
            fr="pour les tableaux de données de Python et R",
            de="für Data Frames in Python und R",
        ),
        ArrowStream(),
    ),
    OutputFormat(
        negotiation.GEOPACKAGE,
        "gpkg",
        "GeoPackage",
        Text(en="for every GIS", nl="voor elk GIS", fr="pour tous les SIG", de="für jedes GIS"),
        GEOPACKAGE,
    ),
    OutputFormat(
        negotiation.JSONFG,
        "fg.json",
        "JSON-FG",
        Text(
            en="GeoJSON with times and any reference system",
            nl="GeoJSON met tijden en elk referentiesysteem",
            fr="GeoJSON avec dates et tout système de référence",
            de="GeoJSON mit Zeiten und jedem Referenzsystem",
        ),
        JsonFg(),
    ),
    OutputFormat(
        negotiation.GML,
        "gml",
        "GML 3.2 (SF-0)",
        Text(
            en="for systems that speak XML",
            nl="voor systemen die XML spreken",
            fr="pour les systèmes qui parlent XML",
            de="für Systeme, die XML sprechen",
        ),
        Gml(),
    ),
    OutputFormat(
        negotiation.KML,
        "kml",
        "KML",
        Text(en="for Google Earth", nl="voor Google Earth", fr="pour Google Earth", de="für Google Earth"),
        Kml(),
        degrees_only=True,
    ),
)
DOWNLOADS = tuple(output.representation for output in FORMATS)
ITEMS = (*DOWNLOADS, negotiation.HTML)
BY_MEDIA_TYPE = {output.representation.media_type: output for output in FORMATS}
