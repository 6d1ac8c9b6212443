"""Coordinate reference systems as a client has them: by URI, from pyproj, axes in the authority's order."""

import re
from functools import cache
from typing import Any

import pyproj
import shapely
from pyproj.enums import TransformDirection
from shapely.geometry import shape

from tests.conformance.iut import GEOJSON, Document, Iut

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
DEFAULTS = {CRS84, "http://www.opengis.net/def/crs/OGC/0/CRS84h"}
UNSUPPORTED = "http://www.opengis.net/def/crs/0/unsupported"
CRS_LIMIT = 20
CRS_CLASS = "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs"
_URI = re.compile(r"http://www\.opengis\.net/def/crs/(?P<authority>\w+)/(?P<version>[\w.]+)/(?P<code>\w+)")

Box = tuple[float, float, float, float]


def is_identifier(uri: str) -> bool:
    """Whether it has the form of an OGC identifier and names a system."""
    return _URI.fullmatch(uri) is not None and definition(uri) is not None


@cache
def definition(uri: str) -> pyproj.CRS:
    match = _URI.fullmatch(uri)
    assert match, uri
    return pyproj.CRS.from_authority(match["authority"], match["code"])


def systems(iut: Iut, collection: Document) -> list[str]:
    """The systems of a collection; `#/crs` means those of all collections."""
    everywhere = iut.document("/collections").get("crs", [])
    listed = [uri for entry in collection["crs"] for uri in (everywhere if entry == "#/crs" else [entry])]
    return list(dict.fromkeys(listed))[:CRS_LIMIT]


def pairs(iut: Iut) -> list[tuple[Document, str]]:
    """Every collection with each of its systems."""
    return [(collection, uri) for collection in iut.collections for uri in systems(iut, collection)]


@cache
def transformer(uri: str) -> pyproj.Transformer:
    """From longitude and latitude."""
    return pyproj.Transformer.from_crs(definition(CRS84), definition(uri))


def converted(geometry: Document, uri: str) -> shapely.Geometry:
    """A GeoJSON geometry in degrees, in another system."""
    turned: shapely.Geometry = shapely.transform(shape(geometry), transformer(uri).transform, interleaved=False)
    return turned


def tolerance(uri: str) -> float:
    """What rounding may differ by: some five centimetres."""
    return 5e-7 if definition(uri).is_geographic else 0.05


def extent(collection: Document) -> Box:
    west, south, east, north = collection["extent"]["spatial"]["bbox"][0]
    return (west, south, east, north)


def box_around(box: Box, uri: str, direction: TransformDirection = TransformDirection.FORWARD) -> Box:
    """The least box of another system that holds a box in degrees; the other way round with INVERSE."""
    left, bottom, right, top = box
    around = transformer(uri).transform_bounds(left, bottom, right, top, densify_pts=101, direction=direction)
    return (around[0], around[1], around[2], around[3])


def printed(box: Box) -> str:
    return ",".join(f"{number:.7f}" for number in box)


def identifiers(iut: Iut, collection: Document, **parameters: str) -> list[int]:
    """The identifiers of the first ten features, or as many as `limit` says."""
    return [feature["id"] for feature in iut.features(collection, **parameters).document["features"]]


def content_crs(iut: Iut, url: str, **parameters: str) -> str:
    """The header of an answer with features, without its angle brackets."""
    answer = iut.ask(url, GEOJSON, **parameters)
    assert answer.status_code == 200, f"{answer.url}: {answer.status_code} {answer.text[:300]}"
    header: Any = answer.headers.get("Content-Crs", "")
    assert re.fullmatch("<[^<>]+>", header), (answer.url, header)
    return str(header)[1:-1]


def check_converted(alike: Document, there: Document, uri: str) -> None:
    """Two answers are the same feature, the first in degrees, the second in another system."""
    assert alike["id"] == there["id"]
    expected, found = converted(alike["geometry"], uri), shape(there["geometry"])
    assert shapely.get_num_coordinates(expected) == shapely.get_num_coordinates(found)
    off = abs(shapely.get_coordinates(expected) - shapely.get_coordinates(found)).max()
    assert off <= tolerance(uri), (alike["id"], uri, off)
