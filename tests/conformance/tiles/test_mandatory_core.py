"""Tiles that whoever runs the suite names: a template, a tile matrix and a range of rows and columns.

Named here is the deepest tile matrix in which one tile holds the whole collection, so that the tile is not empty.
"""

import pytest

from tests.conformance.iut import Document, Iut
from tests.conformance.tiles.tilesets import template, tilesets

pytestmark = pytest.mark.conformance


def whole(tileset: Document) -> Document:
    """The limits of the deepest tile matrix with a single tile."""
    single = [
        limits
        for limits in tileset["tileMatrixSetLimits"]
        if (limits["minTileRow"], limits["minTileCol"]) == (limits["maxTileRow"], limits["maxTileCol"])
    ]
    # The sets have two tiles at their top where they are twice as wide as high.
    return dict(single[-1] if single else tileset["tileMatrixSetLimits"][0])


class TestMandatoryCore:
    def test_verifyMinimalConformance(self, iut: Iut) -> None:
        """Abstract test A.2, Requirement 1: /req/core/tc-op"""
        for tileset in tilesets(iut):
            registered = tileset["tileMatrixSetURI"]
            assert registered.startswith("http://www.opengis.net/def/tilematrixset/OGC/1.0/")
            assert f"/tiles/{registered.rpartition('/')[2]}/" in template(tileset)

    def test_validateSuccessfulTilesExecution(self, iut: Iut) -> None:
        """Abstract test A.6, Requirement 5: /req/core/tc-success"""
        for tileset in tilesets(iut):
            matrix = whole(tileset)
            for row in range(matrix["minTileRow"], matrix["maxTileRow"] + 1):
                for column in range(matrix["minTileCol"], matrix["maxTileCol"] + 1):
                    asked = iut.ask(
                        template(tileset).format(tileMatrix=matrix["tileMatrix"], tileRow=row, tileCol=column), "*/*"
                    )
                    assert asked.status_code == 200, asked.url
                    assert asked.content

    def test_verifyErrorResponses(self, iut: Iut) -> None:
        """Abstract test A.7, Requirement 6: /req/core/tc-error"""
        for tileset in tilesets(iut):
            beyond = 2**31 - 1
            tile = template(tileset).format(tileMatrix=whole(tileset)["tileMatrix"], tileRow=beyond, tileCol=beyond)
            assert iut.ask(tile, "*/*").status_code in (400, 404), tile
