"""What OpenStreetMap's tags mean as fields of areas and buildings.

Sources: the OpenStreetMap wiki (Tag:boundary=administrative with its table of admin_level by country, Key:border_type,
Key:building, Key:building:levels, Key:height, Key:start_date). What a tag does not say stays null, and an
administrative area whose country or level says too little is of the kind `other`.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

import pyarrow as pa

from otn.etl.readers import osm_tags
from otn.etl.readers.osm_place_tags import (
    AIRPORT_TAGS,
    LIFE_TAGS,
    LOCODE_TAGS,
    PORT_TAGS,
    icao,
    is_airport,
    is_port,
    un_locode,
)
from otn.etl.readers.osm_rules import Rule, Tags, rule_of_tags

# Levels whose meaning holds for the whole country; others differ within it, or have changed.
_KIND_OF_LEVEL = {
    ("BE", "4"): "region",
    ("BE", "6"): "province",
    ("BE", "7"): "district",
    ("BE", "8"): "municipality",
    ("CZ", "6"): "region",
    ("CZ", "7"): "district",
    ("CZ", "8"): "municipality",
    ("FR", "4"): "region",
    ("FR", "6"): "province",
    ("FR", "7"): "district",
    ("FR", "8"): "municipality",
    ("GB", "5"): "region",
    ("GB", "8"): "district",
    ("GR", "5"): "region",
    ("GR", "7"): "municipality",
}
# What the area is called where it lies: these names mean one thing only.
_KIND_OF_BORDER = {
    "nation": "country",
    "region": "region",
    "região": "region",
    "province": "province",
    "departement": "province",
    "département": "province",
    "arrondissement": "district",
    "municipality": "municipality",
    "município": "municipality",
    "commune": "municipality",
}
_NATIONAL_CODES = {"ref:INS": "BE", "ref:INSEE": "FR", "ref:gss": "GB"}
# NUTS writes these two countries in its own way.
_COUNTRY_OF_NUTS = {"EL": "GR", "UK": "GB"}
_NUTS = re.compile(r"([A-Z]{2})[A-Z0-9]{0,3}")
_ISO = re.compile(r"([A-Z]{2})(?:-[A-Z0-9]{1,3})?")
_WHOLE_NUMBER = re.compile(r"[0-9]{1,10}")
_MOST_PEOPLE = 2_000_000_000  # in any area; more would not fit the column either
_FLOORS = re.compile(r"([0-9]{1,3})(?:\.0)?")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")
_NOT_BUILT = frozenset({"no", "proposed", "construction", "demolished", "razed", "planned"})

_ISO_TAGS = ("ISO3166-2", "ISO3166-1:alpha2", "ISO3166-1")
_COUNTRY_TAGS = (*_ISO_TAGS, "ref:NUTS", *_NATIONAL_CODES)
_ADMINISTRATIVE_TAGS = ("boundary", "admin_level", *_COUNTRY_TAGS)
AREA_TAGS = (("aeroway", "apron"), *AIRPORT_TAGS, *PORT_TAGS, ("boundary", "administrative"))
"""An area has one of them."""


def area_kind(tags: Tags, country: str | None = None) -> str | None:
    """The kind of area; None where it is none. An aerodrome or port in use comes before what else the area is.

    `country` is that of administrative areas that do not say theirs.
    """
    if tags.get("aeroway") == "apron":
        return "apron"
    if is_airport(tags):
        return "aerodromeArea"
    if is_port(tags):
        return "portArea"
    return _administrative_kind(tags, country) if is_administrative(tags) else None


def is_administrative(tags: Tags) -> bool:
    """Whether it is an administrative area of some level."""
    return tags.get("boundary") == "administrative" and bool(tags.get("admin_level"))


def _administrative_kind(tags: Tags, country: str | None) -> str:
    level = tags.get("admin_level") or ""
    if level == "2":
        return "country"
    by_name = _KIND_OF_BORDER.get((tags.get("border_type") or "").lower())
    return by_name or _KIND_OF_LEVEL.get((area_country(tags, country) or "", level), "other")


def area_country(tags: Tags, country: str | None = None) -> str | None:
    """The country an administrative area lies in, by the codes that only one country gives; else `country`."""
    if not is_administrative(tags):
        return None
    for tag in _ISO_TAGS:
        if match := _ISO.fullmatch(tags.get(tag) or ""):
            return match[1]
    if match := _NUTS.fullmatch(tags.get("ref:NUTS") or ""):
        return _COUNTRY_OF_NUTS.get(match[1], match[1])
    return next((national for tag, national in _NATIONAL_CODES.items() if tags.get(tag)), country)


def area_code(tags: Tags) -> str | None:
    """The code of an area: NUTS, its country's own, ISO's; of an aerodrome or port ICAO's, or UN/LOCODE."""
    if not is_administrative(tags):
        return icao(tags.get("icao")) or un_locode(*map(tags.get, LOCODE_TAGS))
    return next(filter(None, map(tags.get, ("ref:NUTS", *_NATIONAL_CODES, *_ISO_TAGS))), None)


