"""Which representation of a resource, and in which language.

The media type is chosen by the parameter `f`, else by the Accept header, else it is the first one offered (RFC 9110
12.5.1). Where an Accept header admits none of them the answer is 406. The language is chosen by the parameter `lang`,
else by Accept-Language, else it is English.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from otn.errors import BadRequest, NotAcceptable
from otn.model.text import DEFAULT_LANGUAGE, LANGUAGES

JSON_TYPE = "application/json"
GEOJSON_TYPE = "application/geo+json"
HTML_TYPE = "text/html"
SCHEMA_TYPE = "application/schema+json"
OPENAPI_TYPE = "application/vnd.oai.openapi+json;version=3.0"
PROBLEM_TYPE = "application/problem+json"
MVT_TYPE = "application/vnd.mapbox-vector-tile"
PMTILES_TYPE = "application/vnd.pmtiles"
TILEJSON_TYPE = "application/vnd.mapbox.tilejson+json"
STYLE_TYPE = "application/vnd.mapbox.style+json"
PNG_TYPE = "image/png"
SVG_TYPE = "image/svg+xml"
QLR_TYPE = "application/x-qgis-layer-definition"
XML_TYPE = "application/xml"


# Each is itself alone: they are looked up for every request, and hashing their names would cost more than that.
@dataclass(frozen=True, eq=False)
class Representation:
    """A media type that can be sent, the values of `f` that ask for it and further types it satisfies."""

    media_type: str
    formats: tuple[str, ...]
    also: tuple[str, ...] = ()

    @cached_property
    def is_html(self) -> bool:
        return self.media_type == HTML_TYPE

    @property
    def version(self) -> str | None:
        """The version that the media type has as a parameter."""
        return _version(self.media_type.split(";"))

    @property
    def names(self) -> tuple[str, ...]:
        """The media types without parameters."""
        return (_bare(self.media_type), *self.also)


HTML = Representation(HTML_TYPE, ("html",), ("application/xhtml+xml",))
DOCUMENT = (Representation(JSON_TYPE, ("json",)), HTML)
GEOJSON = Representation(GEOJSON_TYPE, ("json", "geojson"), (JSON_TYPE, "application/vnd.geo+json"))
GEOJSON_SEQUENCE = Representation("application/geo+json-seq", ("geojsonseq",))
NDJSON = Representation("application/x-ndjson", ("ndjson",), ("application/ndjson", "application/x-jsonlines"))
CSV = Representation("text/csv; charset=utf-8; header=present", ("csv",))
FLATGEOBUF = Representation("application/flatgeobuf", ("fgb",))
PARQUET = Representation("application/vnd.apache.parquet", ("parquet",))
ARROW = Representation("application/vnd.apache.arrow.stream", ("arrow",))
GEOPACKAGE = Representation("application/geopackage+sqlite3", ("gpkg",), ("application/vnd.sqlite3",))
JSONFG = Representation("application/vnd.ogc.fg+json", ("jsonfg",), ("application/fg+json",))
GML = Representation(
    "application/gml+xml;version=3.2;profile=http://www.opengis.net/def/profile/ogc/2.0/gml-sf0",
    ("gml",),
    (XML_TYPE, "text/xml"),
)
KML = Representation("application/vnd.google-earth.kml+xml", ("kml",))
SCHEMA = (Representation(SCHEMA_TYPE, ("json",), (JSON_TYPE,)), HTML)
SCHEMA_ONLY = SCHEMA[:1]
XSD = Representation(XML_TYPE, ("xsd",), ("text/xml",))
LOGICAL_SCHEMA = (*SCHEMA, XSD)
API = (Representation(OPENAPI_TYPE, ("json",), ("application/openapi+json", JSON_TYPE)), HTML)
MVT = (
    Representation(
        MVT_TYPE,
        ("mvt", "pbf"),
        ("application/vnd.mapbox.vector-tile", "application/x-protobuf", "application/octet-stream"),
    ),
)
TILEJSON = Representation(TILEJSON_TYPE, ("tilejson",))
TILESET = (*DOCUMENT, TILEJSON)
TILEJSON_ONLY = (Representation(TILEJSON_TYPE, ("tilejson", "json"), (JSON_TYPE,)),)
STYLE = (Representation(STYLE_TYPE, ("json", "mapbox"), (JSON_TYPE,)), HTML)
# The first is what is sent where a client does not say which version it wants.
SLD_11 = Representation("application/vnd.ogc.sld+xml;version=1.1", ("sld", "sld11"))
SLD_10 = Representation("application/vnd.ogc.sld+xml;version=1.0", ("sld10",))
QML = Representation("application/x-qgis-layer-settings", ("qml",))
QGIS_PROJECT = Representation("application/x-qgis-project", ("qgs",))
WHOLE_STYLE = (*STYLE, SLD_11, SLD_10, QGIS_PROJECT)
COLLECTION_STYLE = (*WHOLE_STYLE, QML)
RASTER_STYLE = (*STYLE, SLD_11, SLD_10, QML)
PNG = (Representation(PNG_TYPE, ("png",)),)
LEGEND = (Representation(SVG_TYPE, ("svg",)),)
QLR = Representation(QLR_TYPE, ("qlr",))
COLLECTION = (*DOCUMENT, QLR)
# pygeoapi calls it GTiff.
GEOTIFF = Representation("image/tiff; application=geotiff", ("geotiff", "GTiff"), ("application/geotiff",))
COVERAGE_JSON = Representation("application/prs.coverage+json", ("covjson", "json"), (JSON_TYPE,))
COVERAGE = (GEOTIFF, COVERAGE_JSON)
PROBLEM = (Representation(PROBLEM_TYPE, ("json", "geojson"), (JSON_TYPE, GEOJSON_TYPE)), HTML)


@dataclass(frozen=True)
class _Range:
    name: str
    quality: float
    version: str | None = None


def choose_representation(f: str | None, accept: str, offered: tuple[Representation, ...]) -> Representation:
    """Raises BadRequest for an unknown `f` and NotAcceptable where `accept` admits nothing that is offered."""
    if f is not None:
        for representation in offered:
            if f in representation.formats:
                return representation
        known = ", ".join(name for representation in offered for name in representation.formats)
        raise BadRequest(f"f must be one of {known}, not {f!r}.", parameter="f")
    ranges = _ranges(accept)
    if not ranges:
        return offered[0]
    # The best quality wins, then the more specific range, then the range named first, then the order of the offer.
    best = max(range(len(offered)), key=lambda index: (*_preference(offered[index], ranges), -index))
    if _preference(offered[best], ranges)[0] <= 0:
        known = ", ".join(representation.media_type for representation in offered)
        raise NotAcceptable(f"Nothing here satisfies the header Accept: {accept[:200]}. There is {known}.")
    return offered[best]


def choose_language(lang: str | None, accept_language: str) -> str:
    """One of LANGUAGES. Raises BadRequest where `lang` is none of them."""
    if lang is not None:
        if lang in LANGUAGES:
            return lang
        raise BadRequest(f"lang must be one of {', '.join(LANGUAGES)}, not {lang!r}.", parameter="lang")
    wanted = sorted(_ranges(accept_language), key=lambda wish: -wish.quality)
    for wish in wanted:
        primary = wish.name.split("-")[0]
        if wish.quality > 0 and primary in LANGUAGES:
            return primary
    return DEFAULT_LANGUAGE


def _ranges(header: str) -> list[_Range]:
    """The ranges of an Accept or Accept-Language header in their order; what cannot be read is passed over."""
    ranges = []
    for part in header.split(","):
        name, *attributes = (piece.strip().lower() for piece in part.split(";"))
        if name:
            ranges.append(_Range(name, _quality(attributes), _version(attributes)))
    return ranges


def _quality(attributes: Sequence[str]) -> float:
    for attribute in attributes:
        name, _, value = attribute.partition("=")
        if name.strip() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def _version(attributes: Sequence[str]) -> str | None:
    return next((entry.partition("=")[2] for entry in attributes if entry.startswith("version=")), None)


def _preference(representation: Representation, ranges: Sequence[_Range]) -> tuple[float, int, int]:
    """Quality, specificity and place of the most specific range that covers the representation."""
    found = (0.0, 0, 0)
    for place, wish in enumerate(ranges):
        for name in representation.names:
            specificity = _specificity(wish, name, representation.version)
            if specificity > found[1] or (specificity == found[1] > 0 and wish.quality > found[0]):
                found = (wish.quality, specificity, -place)
    return found


def _specificity(wish: _Range, name: str, version: str | None) -> int:
    """0 where the range does not cover the media type. Another version than the one wanted is better than nothing."""
    if wish.name == name:
        return 4 if wish.version is not None and wish.version == version else 3
    if wish.name == name.split("/")[0] + "/*":
        return 2
    return 1 if wish.name == "*/*" else 0


def _bare(media_type: str) -> str:
    return media_type.split(";")[0]
