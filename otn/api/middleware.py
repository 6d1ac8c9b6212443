"""What happens to every request and answer: plain ASGI, one class for one thing."""

import re
from urllib.parse import quote

from isal import igzip
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from otn.api.context import headers_of

_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_PREFLIGHT = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, HEAD, OPTIONS"),
    (
        b"access-control-allow-headers",
        b"Accept, Accept-Language, Authorization, Cache-Control, Content-Language, Content-Type, If-Modified-Since, "
        b"If-None-Match, Range, X-Requested-With",
    ),
    (b"access-control-max-age", b"86400"),
    (b"allow", b"GET, HEAD, OPTIONS"),
]
_EXPOSED = "Content-Crs, Content-Language, ETag, Link, Location, Retry-After"
_COMPRESSIBLE = re.compile(
    r"text/|application/(?:[a-z0-9.+-]*\+)?json|application/(?:javascript|x-protobuf)|image/svg\+xml"
)
_LEAST_TO_COMPRESS = 1024
_REPEATED_SLASHES = re.compile(r"/{2,}")


class AnswerHeaders:
    """CORS for everyone on every answer, preflight requests, and security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": _PREFLIGHT})
            await send({"type": "http.response.body"})
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["access-control-allow-origin"] = "*"
                headers["access-control-expose-headers"] = _EXPOSED
                headers["x-content-type-options"] = "nosniff"
                if headers.get("content-type", "").startswith("text/html"):
                    headers["content-security-policy"] = _CONTENT_SECURITY_POLICY
                    headers["referrer-policy"] = "same-origin"
            await send(message)

        await self._app(scope, receive, with_headers)


class Compression:
    """gzip for answers in one piece that are text and not short. Level 1 of isal costs a tenth of zlib's default."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        accepted = accepts_gzip(headers_of(scope, (b"accept-encoding",))[b"accept-encoding"])
        start: Message | None = None

        async def compress(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if start is not None:
                message = _compressed(start, message, accepted)
                await send(start)
                start = None
            await send(message)

        await self._app(scope, receive, compress)


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


def accepts_gzip(header: str) -> bool:
    """Whether an Accept-Encoding header admits gzip (RFC 9110 12.5.3)."""
    verdicts = {}
    for part in header.lower().split(","):
        coding, _, quality = part.strip().partition(";")
        verdicts[coding.strip()] = quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return verdicts.get("gzip", verdicts.get("*", False))


def _compressed(start: Message, body: Message, accepted: bool) -> Message:
    """Compresses a whole body and adapts the headers in `start`; returns the body to be sent."""
    headers = MutableHeaders(scope=start)
    content = body.get("body", b"")
    compressible = (
        len(content) >= _LEAST_TO_COMPRESS
        and not body.get("more_body", False)
        and "content-encoding" not in headers
        and _COMPRESSIBLE.match(headers.get("content-type", ""))
    )
    if not compressible:
        return body
    headers.add_vary_header("Accept-Encoding")
    if not accepted:
        return body
    content = igzip.compress(content, compresslevel=1, mtime=0)
    headers["content-encoding"] = "gzip"
    headers["content-length"] = str(len(content))
    return {"type": "http.response.body", "body": content}
