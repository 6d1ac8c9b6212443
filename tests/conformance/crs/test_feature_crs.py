"""One feature in each system of its collection."""

import pytest

from tests.conformance.crs.systems import DEFAULTS, UNSUPPORTED, check_converted, content_crs, pairs
from tests.conformance.iut import GEOJSON, Iut

pytestmark = pytest.mark.conformance


class TestFeatureCrsParameter:
    def test_verifyFeatureCrsParameter(self, iut: Iut) -> None:
        """A.2.1 Query, Parameter crs, Abstract Test 1 (Requirement /req/crs/fc-crs-definition,
        /req/crs/fc-crs-valid-value B, /req/crs/ogc-crs-header, /req/crs/ogc-crs-header-value
        """
        for collection, uri in pairs(iut):
            assert content_crs(iut, iut.first_feature(collection), crs=uri) == uri, collection["id"]


class TestFeatureCrsParameterDefault:
    def test_verifyFeatureCrsParameterDefault(self, iut: Iut) -> None:
        """A.2.1 Query, Parameter crs, Abstract Test 6 (Requirement /req/crs/fc-crs-default-value,
        /req/crs/ogc-crs-header, /req/crs/ogc-crs-header-value),   Default CRS requesting
        """
        for collection in iut.collections:
            assert content_crs(iut, iut.first_feature(collection)) in DEFAULTS, collection["id"]


class TestFeatureCrsParameterInvalid:
    def test_verifyFeatureCrsParameterInvalid(self, iut: Iut) -> None:
        """A.2.1 Query, Parameter crs, Abstract Test 1 (Requirement /req/crs/fc-crs-valid-value),  Invalid CRS
        requesting path /collections/{collectionId}/items/{featureId}
        """
        for collection in iut.collections:
            asked = iut.ask(iut.first_feature(collection), GEOJSON, crs=UNSUPPORTED)
            assert asked.status_code == 400, asked.url


class TestFeatureCrsParameterTransform:
    def test_verifyFeatureCrsParameterTransformWithCrsParameter(self, iut: Iut) -> None:
        """A.2.1 Query, Parameter crs, Abstract Test 7 (Requirement /req/crs/crs-action),  Geometries in the path
        /collections/{collectionId}/items/{featureId}
        """
        for collection in iut.collections:
            assert content_crs(iut, iut.first_feature(collection)) in DEFAULTS, collection["id"]

    def test_verifyFeatureCrsParameterTransformWithoutCrsParameter(self, iut: Iut) -> None:
        """A.2.1 Query, Parameter crs, Abstract Test 7 (Requirement /req/crs/crs-action),  Transformed geometries in
        the path /collections/{collectionId}/items/{featureId}
        """
        for collection, uri in pairs(iut):
            url = iut.first_feature(collection)
            check_converted(iut.document(url, GEOJSON), iut.document(url, GEOJSON, crs=uri), uri)
