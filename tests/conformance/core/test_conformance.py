"""The declaration of conformance."""

import pytest

from tests.conformance.iut import FEATURES, Iut, links

pytestmark = pytest.mark.conformance


class TestConformance:
    def test_validateConformanceOperationAndResponse(self, iut: Iut) -> None:
        """A.2.4. Conformance Path {root}/conformance, Abstract Test 7 + 8 (Requirements /req/core/conformance-op and
        /req/core/conformance-success)
        """
        addresses = [entry["href"] for entry in links(iut.landing, "conformance")]
        assert "/conformance" in iut.definition["paths"]
        for address in (*addresses, "/conformance"):
            declared = iut.document(address)["conformsTo"]
            assert all(isinstance(entry, str) for entry in declared)
            assert FEATURES + "core" in declared
