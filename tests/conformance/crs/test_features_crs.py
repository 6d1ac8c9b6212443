"""Features in each system of their collection."""

import pytest

from tests.conformance.crs.systems import DEFAULTS, UNSUPPORTED, check_converted, content_crs, pairs
from tests.conformance.iut import GEOJSON, Iut

pytestmark = pytest.mark.conformance


class TestFeaturesCrsParameter:
    def test_verifyFeaturesCrsParameter(self, iut: Iut) -> None:
        """A.2.1 Query, Parameter crs, Abstract Test 4 (Requirement /req/crs/fc-crs-definition,
        /req/crs/fc-crs-valid-value B, /req/crs/ogc-crs-header, /req/crs/ogc-crs-header-value
        """
        for collection, uri in pairs(iut):
            assert content_crs(iut, iut.items(collection), limit="10", crs=uri) == uri, collection["id"]


class TestFeaturesCrsParameterDefault:
    def test_verifyFeaturesCrsParameterDefault(self, iut: Iut) -> None:
        """A.2.1 Query, Parameter crs, Abstract Test 6 (Requirement /req/crs/fc-crs-default-value,
        /req/crs/ogc-crs-header, /req/crs/ogc-crs-header-value),  Default CRS requesting p
        """
        for collection in iut.collections:
            assert content_crs(iut, iut.items(collection), limit="10") in DEFAULTS, collection["id"]


class TestFeaturesCrsParameterInvalid:
    def test_verifyFeaturesCrsParameterInvalid(self, iut: Iut) -> None:
        """A.2.1 Query, Parameter crs, Abstract Test 5 (Requirement /req/crs/fc-crs-valid-value),  Invalid CRS
        requesting path /collections/{collectionId}/items
        """
        for collection in iut.collections:
            asked = iut.ask(iut.items(collection), GEOJSON, crs=UNSUPPORTED)
            assert asked.status_code == 400, asked.url


class TestFeaturesCrsParameterTransform:
    def test_verifyFeaturesCrsParameterTransformWithCrsParameter(self, iut: Iut) -> None:
        """A.2.1 Query, Parameter crs, Abstract Test 7 (Requirement /req/crs/crs-action),  Transformed geometries in
        the path /collections/{collectionId}/items
        """
        for collection, uri in pairs(iut):
            alike = iut.features(collection).document["features"]
            there = iut.features(collection, crs=uri).document["features"]
            for ours, theirs in zip(alike, there, strict=True):
                check_converted(ours, theirs, uri)

    def test_verifyFeaturesCrsParameterTransformWithoutCrsParameter(self, iut: Iut) -> None:
        """A.2.1 Query, Parameter crs, Abstract Test 7 (Requirement /req/crs/crs-action),  Geometries in the path
        /collections/{collectionId}/items
        """
        for collection in iut.collections:
            assert content_crs(iut, iut.items(collection), limit="10") in DEFAULTS, collection["id"]
