"""The protocol."""

import pytest

from tests.conformance.iut import Iut

pytestmark = pytest.mark.conformance


class TestGeneralHttp:
    def test_http(self, iut: Iut) -> None:
        """A.2.1.1. HTTP, Abstract Test 1 (Requirement /req/core/http)"""
        answer = iut.ask("/")
        assert (answer.status_code, answer.http_version) == (200, "HTTP/1.1")
