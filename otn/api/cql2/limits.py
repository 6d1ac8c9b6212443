"""How large a filter may be, and how its mistakes are said."""

from otn.errors import BadRequest

CHARACTERS = 65_536
BRACKETS = 32
"""How deep brackets may be nested in text."""
JSON_BRACKETS = 100
DEPTH = 50
"""How deep operations may be nested, `a + b + c` being two."""
VALUES = 2_000
"""How many operations, properties and values there may be, a geometry being one."""
LARGEST_INTEGER = 2**53
"""Up to here a number of JSON is exact for every reader."""

_SHOWN = 60


def refusal(sentence: str, kind: type[BadRequest] = BadRequest) -> BadRequest:
    """What is wrong with the parameter `filter`."""
    return kind(f"filter: {sentence}", parameter="filter")


def refusal_at(text: str, position: int, sentence: str) -> BadRequest:
    """What is wrong at a position in the filter, given as line and column from 1."""
    before = text[:position]
    column = position - before.rfind("\n")
    return refusal(f"line {before.count(chr(10)) + 1}, column {column}: {sentence}")


def shortened(text: str) -> str:
    """What a client sent, short enough to be quoted to it."""
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
