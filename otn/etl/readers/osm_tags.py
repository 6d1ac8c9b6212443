"""What OpenStreetMap's tags mean as fields of roads.

Sources: the OpenStreetMap wiki (Key:highway, Key:oneway, Key:maxspeed, Key:maxheight, Key:maxweight, Key:surface,
Key:ref, Key:bridge, Key:tunnel) and the mapping of the Open Transport Map (OSM to INSPIRE Transport Networks). What a
tag does not say stays null: a class is never guessed.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

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


@dataclass(frozen=True)
class _Rule:
    """How a field is computed: from `tags`, of which one of the first `needed` must be a column of the source."""

    field: str
    function: Callable[..., Any]
    tags: tuple[str, ...]
    kind: pa.DataType
    needed: int = 1


_INSTANT = pa.timestamp("us", tz="UTC")
_RULES = (
    _Rule("functionalRoadClass", functional_road_class, ("highway",), pa.string()),
    _Rule("formOfWay", form_of_way, ("highway", "junction", "oneway", "dual_carriageway"), pa.string()),
    _Rule("direction", direction, ("oneway", "highway", "junction"), pa.string()),
    _Rule("speedLimit", speed_limit, ("maxspeed",), pa.int64()),
    _Rule("maximumHeight", length, ("maxheight",), pa.float64()),
    _Rule("maximumWidth", length, ("maxwidth",), pa.float64()),
    _Rule("maximumWeight", weight, ("maxweight",), pa.float64()),
    _Rule("lanes", lanes, ("lanes",), pa.int64()),
    _Rule("surface", surface, ("surface",), pa.string()),
    _Rule("bridge", structure, ("bridge",), pa.bool_()),
    _Rule("tunnel", structure, ("tunnel",), pa.bool_()),
    _Rule("nationalRoadCode", national_road_code, ("ref", "nat_ref"), pa.string(), needed=2),
    _Rule("europeanRoadNumber", european_road_number, ("int_ref", "ref", "nat_ref"), pa.string(), needed=3),
    _Rule("validFrom", instant, ("start_date",), _INSTANT),
    _Rule("validTo", instant, ("end_date",), _INSTANT),
)

# The tags that say something about a road, without its name, which is taken as it is.
ROAD_TAGS = tuple(dict.fromkeys(tag for rule in _RULES for tag in rule.tags))


def road_fields(tags: pa.Table) -> dict[str, pa.Array]:
    """The fields of roads that follow from the `tags` there are columns (string) of, by field name."""
    fields = {
        rule.field: _map_rows([_column(tags, tag) for tag in rule.tags], rule.function, rule.kind)
        for rule in _RULES
        if any(tag in tags.column_names for tag in rule.tags[: rule.needed])
    }
    return fields | ({"name": _column(tags, "name")} if "name" in tags.column_names else {})


def _column(tags: pa.Table, name: str) -> pa.Array:
    if name not in tags.column_names:
        return pa.nulls(len(tags), pa.string())
    return tags[name].combine_chunks()


def _map_rows(columns: Sequence[pa.Array], function: Callable[..., Any], kind: pa.DataType) -> pa.Array:
    """`function` of the columns' values (None where null), computed once for each distinct combination."""
    codes, example = _combinations([pc.dictionary_encode(column, null_encoding="encode") for column in columns])
    values = [column.take(example).to_pylist() for column in columns]
    return pa.array([function(*combination) for combination in zip(*values, strict=True)], kind).take(codes)


def _combinations(encoded: list[pa.DictionaryArray]) -> tuple[pa.Array, pa.Array]:
    """Each row's number among the distinct combinations of the columns' values, and a row that has each of them."""
    first, *others = encoded
    codes = first.indices
    for column in others:
        pairs = codes.to_numpy().astype(np.int64) * max(1, len(column.dictionary)) + column.indices.to_numpy()
        codes = pc.dictionary_encode(pa.array(pairs)).indices
    example = np.zeros(pc.max(codes).as_py() + 1 if len(codes) else 0, dtype=np.int64)
    example[codes.to_numpy()] = np.arange(len(codes))
    return codes, pa.array(example)
