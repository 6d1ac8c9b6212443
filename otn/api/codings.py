"""Which content coding a client gets (RFC 9110 12.5.3)."""

import re
from functools import lru_cache
from typing import NamedTuple

from starlette.types import Scope

from otn.api.context import headers_of

IDENTITY = "identity"
CODINGS = ("zstd", "gzip", "br")
"""Those we know, cheapest first: where a client likes several equally, it gets the first of them."""

_ACCEPTED = re.compile(
    r"([!#$%&'*+.^_`|~0-9a-z-]+)[ \t]*(?:;[ \t]*q[ \t]*=[ \t]*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)[ \t]*)?"
)


class Choice(NamedTuple):
    """The coding an answer is to have; where `identity_refused`, nothing may go without one."""

    coding: str
    identity_refused: bool


def coding_for(scope: Scope) -> Choice:
    """What the Accept-Encoding header of a request comes to."""
    return choose_coding(headers_of(scope, (b"accept-encoding",))[b"accept-encoding"])


@lru_cache(maxsize=256)
def choose_coding(header: str) -> Choice:
    """The coding of ours with the highest quality, or identity where the client likes that better or knows no other.

    A part of the header that cannot be understood is as good as absent: the answer then goes as it is.
    """
    qualities = {}
    for part in header.lower().split(","):
        if read := _ACCEPTED.fullmatch(part.strip()):
            qualities[read[1]] = float(read[2] or 1)
    others = qualities.get("*", 0.0)
    best = max(CODINGS, key=lambda coding: qualities.get(coding, others))
    quality = qualities.get(best, others)
    # Not named, identity is still acceptable, but whoever names codings prefers those; `*` speaks of it too.
    identity = qualities.get(IDENTITY, qualities.get("*"))
    if quality == 0 or (IDENTITY in qualities and qualities[IDENTITY] > quality):
        return Choice(IDENTITY, identity_refused=False)
    return Choice(best, identity_refused=identity == 0)
