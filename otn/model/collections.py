"""The collections of OTN and their fields.

Sources: INSPIRE data specification on Transport Networks (D2.8.I.7), the RoadLink table of the Open Transport Map
(OSM to OTM mapping), UN/LOCODE, ICAO and IATA codes. Texts about whole collections stand in config/pygeoapi.yml.
"""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from otn.model import codelists
from otn.model.common_fields import COUNTRY, IDENTIFIER, INSPIRE_ID, LENGTH, LIFE_AND_ORIGIN, LOCAL_ID, NAME
from otn.model.fields import Field, Kind
from otn.model.text import Text
from otn.model.tiling import AIRPORT_RULE, LINE_RULE, PORT_RULE, ROAD_RULE, TileRule

_TN = "http://inspire.ec.europa.eu/schemas/tn/4.0#"
_ROAD = "http://inspire.ec.europa.eu/schemas/tn-ro/4.0#"
_RAIL = "http://inspire.ec.europa.eu/schemas/tn-ra/4.0#"
_AIR = "http://inspire.ec.europa.eu/schemas/tn-a/4.0#"
_LOCN = "http://www.w3.org/ns/locn#"


class GeometryKind(Enum):
    """The geometry of every feature of a collection, in the words of Simple Features."""

    POINT = "Point"
    LINE_STRING = "LineString"


@dataclass(frozen=True)
class Collection:
    """A collection: its identifier in URLs, its geometry, its fields in the order they are served, its drawing."""

    id: str
    geometry: GeometryKind
    fields: tuple[Field, ...]
    tile_rule: TileRule

    @property
    def table(self) -> str:
        """The name of its table: `sea-lanes` is stored in `sea_lanes`."""
        return self.id.replace("-", "_")

    @property
    def overview_table(self) -> str:
        """The name of the table of its geometry generalised for low zooms."""
        return self.table + "_generalised"

    @property
    def tile_fields(self) -> tuple[Field, ...]:
        """The fields that tiles carry: all that have one plain value."""
        return tuple(field for field in self.fields if field.kind is not Kind.OBJECT)

    @cached_property
    def by_name(self) -> dict[str, Field]:
        return {field.name: field for field in self.fields}

    @cached_property
    def queryables(self) -> dict[str, Field]:
        """What selects features beside the geometry, by name; it sorts them too."""
        return {field.name: field for field in (IDENTIFIER, *self.fields) if field.filterable}


ROADS = Collection(
    "roads",
    GeometryKind.LINE_STRING,
    (
        LOCAL_ID,
        INSPIRE_ID,
        NAME,
        Field(
            "nationalRoadCode",
            Kind.TEXT,
            Text(
                en="National road code",
                nl="Nationaal wegnummer",
                fr="Code national de la route",
                de="Nationale Straßennummer",
            ),
            _ROAD + "nationalRoadCode",
            "The number of the road in its country; several are separated by a semicolon.",
            indexed=True,
            multiple=True,
        ),
        Field(
            "europeanRoadNumber",
            Kind.TEXT,
            Text(
                en="European road number",
                nl="Europees wegnummer",
                fr="Numéro de route européenne",
                de="Europastraßennummer",
            ),
            _ROAD + "europeanRouteNumber",
            "The number of the E-road; several are separated by a semicolon.",
            indexed=True,
            multiple=True,
        ),
        Field(
            "functionalRoadClass",
            Kind.CODE,
            Text(
                en="Functional road class",
                nl="Functionele wegklasse",
                fr="Classe fonctionnelle de la route",
                de="Funktionale Straßenklasse",
            ),
            _ROAD + "functionalClass",
            "The importance of the road in the network.",
            codelist=codelists.FUNCTIONAL_ROAD_CLASS,
            indexed=True,
        ),
        Field(
            "formOfWay",
            Kind.CODE,
            Text(en="Form of way", nl="Wegvorm", fr="Forme de la voie", de="Straßenform"),
            _ROAD + "formOfWay",
            "The physical form of the road.",
            codelist=codelists.FORM_OF_WAY,
            indexed=True,
        ),
        Field(
            "surface",
            Kind.CODE,
            Text(en="Surface", nl="Verharding", fr="Revêtement", de="Oberfläche"),
            _ROAD + "surfaceCategory",
            "Whether the road is paved.",
            codelist=codelists.ROAD_SURFACE_CATEGORY,
        ),
        Field(
            "speedLimit",
            Kind.INTEGER,
            Text(en="Speed limit", nl="Snelheidslimiet", fr="Limitation de vitesse", de="Höchstgeschwindigkeit"),
            _ROAD + "speedLimitMinMaxValue",
            "Maximum speed; limits in miles per hour are converted and rounded.",
            unit="km/h",
            minimum=1,
            maximum=200,
        ),
        Field(
            "direction",
            Kind.CODE,
            Text(en="Direction of traffic", nl="Rijrichting", fr="Sens de circulation", de="Fahrtrichtung"),
            _TN + "direction",
            "The direction of traffic relative to the direction of the line.",
            codelist=codelists.LINK_DIRECTION,
        ),
        Field(
            "lanes",
            Kind.INTEGER,
            Text(en="Number of lanes", nl="Aantal rijstroken", fr="Nombre de voies", de="Anzahl der Fahrstreifen"),
            _ROAD + "numberOfLanes",
            "Lanes in all, both directions together.",
            minimum=1,
            maximum=30,
        ),
        Field(
            "maximumHeight",
            Kind.NUMBER,
            Text(en="Maximum height", nl="Maximale hoogte", fr="Hauteur maximale", de="Maximale Höhe"),
            "http://inspire.ec.europa.eu/codelist/RestrictionTypeValue/maximumHeight",
            "Maximum height of a vehicle.",
            unit="m",
            minimum=0.5,
            maximum=30,
        ),
        Field(
            "maximumWeight",
            Kind.NUMBER,
            Text(en="Maximum weight", nl="Maximaal gewicht", fr="Poids maximal", de="Maximales Gewicht"),
            "http://inspire.ec.europa.eu/codelist/RestrictionTypeValue/maximumTotalWeight",
            "Maximum total weight of a vehicle.",
            unit="t",
            minimum=0.1,
            maximum=500,
        ),
        Field(
            "maximumWidth",
            Kind.NUMBER,
            Text(en="Maximum width", nl="Maximale breedte", fr="Largeur maximale", de="Maximale Breite"),
            "http://inspire.ec.europa.eu/codelist/RestrictionTypeValue/maximumWidth",
            "Maximum width of a vehicle.",
            unit="m",
            minimum=0.3,
            maximum=30,
        ),
        Field(
            "bridge",
            Kind.BOOLEAN,
            Text(en="Bridge", nl="Brug", fr="Pont", de="Brücke"),
            "https://wiki.openstreetmap.org/wiki/Key:bridge",
            "Whether the road runs over a bridge.",
        ),
        Field(
            "tunnel",
            Kind.BOOLEAN,
            Text(en="Tunnel", nl="Tunnel", fr="Tunnel", de="Tunnel"),
            "https://wiki.openstreetmap.org/wiki/Key:tunnel",
            "Whether the road runs through a tunnel.",
        ),
        LENGTH,
        *LIFE_AND_ORIGIN,
    ),
    ROAD_RULE,
)

