"""The order of features and the places in it: `limit`, `sortby` and paging tokens.

Sources: OGC API - Features - Part 1 (17-069r4) 7.15.2 and 7.15.7; `sortby` as OGC API - Features - Part 8 drafts it. A
token names a feature's place in the order, never a number of features to skip, so that a page deep down costs what the
first one costs, and a feature that stays as it is comes once, whatever comes and goes meanwhile.
"""

import base64
import binascii
import re
import zlib
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, NamedTuple

import orjson

from otn.errors import BadRequest
from otn.model.collections import Collection
from otn.model.fields import Field

_MOST_SORT_KEYS = 8
_LONGEST_TOKEN = 4096
_LIMIT = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True)
class Limits:
    """How many features a page holds when nothing is said, and at most."""

    default: int
    maximum: int


@dataclass(frozen=True)
class SortKey:
    """A field that orders features; those that have no value come last, whatever the direction."""

    field: Field
    descending: bool = False

    @property
    def text(self) -> str:
        """As `sortby` writes it."""
        return ("-" if self.descending else "") + self.field.name


class Place(NamedTuple):
    """A feature's place in the order of an answer: a page begins after it, or ends before it.

    `values` are those of the sort keys as text, then, unless there are any, the page rank; `id` decides at last.
    `version` is the data version of the first page: what was brought to the front since then stands where it stood.
    """

    values: tuple[str | None, ...]
    id: int
    version: int
    before: bool = False


def parse_limit(text: str, limits: Limits) -> int:
    """A positive integer, capped at the maximum as /per/core/fc-limit-response-2 of Features Part 1 permits."""
    if not _LIMIT.fullmatch(text) or int(text) == 0:
        raise BadRequest(f"limit must be a whole number from 1 to {limits.maximum}, not {text!r}.", parameter="limit")
    return min(int(text), limits.maximum)


def parse_sortby(text: str, collection: Collection) -> tuple[SortKey, ...]:
    """The keys of `name,-speedLimit`. Raises BadRequest for what does not sort, or is named twice."""
    keys = tuple(_sort_key(part.strip(), collection) for part in text.split(","))
    names = [key.field.name for key in keys]
    for name in names:
        if names.count(name) > 1:
            raise BadRequest(f"sortby names {name} more than once.", parameter="sortby")
    if len(keys) > _MOST_SORT_KEYS:
        raise BadRequest(f"sortby has {len(keys)} keys; {_MOST_SORT_KEYS} are possible.", parameter="sortby")
    return keys


def make_token(place: Place, keys: tuple[SortKey, ...]) -> str:
    """The paging token of a place: opaque to clients, safe in a URL, bound to the order it was made for."""
    content = orjson.dumps([place.values, place.id, place.version, place.before])
    return _encoded(_checksum(content, keys) + content)


def parse_token(text: str, keys: tuple[SortKey, ...]) -> Place:
    """Raises BadRequest where `text` is no token that make_token made for this order."""
    try:
        if len(text) > _LONGEST_TOKEN:
            raise ValueError
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        checksum, content = raw[:4], raw[4:]
        # The last character has bits that decoding passes over, so the text is compared as a whole.
        if checksum != _checksum(content, keys) or _encoded(raw) != text:
            raise ValueError
        return _place(orjson.loads(content), keys)
    except (binascii.Error, UnicodeEncodeError, ValueError):
        raise BadRequest(
            "token is none of this service for this order: take the address of the link with rel=next.",
            parameter="token",
        ) from None


def _place(content: Any, keys: tuple[SortKey, ...]) -> Place:
    """Raises ValueError for what no place in this order can be: a checksum keeps nobody from writing tokens."""
    match content:
        case [list(values), int(feature_id), int(version), bool(before)]:
            is_storable = max(abs(feature_id), abs(version)) < 2**63
            if is_storable and _are_of(values, keys):
                return Place(tuple(values), feature_id, version, before)
    raise ValueError


def _are_of(values: list[Any], keys: tuple[SortKey, ...]) -> bool:
    """Whether the values are those of the keys before the id, which decides; without keys the one is a page rank."""
    deciding = list(takewhile(lambda key: key.field.name != "id", keys))
    nullable = [not key.field.required for key in deciding] if keys else [False]
    return len(values) == len(nullable) and all(
        isinstance(value, str) or (value is None and may_be_null)
        for value, may_be_null in zip(values, nullable, strict=True)
    )


def _sort_key(text: str, collection: Collection) -> SortKey:
    # A plus sign that was not percent-encoded arrives as a space, which strip() has taken away.
    name = text.removeprefix("+") if text.startswith("+") else text.removeprefix("-")
    field = collection.queryables.get(name)
    if field is None:
        known = ", ".join(collection.queryables)
        raise BadRequest(f"sortby: {name[:60]!r} does not sort {collection.id}; {known} do.", parameter="sortby")
    return SortKey(field, descending=text.startswith("-"))


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _checksum(content: bytes, keys: tuple[SortKey, ...]) -> bytes:
    order = ",".join(key.text for key in keys)
    return zlib.crc32(order.encode() + b"\0" + content).to_bytes(4, "big")
