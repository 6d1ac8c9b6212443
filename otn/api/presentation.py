"""What is shown of each feature: coordinates, their system and precision, and which properties.

Sources: OGC API - Features - Part 2 (18-058r1) `crs`; Part 6 draft `properties`, `exclude-properties` and
`skipGeometry`; Part 7 draft `zoom-level` and `max-allowable-offset`.
"""

import math
import re
from dataclasses import dataclass
from functools import lru_cache

from otn.api.crs import CRS84, Crs, parse_crs
from otn.api.parameters import parse_boolean
from otn.errors import BadRequest
from otn.model.collections import COLLECTIONS, Collection
from otn.model.fields import Field

PRESENTATION_PARAMETERS = frozenset(
    {"crs", "properties", "exclude-properties", "skipGeometry", "zoom-level", "max-allowable-offset", "precision"}
)
DEEPEST_ZOOM_LEVEL = 24
MOST_DECIMALS = 15
_PIXEL_DEGREES = 360 / 256
_PIXEL_METRES = 2 * math.pi * 6378137 / 256
_OFFSET = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")


@dataclass(frozen=True)
class Presentation:
    """`tolerance` is how far a simplified line may stray, in units of `crs`; None leaves lines as they are."""

    fields: tuple[Field, ...]
    crs: Crs = CRS84
    geometry: bool = True
    tolerance: float | None = None
    decimals: int = CRS84.decimals


@lru_cache
def whole_presentation(collection_id: str) -> Presentation:
    """Every field, and the geometry as it is: what is shown where nothing else is asked."""
    return Presentation(COLLECTIONS[collection_id].fields)


def parse_presentation(collection: Collection, given: dict[str, str]) -> Presentation:
    """Raises BadRequest naming the parameter with an unusable value."""
    if PRESENTATION_PARAMETERS.isdisjoint(given):
        return whole_presentation(collection.id)
    crs = parse_crs(given["crs"], "crs") if "crs" in given else CRS84
    return Presentation(
        fields=_fields(collection, given),
        crs=crs,
        geometry=not parse_boolean("skipGeometry", given.get("skipGeometry", "false")),
        tolerance=_tolerance(given, crs),
        decimals=_integer("precision", given["precision"], MOST_DECIMALS) if "precision" in given else crs.decimals,
    )


def _fields(collection: Collection, given: dict[str, str]) -> tuple[Field, ...]:
    """Always in the model's order: the order of names in a parameter is no wish for an order."""
    wanted = _names("properties", given["properties"], collection) if "properties" in given else None
    unwanted = _names("exclude-properties", given.get("exclude-properties", ""), collection)
    return tuple(
        field for field in collection.fields if (wanted is None or field.name in wanted) and field.name not in unwanted
    )


def _names(parameter: str, text: str, collection: Collection) -> frozenset[str]:
    names = frozenset(name.strip() for name in text.split(",") if name.strip())
    for name in sorted(names - collection.by_name.keys() - {"id"}):
        known = ", ".join(collection.by_name)
        raise BadRequest(
            f"{parameter}: {collection.id} has no property {name[:60]!r}; it has {known}.", parameter=parameter
        )
    return names


def _tolerance(given: dict[str, str], crs: Crs) -> float | None:
    if "max-allowable-offset" in given:
        if "zoom-level" in given:
            raise BadRequest("zoom-level and max-allowable-offset exclude each other.", parameter="zoom-level")
        text = given["max-allowable-offset"]
        if not _OFFSET.fullmatch(text):
            raise BadRequest(
                f"max-allowable-offset must be a number of 0 or more, in units of crs, not {text!r}.",
                parameter="max-allowable-offset",
            )
        return float(text) or None
    if "zoom-level" in given:
        zoom = _integer("zoom-level", given["zoom-level"], DEEPEST_ZOOM_LEVEL)
        return float((_PIXEL_DEGREES if crs.is_geographic else _PIXEL_METRES) / 2**zoom)
    return None


def _integer(parameter: str, text: str, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,2}", text) or int(text) > most:
        raise BadRequest(f"{parameter} must be a whole number from 0 to {most}, not {text!r}.", parameter=parameter)
    return int(text)
