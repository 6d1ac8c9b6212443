"""Query strings: split once, strictly, so that a mistyped parameter is refused instead of ignored."""

import difflib
from collections.abc import Collection, Iterable
from urllib.parse import unquote_plus

from otn.errors import BadRequest

Parameters = tuple[tuple[str, str], ...]

_MOST = 100
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def parse_parameters(query: bytes) -> Parameters:
    """The parameters in their order.

    Raises BadRequest for what is no UTF-8, for control characters that no value can hold and for a repeated name.
    """
    if not query:
        return ()
    if query.count(b"&") >= _MOST:
        raise BadRequest(f"The query string has more than {_MOST} parameters.")
    try:
        fields = [field.partition("=") for field in query.decode().split("&") if field]
        pairs = [(name, value) for name, _, value in fields]
        if b"%" in query or b"+" in query:
            pairs = [
                (unquote_plus(name, errors="strict"), unquote_plus(value, errors="strict")) for name, value in pairs
            ]
    except UnicodeDecodeError:
        raise BadRequest("The query string is not percent-encoded UTF-8.") from None
    seen: set[str] = set()
    for name, value in pairs:
        if "\0" in value:
            raise BadRequest(f"{_shown(name)} holds a null character.", parameter=_shown(name))
        if name in seen:
            raise BadRequest(f"{_shown(name)} is given more than once.", parameter=_shown(name))
        seen.add(name)
    return tuple(pairs)


def parse_boolean(name: str, text: str) -> bool:
    """The value of the parameter `name`. Raises BadRequest for anything but true, false, 1 and 0."""
    try:
        return _BOOLEANS[text.lower()]
    except KeyError:
        raise BadRequest(f"{name} must be true or false, not {text!r}.", parameter=name) from None


def refuse_unknown(names: Iterable[str], known: Collection[str]) -> None:
    """Raises BadRequest for the first name that is not known, with the nearest known ones.

    Source: OGC API - Features - Part 1, requirement /req/core/query-param-unknown.
    """
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=3)
            hint = f"Did you mean {' or '.join(near)}?" if near else f"Known are {', '.join(sorted(known))}."
            raise BadRequest(f"There is no parameter {_shown(name)} here. {hint}", parameter=_shown(name))


def without_empty(parameters: Parameters) -> Parameters:
    """What a person filled in: a form sends the fields left empty too."""
    return tuple((name, value) for name, value in parameters if value)


def _shown(name: str) -> str:
    return name[:60] + ("…" if len(name) > 60 else "")
