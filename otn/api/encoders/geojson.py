"""GeoJSON (RFC 7946): the envelope around features that PostgreSQL has rendered. No feature is ever parsed here.

The same features also go out one by one: as text sequence (RFC 8142) and as one line each.
"""

from typing import Any

import orjson

from otn.api.encoders.view import Page, View
from otn.store import geojson_sql


def geometry_sql(view: View) -> str:
    """SQL: the geometry as GeoJSON writes it, coordinates in the order of the authority's axes."""
    return geojson_sql.geometry_sql(view.geometry_in_axis_order, view.decimals)


def properties_sql(view: View) -> str:
    """SQL: an object with every property of the view, null where unknown."""
    return geojson_sql.properties_sql(view.fields)


def page_members(page: Page) -> dict[str, Any]:
    """The members of a collection of features beside the features; a count that is not known is left out."""
    members = {
        "numberMatched": page.number_matched,
        "numberReturned": page.number_returned,
        "timeStamp": page.time_stamp,
        "links": list(page.links),
    }
    return {name: value for name, value in members.items() if value is not None}


class GeoJson:
    """A FeatureCollection."""

    separator = b","

    def feature_sql(self, view: View) -> str:
        return geojson_sql.feature_sql(geometry_sql(view), properties_sql(view))

    def head(self, page: Page) -> bytes:
        members = {"type": "FeatureCollection"} | page_members(page)
        return b'%s,"features":[' % orjson.dumps(members)[:-1]

    def tail(self, page: Page) -> bytes:  # noqa: ARG002
        return b"]}"

    def single(self, page: Page, feature: bytes) -> bytes:
        return b'%s,"links":%s}' % (feature[:-1], orjson.dumps(list(page.links)))


class GeoJsonLines:
    """One feature a line: nothing around them, so that a reader may begin or stop anywhere."""

    separator = b""
    _before = ""
    _record_separator = b""

    def line(self, feature: bytes) -> bytes:
        """The line of a feature that is there as GeoJSON."""
        return b"%s%s\n" % (self._record_separator, feature)

    def feature_sql(self, view: View) -> str:
        return f"{self._before}{GeoJson().feature_sql(view)} || E'\\n'"

    def head(self, page: Page) -> bytes:  # noqa: ARG002
        return b""

    def tail(self, page: Page) -> bytes:  # noqa: ARG002
        return b""

    def single(self, page: Page, feature: bytes) -> bytes:  # noqa: ARG002
        return feature


class GeoJsonSequence(GeoJsonLines):
    """The same as a JSON text sequence: a record separator (U+001E) before each."""

    _before = "E'\\x1e' || "
    _record_separator = b"\x1e"


GEOJSON = GeoJson()
