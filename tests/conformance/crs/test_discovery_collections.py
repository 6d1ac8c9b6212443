"""The systems that the list of collections lists."""

import pytest

from tests.conformance.crs.systems import DEFAULTS, is_identifier, systems
from tests.conformance.iut import Iut

pytestmark = pytest.mark.conformance


class TestDiscoveryCollectionsCrsUri:
    def test_verifyCollectionsCrsIdentifierOfCrsProperty(self, iut: Iut) -> None:
        """A.1 Discovery, Abstract Test 1 (Requirement /req/crs/crs-uri, /req/crs/fc-md-crs-list A,
        /req/crs/fc-md-storageCrs, /req/crs/fc-md-crs-list-global),  crs property in the
        """
        assert all(is_identifier(uri) for uri in iut.document("/collections").get("crs", []))

    def test_verifyCollectionsCrsIdentifierOfStorageCrs(self, iut: Iut) -> None:
        """A.1 Discovery, Abstract Test 1 (Requirement /req/crs/crs-uri, /req/crs/fc-md-crs-list A,
        /req/crs/fc-md-storageCrs, /req/crs/fc-md-crs-list-global),  storageCrs property
        """
        uri = iut.document("/collections").get("storageCrs")
        assert uri is None or is_identifier(uri)

    def test_verifyCollectionsCollectionCrsIdentifierOfCrsProperty(self, iut: Iut) -> None:
        """A.1 Discovery, Abstract Test 1 (Requirement /req/crs/crs-uri, /req/crs/fc-md-crs-list A,
        /req/crs/fc-md-storageCrs, /req/crs/fc-md-crs-list-global),  crs property in the
        """
        pointed = ["#/crs"] if iut.document("/collections").get("crs") else []
        for collection in iut.collections:
            assert all(uri in pointed or is_identifier(uri) for uri in collection["crs"]), collection["id"]

    def test_verifyCollectionsCollectionCrsIdentifierOfStorageCrs(self, iut: Iut) -> None:
        """A.1 Discovery, Abstract Test 1 (Requirement /req/crs/crs-uri, /req/crs/fc-md-crs-list A,
        /req/crs/fc-md-storageCrs, /req/crs/fc-md-crs-list-global),  storageCrs property
        """
        for collection in iut.collections:
            assert is_identifier(collection["storageCrs"]), collection["id"]


class TestDiscoveryCollectionsDefaultCrs:
    def test_verifyCollectionsPathCollectionCrsPropertyContainsDefaultCrs(self, iut: Iut) -> None:
        """A.1 Discovery, Abstract Test 2 (Requirement /req/crs/fc-md-crs-list B),  crs property contains default crs
        in the collection objects in the path /collections
        """
        for collection in iut.collections:
            assert systems(iut, collection)[0] in DEFAULTS, collection["id"]


class TestDiscoveryCollectionsStorageCrs:
    def test_verifyCollectionsPathCollectionCrsPropertyContainsStorageCrs(self, iut: Iut) -> None:
        """A.1 Discovery, Abstract Test 2 (Requirement /req/crs/fc-md-storageCrs-valid-value),  storageCrs property in
        the collection objects in the path /collections
        """
        for collection in iut.collections:
            assert collection["storageCrs"] in systems(iut, collection), collection["id"]
