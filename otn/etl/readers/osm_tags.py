"""What OpenStreetMap's tags mean as fields of roads.

Sources: the OpenStreetMap wiki (Key:highway, Key:oneway, Key:maxspeed, Key:maxheight, Key:maxweight, Key:surface,
Key:ref, Key:bridge, Key:tunnel, Key:layer) and the mapping of the Open Transport Map (OSM to INSPIRE Transport
Networks). What a tag does not say stays null: a class is never guessed.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime

import pyarrow as pa

from otn.etl.readers.osm_rules import Rule, fields_by_rules, tag_column, tags_of

_CLASS_OF_HIGHWAY = {
    "motorway": "mainRoad",
    "motorway_link": "mainRoad",
    "trunk": "mainRoad",
    "trunk_link": "mainRoad",
    "primary": "firstClass",
    "primary_link": "firstClass",
    "secondary": "secondClass",
    "secondary_link": "secondClass",
    "tertiary": "thirdClass",
    "tertiary_link": "thirdClass",
    "unclassified": "fourthClass",
    "residential": "fourthClass",
    "living_street": "fifthClass",
    "service": "fifthClass",
    "track": "fifthClass",
    "path": "fifthClass",
    "footway": "fifthClass",
    "cycleway": "fifthClass",
    "bridleway": "fifthClass",
    "steps": "fifthClass",
    "pedestrian": "fifthClass",
}
_FORM_OF_HIGHWAY = {
    "motorway": "motorway",
    "living_street": "singleCarriageway",
    "unclassified": "singleCarriageway",
    "residential": "singleCarriageway",
    "service": "serviceRoad",
    "track": "tractorRoad",
    "footway": "walkway",
    "path": "walkway",
    "steps": "walkway",
    "cycleway": "bicycleRoad",
    "pedestrian": "pedestrianZone",
}
_MAIN_ROADS = frozenset({"trunk", "primary", "secondary", "tertiary"})

_DIRECTION_OF_ONEWAY = {
    "yes": "inDirection",
    "true": "inDirection",
    "1": "inDirection",
    "-1": "inOppositeDirection",
    "reverse": "inOppositeDirection",
    "no": "bothDirections",
    "false": "bothDirections",
    "0": "bothDirections",
}

_PAVED = frozenset(
    {
        "paved",
        "asphalt",
        "chipseal",
        "concrete",
        "concrete:lanes",
        "concrete:plates",
        "paving_stones",
        "paving_stones:lanes",
        "grass_paver",
        "sett",
        "unhewn_cobblestone",
        "cobblestone",
        "cobblestone:flattened",
        "brick",
        "bricks",
        "metal",
        "metal_grid",
        "wood",
        "stepping_stones",
        "rubber",
        "tiles",
        "plastic",
        "acrylic",
        "tartan",
        "fibre_reinforced_polymer_grate",
    }
)
_UNPAVED = frozenset(
    {
        "unpaved",
        "compacted",
        "fine_gravel",
        "gravel",
        "shells",
        "rock",
        "pebblestone",
        "ground",
        "dirt",
        "earth",
        "soil",
        "grass",
        "mud",
        "sand",
        "woodchips",
        "snow",
        "ice",
        "salt",
        "clay",
    }
)

_NUMBER = r"([0-9]{1,7}(?:\.[0-9]{1,9})?)"
_SPEED = re.compile(_NUMBER + r"\s*(km/h|kmh|kph|mph|knots)?")
_KMH = {None: 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}
_METRIC = re.compile(_NUMBER + r"\s*(m|cm)?")
_METRES = {None: 1.0, "m": 1.0, "cm": 0.01}
_FEET_AND_INCHES = re.compile(rf"(?:{_NUMBER}\s*(?:ft|'(?!')))?\s*(?:{_NUMBER}\s*(?:in|\"|''))?")
_WEIGHT = re.compile(_NUMBER + r"\s*(t|kg|st|lt|lbs|lb|cwt)?")
_TONNES = {
    None: 1.0,
    "t": 1.0,
    "kg": 0.001,
    "st": 0.90718474,
    "lt": 1.0160469088,
    "lbs": 0.00045359237,
    "lb": 0.00045359237,
    "cwt": 0.05080234544,
}
_WHOLE_NUMBER = re.compile(r"[0-9]{1,3}")
_LAYER = re.compile(r"[+-]?[0-9]{1,2}")
_EUROPEAN_NUMBER = re.compile(r"E[ -]?([0-9]{1,3})")
_FULL_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def functional_road_class(highway: str | None) -> str | None:
    """The FunctionalRoadClassValue of `highway`; null for what is planned, being built, no road, or unknown."""
    return _CLASS_OF_HIGHWAY.get(highway or "")


def form_of_way(highway: str | None, junction: str | None, oneway: str | None, dual: str | None) -> str | None:
    """The FormOfWayValue of `highway`, `junction`, `oneway` and `dual_carriageway`.

    A main road of one direction is one carriageway of two or a one-way street, and only `dual_carriageway` tells which:
    without it the form is null.
    """
    if functional_road_class(highway) is None:
        return None
    if junction == "roundabout":
        return "roundabout"
    if highway is not None and highway.endswith("_link"):
        return "slipRoad"
    if highway not in _MAIN_ROADS:
        return _FORM_OF_HIGHWAY.get(highway or "")
    if dual == "yes":
        return "dualCarriageway"
    both_ways = direction(oneway, highway, junction) == "bothDirections"
    return "singleCarriageway" if both_ways or dual == "no" else None


def direction(oneway: str | None, highway: str | None, junction: str | None) -> str | None:
    """The LinkDirectionValue of `oneway`, with its documented defaults; null for reversible and unknown values."""
    if oneway is not None:
        return _DIRECTION_OF_ONEWAY.get(oneway.strip().lower())
    return "inDirection" if highway == "motorway" or junction == "roundabout" else "bothDirections"


def speed_limit(maxspeed: str | None) -> int | None:
    """`maxspeed` in km/h, rounded; null for `none`, `walk`, zones (`BE:urban`) and several values."""
    match = _SPEED.fullmatch((maxspeed or "").strip().lower())
    return round(float(match[1]) * _KMH[match[2]]) if match else None


def length(text: str | None) -> float | None:
    """`maxheight` or `maxwidth` in metres, to the millimetre; from metres, centimetres, feet and inches."""
    value = (text or "").strip().lower().replace("′", "'").replace("″", '"')
    if match := _METRIC.fullmatch(value):
        return round(float(match[1]) * _METRES[match[2]], 3)
    match = _FEET_AND_INCHES.fullmatch(value)
    if match is None or not any(match.groups()):
        return None
    return round(float(match[1] or 0) * 0.3048 + float(match[2] or 0) * 0.0254, 3)


def weight(maxweight: str | None) -> float | None:
    """`maxweight` in tonnes, to the kilogram; from tonnes, kilograms, short and long tons, pounds, hundredweights."""
    match = _WEIGHT.fullmatch((maxweight or "").strip().lower())
    return round(float(match[1]) * _TONNES[match[2]], 3) if match else None


def lanes(text: str | None) -> int | None:
    """The number of lanes; null unless it is one whole number."""
    value = (text or "").strip()
    return int(value) if _WHOLE_NUMBER.fullmatch(value) else None


def surface(text: str | None) -> str | None:
    """The RoadSurfaceCategoryValue of `surface`; null for unknown values and for several that disagree."""
    values = _split(text.lower() if text else None)
    if values and all(value in _PAVED for value in values):
        return "paved"
    if values and all(value in _UNPAVED for value in values):
        return "unpaved"
    return None


def structure(text: str | None) -> bool:
    """Whether there is a bridge or tunnel: any value but `no` names a kind of one, no tag means none."""
    return text is not None and text.strip().lower() not in ("no", "false", "0")


def level(layer: str | None) -> int | None:
    """`layer` as a whole number; no tag means 0, whether there is a bridge or a tunnel or not, as the wiki has it."""
    value = (layer or "0").strip()
    return int(value) if _LAYER.fullmatch(value) else None


def national_road_code(ref: str | None, nat_ref: str | None) -> str | None:
    """The numbers of `ref` and `nat_ref` that are no E-roads', joined by a semicolon."""
    return _join(number for number in _split(ref) + _split(nat_ref) if not _EUROPEAN_NUMBER.fullmatch(number))


