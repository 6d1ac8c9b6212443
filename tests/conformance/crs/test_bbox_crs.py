"""Boxes given in each system of a collection.

The suite converts two corners of the extent, which in a system with curved parallels cuts features off; here the box
holds the whole extent, and a smaller one is compared with geometries converted by pyproj.
"""

import pytest
import shapely
from pyproj.enums import TransformDirection

from tests.conformance.crs.systems import (
    CRS84,
    UNSUPPORTED,
    box_around,
    converted,
    definition,
    extent,
    identifiers,
    pairs,
    printed,
    tolerance,
)
from tests.conformance.iut import Document, Iut

pytestmark = pytest.mark.conformance


def check_small_box(iut: Iut, collection: Document, uri: str) -> None:
    """A box around one feature selects those that pyproj puts there; at its very edge rounding decides."""
    [first, *_] = iut.features(collection).document["features"]
    side, edge = (3e-2 if definition(uri).is_geographic else 3e3), 20 * tolerance(uri)
    place = shapely.box(*converted(first["geometry"], uri).buffer(side).bounds)
    found = set(identifiers(iut, collection, bbox=printed(place.bounds), bbox_crs=uri, limit="10000"))
    around = box_around(place.buffer(side).bounds, uri, TransformDirection.INVERSE)
    candidates = iut.features(collection, bbox=printed(around), limit="10000").document["features"]
    there = {feature["id"]: converted(feature["geometry"], uri) for feature in candidates}
    surely, perhaps = (place.buffer(sign * edge, join_style="mitre") for sign in (-1, 1))
    assert {number for number, geometry in there.items() if shapely.intersects(surely, geometry)} <= found
    assert found <= {number for number, geometry in there.items() if shapely.intersects(perhaps, geometry)}
    assert first["id"] in found


class TestBBoxCrsParameter:
    def test_verifyBboxCrsParameterWithDefaultCrs(self, iut: Iut) -> None:
        """A.2.2 Query, Parameter bbox-crs, Abstract Test 8 (Requirement /req/crs/fc-bbox-crs-definition,
        /req/crs/bbox-crs-action)
        """
        for collection in iut.collections:
            box = printed(extent(collection))
            in_degrees = identifiers(iut, collection, bbox=box)
            assert identifiers(iut, collection, bbox=box, bbox_crs=CRS84) == in_degrees, collection["id"]

    def test_verifyBboxCrsParameter(self, iut: Iut) -> None:
        """A.2.2 Query, Parameter bbox-crs, Abstract Test 8 (Requirement /req/crs/fc-bbox-crs-definition,
        /req/crs/bbox-crs-action)
        """
        for collection, uri in pairs(iut):
            in_degrees = identifiers(iut, collection, bbox=printed(extent(collection)))
            box = printed(box_around(extent(collection), uri))
            assert identifiers(iut, collection, bbox=box, bbox_crs=uri) == in_degrees, (collection["id"], uri)
            check_small_box(iut, collection, uri)


class TestBBoxCrsParameterDefault:
    def test_verifyBboxCrsParameterDefault(self, iut: Iut) -> None:
        """A.2.2 Query, Parameter bbox-crs, Abstract Test 10 (Requirement /req/crs/fc-bbox-crs-default-value)"""
        for collection in iut.collections:
            west, south, east, north = extent(collection)
            quarter = printed((west, south, (west + east) / 2, (south + north) / 2))
            for box in (printed(extent(collection)), quarter):
                without = iut.features(collection, bbox=box)
                stated = iut.features(collection, bbox=box, bbox_crs=CRS84)
                assert without.document["numberMatched"] == stated.document["numberMatched"], without.question
                assert without.document["features"] == stated.document["features"], without.question


class TestBBoxCrsParameterInvalid:
    def test_verifyBboxCrsParameterInvalid(self, iut: Iut) -> None:
        """A.2.2 Query, Parameter bbox-crs, Abstract Test 9 (Requirement /conf/crs/bbox-crs-parameter-invalid)"""
        for collection in iut.collections:
            asked = iut.ask_features(collection, bbox="5.0000000,49.0000000,6.0000000,50.0000000", bbox_crs=UNSUPPORTED)
            assert asked.status_code == 400, asked.url
