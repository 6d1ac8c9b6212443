"""CQL2 text cut into words, numbers, strings and signs, in one pass."""

import re
from dataclasses import dataclass
from enum import StrEnum

from otn.api.cql2.limits import LARGEST_INTEGER, refusal_at, shortened


class Kind(StrEnum):
    """What a token is."""

    NAME = "name"
    QUOTED = "quoted"
    TEXT = "text"
    NUMBER = "number"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True)
class Token:
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


_SPACE = re.compile(r"[ \t\r\n]*")
_PATTERNS = {
    Kind.NUMBER: re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"),
    Kind.NAME: re.compile(r"(?:[^\W\d]|:)[\w.:]*"),
    Kind.QUOTED: re.compile(r'"(?:[^"]|"")*+"'),
    Kind.TEXT: re.compile(r"'(?:[^']|'')*+'"),
    Kind.SIGN: re.compile(r"<=|>=|<>|!=|[-+*/%^=<>(),]"),
}
_TEXT_WITH_BACKSLASHES = re.compile(r"'(?:[^'\\]|''|\\'|\\)*+'")


def tokens(text: str, *, backslashes: bool = False) -> list[Token]:
    r"""The tokens, an end after them; with `backslashes`, `\'` in a string is a quote like `''`.

    Raises BadRequest with line and column for what is no token, and for integers beyond 2^53.
    """
    found: list[Token] = []
    position = _after_space(text, 0)
    while position < len(text):
        kind, raw = _next(text, position, backslashes)
        found.append(Token(kind, _value(kind, raw, text, position, backslashes), position))
        position = _after_space(text, position + len(raw))
    found.append(Token(Kind.END, "", len(text)))
    return found


def _after_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _next(text: str, position: int, backslashes: bool) -> tuple[Kind, str]:
    for kind, pattern in _PATTERNS.items():
        if kind is Kind.TEXT and backslashes:
            pattern = _TEXT_WITH_BACKSLASHES
        match = pattern.match(text, position)
        if match:
            return kind, match[0]
    if text[position] in "'\"":
        raise refusal_at(text, position, f"the quotation that starts here with {text[position]} has no end.")
    raise refusal_at(text, position, f"{text[position]!r} has no meaning here.")


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
