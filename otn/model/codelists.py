"""The code lists that fields refer to, with the values OTN uses.

Source: INSPIRE code list register (http://inspire.ec.europa.eu/codelist/...), data specification on
Transport Networks D2.8.I.7; the canonical scheme of its URIs is http.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class CodeList:
    """A code list: its URI and its values. A value's URI is `uri/value`."""

    uri: str
    values: tuple[str, ...]


_INSPIRE = "http://inspire.ec.europa.eu/codelist/"

FUNCTIONAL_ROAD_CLASS = CodeList(
    _INSPIRE + "FunctionalRoadClassValue",
    (
        "mainRoad",
        "firstClass",
        "secondClass",
        "thirdClass",
        "fourthClass",
        "fifthClass",
        "sixthClass",
        "seventhClass",
        "eighthClass",
        "ninthClass",
    ),
)
FORM_OF_WAY = CodeList(
    _INSPIRE + "FormOfWayValue",
    (
        "bicycleRoad",
        "dualCarriageway",
        "enclosedTrafficArea",
        "entranceOrExitCarPark",
        "entranceOrExitService",
        "motorway",
        "pedestrianZone",
        "roundabout",
        "serviceRoad",
        "singleCarriageway",
        "slipRoad",
        "tractorRoad",
        "trafficSquare",
        "walkway",
    ),
)
ROAD_SURFACE_CATEGORY = CodeList(_INSPIRE + "RoadSurfaceCategoryValue", ("paved", "unpaved"))
LINK_DIRECTION = CodeList(_INSPIRE + "LinkDirectionValue", ("bothDirections", "inDirection", "inOppositeDirection"))
RAILWAY_TYPE = CodeList(
    _INSPIRE + "RailwayTypeValue",
    ("cogRailway", "funicular", "magneticLevitation", "metro", "monorail", "suspendedRail", "train", "tramway"),
)
AERODROME_TYPE = CodeList(
    _INSPIRE + "AerodromeTypeValue", ("aerodromeHeliport", "aerodromeOnly", "heliportOnly", "landingSite")
)
