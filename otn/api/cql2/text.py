"""CQL2 text read into the form that CQL2 JSON has.

Source: OGC 21-065r2, annex B (BNF). A descent through the grammar that never looks back, so its time grows with the
length of the text only. Beyond the grammar it reads `!=`, a minus before any operand, names with dots, and `ILIKE`,
which GDAL writes.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from otn.api.cql2.limits import BRACKETS, refusal_at
from otn.api.cql2.tokens import Kind, Token, tokens
from otn.errors import BadRequest

Tree = Any
"""What CQL2 JSON is made of: dict, list, str, int, float and bool."""

_COMPARISONS = {"=": "=", "<>": "<>", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_RESERVED = frozenset({"AND", "OR", "NOT", "LIKE", "BETWEEN", "IN", "IS", "NULL", "TRUE", "FALSE", "DIV"})
_GEOMETRIES = {
    "POINT": ("Point", 0),
    "LINESTRING": ("LineString", 1),
    "POLYGON": ("Polygon", 2),
    "MULTIPOINT": ("MultiPoint", 1),
    "MULTILINESTRING": ("MultiLineString", 2),
    "MULTIPOLYGON": ("MultiPolygon", 3),
    "GEOMETRYCOLLECTION": ("GeometryCollection", 0),
}
"""The names of GeoJSON, and how many brackets there are around each position beside those around a point's."""


def read_text(text: str) -> Tree:
    r"""The filter as a tree. Raises BadRequest with line and column.

    A quote in a string is written `''`, or `\'` where the text can be read in no other way: a backslash may also be
    the last character of a string.
    """
    try:
        return _Reader(text, tokens(text)).filter()
    except BadRequest:
        if "\\'" not in text:
            raise
        # Where it makes no sense that way either, the first mistake is the one to tell.
        with suppress(BadRequest):
            return _Reader(text, tokens(text, backslashes=True)).filter()
        raise


