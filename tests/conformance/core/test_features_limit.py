"""Features with limits taken from the API definition."""

import pytest

from tests.conformance.iut import Answer, Iut
from tests.conformance.responses import (
    check_definition,
    check_features,
    check_geometries_in_crs84,
    check_links,
    check_number_matched,
    check_number_returned,
    check_time_stamp,
    check_type,
)

pytestmark = pytest.mark.conformance


def limits(iut: Iut, path: str) -> list[int]:
    """The least one, and one between it and the greatest."""
    schema = iut.parameter(path, "limit")["schema"]
    least, most = int(schema["minimum"]), int(schema["maximum"])
    return [least, min(least + (most - least) // 2, 100)]


def asked(iut: Iut) -> list[tuple[int, int]]:
    """Which collection of the list has which limit."""
    return [
        (number, limit)
        for number, collection in enumerate(iut.collections)
        for limit in limits(iut, f"/collections/{collection['id']}/items")
    ]


@pytest.fixture(scope="module")
def pages(iut: Iut) -> list[Answer]:
    return [iut.features(iut.collections[number], limit=str(limit)) for number, limit in asked(iut)]


class TestFeaturesLimit:
    def test_limitParameterDefinition(self, iut: Iut) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items - Limit, Abstract Test 16: (Requirement
        /req/core/fc-limit-definition)
        """
        for path in iut.items_paths:
            check_definition(iut.parameter(path, "limit"))
            schema = iut.parameter(path, "limit")["schema"]
            assert schema["type"] == "integer", path
            assert 0 <= schema["minimum"] <= schema["default"] <= schema["maximum"], path

    def test_validateFeaturesWithLimitOperation(self, iut: Iut) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items - Limit, Abstract Test 13: (Requirement
        /req/core/fc-op)
        """
        for number, limit in asked(iut):
            assert iut.ask_features(iut.collections[number], limit=str(limit)).status_code == 200, limit

    def test_validateFeaturesWithLimitResponse(self, iut: Iut, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items - Limit, Abstract Test 17: (Requirement
        /req/core/fc-limit-response)
        """
        for (_, limit), answer in zip(asked(iut), pages, strict=True):
            assert len(answer.document["features"]) <= min(limit, iut.largest_limit), answer.question

    def test_validateFeaturesWithLimitResponse_GeometryInCRS84(self, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items, Limit, Abstract Test 2, Test Method 2 (Requirement
        /req/core/crs84)
        """
        check_geometries_in_crs84(pages)

    def test_validateFeaturesWithLimitResponse_TypeProperty(self, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items, Limit, Abstract Test 22, Test Method 1 (Requirement
        /req/core/fc-response)
        """
        check_type(pages)

    def test_validateFeaturesWithLimitResponse_FeaturesProperty(self, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items, Limit, Abstract Test 22, Test Method 2 (Requirement
        /req/core/fc-response)
        """
        check_features(pages)

    def test_validateFeaturesWithLimitResponse_Links(self, iut: Iut, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items, Limit, Abstract Test 22, Test Method 4 (Requirement
        /req/core/fc-response) - Abstract Test 23 (Requirement /req/core/fc-links, /req/core/fc-rel-type)
        """
        check_links(iut, pages)

    def test_validateFeaturesWithLimitResponse_TimeStamp(self, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items, Limit, Abstract Test 22, Test Method 5 (Requirement
        /req/core/fc-response) - Abstract Test 24 (Requirement /req/core/fc-timeStamp)
        """
        check_time_stamp(pages)

    def test_validateFeaturesWithLimitResponse_NumberMatched(self, iut: Iut, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items, Limit, Abstract Test 22, Test Method 6 (Requirement
        /req/core/fc-response) - Abstract Test 25 (Requirement /req/core/fc-numberMatched)
        """
        check_number_matched(iut, pages)

    def test_validateFeaturesResponse_NumberReturned(self, pages: list[Answer]) -> None:
        """A.2.7. Features {root}/collections/{collectionId}/items, Limit, Abstract Test 22, Test Method 7 (Requirement
        /req/core/fc-response) - Abstract Test 26 (Requirement /req/core/fc-numberReturned)
        """
        check_number_returned(pages)