RAILWAYS = Collection(
    "railways",
    GeometryKind.LINE_STRING,
    (
        LOCAL_ID,
        INSPIRE_ID,
        NAME,
        Field(
            "railwayType",
            Kind.CODE,
            Text(en="Type of railway", nl="Type spoorweg", fr="Type de voie ferrée", de="Art der Bahn"),
            _RAIL + "type",
            "The kind of railway.",
            codelist=codelists.RAILWAY_TYPE,
            indexed=True,
        ),
        LENGTH,
        *LIFE_AND_ORIGIN,
    ),
    LINE_RULE,
)

PORTS = Collection(
    "ports",
    GeometryKind.POINT,
    (
        LOCAL_ID,
        INSPIRE_ID,
        NAME,
        Field(
            "unLocode",
            Kind.TEXT,
            Text(en="UN/LOCODE", nl="UN/LOCODE", fr="UN/LOCODE", de="UN/LOCODE"),
            "https://vocabulary.uncefact.org/UNLOCODE",
            "United Nations code for trade and transport locations: two letters of the country, three of the place.",
            pattern="[A-Z]{2}[A-Z2-9]{3}",
            indexed=True,
        ),
        COUNTRY,
        *LIFE_AND_ORIGIN,
    ),
    PORT_RULE,
)

SEA_LANES = Collection(
    "sea-lanes",
    GeometryKind.LINE_STRING,
    (
        LOCAL_ID,
        INSPIRE_ID,
        NAME,
        Field(
            "passage",
            Kind.TEXT,
            Text(en="Passage", nl="Doorgang", fr="Passage", de="Passage"),
            "https://www.wikidata.org/entity/Q37901",
            "The strait or canal the lane passes, as the source names it.",
            indexed=True,
        ),
        LENGTH,
        *LIFE_AND_ORIGIN,
    ),
    LINE_RULE,
)

AIRPORTS = Collection(
    "airports",
    GeometryKind.POINT,
    (
        LOCAL_ID,
        INSPIRE_ID,
        NAME,
        Field(
            "icao",
            Kind.TEXT,
            Text(en="ICAO code", nl="ICAO-code", fr="Code OACI", de="ICAO-Code"),
            _AIR + "locationIndicatorICAO",
            "Four-letter location indicator of the International Civil Aviation Organization.",
            pattern="[A-Z]{4}",
            indexed=True,
        ),
        Field(
            "iata",
            Kind.TEXT,
            Text(en="IATA code", nl="IATA-code", fr="Code AITA", de="IATA-Code"),
            _AIR + "designatorIATA",
            "Three-letter code of the International Air Transport Association.",
            pattern="[A-Z]{3}",
            indexed=True,
        ),
        Field(
            "kind",
            Kind.CODE,
            Text(en="Type of aerodrome", nl="Type luchthaven", fr="Type d'aérodrome", de="Art des Flugplatzes"),
            _AIR + "aerodromeType",
            "Whether aeroplanes, helicopters or both use it.",
            codelist=codelists.AERODROME_TYPE,
        ),
        Field(
            "elevation",
            Kind.NUMBER,
            Text(en="Elevation", nl="Hoogteligging", fr="Altitude", de="Höhe"),
            _AIR + "fieldElevation",
            "Elevation of the field above mean sea level; feet are converted.",
            unit="m",
            minimum=-450,
            maximum=6000,
        ),
        Field(
            "municipality",
            Kind.TEXT,
            Text(en="Municipality", nl="Gemeente", fr="Commune", de="Gemeinde"),
            _LOCN + "postName",
            "The city or municipality it serves.",
            indexed=True,
        ),
        COUNTRY,
        *LIFE_AND_ORIGIN,
    ),
    AIRPORT_RULE,
)

COLLECTIONS = {collection.id: collection for collection in (ROADS, RAILWAYS, PORTS, SEA_LANES, AIRPORTS)}
