"""Tiles found by following links from the landing page and from collections."""

from collections.abc import Callable

import pytest

from tests.conformance.iut import Document, Iut
from tests.conformance.tiles.tilesets import TILES, template, tilesets

pytestmark = pytest.mark.conformance


def address(tileset: Document, row: Callable[[Document], int]) -> str:
    """A tile of the first tile matrix of the limits."""
    limits = tileset["tileMatrixSetLimits"][0]
    return template(tileset).format(tileMatrix=limits["tileMatrix"], tileRow=row(limits), tileCol=limits["minTileCol"])


class TestTile:
    def test_validateTilesAreAvailable(self, iut: Iut) -> None:
        """Abstract test A.2, Requirement 1: /req/core/tc-op"""
        assert TILES + "core" in iut.declared
        assert len(list(tilesets(iut))) > len(iut.collections)
        assert all(tileset["links"] for tileset in tilesets(iut))

    def test_validateSuccessfulTilesExecutionFollowingLinks(self, iut: Iut) -> None:
        """Abstract test A.6, Requirement 5: /req/core/tc-success"""
        for tileset in tilesets(iut):
            asked = iut.ask(address(tileset, lambda limits: int(limits["maxTileRow"])), "*/*")
            assert asked.status_code in (200, 204), asked.url

    def test_validateTilesErrorConditions(self, iut: Iut) -> None:
        """Abstract test A.7: /conf/core/tc-error, Requirement 6: /req/core/tc-error"""
        for tileset in tilesets(iut):
            asked = iut.ask(address(tileset, lambda limits: int(limits["maxTileRow"]) + 1), "*/*")
            assert asked.status_code in (400, 404), asked.url

    def test_validateTileMatrixDefinitionIsAvailable(self, iut: Iut) -> None:
        """Abstract test A.3, Requirement 2: /req/core/tc-tilematrix-definition"""
        assert all("{tileMatrix}" in template(tileset) for tileset in tilesets(iut))

    def test_validateTileRowDefinitionIsAvailable(self, iut: Iut) -> None:
        """Abstract test A.4, Requirement 3: /req/core/tc-tilerow-definition"""
        assert all("{tileRow}" in template(tileset) for tileset in tilesets(iut))

    def test_validateTileColDefinitionIsAvailable(self, iut: Iut) -> None:
        """Abstract test A.5, Requirement 4: /req/core/tc-tilecol-definition"""
        assert all("{tileCol}" in template(tileset) for tileset in tilesets(iut))