class _Reader:
    """One way through the tokens; each method reads one rule of the grammar."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self._text = text
        self._tokens = tokens
        self._at = 0
        self._brackets = 0

    def filter(self) -> Tree:
        tree = self._or()
        if self._token.kind is not Kind.END:
            raise self._unexpected("an operator or the end")
        return tree

    @property
    def _token(self) -> Token:
        return self._tokens[self._at]

    @property
    def _following(self) -> Token:
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)]

    def _take(self) -> Token:
        token = self._token
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _is_sign(self, *signs: str) -> bool:
        return self._token.kind is Kind.SIGN and self._token.value in signs

    def _took_sign(self, sign: str) -> bool:
        found = self._is_sign(sign)
        if found:
            self._take()
        return found

    def _took_word(self, word: str) -> bool:
        found = self._token.word == word
        if found:
            self._take()
        return found

    def _expect(self, sign: str) -> None:
        if not self._took_sign(sign):
            raise self._unexpected(sign)

    def _unexpected(self, expected: str) -> BadRequest:
        return refusal_at(self._text, self._token.position, f"expected {expected}, found {self._token.shown}.")

    def _open(self) -> None:
        self._expect("(")
        self._brackets += 1
        if self._brackets > BRACKETS:
            raise refusal_at(self._text, self._token.position, f"brackets are nested deeper than {BRACKETS}.")

    def _close(self) -> None:
        self._expect(")")
        self._brackets -= 1

    def _separated(self, item: Callable[[], Tree]) -> list[Tree]:
        """Items between brackets, separated by commas: at least one."""
        self._open()
        items = [item()]
        while self._took_sign(","):
            items.append(item())
        self._close()
        return items

    def _or(self) -> Tree:
        return self._joined("OR", "or", self._and)

    def _and(self) -> Tree:
        return self._joined("AND", "and", self._not)

    def _joined(self, word: str, op: str, operand: Callable[[], Tree]) -> Tree:
        operands = [operand()]
        while self._took_word(word):
            operands.append(operand())
        return operands[0] if len(operands) == 1 else {"op": op, "args": operands}

    def _not(self) -> Tree:
        count = 0
        while self._took_word("NOT"):
            count += 1
        tree = self._comparison()
        for _ in range(count):
            tree = _negated(tree)
        return tree

    def _comparison(self) -> Tree:
        left = self._sum()
        if self._token.kind is Kind.SIGN and self._token.value in _COMPARISONS:
            op = _COMPARISONS[str(self._take().value)]
            return {"op": op, "args": [left, self._sum()]}
        if self._took_word("IS"):
            negated = self._took_word("NOT")
            if not self._took_word("NULL"):
                raise self._unexpected("NULL")
            tree = {"op": "isNull", "args": [left]}
            return _negated(tree) if negated else tree
        negated = self._took_word("NOT")
        word = self._token.word
        rules = {"LIKE": self._like, "ILIKE": self._like_in_any_case, "BETWEEN": self._between, "IN": self._in}
        if word in rules:
            self._take()
            tree = rules[word](left)
            return _negated(tree) if negated else tree
        if negated:
            raise self._unexpected("LIKE, BETWEEN or IN")
        return left

    def _like(self, left: Tree) -> Tree:
        return {"op": "like", "args": [left, self._sum()]}

    def _like_in_any_case(self, left: Tree) -> Tree:
        return {"op": "like", "args": [{"op": "casei", "args": [side]} for side in (left, self._sum())]}

    def _between(self, left: Tree) -> Tree:
        lower = self._sum()
        if not self._took_word("AND"):
            raise self._unexpected("AND")
        return {"op": "between", "args": [left, lower, self._sum()]}

    def _in(self, left: Tree) -> Tree:
        return {"op": "in", "args": [left, self._separated(self._or)]}

    def _sum(self) -> Tree:
        tree = self._product()
        while self._is_sign("+", "-"):
            tree = {"op": self._take().value, "args": [tree, self._product()]}
        return tree

    def _product(self) -> Tree:
        tree = self._power()
        while self._is_sign("*", "/", "%") or self._token.word == "DIV":
            token = self._take()
            tree = {"op": "div" if token.word else token.value, "args": [tree, self._power()]}
        return tree

    def _power(self) -> Tree:
        """From right to left: `2 ^ 3 ^ 2` is `2 ^ 9`."""
        factors = [self._signed()]
        while self._took_sign("^"):
            factors.append(self._signed())
        tree = factors.pop()
        while factors:
            tree = {"op": "^", "args": [factors.pop(), tree]}
        return tree

    def _signed(self) -> Tree:
        negative = False
        while self._is_sign("+", "-"):
            negative ^= self._take().value == "-"
        literal = self._token.kind is Kind.NUMBER
        tree = self._operand()
        if not negative:
            return tree
        return -tree if literal else {"op": "*", "args": [-1, tree]}

    def _operand(self) -> Tree:
        token = self._token
        if token.kind in (Kind.NUMBER, Kind.TEXT):
            return self._take().value
        if token.kind is Kind.QUOTED:
            return {"property": self._take().value}
        if self._is_sign("("):
            return self._bracketed()
        if token.word in ("TRUE", "FALSE"):
            return self._take().word == "TRUE"
        if token.word == "NULL":
            raise refusal_at(self._text, token.position, "nothing equals NULL: write IS NULL or IS NOT NULL.")
        if token.kind is not Kind.NAME or token.word in _RESERVED:
            raise self._unexpected("a value, a property, a function or (")
        return self._named()

    def _bracketed(self) -> Tree:
        """`(a)` is `a`; `()` and `(a, b)` are arrays."""
        if self._following.kind is Kind.SIGN and self._following.value == ")":
            self._open()
            self._close()
            return []
        items = self._separated(self._or)
        return items[0] if len(items) == 1 else items

    def _named(self) -> Tree:
        """What starts with a name: a property, or, where a bracket follows, a geometry, a time or a function."""
        token = self._token
        following = self._following
        opens = following.kind is Kind.SIGN and following.value == "("
        if token.word in _GEOMETRIES and (opens or following.word in ("Z", "M", "ZM", "EMPTY")):
            return self._geometry()
        self._take()
        if not opens:
            return {"property": token.value}
        if token.word == "BBOX":
            return {"bbox": self._separated(self._coordinate)}
        if token.word in ("DATE", "TIMESTAMP"):
            self._open()
            tree = {token.word.lower(): self._string()}
            self._close()
            return tree
        if token.word == "INTERVAL":
            return {"interval": self._separated(self._interval_end)}
        return self._function(token)

    def _function(self, name: Token) -> Tree:
        if self._following.kind is Kind.SIGN and self._following.value == ")":
            self._open()
            self._close()
            return {"op": name.value, "args": []}
        argument = self._array if name.word.startswith("A_") else self._or
        return {"op": name.value, "args": self._separated(argument)}

    def _array(self) -> Tree:
        """An argument of an array function: there `('a')` is an array with one element."""
        opened = self._is_sign("(")
        tree = self._or()
        return [tree] if opened and not isinstance(tree, list) else tree

    def _string(self) -> str:
        if self._token.kind is not Kind.TEXT:
            raise self._unexpected("a date or timestamp in single quotes")
        return str(self._take().value)

    def _interval_end(self) -> Tree:
        return self._take().value if self._token.kind is Kind.TEXT else self._operand()

    def _geometry(self) -> Tree:
        name = self._take()
        kind, depth = _GEOMETRIES[name.word]
        if self._token.word in ("M", "ZM", "EMPTY"):
            raise self._unexpected("(")
        self._took_word("Z")
        if kind == "GeometryCollection":
            return {"type": kind, "geometries": self._separated(self._part)}
        if kind == "Point":
            self._open()
            position = self._position()
            self._close()
            return {"type": kind, "coordinates": position}
        return {"type": kind, "coordinates": self._coordinates(depth, points=kind == "MultiPoint")}

    def _part(self) -> Tree:
        if self._token.word not in _GEOMETRIES:
            raise self._unexpected("a geometry")
        return self._geometry()

    def _coordinates(self, depth: int, *, points: bool) -> list[Tree]:
        if depth > 1:
            return self._separated(lambda: self._coordinates(depth - 1, points=points))
        return self._separated(self._bracketed_position if points else self._position)

    def _bracketed_position(self) -> list[Tree]:
        """The point of a MULTIPOINT: `(1 2)`, or as older software writes it, `1 2`."""
        if not self._is_sign("("):
            return self._position()
        self._open()
        position = self._position()
        self._close()
        return position

    def _position(self) -> list[Tree]:
        position = [self._coordinate(), self._coordinate()]
        if not self._is_sign(",", ")"):
            position.append(self._coordinate())
        return position

    def _coordinate(self) -> Tree:
        negative = self._is_sign("-")
        if self._is_sign("+", "-"):
            self._take()
        if self._token.kind is not Kind.NUMBER:
            raise self._unexpected("a number")
        number: Tree = self._take().value
        return -number if negative else number


def _negated(tree: Tree) -> Tree:
    return {"op": "not", "args": [tree]}
