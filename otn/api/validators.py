"""The validators of answers made from features: equal question, equal data, equal bytes."""

from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

from otn.api.conditional import PROGRAM, REVALIDATE, strong_etag
from otn.api.context import VARY, RequestContext
from otn.api.negotiation import FLATGEOBUF, GEOPACKAGE


def etag(context: RequestContext, version: int) -> str:
    """Equal where program, data, question, format, language and address are: then the bytes are too.

    A weak one where the bytes may differ though the features are the same.
    """
    links, media_type = context.links, context.representation.media_type
    # Of texts and numbers repr makes one text that nothing else makes.
    said = (
        PROGRAM,
        version,
        context.path,
        sorted(context.question),
        media_type,
        context.language,
        links.base,
        links.lang,
    )
    tag = strong_etag(repr(said))
    # GDAL writes the time into a GeoPackage, and puts what lies together into FlatGeobuf as it comes.
    return f"W/{tag}" if context.representation in (GEOPACKAGE, FLATGEOBUF) else tag


def validators(context: RequestContext, version: int, updated: datetime) -> list[tuple[bytes, bytes]]:
    """The headers by which a client asks again; on 200 and 304 alike."""
    return [(b"etag", etag(context, version).encode()), *_of_time(updated)]


@lru_cache(maxsize=64)
def _of_time(updated: datetime) -> tuple[tuple[bytes, bytes], ...]:
    return (
        (b"last-modified", http_date(updated)),
        (b"cache-control", REVALIDATE.encode()),
        (b"vary", VARY.encode()),
    )


@lru_cache(maxsize=64)
def http_date(moment: datetime) -> bytes:
    """As Last-Modified has it, whole seconds."""
    return format_datetime(moment, usegmt=True).encode()
