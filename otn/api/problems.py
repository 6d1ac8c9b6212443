"""Errors as problem documents (RFC 9457), and as pages for browsers."""

import logging
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from otn.api.context import VARY, headers_of
from otn.api.disconnect import ClientLeft
from otn.api.html import HtmlRenderer, PageContext
from otn.api.links import base_url
from otn.api.negotiation import HTML_TYPE, PROBLEM, PROBLEM_TYPE, choose_language, choose_representation
from otn.api.parameters import parse_parameters
from otn.errors import RequestError, Unavailable
from otn.model.text import LANGUAGES

RETRY_AFTER = 5
_log = logging.getLogger(__name__)

_MISTAKE = "The service made a mistake. It has been recorded; the request itself may be all right."


class Problems:
    """Makes the answer to a request that failed."""

    def __init__(self, renderer: HtmlRenderer, public_url: str | None) -> None:
        self._renderer = renderer
        self._public_url = public_url

    async def on_request_error(self, request: Request, error: Exception) -> Response:
        """A client's mistake, or a limit reached."""
        assert isinstance(error, RequestError)  # noqa: S101 - registered for this class only
        headers = {"Retry-After": str(RETRY_AFTER)} if isinstance(error, Unavailable) else {}
        if isinstance(error, Unavailable) and error.__cause__ is not None:
            _log.warning("%s %s", error, error.__cause__)
        return self.response(request.scope, error.status, error.title, error.detail, error.parameter, headers)

    async def on_http_error(self, request: Request, error: Exception) -> Response:
        """No route, or a method no route has."""
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
        path = request.scope["path"]
        details = {
            404: f"There is nothing at {path[:200]}.",
            405: f"{request.method} is not possible here; {(error.headers or {}).get('Allow', 'GET, HEAD')} is.",
        }
        detail = details.get(error.status_code, error.detail)
        title = HTTPStatus(error.status_code).phrase
        return self.response(request.scope, error.status_code, title, detail, None, dict(error.headers or {}))

    def response(
        self, scope: Scope, status: int, title: str, detail: str, parameter: str | None, headers: dict[str, str]
    ) -> Response:
        """A problem document, or a page where a browser asks."""
        document: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        if parameter is not None:
            document["parameter"] = parameter
        page, language = _wishes(scope)
        headers = headers | {"Vary": VARY, "Content-Language": language if page else "en"}
        if not page:
            return Response(orjson.dumps(document), status, headers, PROBLEM_TYPE)
        context = PageContext(
            base_url=_base_url(scope, self._public_url),
            path=scope["path"],
            query=_kept(scope),
            language=language,
            alternates={},
            title=title,
        )
        return Response(self._renderer.render("problem", document, context), status, headers, HTML_TYPE)


class Errors:
    """Middleware: every error becomes a problem document.

    What nobody expected is logged once, and its document tells nothing.
    """

    def __init__(self, app: ASGIApp, problems: Problems) -> None:
        self._app = app
        self._problems = problems

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything on; after the first byte of an answer has left, the error goes up to the server."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except ClientLeft:
            return
        except Exception as error:
            if started:
                raise
            response = await self._response(scope, error)
            await response(scope, receive, send)

    async def _response(self, scope: Scope, error: Exception) -> Response:
        if isinstance(error, RequestError):
            return await self._problems.on_request_error(Request(scope), error)
        if isinstance(error, HTTPException):
            return await self._problems.on_http_error(Request(scope), error)
        _log.error("%s %s", scope["method"], scope["path"], exc_info=error)
        title = HTTPStatus.INTERNAL_SERVER_ERROR.phrase
        return self._problems.response(scope, 500, title, _MISTAKE, None, {})


def _wishes(scope: Scope) -> tuple[bool, str]:
    """Whether a page is wanted, and the language; what cannot be understood counts as not said."""
    headers = headers_of(scope)
    accept, accept_language = (headers.get(name, b"").decode("latin-1") for name in (b"accept", b"accept-language"))
    try:
        given = dict(parse_parameters(scope["query_string"]))
    except RequestError:
        given = {}
    try:
        page = choose_representation(given.get("f"), accept, PROBLEM).is_html
    except RequestError:
        page = False
    try:
        return page, choose_language(given.get("lang"), accept_language)
    except RequestError:
        return page, choose_language(None, accept_language)


def _kept(scope: Scope) -> str:
    """The query string as far as links of the page can keep it: a language that does not exist is in none of them."""
    try:
        parameters = parse_parameters(scope["query_string"])
    except RequestError:
        return ""
    return urlencode([(name, value) for name, value in parameters if name != "lang" or value in LANGUAGES])


def _base_url(scope: Scope, public_url: str | None) -> str:
    try:
        return base_url(scope, headers_of(scope).get(b"host", b""), public_url)
    except RequestError:
        return ""
