"""The systems that the document of a collection lists."""

import pytest

from tests.conformance.crs.systems import DEFAULTS, is_identifier, systems
from tests.conformance.iut import Iut

pytestmark = pytest.mark.conformance


class TestDiscoveryCollectionCrsUri:
    def test_verifyCollectionCrsIdentifierOfCrsProperty(self, iut: Iut) -> None:
        """A.1 Discovery, Abstract Test 1 (Requirement /req/crs/crs-uri, /req/crs/fc-md-crs-list A,
        /req/crs/fc-md-storageCrs, /req/crs/fc-md-crs-list-global),  crs property in the
        """
        for entry in iut.collections:
            listed = iut.document(f"/collections/{entry['id']}")["crs"]
            assert listed
            assert all(uri == "#/crs" or is_identifier(uri) for uri in listed), entry["id"]

    def test_verifyCollectionCrsIdentifierOfStorageCrsProperty(self, iut: Iut) -> None:
        """A.1 Discovery, Abstract Test 1 (Requirement /req/crs/crs-uri, /req/crs/fc-md-crs-list A,
        /req/crs/fc-md-storageCrs, /req/crs/fc-md-crs-list-global),  storageCrs property
        """
        for entry in iut.collections:
            assert is_identifier(iut.document(f"/collections/{entry['id']}")["storageCrs"]), entry["id"]


class TestDiscoveryCollectionDefaultCrs:
    def test_verifyCollectionCrsIdentifierOfCrsProperty(self, iut: Iut) -> None:
        """A.1 Discovery, Abstract Test 2 (Requirement /req/crs/fc-md-crs-list B),  crs property contains default crs
        in the collection object in the path /collection
        """
        for entry in iut.collections:
            assert systems(iut, iut.document(f"/collections/{entry['id']}"))[0] in DEFAULTS, entry["id"]


class TestDiscoveryCollectionStorageCrs:
    def test_verifyCollectionCrsIdentifierOfCrsProperty(self, iut: Iut) -> None:
        """A.1 Discovery, Abstract Test 3 (Requirement /req/crs/fc-md-storageCrs-valid-value),  storageCrs property in
        the collection object in the path /collection
        """
        for entry in iut.collections:
            collection = iut.document(f"/collections/{entry['id']}")
            assert collection["storageCrs"] in systems(iut, collection), entry["id"]
