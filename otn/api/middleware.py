"""What happens to every request and answer: plain ASGI, one class for one thing."""

import re
import time
from collections.abc import Mapping
from operator import itemgetter
from urllib.parse import quote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from otn.api.access_log import AccessLog
from otn.api.codings import (
    AS_IT_IS,
    IDENTITY,
    LEAST_TO_COMPRESS,
    Encoder,
    coding_for,
    encoded,
    is_compressible,
    stream_encoder,
)
from otn.api.conditional import etag_in_coding, is_conditional
from otn.api.disconnect import WhileConnected
from otn.api.response_cache import KEEP_WHILE, REQUEST_KEY, Header, KeptAnswer, ResponseCache

_CONTENT_SECURITY_POLICY = (
    b"default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data:; "
    b"connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_EVERYONE: Header = (b"access-control-allow-origin", b"*")
_METHODS = b"GET, HEAD, POST, OPTIONS"
_PREFLIGHT: list[Header] = [
    _EVERYONE,
    (b"access-control-allow-methods", _METHODS),
    (
        b"access-control-allow-headers",
        b"Accept, Accept-Language, Authorization, Cache-Control, Content-Crs, Content-Language, Content-Type, "
        b"If-Modified-Since, If-None-Match, If-Range, Range, X-Requested-With",
    ),
    (b"access-control-max-age", b"86400"),
    (b"allow", _METHODS),
]
_EXPOSED = (
    b"Accept-Ranges, Content-Crs, Content-Disposition, Content-Language, Content-Range, ETag, Last-Modified, Link, "
    b"Location, OGC-NumberMatched, OGC-NumberReturned, OTN-Edition, Retry-After"
)
_ON_EVERY_ANSWER: list[Header] = [
    _EVERYONE,
    (b"access-control-expose-headers", _EXPOSED),
    (b"x-content-type-options", b"nosniff"),
]
_ON_PAGES: list[Header] = [(b"content-security-policy", _CONTENT_SECURITY_POLICY), (b"referrer-policy", b"same-origin")]

_NO_CONTENT = (204, 304)
_KEPT = (200, *_NO_CONTENT)
_REPEATED_SLASHES = re.compile(r"/{2,}")


class Answers:
    """Headers that every answer carries, its content coding, its line in the access log, and preflight requests.

    Where there is a cache, an answer that is complete and may be kept is put into it, headers, coding and all: the
    connection takes it from there (`otn.api.connection`).
    """

    def __init__(self, app: ASGIApp, cache: ResponseCache | None = None, log: AccessLog | None = None) -> None:
        self._app = app
        self.cache = cache
        self.log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        answer = _Answer(scope, send)
        try:
            if scope["method"] == "OPTIONS":
                await send({"type": "http.response.start", "status": 204, "headers": _PREFLIGHT})
                await send({"type": "http.response.body"})
                answer.status = 204
            else:
                await self._answer(scope, receive, answer)
        finally:
            if self.log is not None:
                self.log.write(scope, answer.status, answer.sent, time.perf_counter() - began)

    async def _answer(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        await self._app(scope, receive, answer.send)
        key, holds = scope.get(REQUEST_KEY), scope.get(KEEP_WHILE)
        if self.cache is None or key is None or holds is None or answer.whole is None:
            return
        # Whoever names what is out of date need not have room for what others get without naming anything.
        if answer.status == 304 or not is_conditional(scope):
            self.cache.keep(key, KeptAnswer.of(*answer.whole, holds))


class _Answer:
    """One answer on its way: its start is held back until the first of the body shows whether coding is worth it.

    `whole` are its status, its headers and its body once it is sent, where it is no error and came in one piece.
    """

    __slots__ = ("_coding", "_encoder", "_head", "_identity_refused", "_send", "_start", "sent", "status", "whole")

    def __init__(self, scope: Scope, send: Send) -> None:
        self._send = send
        self._coding, self._identity_refused = coding_for(scope)
        self._head = scope["method"] == "HEAD"
        self._start: Message | None = None
        self._encoder: Encoder | None = None
        self.status: int | None = None
        self.sent = 0
        self.whole: tuple[int, list[Header], bytes] | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        if self._start is not None:
            start, self._start = self._start, None
            message = self._begin(start, message)
            self.status = start["status"]
            if start["status"] in _KEPT and not message.get("more_body", False):
                self.whole = start["status"], start["headers"], message.get("body", b"")
            await self._send(start)
        elif self._encoder is not None:
            more = message.get("more_body", False)
            content = self._encoder(message.get("body", b""), not more)
            message = {"type": "http.response.body", "body": content, "more_body": more}
        if not self._head:
            self.sent += len(message.get("body", b""))
        await self._send(message)

    def _begin(self, start: Message, first: Message) -> Message:
        """Completes the headers in `start`; returns the first part of the body as it is to be sent."""
        headers = dict(start["headers"])  # None of ours comes twice.
        content_type = headers.get(b"content-type", b"")
        compressible = is_compressible(content_type)
        if AS_IT_IS not in headers:
            first = self._negotiated(start["status"], headers, first, compressible)
        elif compressible:
            _vary(headers)
        start["headers"] = [*headers.items(), *_ON_EVERY_ANSWER]
        if content_type.startswith(b"text/html"):
            start["headers"] += _ON_PAGES
        return first

    def _negotiated(self, status: int, headers: dict[bytes, bytes], first: Message, compressible: bool) -> Message:
        """Completes the headers with what codings have to do with; returns the first part of the body."""
        tag = headers.get(b"etag")
        if tag is not None and self._coding != IDENTITY:
            headers[b"etag"] = etag_in_coding(tag.decode("latin-1"), self._coding).encode("latin-1")
        if compressible or tag is not None or status == 304:
            _vary(headers)
        return self._coded(headers, first) if self._is_to_be_coded(status, headers, first, compressible) else first

    def _is_to_be_coded(self, status: int, headers: Mapping[bytes, bytes], first: Message, compressible: bool) -> bool:
        if self._coding == IDENTITY or status in _NO_CONTENT or b"content-encoding" in headers:
            return False
        more = first.get("more_body", False)
        # HEAD may come without a body; its length is then what the headers say.
        length = int(headers.get(b"content-length", b"0")) if self._head else len(first.get("body", b""))
        if self._identity_refused:
            return more or length > 0
        return compressible and (more or length >= LEAST_TO_COMPRESS)

    def _coded(self, headers: dict[bytes, bytes], first: Message) -> Message:
        headers[b"content-encoding"] = self._coding.encode()
        content = first.get("body", b"")
        if self._head:
            headers.pop(b"content-length", None)
            return {"type": "http.response.body"}
        if first.get("more_body", False):
            headers.pop(b"content-length", None)
            self._encoder = stream_encoder(self._coding)
            return {"type": "http.response.body", "body": self._encoder(content, False), "more_body": True}
        content = encoded(content, self._coding)
        headers[b"content-length"] = str(len(content)).encode()
        return {"type": "http.response.body", "body": content}


def _vary(headers: dict[bytes, bytes]) -> None:
    vary = headers.get(b"vary")
    headers[b"vary"] = vary + b", Accept-Encoding" if vary else b"Accept-Encoding"


class Slashes:
    """One address for one resource: a slash at the end or a repeated one leads to the address without it."""

    def __init__(self, app: ASGIApp, public_url: str | None) -> None:
        self._app = app
        self._base = public_url or ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "/")
        if scope["type"] != "http" or not (len(path) > 1 and (path.endswith("/") or "//" in path)):
            await self._app(scope, receive, send)
            return
        location = self._base + quote("/" + _REPEATED_SLASHES.sub("/", path).strip("/"))
        if scope["query_string"]:
            location += "?" + scope["query_string"].decode("latin-1")
        headers = [(b"location", location.encode("latin-1")), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 308, "headers": headers})
        await send({"type": "http.response.body"})


