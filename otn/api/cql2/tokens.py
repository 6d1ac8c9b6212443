"""CQL2 text cut into words, numbers, strings and signs, in one pass."""

import re
from enum import StrEnum
from typing import NamedTuple

from otn.api.cql2.limits import LARGEST_INTEGER, refusal_at, shortened
from otn.errors import BadRequest


class Kind(StrEnum):
    """What a token is."""

    NAME = "name"
    QUOTED = "quoted"
    TEXT = "text"
    NUMBER = "number"
    SIGN = "sign"
    END = "end"


class Token(NamedTuple):
    """A token, its value (strings without quotes, numbers as such), and where it starts."""

    kind: Kind
    value: str | int | float
    position: int

    @property
    def word(self) -> str:
        """The keyword or name in upper case; empty for what is no unquoted name."""
        return str(self.value).upper() if self.kind is Kind.NAME else ""

    @property
    def shown(self) -> str:
        return "the end" if self.kind is Kind.END else shortened(repr(self.value))


_GRAMMAR = r"""[ \t\r\n]*(?:
(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
|(?P<name>(?:[^\W\d]|:)[\w.:]*)
|(?P<quoted>"(?:[^"]|"")*+")
|(?P<text>{text})
|(?P<sign><=|>=|<>|!=|[-+*/%^=<>(),])
|(?P<end>\Z)
)"""
_PLAIN = re.compile(_GRAMMAR.format(text=r"'(?:[^']|'')*+'"), re.VERBOSE)
_WITH_BACKSLASHES = re.compile(_GRAMMAR.format(text=r"'(?:[^'\\]|''|\\'|\\)*+'"), re.VERBOSE)
_KINDS = {kind.value: kind for kind in Kind}


def tokens(text: str, *, backslashes: bool = False) -> list[Token]:
    r"""The tokens, an end after them; with `backslashes`, `\'` in a string is a quote like `''`.

    Raises BadRequest with line and column for what is no token, and for integers beyond 2^53.
    """
    pattern = _WITH_BACKSLASHES if backslashes else _PLAIN
    found: list[Token] = []
    position = 0
    while not found or found[-1].kind is not Kind.END:
        match = pattern.match(text, position)
        if match is None:
            raise _meaningless(text, position)
        kind = _KINDS[str(match.lastgroup)]
        start = match.start(kind.value)
        found.append(Token(kind, _value(kind, match[kind.value], text, start, backslashes), start))
        position = match.end()
    return found


def _meaningless(text: str, position: int) -> BadRequest:
    position = len(text) - len(text[position:].lstrip(" \t\r\n"))
    if text[position] in "'\"":
        return refusal_at(text, position, f"the quotation that starts here with {text[position]} has no end.")
    return refusal_at(text, position, f"{text[position]!r} has no meaning here.")


def _value(kind: Kind, raw: str, text: str, position: int, backslashes: bool) -> str | int | float:
    match kind:
        case Kind.QUOTED:
            return raw[1:-1].replace('""', '"')
        case Kind.TEXT:
            return (raw[1:-1].replace("\\'", "''") if backslashes else raw[1:-1]).replace("''", "'")
        case Kind.NUMBER:
            return _number(raw, text, position)
    return raw


def _number(raw: str, text: str, position: int) -> int | float:
    if not raw.isdigit():
        number = float(raw)
        if number == float("inf"):
            raise refusal_at(text, position, f"the number {shortened(raw)} is too large.")
        return number
    if len(raw.lstrip("0")) > 16 or int(raw) > LARGEST_INTEGER:
        raise refusal_at(text, position, f"the integer {shortened(raw)} is beyond 2^53.")
    return int(raw)
