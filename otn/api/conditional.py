"""Conditional requests: who has an answer already is told so (RFC 9110 13)."""

from starlette.types import Scope

from otn.api.context import headers_of


def entity_tag(*parts: object) -> str:
    """A strong entity tag; equal parts must mean equal bytes."""
    return f'"{"-".join(str(part) for part in parts)}"'


def known_tags(scope: Scope) -> frozenset[str]:
    """The entity tags of If-None-Match. They are compared weakly, so a W/ before one does not count."""
    header = headers_of(scope, (b"if-none-match",))[b"if-none-match"]
    return frozenset(tag.strip().removeprefix("W/") for tag in header.split(",") if tag.strip())


def is_known(tag: str, known: frozenset[str]) -> bool:
    """Whether the client has the answer with this tag; `*` stands for any."""
    return tag in known or "*" in known
