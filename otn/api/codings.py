"""Content codings: which one a client gets (RFC 9110 12.5.3), and answers in it."""

import re
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import brotli
import zstandard
from isal import igzip, isal_zlib
from starlette.types import Scope

from otn.api.context import headers_of

IDENTITY = "identity"
CODINGS = ("gzip", "zstd", "br")
"""Those we know, cheapest first: where a client likes several equally, it gets the first of them.

Processor time and size left, of a page of 1000 roads (611 kB): gzip of isal at level 1 163 us, 5.1 %; zstd at level 1
256 us, 4.6 %; brotli at quality 1 342 us, 5.1 % (at 4 1896 us, 4.3 %).
"""

LEAST_TO_COMPRESS = 1400
"""What goes into one packet of a network is there no sooner for being shorter."""
AS_IT_IS = b"accept-ranges"
"""The header of answers that no coding is put on: who asks for a range counts in the bytes of the file."""

Encoder = Callable[[bytes, bool], bytes]
"""Takes a part of an answer and whether it is the last one."""

# Where in its scope a request keeps what was chosen for it, since several want to know.
_CHOSEN = "otn.coding"

_ACCEPTED = re.compile(
    r"([!#$%&'*+.^_`|~0-9a-z-]+)[ \t]*(?:;[ \t]*q[ \t]*=[ \t]*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)[ \t]*)?"
)

# What is compressed in itself already, like GeoPackage's pictures, GeoParquet, PNG and woff2, is not among these.
_COMPRESSIBLE = re.compile(
    rb"text/|application/(?:[a-z0-9.+-]*\+)?(?:json|xml)|image/svg\+xml"
    rb"|application/(?:javascript|x-qgis-[a-z-]+|x-protobuf|vnd\.mapbox-vector-tile|x-ndjson|vnd\.apache\.arrow\.stream)"
)


class Choice(NamedTuple):
    """The coding an answer is to have; where `identity_refused`, nothing may go without one."""

    coding: str
    identity_refused: bool


def coding_for(scope: Scope) -> Choice:
    """What the Accept-Encoding header of a request comes to."""
    chosen: Choice | None = scope.get(_CHOSEN)
    if chosen is None:
        chosen = scope[_CHOSEN] = choose_coding(headers_of(scope).get(b"accept-encoding", b"").decode("latin-1"))
    return chosen


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


@lru_cache(maxsize=64)
def is_compressible(content_type: bytes) -> bool:
    """Whether what has this media type gets shorter by a coding."""
    return _COMPRESSIBLE.match(content_type) is not None


def encoded(content: bytes, coding: str) -> bytes:
    """A whole answer in a coding of ours."""
    if coding == "zstd":
        return _of_thread.zstd.compress(content)
    packed: bytes
    if coding == "gzip":
        packed = igzip.compress(content, compresslevel=1, mtime=0)
    else:
        packed = brotli.compress(content, quality=1)
    return packed


def unpacked(content: bytes | memoryview) -> bytes:
    """An answer that was stored in gzip."""
    return bytes(isal_zlib.decompress(content, wbits=31))


def unpacked_size(content: bytes | memoryview) -> int:
    """How long an answer is that was stored in gzip: its last four bytes say it (RFC 1952 2.3.1)."""
    return int.from_bytes(content[-4:], "little")


def stream_encoder(coding: str) -> Encoder:
    """For an answer that comes in parts: each is encoded so far that the client can read all of it."""
    return {"gzip": _gzip_encoder, "zstd": _zstd_encoder, "br": _brotli_encoder}[coding]()


class _OfThread(threading.local):
    """Making a zstd compressor costs more than compressing a short answer, and no two threads may share one."""

    def __init__(self) -> None:
        self.zstd = zstandard.ZstdCompressor(level=1)


_of_thread = _OfThread()


def _gzip_encoder() -> Encoder:
    compressor = isal_zlib.compressobj(level=1, wbits=31)
    return lambda part, last: (
        compressor.compress(part) + compressor.flush(isal_zlib.Z_FINISH if last else isal_zlib.Z_SYNC_FLUSH)
    )


def _zstd_encoder() -> Encoder:
    compressor = zstandard.ZstdCompressor(level=1).compressobj()
    ends = (zstandard.COMPRESSOBJ_FLUSH_BLOCK, zstandard.COMPRESSOBJ_FLUSH_FINISH)
    return lambda part, last: compressor.compress(part) + compressor.flush(ends[last])


def _brotli_encoder() -> Encoder:
    compressor = brotli.Compressor(quality=1)
    return lambda part, last: compressor.process(part) + (compressor.finish() if last else compressor.flush())
