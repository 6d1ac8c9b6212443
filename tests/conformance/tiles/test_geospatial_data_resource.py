"""The tilesets of each collection."""

import pytest

from tests.conformance.iut import Iut
from tests.conformance.tiles.tilesets import TILES, tilesets_links

pytestmark = pytest.mark.conformance


class TestGeospatialDataResource:
    def test_geospatialResourceTilesetsLinksCheck(self, iut: Iut) -> None:
        """Abstract test A.12, addresses Requirement 13"""
        assert TILES + "geodata-tilesets" in iut.declared
        for collection in iut.collections:
            assert tilesets_links(collection), collection["id"]

    def test_geospatialResourceTilesetsRetrieval(self, iut: Iut) -> None:
        """Abstract test A.13, addresses Requirement 14"""
        for collection in iut.collections:
            for link in tilesets_links(collection):
                assert link["href"].partition("?")[0].endswith("/tiles")
                assert iut.document(link["href"])["tilesets"], collection["id"]
