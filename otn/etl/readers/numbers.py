"""Numbers as publishers write them in text: decimal points and commas, thousands set apart."""

import math
import re
from typing import Literal

Decimal = Literal[",", "."]

_SPACED = re.compile(r"[+-]?\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?")
_SPACES = re.compile(r"[ \u00a0\u202f]")
_PLAIN = {
    mark: re.compile(rf"[+-]?(?:\d+{re.escape(mark)}?\d*|{re.escape(mark)}\d+)(?:[eE][+-]?\d+)?") for mark in ",."
}
# The other mark sets thousands apart.
_GROUPED = {
    mark: re.compile(rf"[+-]?\d{{1,3}}(?:{re.escape(other)}\d{{3}})+(?:{re.escape(mark)}\d+)?")
    for mark, other in ((",", "."), (".", ","))
}
# 1,234 is either: a thousand and more, or one and less than a quarter.
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")


def number(text: str, decimal: Decimal | None = None) -> float | None:
    """The number that `text` is, its decimal mark `decimal`; without one, None where two readings are possible."""
    compact = text.strip().replace("\u2212", "-")
    if _SPACED.fullmatch(compact):
        compact = _SPACES.sub("", compact)
    elif decimal is None and _EITHER.fullmatch(compact):
        return None
    mark = decimal or _decimal_mark(compact)
    if _GROUPED[mark].fullmatch(compact):
        compact = compact.replace("." if mark == "," else ",", "")
    elif not _PLAIN[mark].fullmatch(compact):
        return None
    value = float(compact.replace(",", "."))
    return value if math.isfinite(value) else None


def _decimal_mark(text: str) -> Decimal:
    """Of both marks the last one; a comma that comes alone and once."""
    if "." in text and "," in text:
        return "," if text.rindex(",") > text.rindex(".") else "."
    return "," if text.count(",") == 1 else "."