class Endpoints:
    """The shortest way to what is asked for most: plain ASGI endpoints by path, without the router of `others`.

    The paths are written as a router's: `/collections/{collection_id}/items`.
    """

    def __init__(self, endpoints: Mapping[str, ASGIApp], others: ASGIApp) -> None:
        self._by_length: dict[int, list[tuple[_Path, ASGIApp]]] = {}
        for text, endpoint in endpoints.items():
            path = _Path(text)
            self._by_length.setdefault(path.length, []).append((path, endpoint))
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            given = scope["path"].split("/")
            for path, endpoint in self._by_length.get(len(given), ()):
                if path.matches(given):
                    scope["path_params"] = {name: given[position] for name, position in path.names}
                    await endpoint(scope, receive, send)
                    return
        await self._others(scope, receive, send)


class _Path:
    """A path whose segments in braces are names: what a router does with it, as far as it can be done beforehand."""

    def __init__(self, text: str) -> None:
        segments = text.split("/")
        self.length = len(segments)
        self.names = [(part[1:-1], position) for position, part in enumerate(segments) if part[:1] == "{"]
        # All begin with a slash, so that there is one at least.
        self._fixed = itemgetter(*(position for position, part in enumerate(segments) if part[:1] != "{"))
        self._texts = self._fixed(segments)

    def matches(self, segments: list[str]) -> bool:
        """Whether another path, of the same length, is this one with something in place of the names."""
        return bool(self._fixed(segments) == self._texts)


class OnlyWhileConnected:
    """Ends the work on an answer whose client has left, in place of waiting for a connection to the database."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises ClientLeft."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        async with WhileConnected(receive):
            await self._app(scope, receive, send)