def european_road_number(int_ref: str | None, ref: str | None, nat_ref: str | None) -> str | None:
    """The E-roads' numbers of `int_ref`, `ref` and `nat_ref`, written "E 34", joined by a semicolon."""
    matches = map(_EUROPEAN_NUMBER.fullmatch, _split(int_ref) + _split(ref) + _split(nat_ref))
    return _join(f"E {match[1]}" for match in matches if match)


def instant(text: str | None) -> datetime | None:
    """`start_date` or `end_date` as the first instant of the day; null unless it is a full ISO 8601 date."""
    value = (text or "").strip()
    if not _FULL_DATE.fullmatch(value):
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _split(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(";") if part.strip()]


def _join(parts: Iterable[str]) -> str | None:
    return ";".join(dict.fromkeys(parts)) or None


_INSTANT = pa.timestamp("us", tz="UTC")
_RULES = (
    Rule("functionalRoadClass", functional_road_class, ("highway",), pa.string()),
    Rule("formOfWay", form_of_way, ("highway", "junction", "oneway", "dual_carriageway"), pa.string()),
    Rule("direction", direction, ("oneway", "highway", "junction"), pa.string()),
    Rule("speedLimit", speed_limit, ("maxspeed",), pa.int64()),
    Rule("maximumHeight", length, ("maxheight",), pa.float64()),
    Rule("maximumWidth", length, ("maxwidth",), pa.float64()),
    Rule("maximumWeight", weight, ("maxweight",), pa.float64()),
    Rule("lanes", lanes, ("lanes",), pa.int64()),
    Rule("surface", surface, ("surface",), pa.string()),
    Rule("bridge", structure, ("bridge",), pa.bool_()),
    Rule("tunnel", structure, ("tunnel",), pa.bool_()),
    Rule("level", level, ("layer",), pa.int64()),
    Rule("nationalRoadCode", national_road_code, ("ref", "nat_ref"), pa.string(), needed=2),
    Rule("europeanRoadNumber", european_road_number, ("int_ref", "ref", "nat_ref"), pa.string(), needed=3),
    Rule("validFrom", instant, ("start_date",), _INSTANT),
    Rule("validTo", instant, ("end_date",), _INSTANT),
)

# The tags that say something about a road, without its name, which is taken as it is.
ROAD_TAGS = tags_of(_RULES)


def road_fields(tags: pa.Table) -> dict[str, pa.Array]:
    """The fields of roads that follow from the `tags` there are columns (string) of, by field name."""
    return fields_by_rules(_RULES, tags) | ({"name": tag_column(tags, "name")} if "name" in tags.column_names else {})
