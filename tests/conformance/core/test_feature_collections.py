"""The list of collections."""

import pytest

from tests.conformance.iut import JSON, Iut, check_own_links, media_types

pytestmark = pytest.mark.conformance


class TestFeatureCollections:
    def test_validateFeatureCollectionsMetadataOperation(self, iut: Iut) -> None:
        """A.2.5. Feature Collections {root}/collections, Abstract Test 9 (Requirement /req/core/fc-md-op)"""
        assert iut.ask("/collections").status_code == 200

    def test_validateFeatureCollectionsMetadataOperationResponse_Links(self, iut: Iut) -> None:
        """A.2.5. Feature Collections {root}/collections, Abstract Test 10, Test Method 1 (Requirement
        /req/core/fc-md-success, /req/core/crs84)
        """
        check_own_links(iut.document("/collections"), media_types(iut, JSON))

    def test_validateFeatureCollectionsMetadataOperationResponse_Items(self, iut: Iut) -> None:
        """A.2.5. Feature Collections {root}/collections, Abstract Test 10, Test Method 2 (Requirement
        /req/core/fc-md-success, /req/core/crs84)
        """
        for collection in iut.collections:
            assert collection["id"]
            assert iut.items(collection), collection["id"]

    def test_validateFeatureCollectionsMetadataOperationResponse_CrsProperty(self, iut: Iut) -> None:
        """A.2.5. Feature Collections {root}/collections, Abstract Test 10, Test Method 3 (Requirement
        /req/core/fc-md-success, /req/core/crs84)
        """
        assert iut.document("/collections")["crs"][0] == "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

    def test_validateFeatureCollectionsMetadataOperationResponse_Content(self, iut: Iut) -> None:
        """A.2.5. Feature Collections {root}/collections, Abstract Test 10, Test Method 4 (Requirement
        /req/core/fc-md-success, /req/core/crs84)
        """
        assert iut.document("/collections")["links"]
        assert iut.document("/collections")["collections"]
