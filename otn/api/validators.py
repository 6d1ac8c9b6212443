"""The validators of answers made from features: equal question, equal data, equal bytes."""

from datetime import datetime
from email.utils import format_datetime

from otn.api.conditional import strong_etag
from otn.api.context import VARY, RequestContext
from otn.api.tiles import PROGRAM, REVALIDATE


def etag(context: RequestContext, version: int) -> str:
    """Equal where program, data, question, format, language and address are: then the bytes are too."""
    question = sorted(item for item in context.parameters if item[0] not in ("f", "lang"))
    links = context.links
    representation = context.representation.media_type
    return strong_etag(
        PROGRAM, version, context.path, repr(question), representation, context.language, links.base, links.lang or ""
    )


def validators(context: RequestContext, version: int, updated: datetime) -> list[tuple[bytes, bytes]]:
    """The headers by which a client asks again; on 200 and 304 alike."""
    return [
        (b"etag", etag(context, version).encode()),
        (b"last-modified", format_datetime(updated, usegmt=True).encode()),
        (b"cache-control", REVALIDATE.encode()),
        (b"vary", VARY.encode()),
    ]
