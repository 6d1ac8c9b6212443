"""Addresses: absolute, from OTN_PUBLIC_URL or from what the client itself asked."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from starlette.types import Scope

from otn.api.parameters import Parameters
from otn.errors import BadRequest

_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_SAFE = ",/:."
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_.~/-]*", re.ASCII)
_PLAIN = re.compile(r"[A-Za-z0-9_.~,/:&=-]*", re.ASCII)

Link = dict[str, Any]


def base_url(scope: Scope, host: str, public_url: str | None) -> str:
    """The address of the landing page without its last slash. Raises BadRequest for a Host header that is no host."""
    if public_url is not None:
        return public_url
    if not host:
        server = scope.get("server") or ("127.0.0.1", None)
        host = str(server[0]) + (f":{server[1]}" if server[1] else "")
    if not _HOST.fullmatch(host):
        raise BadRequest("The Host header is not a host name with an optional port.")
    return f"{scope['scheme']}://{host}"


@dataclass(frozen=True)
class Links:
    """Makes the links of one answer. `lang` is the language that was asked for by parameter: links keep it."""

    base: str
    lang: str | None = None

    def href(self, path: str, parameters: Parameters = ()) -> str:
        """The address of a path of this service; `lang` is added where it was asked for."""
        if self.lang is not None and all(name != "lang" for name, _ in parameters):
            parameters = (*parameters, ("lang", self.lang))
        return self.plain(path) + query_string(parameters)

    def plain(self, path: str) -> str:
        """The address without a query string, for clients that append to it."""
        return self.base + _quoted(path)

    def to(self, rel: str, path: str, media_type: str, title: str, parameters: Parameters = ()) -> Link:
        return link(rel, self.href(path, parameters), media_type, title)


# The same few are written into every answer, and most of the rest need no quoting.
@lru_cache(maxsize=512)
def _quoted(path: str) -> str:
    return path if _PLAIN_PATH.fullmatch(path) else quote(path)


def query_string(parameters: Parameters) -> str:
    """The parameters with the question mark before them; empty where there are none."""
    if not parameters:
        return ""
    # Quoting one by one what needs no quoting costs as much as a small page.
    plain = "&".join([f"{name}={value}" for name, value in parameters])
    if _PLAIN.fullmatch(plain) and plain.count("=") == len(parameters) == plain.count("&") + 1:
        return "?" + plain
    return "?" + urlencode(parameters, quote_via=quote, safe=_SAFE)


def link(rel: str, href: str, media_type: str | None = None, title: str | None = None) -> Link:
    """A link object (OGC API - Common - Part 1, schema link.yaml)."""
    made = {"href": href, "rel": rel}
    if media_type is not None:
        made["type"] = media_type
    if title is not None:
        made["title"] = title
    return made


def link_header(links: list[Link], rels: tuple[str, ...] = ("next",)) -> str:
    """The links of these relations as the value of a Link header (RFC 8288)."""
    return ", ".join(
        f'<{item["href"]}>; rel="{item["rel"]}"' + (f'; type="{item["type"]}"' if "type" in item else "")
        for item in links
        if item["rel"] in rels
    )
