"""Conditional requests: who has an answer already is told so (RFC 9110 13).

An endpoint names what it is about to send by one entity tag, whatever the coding. A strong tag must differ where bytes
differ: otn.api.middleware puts the coding that the client gets into the tag of every answer, and `is_not_modified`
compares with that form, so that no endpoint need know of codings.
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version

from starlette.types import Scope
from xxhash import xxh3_64_hexdigest

from otn.api.codings import IDENTITY, coding_for
from otn.api.context import headers_of

REVALIDATE = "public, no-cache"
"""Cache-Control of what has an entity tag: who has it asks whether it still holds, and is mostly told so for little."""
PROGRAM = version("otn")
"""A part of entity tags: another program may answer otherwise."""

CONDITIONAL = frozenset((b"if-none-match", b"if-modified-since"))
"""The headers of whoever mostly gets no answer at all, but is told that the one it has still holds."""

_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')


def strong_etag(*parts: str | bytes | int) -> str:
    """A strong entity tag, in its quotes; equal parts must mean equal bytes before coding."""
    contents = [part if isinstance(part, bytes) else str(part).encode() for part in parts]
    # The length keeps ("ab", "c") from being ("a", "bc").
    return f'"{xxh3_64_hexdigest(b"".join([b"%d:%b" % (len(content), content) for content in contents]))}"'


def etag_in_coding(etag: str, coding: str) -> str:
    """The tag of the same answer as a client gets it for whom this coding was chosen.

    It does so even where the answer is too short to be worth coding: 304 and HEAD know of no length. A weak tag stays.
    """
    if coding == IDENTITY or not etag.startswith('"'):
        return etag
    return f'{etag[:-1]}-{coding}"'


def is_conditional(scope: Scope) -> bool:
    """Whether the request asks for nothing where nothing has changed: only then is it worth finding out."""
    return not CONDITIONAL.isdisjoint(dict(scope["headers"]))


def is_not_modified(scope: Scope, etag: str, last_modified: datetime | None = None, *, coded: bool = True) -> bool:
    """Whether the client has the answer with this tag (that of strong_etag, without a coding), so that 304 will do.

    If-None-Match, compared weakly, leaves If-Modified-Since out of account, which counts where there is a date. What is
    not `coded` is sent as it is to every client.
    """
    headers = headers_of(scope)
    if known := headers.get(b"if-none-match", b"").decode("latin-1").strip():
        tag = etag_in_coding(etag, coding_for(scope).coding if coded else IDENTITY).removeprefix("W/")
        return known == "*" or tag in _TAG.findall(known)
    since = _date(headers.get(b"if-modified-since", b"").decode("latin-1"))
    return since is not None and last_modified is not None and last_modified.replace(microsecond=0) <= since


def _date(text: str) -> datetime | None:
    """None for what is no date; such a header is to be ignored."""
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
