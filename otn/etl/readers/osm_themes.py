"""OpenStreetMap for more than roads: which objects each collection takes, and what is taken of them.

Ports and airports are drawn as points, lines or areas; port facilities too. What is tagged as out of use is left out,
and so are groups of objects (relations of the types `site`, `building`, ...): their members are there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from osmium.filter import KeyFilter, TagFilter

from otn.etl.readers.osm_area_tags import AREA_TAGS, BUILDING_RULES, area_kind, area_rules, is_building
from otn.etl.readers.osm_objects import Element, Shape, Theme
from otn.etl.readers.osm_place_tags import (
    AIRPORT_RULES,
    AIRPORT_TAGS,
    FACILITY_RULES,
    FACILITY_TAGS,
    PORT_RULES,
    PORT_TAGS,
    RAILWAY_RULES,
    RAILWAY_TAGS,
    RUNWAY_RULES,
    RUNWAYS_AND_TAXIWAYS,
    facility_kind,
    is_airport,
    is_port,
    is_railway,
)
from otn.etl.readers.osm_rules import Rule, Tags, tags_of
from otn.model.collections import AIRPORTS, AREAS, BUILDINGS, PORT_FACILITIES, PORTS, RAILWAYS, RUNWAYS

_WAYS = (Element.OPEN_WAY, Element.CLOSED_WAY)
_AIR_AREAS = ("apron", "aerodromeArea")
_RUNWAY_TAGS = tuple(("aeroway", value) for value in RUNWAYS_AND_TAXIWAYS)

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Kind:
    """The objects of a collection: which they are, and what their tags mean."""

    theme: Theme
    rules: Sequence[Rule]


def kind_of(collection: str, country: str | None = None) -> Kind | None:
    """The objects that OpenStreetMap has for a collection; None where this is not the place for them.

    `country` is that of administrative areas that do not say theirs.
    """
    if collection == AREAS.id:
        return _kind("area", AREA_TAGS, area_rules(country), _area)
    return _KINDS.get(collection)


def _kind(
    what: str,
    pairs: Pairs,
    rules: Sequence[Rule],
    shape: Callable[[Element, Tags], Shape | None],
    more_tags: tuple[str, ...] = (),
) -> Kind:
    tags = tuple(dict.fromkeys(("name", *tags_of(rules), *more_tags)))
    return Kind(Theme(what, partial(TagFilter, *pairs), tags, shape), rules)


def _drawn(element: Element, tags: Tags) -> Shape | None:
    """What an object is drawn as, where that may be a point, a line or an area; closed ways are areas if not told."""
    if element is Element.NODE:
        return Shape.POINT
    if element is Element.OPEN_WAY or (element is Element.CLOSED_WAY and tags.get("area") == "no"):
        return Shape.LINE
    return Shape.AREA if element in (Element.CLOSED_WAY, Element.AREA_RELATION) else None


def _port(element: Element, tags: Tags) -> Shape | None:
    return _drawn(element, tags) if is_port(tags) else None


def _airport(element: Element, tags: Tags) -> Shape | None:
    return _drawn(element, tags) if is_airport(tags) else None


def _facility(element: Element, tags: Tags) -> Shape | None:
    kind = facility_kind(tags)
    if kind == "ferryRoute":
        return Shape.ROUTE if element in (*_WAYS, Element.ROUTE_RELATION) else None
    return _drawn(element, tags) if kind else None


def _runway(element: Element, tags: Tags) -> Shape | None:
    """Runways and taxiways, and the aerodromes they belong to.

    A taxiway may go round, a runway does not: a closed one is its outline.
    """
    if tags.get("aeroway") in RUNWAYS_AND_TAXIWAYS:
        if element in _WAYS:
            outline = element is Element.CLOSED_WAY and (tags.get("area") == "yes" or tags.get("aeroway") == "runway")
            return Shape.AREA if outline else Shape.LINE
        return Shape.AREA if element is Element.AREA_RELATION else None
    whole = element in (Element.CLOSED_WAY, Element.AREA_RELATION)
    return Shape.AREA if whole and is_airport(tags) else None


def _railway(element: Element, tags: Tags) -> Shape | None:
    return Shape.LINE if element in _WAYS and is_railway(tags) else None


def _area(element: Element, tags: Tags) -> Shape | None:
    """Ways with a boundary but no name are pieces of the boundaries that relations put together."""
    if element not in (*_WAYS, Element.AREA_RELATION):
        return None
    kind = area_kind(tags)
    if kind == "portArea":
        wanted = element is not Element.OPEN_WAY
    elif kind is None or kind in _AIR_AREAS:
        wanted = kind is not None
    else:
        wanted = element is Element.AREA_RELATION or (element is Element.CLOSED_WAY and bool(tags.get("name")))
    return Shape.AREA if wanted else None


def _building(element: Element, tags: Tags) -> Shape | None:
    drawn = element in (*_WAYS, Element.AREA_RELATION)
    return Shape.AREA if drawn and is_building(tags) else None


_BUILDING_TAGS = ("name", *tags_of(BUILDING_RULES))
_KINDS = {
    PORTS.id: _kind("port", PORT_TAGS, PORT_RULES, _port),
    PORT_FACILITIES.id: _kind("port facility", FACILITY_TAGS, FACILITY_RULES, _facility),
    AIRPORTS.id: _kind("aerodrome or heliport", AIRPORT_TAGS, AIRPORT_RULES, _airport),
    RAILWAYS.id: _kind("railway in use", RAILWAY_TAGS, RAILWAY_RULES, _railway),
    BUILDINGS.id: Kind(Theme("building", partial(KeyFilter, "building"), _BUILDING_TAGS, _building), BUILDING_RULES),
    RUNWAYS.id: _kind("runway or taxiway", (*_RUNWAY_TAGS, *AIRPORT_TAGS), RUNWAY_RULES, _runway, ("icao",)),
}
