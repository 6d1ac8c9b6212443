"""The parsed request for features: query parameters become one frozen value or a BadRequest."""

import base64
import binascii
import math
import re
import struct
import zlib
from dataclasses import dataclass
from typing import NamedTuple

from otn.api.bbox import BoundingBox, parse_bbox
from otn.api.parameters import Parameters, refuse_unknown
from otn.api.temporal import Interval, parse_datetime, parse_instant
from otn.errors import BadRequest
from otn.model.collections import Collection
from otn.model.fields import Field, Kind

REPRESENTATION_PARAMETERS = frozenset({"f", "lang"})
ITEMS_PARAMETERS = REPRESENTATION_PARAMETERS | {"limit", "bbox", "datetime", "token"}
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_TOKEN = struct.Struct(">qqH")

_LARGEST_ID = 2**53

Value = str | int | float | bool | Interval


class Key(NamedTuple):
    """The place of a feature in the order of every answer."""

    page_rank: int
    id: int


@dataclass(frozen=True)
class Limits:
    """How many features a page holds when nothing is said, and at most."""

    default: int
    maximum: int


@dataclass(frozen=True)
class Filter:
    """A field and the value its features must have."""

    field: Field
    value: Value


@dataclass(frozen=True)
class ItemsQuery:
    """Which features of a collection, and which page of them: those after `after`, or from `offset` on."""

    limit: int
    bbox: BoundingBox | None = None
    datetime: Interval | None = None
    filters: tuple[Filter, ...] = ()
    after: Key | None = None
    offset: int = 0

    @property
    def selects(self) -> bool:
        """Whether it asks for fewer than all features."""
        return self.bbox is not None or self.datetime is not None or bool(self.filters)


def items_query(collection: Collection, parameters: Parameters, limits: Limits) -> ItemsQuery:
    """Raises BadRequest naming the parameter that is unknown or has an unusable value."""
    given = dict(parameters)
    fields = {name: field for name, field in collection.by_name.items() if field.filterable}
    refuse_unknown(given, ITEMS_PARAMETERS | fields.keys())
    return ItemsQuery(
        limit=parse_limit(given["limit"], limits) if "limit" in given else limits.default,
        bbox=parse_bbox(given["bbox"]) if "bbox" in given else None,
        datetime=parse_datetime(given["datetime"]) if "datetime" in given else None,
        filters=tuple(parse_filter(fields[name], value) for name, value in parameters if name in fields),
        after=parse_token(given["token"]) if "token" in given else None,
    )


def parse_limit(text: str, limits: Limits) -> int:
    """A positive integer, capped at the maximum as /per/core/fc-limit-response-2 of Features Part 1 permits."""
    if not re.fullmatch(r"[0-9]{1,18}", text) or int(text) == 0:
        raise BadRequest(f"limit must be a whole number from 1 to {limits.maximum}, not {text!r}.", parameter="limit")
    return min(int(text), limits.maximum)


def parse_filter(field: Field, text: str) -> Filter:
    """`field` must equal `text`, read as a value of the field's type."""
    match field.kind:
        case Kind.BOOLEAN:
            return Filter(field, _boolean(field.name, text))
        case Kind.INTEGER:
            return Filter(field, _integer(field.name, text))
        case Kind.NUMBER:
            return Filter(field, _number(field.name, text))
        case Kind.INSTANT:
            return Filter(field, parse_instant(text, field.name))
        case Kind.CODE:
            return Filter(field, _code(field, text))
        case _:
            return Filter(field, text)


def parse_identifier(text: str) -> int | None:
    """A feature's identifier; None for what none can be: anything but an integer from 0 to 2^53."""
    if not re.fullmatch(r"[0-9]{1,16}", text):
        return None
    return int(text) if int(text) <= _LARGEST_ID else None


def make_token(key: Key) -> str:
    """The paging token of the page after `key`: opaque to clients, safe in a URL."""
    return base64.urlsafe_b64encode(_TOKEN.pack(*key, _checksum(key))).decode().rstrip("=")


def parse_token(text: str) -> Key:
    """Raises BadRequest where `text` is no token that make_token made."""
    try:
        page_rank, feature_id, checksum = _TOKEN.unpack(base64.b64decode(text, altchars=b"-_", validate=True))
    except (binascii.Error, struct.error, ValueError):
        raise _damaged_token() from None
    key = Key(page_rank, feature_id)
    if checksum != _checksum(key):
        raise _damaged_token()
    return key


def _checksum(key: Key) -> int:
    return zlib.crc32(struct.pack(">qq", *key)) & 0xFFFF


def _damaged_token() -> BadRequest:
    return BadRequest("token is none of this service: take the address of the link with rel=next.", parameter="token")


def _boolean(name: str, text: str) -> bool:
    try:
        return _BOOLEANS[text.lower()]
    except KeyError:
        raise BadRequest(f"{name} must be true or false, not {text!r}.", parameter=name) from None


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
