"""The code lists of INSPIRE that fields refer to, with the values OTN uses and their titles in the four languages.

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


INSPIRE = "http://inspire.ec.europa.eu/codelist/"
# A name, not an address: lists that nobody else publishes are described in this program and its documentation.
OWN = "urn:otn:codelist:"


def code(value: str, en: str, nl: str, fr: str, de: str) -> Code:
    """A code with its title in the four languages."""
    return Code(value, Text(en=en, nl=nl, fr=fr, de=de))


FUNCTIONAL_ROAD_CLASS = CodeList(
    INSPIRE + "FunctionalRoadClassValue",
    (
        code("mainRoad", "Main road", "Hoofdweg", "Route principale", "Hauptstraße"),
        code("firstClass", "First class", "Eerste klasse", "Première classe", "Erste Klasse"),
        code("secondClass", "Second class", "Tweede klasse", "Deuxième classe", "Zweite Klasse"),
        code("thirdClass", "Third class", "Derde klasse", "Troisième classe", "Dritte Klasse"),
        code("fourthClass", "Fourth class", "Vierde klasse", "Quatrième classe", "Vierte Klasse"),
        code("fifthClass", "Fifth class", "Vijfde klasse", "Cinquième classe", "Fünfte Klasse"),
        code("sixthClass", "Sixth class", "Zesde klasse", "Sixième classe", "Sechste Klasse"),
        code("seventhClass", "Seventh class", "Zevende klasse", "Septième classe", "Siebte Klasse"),
        code("eighthClass", "Eighth class", "Achtste klasse", "Huitième classe", "Achte Klasse"),
        code("ninthClass", "Ninth class", "Negende klasse", "Neuvième classe", "Neunte Klasse"),
    ),
)
FORM_OF_WAY = CodeList(
    INSPIRE + "FormOfWayValue",
    (
        code("bicycleRoad", "Bicycle road", "Fietsweg", "Voie cyclable", "Radweg"),
        code(
            "dualCarriageway",
            "Dual carriageway",
            "Weg met gescheiden rijbanen",
            "Route à chaussées séparées",
            "Straße mit getrennten Fahrbahnen",
        ),
        code(
            "enclosedTrafficArea",
            "Enclosed traffic area",
            "Afgesloten verkeersgebied",
            "Aire de circulation fermée",
            "Abgegrenzte Verkehrsfläche",
        ),
        code(
            "entranceOrExitCarPark",
            "Entrance or exit car park",
            "In- of uitrit van een parkeerterrein",
            "Entrée ou sortie de parc de stationnement",
            "Ein- oder Ausfahrt eines Parkplatzes",
        ),
        code(
            "entranceOrExitService",
            "Entrance or exit service",
            "In- of uitrit van een dienst",
            "Entrée ou sortie de service",
            "Ein- oder Ausfahrt einer Serviceeinrichtung",
        ),
        code("motorway", "Motorway", "Autosnelweg", "Autoroute", "Autobahn"),
        code("pedestrianZone", "Pedestrian zone", "Voetgangersgebied", "Zone piétonne", "Fußgängerzone"),
        code("roundabout", "Roundabout", "Rotonde", "Rond-point", "Kreisverkehr"),
        code("serviceRoad", "Service road", "Ventweg", "Voie de desserte", "Erschließungsstraße"),
        code(
            "singleCarriageway",
            "Single carriageway",
            "Weg met één rijbaan",
            "Route à chaussée unique",
            "Straße mit einer Fahrbahn",
        ),
        code("slipRoad", "Slip road", "Op- of afrit", "Bretelle", "Zu- oder Abfahrt"),
        code("tractorRoad", "Tractor road", "Landbouwweg", "Chemin d'exploitation", "Wirtschaftsweg"),
        code("trafficSquare", "Traffic square", "Verkeersplein", "Place", "Verkehrsplatz"),
        code("walkway", "Walkway", "Voetweg", "Voie piétonne", "Fußweg"),
    ),
)
ROAD_SURFACE_CATEGORY = CodeList(
    INSPIRE + "RoadSurfaceCategoryValue",
    (
        code("paved", "Paved", "Verhard", "Revêtu", "Befestigt"),
        code("unpaved", "Unpaved", "Onverhard", "Non revêtu", "Unbefestigt"),
    ),
)
LINK_DIRECTION = CodeList(
    INSPIRE + "LinkDirectionValue",
    (
        code("bothDirections", "Both directions", "Beide richtingen", "Les deux sens", "Beide Richtungen"),
        code(
            "inDirection",
            "In direction",
            "In de richting van de lijn",
            "Dans le sens de la ligne",
            "In Richtung der Linie",
        ),
        code(
            "inOppositeDirection",
            "In opposite direction",
            "In tegengestelde richting",
            "En sens inverse",
            "In Gegenrichtung",
        ),
    ),
)
RAILWAY_TYPE = CodeList(
    INSPIRE + "RailwayTypeValue",
    (
        code("cogRailway", "Cog railway", "Tandradbaan", "Chemin de fer à crémaillère", "Zahnradbahn"),
        code("funicular", "Funicular", "Kabelspoorweg", "Funiculaire", "Standseilbahn"),
        code(
            "magneticLevitation",
            "Magnetic levitation",
            "Magneetzweefbaan",
            "Sustentation magnétique",
            "Magnetschwebebahn",
        ),
        code("metro", "Metro", "Metro", "Métro", "U-Bahn"),
        code("monorail", "Monorail", "Monorail", "Monorail", "Einschienenbahn"),
        code("suspendedRail", "Suspended rail", "Hangbaan", "Train suspendu", "Hängebahn"),
        code("train", "Train", "Trein", "Train", "Eisenbahn"),
        code("tramway", "Tramway", "Tram", "Tramway", "Straßenbahn"),
    ),
)
AERODROME_TYPE = CodeList(
    INSPIRE + "AerodromeTypeValue",
    (
        code(
            "aerodromeHeliport",
            "Aerodrome heliport",
            "Luchtvaartterrein met helihaven",
            "Aérodrome avec héliport",
            "Flugplatz mit Heliport",
        ),
        code("aerodromeOnly", "Aerodrome only", "Alleen luchtvaartterrein", "Aérodrome uniquement", "Nur Flugplatz"),
        code("heliportOnly", "Heliport only", "Alleen helihaven", "Héliport uniquement", "Nur Heliport"),
        code("landingSite", "Landing site", "Landingsplaats", "Aire d'atterrissage", "Landeplatz"),
    ),
)
FORM_OF_ROAD_NODE = CodeList(
    INSPIRE + "FormOfRoadNodeValue",
    (
        code(
            "enclosedTrafficArea",
            "Enclosed traffic area",
            "Afgesloten verkeersgebied",
            "Aire de circulation fermée",
            "Abgegrenzte Verkehrsfläche",
        ),
        code("junction", "Junction", "Kruispunt", "Carrefour", "Kreuzung"),
        code("levelCrossing", "Level crossing", "Overweg", "Passage à niveau", "Bahnübergang"),
        code("pseudoNode", "Pseudo node", "Pseudoknoop", "Pseudo-nœud", "Pseudoknoten"),
        code("roadEnd", "Road end", "Einde van de weg", "Fin de route", "Straßenende"),
        code("roadServiceArea", "Road service area", "Verzorgingsplaats", "Aire de service", "Rastanlage"),
        code("roundabout", "Roundabout", "Rotonde", "Rond-point", "Kreisverkehr"),
        code("trafficSquare", "Traffic square", "Verkeersplein", "Place", "Verkehrsplatz"),
    ),
)
