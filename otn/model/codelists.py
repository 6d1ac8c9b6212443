"""The code lists that fields refer to, with the values OTN uses and what they are called in the four languages.

Source: INSPIRE code list register (http://inspire.ec.europa.eu/codelist/...), data specification on
Transport Networks D2.8.I.7; the canonical scheme of its URIs is http. The titles put its values into words.
"""

from dataclasses import dataclass
from functools import cached_property

from otn.model.text import Text


@dataclass(frozen=True)
class Code:
    """A value of a code list and what people call it."""

    value: str
    title: Text


@dataclass(frozen=True)
class CodeList:
    """A code list: its URI and its codes. A value's URI is `uri/value`."""

    uri: str
    codes: tuple[Code, ...]

    @cached_property
    def values(self) -> tuple[str, ...]:
        return tuple(code.value for code in self.codes)


_INSPIRE = "http://inspire.ec.europa.eu/codelist/"


def _code(value: str, en: str, nl: str, fr: str, de: str) -> Code:
    return Code(value, Text(en=en, nl=nl, fr=fr, de=de))


FUNCTIONAL_ROAD_CLASS = CodeList(
    _INSPIRE + "FunctionalRoadClassValue",
    (
        _code("mainRoad", "Main road", "Hoofdweg", "Route principale", "Hauptstraße"),
        _code("firstClass", "First class", "Eerste klasse", "Première classe", "Erste Klasse"),
        _code("secondClass", "Second class", "Tweede klasse", "Deuxième classe", "Zweite Klasse"),
        _code("thirdClass", "Third class", "Derde klasse", "Troisième classe", "Dritte Klasse"),
        _code("fourthClass", "Fourth class", "Vierde klasse", "Quatrième classe", "Vierte Klasse"),
        _code("fifthClass", "Fifth class", "Vijfde klasse", "Cinquième classe", "Fünfte Klasse"),
        _code("sixthClass", "Sixth class", "Zesde klasse", "Sixième classe", "Sechste Klasse"),
        _code("seventhClass", "Seventh class", "Zevende klasse", "Septième classe", "Siebte Klasse"),
        _code("eighthClass", "Eighth class", "Achtste klasse", "Huitième classe", "Achte Klasse"),
        _code("ninthClass", "Ninth class", "Negende klasse", "Neuvième classe", "Neunte Klasse"),
    ),
)
FORM_OF_WAY = CodeList(
    _INSPIRE + "FormOfWayValue",
    (
        _code("bicycleRoad", "Bicycle road", "Fietsweg", "Voie cyclable", "Radweg"),
        _code(
            "dualCarriageway",
            "Dual carriageway",
            "Weg met gescheiden rijbanen",
            "Route à chaussées séparées",
            "Straße mit getrennten Fahrbahnen",
        ),
        _code(
            "enclosedTrafficArea",
            "Enclosed traffic area",
            "Afgesloten verkeersgebied",
            "Aire de circulation fermée",
            "Abgegrenzte Verkehrsfläche",
        ),
        _code(
            "entranceOrExitCarPark",
            "Entrance or exit car park",
            "In- of uitrit van een parkeerterrein",
            "Entrée ou sortie de parc de stationnement",
            "Ein- oder Ausfahrt eines Parkplatzes",
        ),
        _code(
            "entranceOrExitService",
            "Entrance or exit service",
            "In- of uitrit van een dienst",
            "Entrée ou sortie de service",
            "Ein- oder Ausfahrt einer Serviceeinrichtung",
        ),
        _code("motorway", "Motorway", "Autosnelweg", "Autoroute", "Autobahn"),
        _code("pedestrianZone", "Pedestrian zone", "Voetgangersgebied", "Zone piétonne", "Fußgängerzone"),
        _code("roundabout", "Roundabout", "Rotonde", "Rond-point", "Kreisverkehr"),
        _code("serviceRoad", "Service road", "Ventweg", "Voie de desserte", "Erschließungsstraße"),
        _code(
            "singleCarriageway",
            "Single carriageway",
            "Weg met één rijbaan",
            "Route à chaussée unique",
            "Straße mit einer Fahrbahn",
        ),
        _code("slipRoad", "Slip road", "Op- of afrit", "Bretelle", "Zu- oder Abfahrt"),
        _code("tractorRoad", "Tractor road", "Landbouwweg", "Chemin d'exploitation", "Wirtschaftsweg"),
        _code("trafficSquare", "Traffic square", "Verkeersplein", "Place", "Verkehrsplatz"),
        _code("walkway", "Walkway", "Voetweg", "Voie piétonne", "Fußweg"),
    ),
)
ROAD_SURFACE_CATEGORY = CodeList(
    _INSPIRE + "RoadSurfaceCategoryValue",
    (
        _code("paved", "Paved", "Verhard", "Revêtu", "Befestigt"),
        _code("unpaved", "Unpaved", "Onverhard", "Non revêtu", "Unbefestigt"),
    ),
)
LINK_DIRECTION = CodeList(
    _INSPIRE + "LinkDirectionValue",
    (
        _code("bothDirections", "Both directions", "Beide richtingen", "Les deux sens", "Beide Richtungen"),
        _code(
            "inDirection",
            "In direction",
            "In de richting van de lijn",
            "Dans le sens de la ligne",
            "In Richtung der Linie",
        ),
        _code(
            "inOppositeDirection",
            "In opposite direction",
            "In tegengestelde richting",
            "En sens inverse",
            "In Gegenrichtung",
        ),
    ),
)
RAILWAY_TYPE = CodeList(
    _INSPIRE + "RailwayTypeValue",
    (
        _code("cogRailway", "Cog railway", "Tandradbaan", "Chemin de fer à crémaillère", "Zahnradbahn"),
        _code("funicular", "Funicular", "Kabelspoorweg", "Funiculaire", "Standseilbahn"),
        _code(
            "magneticLevitation",
            "Magnetic levitation",
            "Magneetzweefbaan",
            "Sustentation magnétique",
            "Magnetschwebebahn",
        ),
        _code("metro", "Metro", "Metro", "Métro", "U-Bahn"),
        _code("monorail", "Monorail", "Monorail", "Monorail", "Einschienenbahn"),
        _code("suspendedRail", "Suspended rail", "Hangbaan", "Train suspendu", "Hängebahn"),
        _code("train", "Train", "Trein", "Train", "Eisenbahn"),
        _code("tramway", "Tramway", "Tram", "Tramway", "Straßenbahn"),
    ),
)
AERODROME_TYPE = CodeList(
    _INSPIRE + "AerodromeTypeValue",
    (
        _code(
            "aerodromeHeliport",
            "Aerodrome heliport",
            "Luchtvaartterrein met helihaven",
            "Aérodrome avec héliport",
            "Flugplatz mit Heliport",
        ),
        _code("aerodromeOnly", "Aerodrome only", "Alleen luchtvaartterrein", "Aérodrome uniquement", "Nur Flugplatz"),
        _code("heliportOnly", "Heliport only", "Alleen helihaven", "Héliport uniquement", "Nur Heliport"),
        _code("landingSite", "Landing site", "Landingsplaats", "Aire d'atterrissage", "Landeplatz"),
    ),
)
