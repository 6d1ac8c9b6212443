"""GeoJSON (RFC 7946): PostgreSQL renders features, here they get their envelope. No feature is ever parsed here."""

from typing import Any

import orjson

from otn.api.encoders.view import View
from otn.api.statement import quoted

Link = dict[str, Any]


class GeoJson:
    """Features as GeoJSON objects; every property is there, null where unknown."""

    separator = b","

    def feature_sql(self, view: View) -> str:
        """A text expression over the collection's table as `f`."""
        geometry = "'null'"
        if view.geometry is not None:
            ordered = f"ST_FlipCoordinates({view.geometry})" if view.crs.axes_swapped else view.geometry
            geometry = f"ST_AsGeoJSON({ordered}, {view.decimals})"
        columns = ", ".join(f"f.{quoted(field.column)} AS {quoted(field.name)}" for field in view.fields)
        properties = f"row_to_json((SELECT p FROM (SELECT {columns}) AS p))::text" if columns else "'{}'"  # noqa: S608
        return (
            f"""'{{"type":"Feature","id":' || f.id || ',"geometry":' || {geometry}"""
            f""" || ',"properties":' || {properties} || '}}'"""
        )


GEOJSON = GeoJson()


def feature_collection(
    features: bytes, *, number_matched: int | None, number_returned: int, time_stamp: str, links: list[Link]
) -> bytes:
    """A FeatureCollection with the members of OGC API - Features - Part 1, 7.16; `features` are separated by commas."""
    matched = b"" if number_matched is None else b'"numberMatched":%d,' % number_matched
    return (
        b'{"type":"FeatureCollection",%b"numberReturned":%d,"timeStamp":"%b","links":%b,'
        % (matched, number_returned, time_stamp.encode(), orjson.dumps(links))
        + b'"features":[%b]}' % features
    )


def feature(rendered: bytes, links: list[Link]) -> bytes:
    """A Feature with its links, OGC API - Features - Part 1, 7.17."""
    return b'%b,"links":%b}' % (rendered[:-1], orjson.dumps(links))
