"""What the codes of the Flemish road register (Wegenregister) mean as values of INSPIRE's lists.

Source: Digitaal Vlaanderen, code lists of the register (github.com/Informatievlaanderen/road-registry), in its first
version (morphology 101 to 130) and its second (1 to 12). -8 is "not known", -9 "does not apply". The lists have no
code in common but those of status, which mean different things: the version must be known to read them.

Null where INSPIRE's list has no value that is sure: the second version's 6 is a way in or out of anything, a car park
or a service; its 11 is the bed of a tram or a lane of buses; `L` is a local road of any type.
"""

FIRST, SECOND = "first", "second"

FORM_OF_WAY = {
    "101": "motorway",
    "102": "dualCarriageway",
    "103": "singleCarriageway",
    "104": "roundabout",
    "105": "trafficSquare",  # a special traffic situation
    "106": "trafficSquare",
    "107": "slipRoad",
    "108": "slipRoad",
    "109": "serviceRoad",  # parallel to another road
    "110": "serviceRoad",  # along another road, for those who live there
    "111": "entranceOrExitCarPark",
    "112": "entranceOrExitService",
    "113": "pedestrianZone",
    "114": "walkway",  # for walkers or cyclists
    "120": "serviceRoad",
    "125": "tractorRoad",
    "1": "motorway",
    "2": "dualCarriageway",
    "3": "singleCarriageway",
    "4": "serviceRoad",
    "5": "slipRoad",
    "7": "roundabout",
    "8": "tractorRoad",
    "9": "walkway",
    "10": "bicycleRoad",
}
# Tramways and ferries are segments of the register, but no roads.
NO_ROADS = ("116", "130", "12")

FUNCTIONAL_ROAD_CLASS = {
    "EHW": "mainRoad",
    "VHW": "firstClass",
    "RW": "secondClass",
    "IW": "thirdClass",
    "OW": "fourthClass",
    "EW": "fifthClass",
    # The categories before 2022: main, primary, secondary and local roads. L2 and L3 were defined as OW and EW are.
    "H": "mainRoad",
    **dict.fromkeys(("PI", "PII", "PII-1", "PII-2", "PII-3", "PII-4"), "firstClass"),
    **dict.fromkeys(("S", "S1", "S2", "S3", "S4"), "secondClass"),
    "L1": "thirdClass",
    "L2": "fourthClass",
    "L3": "fifthClass",
}

# Planned, being built, out of use, given up: by version. What the register does not know is not in it.
NOT_IN_USE = {FIRST: ("1", "2", "3", "5"), SECOND: ("1", "3", "4", "5")}

# The columns VERH (1: solid, 2: loose) and, of the second version, VERHARDING (2: half-paved, which may be either).
SURFACE = {FIRST: {"1": "paved", "2": "unpaved"}, SECOND: {"1": "paved", "3": "unpaved"}}

# AUTOHEEN and AUTOTERUG of the second version: whether cars may drive with and against the line.
DIRECTION = {"1/1": "bothDirections", "1/0": "inDirection", "0/1": "inOppositeDirection"}
