"""The service before the sample, which editions must agree with."""

from tests.api.conftest import address, client

__all__ = ["address", "client"]
