"""JSON-FG, OGC Features and Geometries JSON - Part 1 (21-045r1): GeoJSON with time, type and reference system.

A geometry in another system than CRS84 is the member `place`, and `geometry` is null, so that no reader of GeoJSON
takes its coordinates for longitudes and latitudes.
"""

from typing import Any

import orjson

from otn.api.crs import CRS84
from otn.api.encoders.geojson import geometry_sql, page_members, properties_sql
from otn.api.encoders.view import Page, View, instant_text

CONFORMS_TO = tuple(f"http://www.opengis.net/spec/json-fg-1/1.0/conf/{name}" for name in ("core", "types-schemas"))


class JsonFg:
    """A JSON-FG feature collection; its features are of one type and in one reference system."""

    separator = b","

    def feature_sql(self, view: View) -> str:
        geometry = geometry_sql(view)
        geometry, place = (geometry, "'null'") if view.crs == CRS84 else ("'null'", geometry)
        return (
            f"""'{{"type":"Feature","id":' || f.id || ',"time":' || {_time(view)} || ',"place":' || {place}"""
            f""" || ',"geometry":' || {geometry} || ',"properties":' || {properties_sql(view)} || '}}'"""
        )

    def head(self, page: Page) -> bytes:
        members = {"type": "FeatureCollection"} | _document_members(page.view) | page_members(page)
        return orjson.dumps(members)[:-1] + b',"features":['

    def tail(self, page: Page) -> bytes:  # noqa: ARG002
        return b"]}"

    def single(self, page: Page, feature: bytes) -> bytes:
        members = _document_members(page.view) | {"links": list(page.links)}
        return feature[:-1] + b"," + orjson.dumps(members)[1:]


def _document_members(view: View) -> dict[str, Any]:
    return {
        "conformsTo": CONFORMS_TO,
        "featureType": view.collection.id,
        **({} if view.crs == CRS84 else {"coordRefSys": view.crs.uri}),
    }


def _time(view: View) -> str:
    """SQL: when the feature was valid; an unknown beginning or end is open, and nothing known is null."""
    start, end = (instant_text(view.collection.by_name[name]) for name in ("validFrom", "validTo"))
    return (
        "CASE WHEN f.valid_from IS NULL AND f.valid_to IS NULL THEN 'null' ELSE "
        f"""'{{"interval":["' || coalesce({start}, '..') || '","' || coalesce({end}, '..') || '"]}}' END"""
    )
