"""`POST /collections/{collectionId}/search`: the questions of `items` in a body, for filters too long for an address.

The body is a JSON object whose members are named as the parameters of `items`, or a form with the same names. The
answer is that of the `items` address with these parameters, which its links name.
"""

import re
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from otn.api.context import headers_of
from otn.api.cql2.language import FilterLanguage
from otn.api.disconnect import ClientLeft
from otn.api.parameters import Parameters, parse_parameters
from otn.errors import BadRequest

_MOST_BYTES = 256 * 1024
_CONDITIONS = (b"if-none-match", b"if-modified-since")
_STRING_OR_NUMBER = re.compile(rb'"(?:[^"\\]|\\.)*+"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?', re.DOTALL)
_MOST_DIGITS = 20
_FORM = b"application/x-www-form-urlencoded"


class Search:
    """Turns the body into the query string of `items`, which answers."""

    def __init__(self, items: ASGIApp) -> None:
        self._items = items

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises what the error handlers know: RequestError, HTTPException, ClientLeft."""
        if scope["method"] != "POST":
            raise HTTPException(405, headers={"Allow": "POST"})
        body = await _body(receive)
        form = headers_of(scope).get(b"content-type", b"").partition(b";")[0].strip().lower() == _FORM
        asked = parse_parameters(body) if form else _members(body)
        path = scope["path"].removesuffix("search") + "items"
        query = urlencode((*parse_parameters(scope["query_string"]), *asked), quote_via=quote)
        address = {"path": path, "raw_path": path.encode(), "query_string": query.encode()}
        # To a condition on POST 304 is no answer (RFC 9110 13.1), and nobody holds what such a condition is for.
        headers = [header for header in scope["headers"] if header[0] not in _CONDITIONS]
        question = {**scope, **address, "method": "GET", "headers": headers}
        await self._items(question, receive, send)


async def _body(receive: Receive) -> bytes:
    parts = []
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeft
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > _MOST_BYTES:
            raise BadRequest(f"The body is longer than {_MOST_BYTES:,} bytes.")
        more = message.get("more_body", False)
    return b"".join(parts)


def _refuse_inexact(body: bytes) -> None:
    """orjson makes floats of integers that do not fit into eight bytes, and says nothing."""
    for match in _STRING_OR_NUMBER.finditer(body):
        raw = match[0]
        if raw.lstrip(b"-").isdigit() and (len(raw) > _MOST_DIGITS or not -(2**63) <= int(raw) < 2**64):
            raise BadRequest(f"The integer {raw[:60].decode()} in the body does not fit into 64 bits.")


def _members(body: bytes) -> Parameters:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest(
            f"The body is no JSON: {error}. It is an object whose members are named as the parameters of items."
        ) from None
    _refuse_inexact(body)
    if not isinstance(document, dict):
        raise BadRequest("The body is no JSON object whose members are named as the parameters of items.")
    parameters = tuple((name, _text(name, value)) for name, value in document.items())
    if isinstance(document.get("filter"), dict) and "filter-lang" not in document:
        parameters = (*parameters, ("filter-lang", FilterLanguage.JSON))
    return parameters


def _text(name: str, value: Any) -> str:
    """A member as the parameter of the same name has it."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() | float():
            return str(value)
        case dict() if name == "filter":
            return _filter(value)
        case list() if all(isinstance(entry, str | int | float) for entry in value):
            return ",".join(str(entry) for entry in value)
    raise BadRequest(f"{name[:60]} must be a text, a number, true or false, or a list of them.", parameter=name[:60])


def _filter(tree: dict[str, Any]) -> str:
    try:
        return orjson.dumps(tree).decode()
    except orjson.JSONEncodeError as error:
        raise BadRequest(f"filter cannot be read: {error}.", parameter="filter") from None
