"""Features of every collection without a selection."""

import pytest

from tests.conformance.iut import Answer, Iut
from tests.conformance.responses import (
    check_features,
    check_geometries_in_crs84,
    check_links,
    check_number_matched,
    check_number_returned,
    check_time_stamp,
    check_type,
)

pytestmark = pytest.mark.conformance


@pytest.fixture(scope="module")
def pages(iut: Iut) -> list[Answer]:
    return [iut.features(collection) for collection in iut.collections]


class TestFeatures:
    def test_validateFeaturesOperation(self, iut: Iut) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items, Abstract Test 13 (Requirement /req/core/fc-op)"""
        for collection in iut.collections:
            assert iut.ask_features(collection).status_code == 200, collection["id"]

    def test_validateFeaturesResponse_GeometryInCRS84(self, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items, Abstract Test 2, Test Method 2 (Requirement
        /req/core/crs84)
        """
        check_geometries_in_crs84(pages)

    def test_validateFeaturesResponse_TypeProperty(self, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items, Abstract Test 22, Test Method 1 (Requirement
        /req/core/fc-response)
        """
        check_type(pages)

    def test_validateFeaturesResponse_FeaturesProperty(self, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items, Abstract Test 22, Test Method 2 (Requirement
        /req/core/fc-response)
        """
        check_features(pages)

    def test_validateFeaturesResponse_Links(self, iut: Iut, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items, Abstract Test 22, Test Method 4 (Requirement
        /req/core/fc-response) - Abstract Test 23 (Requirement /req/core/fc-links, /req/core/fc-rel-type)
        """
        check_links(iut, pages)

    def test_validateFeaturesResponse_TimeStamp(self, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items, Abstract Test 22, Test Method 5 (Requirement
        /req/core/fc-response) - Abstract Test 24 (Requirement /req/core/fc-timeStamp)
        """
        check_time_stamp(pages)

    def test_validateFeaturesResponse_NumberMatched(self, iut: Iut, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items, Abstract Test 22, Test Method 6 (Requirement
        /req/core/fc-response) - Abstract Test 25 (Requirement /req/core/fc-numberMatched)
        """
        check_number_matched(iut, pages)

    def test_validateFeaturesResponse_NumberReturned(self, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items, Abstract Test 22, Test Method 7 (Requirement
        /req/core/fc-response) - Abstract Test 26 (Requirement /req/core/fc-numberReturned)
        """
        check_number_returned(pages)
