"""Airports and runways. Sources: INSPIRE data specification on Transport Networks (D2.8.I.7), ICAO and IATA codes."""

from otn.model import codelists, place_codelists
from otn.model.collection import Collection, GeometryKind
from otn.model.common_fields import COUNTRY, INSPIRE_ID, LENGTH, LIFE_AND_ORIGIN, LOCAL_ID, NAME
from otn.model.fields import Field, Kind
from otn.model.text import Text
from otn.model.tiling import AIRPORT_RULE, RUNWAY_RULE

_TN = "http://inspire.ec.europa.eu/schemas/tn/4.0#"
_AIR = "http://inspire.ec.europa.eu/schemas/tn-a/4.0#"
_LOCN = "http://www.w3.org/ns/locn#"
_SCHEMA = "https://schema.org/"
_OWN = "urn:otn:term:"

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
        Field(
            "scheduledService",
            Kind.BOOLEAN,
            Text(en="Scheduled service", nl="Lijndienst", fr="Vols réguliers", de="Linienverkehr"),
            _OWN + "scheduledService",
            "Whether scheduled flights serve it.",
        ),
        COUNTRY,
        *LIFE_AND_ORIGIN,
    ),
    AIRPORT_RULE,
)

RUNWAYS = Collection(
    "runways",
    GeometryKind.LINE_STRING,
    (
        LOCAL_ID,
        INSPIRE_ID,
        NAME,
        Field(
            "kind",
            Kind.CODE,
            Text(
                en="Runway or taxiway",
                nl="Start- of taxibaan",
                fr="Piste ou voie de circulation",
                de="Start- oder Rollbahn",
            ),
            _AIR + "runwayType",
            "Whether aeroplanes take off and land here, or taxi.",
            codelist=place_codelists.RUNWAY_KIND,
            indexed=True,
        ),
        Field(
            "airport",
            Kind.TEXT,
            Text(en="Airport", nl="Luchthaven", fr="Aéroport", de="Flughafen"),
            _SCHEMA + "containedInPlace",
            "The aerodrome it belongs to: its ICAO code where known, else the publisher's identifier of it.",
            indexed=True,
        ),
        Field(
            "surface",
            Kind.CODE,
            Text(en="Surface", nl="Verharding", fr="Revêtement", de="Oberfläche"),
            _AIR + "surfaceComposition",
            "Whether it is paved.",
            codelist=codelists.ROAD_SURFACE_CATEGORY,
        ),
        Field(
            "declaredLength",
            Kind.NUMBER,
            Text(en="Declared length", nl="Opgegeven lengte", fr="Longueur déclarée", de="Angegebene Länge"),
            _AIR + "ElementLength",
            "The length the publisher states; feet are converted.",
            unit="m",
            minimum=1,
            maximum=10000,
        ),
        Field(
            "width",
            Kind.NUMBER,
            Text(en="Width", nl="Breedte", fr="Largeur", de="Breite"),
            _AIR + "ElementWidth",
            "The width; feet are converted.",
            unit="m",
            minimum=0.5,
            maximum=500,
        ),
        Field(
            "lighted",
            Kind.BOOLEAN,
            Text(en="Lighted", nl="Verlicht", fr="Balisage lumineux", de="Befeuert"),
            _OWN + "lighted",
            "Whether it has lights.",
        ),
        Field(
            "closed",
            Kind.BOOLEAN,
            Text(en="Closed", nl="Gesloten", fr="Fermée", de="Geschlossen"),
            _TN + "currentStatus",
            "Whether it is out of use.",
        ),
        LENGTH,
        *LIFE_AND_ORIGIN,
    ),
    RUNWAY_RULE,
)
