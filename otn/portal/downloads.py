"""The formats features can be had in, for people who choose one: what it is called and what it is good for."""

from dataclasses import dataclass

from otn.api.negotiation import (
    ARROW,
    CSV,
    DOWNLOADS,
    FLATGEOBUF,
    GEOJSON,
    GEOJSON_SEQUENCE,
    GEOPACKAGE,
    GML,
    JSONFG,
    KML,
    NDJSON,
    PARQUET,
    Representation,
)
from otn.model.text import Text


@dataclass(frozen=True)
class Format:
    """A format: the value of `f` that asks for it, its name, which is the same everywhere, and its use."""

    f: str
    media_type: str
    name: str
    use: str


_WEB_MAPS = Text(en="for web maps", nl="voor webkaarten", fr="pour les cartes web", de="für Webkarten")
_LINES = Text(
    en="one feature a line, for programs that read as they go",
    nl="één object per regel, voor programma's die al lezend verwerken",
    fr="un objet par ligne, pour les programmes qui lisent au fur et à mesure",
    de="ein Objekt je Zeile, für Programme, die fortlaufend lesen",
)
_NAMES: dict[Representation, tuple[str, Text]] = {
    GEOJSON: ("GeoJSON", _WEB_MAPS),
    GEOJSON_SEQUENCE: ("GeoJSON Text Sequences", _LINES),
    NDJSON: ("Newline-Delimited GeoJSON", _LINES),
    CSV: (
        "CSV",
        Text(en="for spreadsheets", nl="voor rekenbladen", fr="pour les tableurs", de="für Tabellenkalkulationen"),
    ),
    FLATGEOBUF: (
        "FlatGeobuf",
        Text(
            en="fast in QGIS and on maps, with a spatial index",
            nl="snel in QGIS en op kaarten, met een ruimtelijke index",
            fr="rapide dans QGIS et sur les cartes, avec un index spatial",
            de="schnell in QGIS und auf Karten, mit räumlichem Index",
        ),
    ),
    PARQUET: (
        "GeoParquet",
        Text(
            en="small, for analysis of large data",
            nl="klein, voor analyse van grote gegevens",
            fr="compact, pour l'analyse de données volumineuses",
            de="klein, für die Auswertung großer Datenmengen",
        ),
    ),
    ARROW: (
        "Apache Arrow",
        Text(
            en="for data frames in Python and R",
            nl="voor dataframes in Python en R",
            fr="pour les tableaux de données de Python et R",
            de="für Data Frames in Python und R",
        ),
    ),
    GEOPACKAGE: (
        "GeoPackage",
        Text(en="for every GIS", nl="voor elk GIS", fr="pour tous les SIG", de="für jedes GIS"),
    ),
    JSONFG: (
        "JSON-FG",
        Text(
            en="GeoJSON with times and any reference system",
            nl="GeoJSON met tijden en elk referentiesysteem",
            fr="GeoJSON avec dates et tout système de référence",
            de="GeoJSON mit Zeiten und jedem Referenzsystem",
        ),
    ),
    GML: (
        "GML 3.2 (SF-0)",
        Text(
            en="for systems that speak XML",
            nl="voor systemen die XML spreken",
            fr="pour les systèmes qui parlent XML",
            de="für Systeme, die XML sprechen",
        ),
    ),
    KML: (
        "KML",
        Text(en="for Google Earth", nl="voor Google Earth", fr="pour Google Earth", de="für Google Earth"),
    ),
}


def formats(language: str) -> list[Format]:
    """The formats that are offered, in the order of the offer."""
    return [
        Format(entry.formats[-1], entry.media_type, name, use.in_language(language))
        for entry, (name, use) in ((entry, _NAMES[entry]) for entry in DOWNLOADS)
    ]
