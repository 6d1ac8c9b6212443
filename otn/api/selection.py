"""Which features are meant: `bbox`, `datetime`, `name=value`, `filter` and `q` become one frozen value."""

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from otn.api.bbox import Box, parse_bbox
from otn.api.cql2.expression import Expression
from otn.api.cql2.language import FilterLanguage, parse_filter_language
from otn.api.crs import CRS84, Crs, parse_crs
from otn.api.parameters import Parameters, parse_boolean
from otn.api.temporal import Interval, parse_datetime, parse_instant, parse_subset
from otn.errors import BadRequest
from otn.model.collections import COLLECTIONS, Collection
from otn.model.fields import Field, Kind

SELECTION_PARAMETERS = frozenset({"bbox", "bbox-crs", "datetime", "filter", "filter-lang", "filter-crs", "q"})
"""What selects features of any collection; those with a name of a property are its own."""
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_MOST_TERMS = 20

Value = str | int | float | bool | Interval


@dataclass(frozen=True)
class Equality:
    """A field and the value its features must have."""

    field: Field
    value: Value


class Selection(NamedTuple):
    """What a feature must be to be meant; nothing said means all. `terms` are alternatives looked for in names."""

    bbox: Box | None = None
    datetime: Interval | None = None
    equalities: tuple[Equality, ...] = ()
    terms: tuple[str, ...] = ()
    filter: Expression | None = None

    @property
    def is_everything(self) -> bool:
        return self.bbox is None and self.is_by_place_alone

    @property
    def is_by_place_alone(self) -> bool:
        """Whether nothing but a box says which are meant."""
        return not (self.datetime or self.equalities or self.terms or self.filter)


EVERYTHING = Selection()


def known_parameters(collection: Collection, names: frozenset[str]) -> frozenset[str]:
    """Those of `names` that the collection takes, and the names of its properties."""
    return _known_parameters(collection.id, names)


@lru_cache(maxsize=256)
def _known_parameters(collection_id: str, names: frozenset[str]) -> frozenset[str]:
    collection = COLLECTIONS[collection_id]
    return (names if collection.has_names else names - {"q"}).union(collection.queryables)


def parse_selection(collection: Collection, parameters: Parameters) -> tuple[Selection, tuple[Crs, ...]]:
    """The selection, and the reference systems it is said in.

    Raises BadRequest naming the parameter with an unusable value.
    """
    given, queryables = dict(parameters), collection.queryables
    bbox_crs = parse_crs(given["bbox-crs"], "bbox-crs") if "bbox-crs" in given else CRS84
    filter_crs = parse_crs(given["filter-crs"], "filter-crs") if "filter-crs" in given else CRS84
    language = parse_filter_language(given["filter-lang"]) if "filter-lang" in given else FilterLanguage.TEXT
    selection = Selection(
        bbox=parse_bbox(given["bbox"], bbox_crs) if "bbox" in given else None,
        datetime=_time(given),
        equalities=tuple([parse_equality(queryables[name], value) for name, value in parameters if name in queryables]),
        terms=parse_terms(given["q"]) if "q" in given else (),
        filter=_filter(given["filter"], language, collection, filter_crs) if "filter" in given else None,
    )
    return selection, (bbox_crs, filter_crs)


def _time(given: dict[str, str]) -> Interval | None:
    if "subset" not in given:
        return parse_datetime(given["datetime"]) if "datetime" in given else None
    if "datetime" in given:
        raise BadRequest("datetime and subset both say when: leave one out.", parameter="subset")
    return parse_subset(given["subset"])


def _filter(text: str, language: FilterLanguage, collection: Collection, crs: Crs) -> Expression:
    # What filters need for their geometries takes thirty megabytes, held once one is asked for.
    from otn.api.cql2.parse import parse_filter

    return parse_filter(text, language, collection, crs)


def parse_equality(field: Field, text: str) -> Equality:
    """`field` must equal `text`, read as a value of the field's type."""
    match field.kind:
        case Kind.BOOLEAN:
            return Equality(field, parse_boolean(field.name, text))
        case Kind.INTEGER:
            return Equality(field, _integer(field.name, text))
        case Kind.NUMBER:
            return Equality(field, _number(field.name, text))
        case Kind.INSTANT:
            return Equality(field, parse_instant(text, field.name))
        case Kind.CODE:
            return Equality(field, _code(field, text))
        case _:
            return Equality(field, text)


def parse_terms(text: str) -> tuple[str, ...]:
    """The alternatives of `q`, separated by commas; words of one alternative follow each other in the name.

    Source: OGC API - Features - Part 9 draft "Text search".
    """
    terms = tuple(" ".join(term.split()) for term in text.split(","))
    if not all(terms):
        raise BadRequest(f"q has an empty search term: {text[:60]!r}.", parameter="q")
    if len(terms) > _MOST_TERMS:
        raise BadRequest(f"q has {len(terms)} search terms; {_MOST_TERMS} are possible.", parameter="q")
    return terms


def _integer(name: str, text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise BadRequest(f"{name} must be a whole number, not {text!r}.", parameter=name)
    return int(text)


def _number(name: str, text: str) -> float:
    if not _NUMBER.fullmatch(text) or not math.isfinite(number := float(text)):
        raise BadRequest(f"{name} must be a number, not {text!r}.", parameter=name)
    return number


def _code(field: Field, text: str) -> str:
    values = field.codelist.values if field.codelist else ()
    if values and text not in values:
        raise BadRequest(f"{field.name} must be one of {', '.join(values)}, not {text!r}.", parameter=field.name)
    return text
