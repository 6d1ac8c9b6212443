"""Questions that features do not answer."""

import pytest

from tests.conformance.iut import Iut

pytestmark = pytest.mark.conformance


class TestFeaturesErrorConditions:
    def test_validateFeaturesOperation_QueryParamInvalid(self, iut: Iut) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items - Error Conditions, Abstract Test 13/20 (Requirement
        /req/core/query-param-invalid)
        """
        for collection in iut.collections:
            assert iut.ask_features(collection, limit="unlimited").status_code == 400, collection["id"]

    def test_validateFeaturesOperation_QueryParamUnknown(self, iut: Iut) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items - Error Conditions, Abstract Test 13/21 (Requirement
        /req/core/query-param-unknown)
        """
        for collection in iut.collections:
            asked = iut.ask_features(collection, unknownQueryParameter12345="1")
            assert asked.status_code == 400, asked.url
