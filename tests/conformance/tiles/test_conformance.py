"""The declaration of conformance with Tiles."""

import pytest

from tests.conformance.iut import Iut
from tests.conformance.tiles.tilesets import TILES

pytestmark = pytest.mark.conformance


class TestConformance:
    def test_validateConformanceOperationAndResponse(self, iut: Iut) -> None:
        """Abstract test A.1, Requirement 7: /req/core/conformance-success"""
        assert TILES + "core" in iut.declared
