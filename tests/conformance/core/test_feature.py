"""One feature of every collection."""

import pytest

from tests.conformance.iut import GEOJSON, Iut, check_own_links, media_types

pytestmark = pytest.mark.conformance


class TestFeature:
    def test_featureOperation(self, iut: Iut) -> None:
        """A.2.8. Feature, Abstract Test 27 (Requirement /req/core/f-op)"""
        for collection in iut.collections:
            assert iut.ask(iut.first_feature(collection), GEOJSON).status_code == 200, collection["id"]

    def test_validateFeatureResponse(self, iut: Iut) -> None:
        """A.2.8. Feature, Abstract Test 28 + 29 (Requirements /req/core/f-success, /req/core/f-links)"""
        for collection in iut.collections:
            feature = iut.document(iut.first_feature(collection), GEOJSON)
            assert feature["type"] == "Feature"
            check_own_links(feature, media_types(iut, GEOJSON), ("self", "alternate", "collection"))
