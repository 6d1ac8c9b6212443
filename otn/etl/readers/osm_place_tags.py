"""What OpenStreetMap's tags mean as fields of ports, port facilities, airports, runways and railways.

Sources: the OpenStreetMap wiki (Harbour, Key:landuse, Key:man_made, Key:waterway, Key:aeroway, Key:ele, Key:railway,
Seamarks/INT-1 cross reference). What a tag does not say stays null.
"""

import re
from typing import Any

import pyarrow as pa

from otn.etl.readers import osm_tags
from otn.etl.readers.osm_rules import Rule, Tags, rule_of_tags

_YES = frozenset({"yes", "true", "1"})
_NO = frozenset({"no", "false", "0"})
_LIT = frozenset({"24/7", "automatic", "limited", "sunset-sunrise", "dusk-dawn"})

_UN_LOCODE = re.compile(r"[A-Z]{2} ?[A-Z2-9]{3}")
_ICAO = re.compile(r"[A-Z]{4}")
_IATA = re.compile(r"[A-Z]{3}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_ELEVATION = re.compile(r"([+-]?[0-9]{1,5}(?:\.[0-9]{1,9})?)\s*(m|ft)?")
_METRES = {None: 1.0, "m": 1.0, "ft": 0.3048}

# The first that applies is what a facility is: what stands there comes before what it is used for.
_FACILITIES: tuple[tuple[str, frozenset[str], str], ...] = (
    ("lock", frozenset({"yes"}), "lock"),
    ("waterway", frozenset({"lock_gate"}), "lock"),
    ("water", frozenset({"lock"}), "lock"),
    ("seamark:type", frozenset({"lock_basin"}), "lock"),
    ("man_made", frozenset({"quay"}), "quay"),
    ("man_made", frozenset({"pier"}), "pier"),
    ("seamark:shoreline_construction:category", frozenset({"wharf"}), "quay"),
    ("seamark:shoreline_construction:category", frozenset({"pier"}), "pier"),
    ("waterway", frozenset({"dock"}), "dock"),
    ("seamark:type", frozenset({"dry_dock", "floating_dock"}), "dock"),
    ("dock", frozenset({"drydock", "dry_dock", "floating", "tidal"}), "dock"),
    ("water", frozenset({"harbour"}), "harbourBasin"),
    ("seamark:type", frozenset({"harbour_basin"}), "harbourBasin"),
    ("amenity", frozenset({"ferry_terminal"}), "terminal"),
    ("industrial", frozenset({"container_terminal", "ferry_terminal", "port_terminal"}), "terminal"),
    (
        "seamark:harbour:category",
        frozenset({"bulk", "container", "ferry", "passenger", "roro", "ro_ro", "tanker"}),
        "terminal",
    ),
    ("route", frozenset({"ferry"}), "ferryRoute"),
    ("seamark:type", frozenset({"ferry_route"}), "ferryRoute"),
    ("leisure", frozenset({"slipway"}), "slipway"),
    ("seamark:small_craft_facility:category", frozenset({"slipway"}), "slipway"),
    ("seamark:shoreline_construction:category", frozenset({"slipway"}), "slipway"),
    ("seamark:type", frozenset({"berth"}), "berth"),
    ("mooring", frozenset({"yes", "private", "commercial", "ferry", "cruise", "guest", "declaration"}), "berth"),
)
# What one of which every object has, as libosmium's filters take it.
FACILITY_TAGS = tuple((key, value) for key, values, _ in _FACILITIES for value in sorted(values))
PORT_TAGS = (
    ("harbour", "yes"),
    ("landuse", "harbour"),
    ("landuse", "port"),
    ("industrial", "port"),
    ("seamark:type", "harbour"),
)
RUNWAYS_AND_TAXIWAYS = ("runway", "taxiway")
AIRPORT_TAGS = (("aeroway", "aerodrome"), ("aeroway", "heliport"))
LIFE_TAGS = ("abandoned", "disused")
"""Tags that say whether an object is in use."""

_RAILWAYS = {
    "rail": "train",
    "narrow_gauge": "train",
    "tram": "tramway",
    "subway": "metro",
    "funicular": "funicular",
    "monorail": "monorail",
    "light_rail": None,  # between train and tramway: which, no tag says
}
RAILWAY_TAGS = tuple(("railway", value) for value in _RAILWAYS)


def in_use(tags: Tags) -> bool:
    """Whether nothing says that an object is out of use: without such a tag it is in use."""
    return not any((tags.get(tag) or "no") not in _NO for tag in LIFE_TAGS)


def _has_one_of(tags: Tags, pairs: tuple[tuple[str, str], ...]) -> bool:
    return any(tags.get(key) == value for key, value in pairs)


def is_port(tags: Tags) -> bool:
    """Whether it is a harbour or port. A marina alone is none: it is for pleasure boats, and tagged apart for that."""
    return _has_one_of(tags, PORT_TAGS) and in_use(tags)


def facility_kind(tags: Tags) -> str | None:
    """The kind of port facility; None where it is none or is out of use."""
    kinds = (kind for key, values, kind in _FACILITIES if tags.get(key) in values)
    return next(kinds, None) if in_use(tags) else None


def aerodrome_kind(aeroway: str | None) -> str | None:
    """The AerodromeTypeValue: of heliports; whether an aerodrome serves helicopters too, its tag does not say."""
    return "heliportOnly" if aeroway == "heliport" else None


def is_airport(tags: Tags) -> bool:
    """Whether it is an aerodrome or heliport that is in use."""
    closed = tags.get("aerodrome") in ("abandoned", "closed", "disused")
    return _has_one_of(tags, AIRPORT_TAGS) and not closed and in_use(tags)


def is_railway(tags: Tags) -> bool:
    """Whether it is a track in use: the values for those planned, being built, disused or gone are others."""
    return tags.get("railway") in _RAILWAYS and in_use(tags)


def railway_type(railway: str | None, rack: str | None) -> str | None:
    """The RailwayTypeValue of `railway`, a cog railway where there is a rack; null for light rail."""
    if (rack or "no") not in _NO and railway in ("rail", "narrow_gauge"):
        return "cogRailway"
    return _RAILWAYS.get(railway or "")


def un_locode(*codes: str | None) -> str | None:
    """The first of `codes` that looks like a UN/LOCODE, without its space."""
    found = (code.strip().upper() for code in codes if code)
    return next((code.replace(" ", "") for code in found if _UN_LOCODE.fullmatch(code)), None)


def icao(code: str | None) -> str | None:
    """An ICAO code; null unless it is one of four letters."""
    return code if code and _ICAO.fullmatch(code) else None


def iata(code: str | None) -> str | None:
    """An IATA code; null unless it is one of three letters."""
    return code if code and _IATA.fullmatch(code) else None


def country(code: str | None) -> str | None:
    """An ISO 3166-1 alpha-2 code; null for anything else."""
    return code if code and _COUNTRY.fullmatch(code) else None


def elevation(ele: str | None) -> float | None:
    """`ele` in metres, to the millimetre; from metres and feet."""
    match = _ELEVATION.fullmatch((ele or "").strip().lower())
    return round(float(match[1]) * _METRES[match[2]], 3) if match else None


def depth(*texts: str | None) -> float | None:
    """The first of `texts` that is a depth, in metres."""
    return next((metres for metres in map(osm_tags.length, texts) if metres is not None), None)


def lighted(lit: str | None) -> bool | None:
    """Whether there are lights; null for what `lit` does not say plainly."""
    value = (lit or "").strip().lower()
    if value in _YES | _LIT:
        return True
    return False if value in _NO else None


def out_of_use(abandoned: str | None, disused: str | None) -> bool:
    """Whether a runway is closed: without a tag that says so it is in use."""
    return (abandoned or "no") not in _NO or (disused or "no") not in _NO


def designator(ref: str | None, name: str | None) -> str | None:
    """What a runway or taxiway is called: its designator, else its name."""
    return ref or name


def _as_it_is(value: Any) -> Any:
    return value


_TEXT, _NUMBER, _FLAG = pa.string(), pa.float64(), pa.bool_()
_INSTANT = pa.timestamp("us", tz="UTC")
LOCODE_TAGS = ("ref:unlocode", "unlocode", "UN/LOCODE", "harbour:LOCODE", "locode")
_DEPTH_TAGS = (
    "depth",
    "seamark:berth:minimum_depth",
    "seamark:harbour_basin:minimum_depth",
    "seamark:lock_basin:minimum_depth",
)
_LIFE = (
    Rule("validFrom", osm_tags.instant, ("start_date",), _INSTANT),
    Rule("validTo", osm_tags.instant, ("end_date",), _INSTANT),
)
PORT_RULES = (
    Rule("unLocode", un_locode, LOCODE_TAGS, _TEXT),
    Rule("country", country, ("addr:country",), _TEXT),
    *_LIFE,
)
FACILITY_RULES = (
    rule_of_tags("kind", facility_kind, tuple(dict.fromkeys((*dict(FACILITY_TAGS), *LIFE_TAGS))), _TEXT),
    Rule("unLocode", un_locode, LOCODE_TAGS, _TEXT),
    Rule("depth", depth, _DEPTH_TAGS, _NUMBER),
    *_LIFE,
)
AIRPORT_RULES = (
    Rule("icao", icao, ("icao",), _TEXT),
    Rule("iata", iata, ("iata",), _TEXT),
    Rule("kind", aerodrome_kind, ("aeroway",), _TEXT),
    Rule("elevation", elevation, ("ele",), _NUMBER),
    Rule("municipality", _as_it_is, ("city_served",), _TEXT),
    Rule("country", country, ("addr:country",), _TEXT),
    *_LIFE,
)
RUNWAY_RULES = (
    Rule("kind", _as_it_is, ("aeroway",), _TEXT),
    Rule("surface", osm_tags.surface, ("surface",), _TEXT),
    Rule("declaredLength", osm_tags.length, ("length",), _NUMBER),
    Rule("width", osm_tags.length, ("width",), _NUMBER),
    Rule("lighted", lighted, ("lit",), _FLAG),
    Rule("closed", out_of_use, LIFE_TAGS, _FLAG, needed=2),
    *_LIFE,
    Rule("name", designator, ("ref", "name"), _TEXT, needed=2),
)
RAILWAY_RULES = (Rule("railwayType", railway_type, ("railway", "rack"), _TEXT), *_LIFE)
