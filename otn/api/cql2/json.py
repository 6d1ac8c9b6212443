"""CQL2 JSON read with Python's own reader, which keeps integers exact, behind a scan for its depth."""

import json
import re
from typing import Any

from otn.api.cql2.limits import JSON_BRACKETS, LARGEST_INTEGER, refusal, refusal_at, shortened

_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)


def read_json(text: str) -> Any:
    """The filter as a tree. Raises BadRequest with line and column."""
    _refuse_deep(text)
    try:
        return json.loads(text, parse_int=_integer, parse_float=_float, parse_constant=_constant)
    except json.JSONDecodeError as error:
        raise refusal_at(text, error.pos, f"no JSON: {error.msg}.") from None


def _refuse_deep(text: str) -> None:
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        if match[0] in ("[", "{"):
            depth += 1
        elif match[0] in ("]", "}"):
            depth -= 1
        if depth > JSON_BRACKETS:
            raise refusal_at(text, match.start(), f"brackets are nested deeper than {JSON_BRACKETS}.")


def _integer(raw: str) -> int:
    if len(raw.lstrip("-")) > 16 or abs(int(raw)) > LARGEST_INTEGER:
        raise refusal(f"the integer {shortened(raw)} is beyond 2^53.")
    return int(raw)


def _float(raw: str) -> float:
    number = float(raw)
    if number in (float("inf"), float("-inf")):
        raise refusal(f"the number {shortened(raw)} is too large.")
    return number


def _constant(raw: str) -> float:
    raise refusal(f"{raw} is no number of JSON.")
