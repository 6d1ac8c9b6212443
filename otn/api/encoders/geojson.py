"""GeoJSON (RFC 7946): the envelope around features that PostgreSQL has rendered. No feature is ever parsed here."""

from typing import Any

import orjson

Link = dict[str, Any]


def feature_collection(
    features: bytes, *, number_matched: int, number_returned: int, time_stamp: str, links: list[Link]
) -> bytes:
    """A FeatureCollection with the members of OGC API - Features - Part 1, 7.16; `features` are separated by commas."""
    return (
        b'{"type":"FeatureCollection","numberMatched":%d,"numberReturned":%d,"timeStamp":"%s","links":%s,'
        % (
            number_matched,
            number_returned,
            time_stamp.encode(),
            orjson.dumps(links),
        )
        + b'"features":[%s]}' % features
    )


def feature(rendered: bytes, links: list[Link]) -> bytes:
    """A Feature with its links, OGC API - Features - Part 1, 7.17."""
    return b'%s,"links":%s}' % (rendered[:-1], orjson.dumps(links))