def whole_number(text: str | None) -> int | None:
    """A number of people; null unless it is one whole number, and one that people can be."""
    value = (text or "").strip()
    return int(value) if _WHOLE_NUMBER.fullmatch(value) and int(value) <= _MOST_PEOPLE else None


def is_building(tags: Tags) -> bool:
    """Whether it is a building: neither planned, nor being built, nor gone."""
    return (tags.get("building") or "no") not in _NOT_BUILT


def use(building: str | None) -> str | None:
    """What a building is used for, as its tag says; `yes` says nothing."""
    return None if building == "yes" else building


def height(*texts: str | None) -> float | None:
    """The first of `texts` that is a height, in metres."""
    return next((metres for metres in map(osm_tags.length, texts) if metres is not None), None)


def floors(levels: str | None) -> int | None:
    """`building:levels`; null unless it is one whole number."""
    match = _FLOORS.fullmatch((levels or "").strip())
    return int(match[1]) if match else None


def first_instant(start_date: str | None) -> datetime | None:
    """The first instant of a day, month or year; null for what is less certain (`~1900`, `C19`, `before 1900`)."""
    match = _DATE.fullmatch((start_date or "").strip())
    if match is None:
        return None
    try:
        return datetime(int(match[1]), int(match[2] or 1), int(match[3] or 1), tzinfo=UTC)
    except ValueError:
        return None


_TEXT, _INTEGER, _INSTANT = pa.string(), pa.int64(), pa.timestamp("us", tz="UTC")
_LIFE = (
    Rule("validFrom", first_instant, ("start_date",), _INSTANT),
    Rule("validTo", osm_tags.instant, ("end_date",), _INSTANT),
)
BUILDING_RULES = (
    Rule("use", use, ("building",), _TEXT),
    Rule("height", height, ("height", "building:height"), pa.float64(), needed=2),
    Rule("floors", floors, ("building:levels",), _INTEGER),
    *_LIFE,
)


def area_rules(country: str | None) -> Sequence[Rule]:
    """The rules of areas; `country` is that of administrative areas that do not say theirs."""
    kind_tags = (*dict(AREA_TAGS), *_ADMINISTRATIVE_TAGS, "border_type", "aerodrome", *LIFE_TAGS)
    return (
        rule_of_tags("kind", partial(area_kind, country=country), tuple(dict.fromkeys(kind_tags)), _TEXT),
        rule_of_tags("country", partial(area_country, country=country), _ADMINISTRATIVE_TAGS, _TEXT),
        rule_of_tags("code", area_code, (*_ADMINISTRATIVE_TAGS, "icao", *LOCODE_TAGS), _TEXT),
        Rule("population", whole_number, ("population",), _INTEGER),
        *_LIFE,
    )
