"""The services that conformance is tested of: the default datasets, and the roads of one village alone."""

from collections.abc import Iterator

import httpx
import pytest

from tests.conformance.iut import Iut
from tests.conftest import serving


@pytest.fixture(scope="session")
def village(village_url: str) -> Iterator[Iut]:
    """The service over the roads of Wechelderzande."""
    with serving(village_url) as address, httpx.Client(timeout=60) as client:
        yield Iut(address, client)


@pytest.fixture(scope="session")
def defaults(service: str) -> Iterator[Iut]:
    """The service over the default datasets of be and lv, the highways of gb and fr, and Wechelderzande."""
    with httpx.Client(timeout=60) as client:
        yield Iut(service, client)


@pytest.fixture(scope="session", params=["defaults", "village"])
def iut(request: pytest.FixtureRequest) -> Iut:
    """The implementation under test, one service after the other."""
    found: Iut = request.getfixturevalue(request.param)
    return found
