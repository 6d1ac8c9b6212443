"""Addresses: absolute, from OTN_PUBLIC_URL or from what the client itself asked."""

import re
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote

from starlette.types import Scope

from otn.api.parameters import Parameters
from otn.errors import BadRequest

_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_SAFE = ",/:."
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_.~/-]*", re.ASCII)
_PLAIN = re.compile(r"[A-Za-z0-9_.~,/:-]*=[A-Za-z0-9_.~,/:-]*", re.ASCII)

Link = dict[str, Any]


def base_url(scope: Scope, host: bytes, public_url: str | None) -> str:
    """The address of the landing page without its last slash. Raises BadRequest for a Host header that is no host."""
    if public_url is not None:
        return public_url
    if not host:
        server = scope.get("server") or ("127.0.0.1", None)
        host = (str(server[0]) + (f":{server[1]}" if server[1] else "")).encode()
    return _address_of(scope["scheme"], host)


@lru_cache(maxsize=512)
def _address_of(scheme: str, host: bytes) -> str:
    text = host.decode("latin-1")
    if not _HOST.fullmatch(text):
        raise BadRequest("The Host header is not a host name with an optional port.")
    return f"{scheme}://{text}"


class Links(NamedTuple):
    """Makes the links of one answer. `lang` is the language that was asked for by parameter: links keep it."""

    base: str
    lang: str | None = None

    def href(self, path: str, parameters: Parameters = ()) -> str:
        """The address of a path of this service; `lang` is added where it was asked for."""
        return self.plain(path) + query_string(self._complete(parameters))

    def address(self, path: str, parameters: Parameters) -> "Address":
        """The same address, for links to others that differ from it in a parameter."""
        return Address(self.plain(path), self._complete(parameters))

    def plain(self, path: str) -> str:
        """The address without a query string, for clients that append to it."""
        return self.base + _quoted(path)

    def to(self, rel: str, path: str, media_type: str, title: str, parameters: Parameters = ()) -> Link:
        return link(rel, self.href(path, parameters), media_type, title)

    def _complete(self, parameters: Parameters) -> Parameters:
        if self.lang is None or any(name == "lang" for name, _ in parameters):
            return parameters
        return (*parameters, ("lang", self.lang))


class Address:
    """An address and those that differ from it in a parameter. What they have in common is quoted once."""

    __slots__ = ("_parameters", "_path")

    def __init__(self, path: str, parameters: Parameters) -> None:
        self._path = path
        self._parameters = [(name, _pair(name, value)) for name, value in parameters]

    def __str__(self) -> str:
        return self._with([text for _, text in self._parameters])

    def having(self, name: str, value: str) -> str:
        """The address with the parameter, last, whatever it was before."""
        return self._with([*self._others(name), _pair(name, value)])

    def without(self, name: str) -> str:
        """The address without the parameter."""
        return self._with(self._others(name))

    def _others(self, name: str) -> list[str]:
        return [text for other, text in self._parameters if other != name]

    def _with(self, parameters: list[str]) -> str:
        return f"{self._path}?{'&'.join(parameters)}" if parameters else self._path


# The same few are written into every answer, and most of the rest need no quoting.
@lru_cache(maxsize=512)
def _quoted(path: str) -> str:
    return path if _PLAIN_PATH.fullmatch(path) else quote(path)


def query_string(parameters: Parameters) -> str:
    """The parameters with the question mark before them; empty where there are none."""
    return "?" + "&".join([_pair(name, value) for name, value in parameters]) if parameters else ""


def _pair(name: str, value: str) -> str:
    pair = f"{name}={value}"
    # Quoting what needs no quoting costs as much as a small page.
    return pair if _PLAIN.fullmatch(pair) else f"{quote(name, _SAFE)}={quote(value, _SAFE)}"


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
        [
            f'<{item["href"]}>; rel="{item["rel"]}"' + (f'; type="{item["type"]}"' if "type" in item else "")
            for item in links
            if item["rel"] in rels
        ]
    )
