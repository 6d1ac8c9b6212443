"""Tiles of the whole dataset."""

import pytest

from tests.conformance.iut import Iut
from tests.conformance.tiles.tilesets import TILES, TILESETS_REL

pytestmark = pytest.mark.conformance


class TestLandingPage:
    def test_landingPageRetrieval(self, iut: Iut) -> None:
        """Abstract test A.10, addresses Requirement 11"""
        if TILES + "dataset-tilesets" not in iut.declared:
            pytest.skip("there are no tiles of the whole dataset")
        assert [entry for entry in iut.landing["links"] if entry["rel"].startswith(TILESETS_REL)]
