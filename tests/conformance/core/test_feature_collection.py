"""The document of every collection."""

import pytest

from tests.conformance.iut import Iut

pytestmark = pytest.mark.conformance


class TestFeatureCollection:
    def test_validateFeatureCollectionMetadataOperation(self, iut: Iut) -> None:
        """A.2.6. Feature Collection {root}/collections/{collectionId}, Abstract Test 11 (Requirement
        /req/core/sfc-md-op)
        """
        for collection in iut.collections:
            assert iut.ask(f"/collections/{collection['id']}").status_code == 200, collection["id"]

    def test_validateFeatureCollectionMetadataResponse(self, iut: Iut) -> None:
        """A.2.6. Feature Collection {root}/collections/{collectionId}, Abstract Test 12 (Requirement
        /req/core/sfc-md-success)
        """
        for collection in iut.collections:
            alone = iut.document(f"/collections/{collection['id']}")
            for member in ("id", "title", "description", "extent", "crs", "itemType"):
                assert alone[member] == collection[member], (collection["id"], member)
            told = [[(link["rel"], link["href"]) for link in entry["links"]] for entry in (alone, collection)]
            assert sorted(told[0]) == sorted(told[1])
