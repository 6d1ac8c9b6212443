"""Tiles of the whole dataset."""

import pytest

from tests.conformance.iut import Iut
from tests.conformance.tiles.tilesets import TILES, tilesets_links

pytestmark = pytest.mark.conformance


class TestLandingPage:
    def test_landingPageRetrieval(self, iut: Iut) -> None:
        """Abstract test A.10, addresses Requirement 11"""
        assert TILES + "dataset-tilesets" in iut.declared
        assert tilesets_links(iut.landing)
