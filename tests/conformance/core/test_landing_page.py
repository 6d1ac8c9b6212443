"""The landing page."""

import pytest

from tests.conformance.iut import Iut

pytestmark = pytest.mark.conformance


class TestLandingPage:
    def test_landingPageRetrieval(self, iut: Iut) -> None:
        """A.2.2. Landing Page {root}/, Abstract Test 3 (Requirement /req/core/root-op)"""
        assert iut.ask("/").status_code == 200

    def test_landingPageValidation(self, iut: Iut) -> None:
        """A.2.2. Landing Page {root}/, Abstract Test 4 (Requirement /req/core/root-success)"""
        rels = {entry["rel"] for entry in iut.landing["links"]}
        assert rels & {"service-desc", "service-doc"}
        assert {"conformance", "data"} <= rels
