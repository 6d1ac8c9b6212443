"""The list of tilesets."""

import pytest

from tests.conformance.iut import Iut
from tests.conformance.tiles.tilesets import TILES, origins, tilesets_links

pytestmark = pytest.mark.conformance


class TestTilesetLlinks:
    def test_validateTilesetsListResponse(self, iut: Iut) -> None:
        """Abstract test A.9, addresses Requirement 10 (/req/tilesets-list/tileset-links)"""
        assert TILES + "tilesets-list" in iut.declared
        for origin in origins(iut):
            for link in tilesets_links(origin):
                assert "/tiles" in link["href"]
                for entry in iut.document(link["href"])["tilesets"]:
                    assert entry["tileMatrixSetURI"], link["href"]
