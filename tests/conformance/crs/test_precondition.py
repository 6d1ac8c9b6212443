"""The declaration of conformance with Part 2."""

import pytest

from tests.conformance.crs.systems import CRS_CLASS
from tests.conformance.iut import Iut

pytestmark = pytest.mark.conformance


class TestCrsRequirementClassPrecondition:
    def test_verifyConformanceClass(self, iut: Iut) -> None:
        """Precondition: conformance class http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs must be
        implemented
        """
        assert CRS_CLASS in iut.declared
