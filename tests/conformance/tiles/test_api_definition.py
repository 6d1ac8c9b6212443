"""The API definition tells of tiles."""

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from tests.conformance.iut import Iut

pytestmark = pytest.mark.conformance


class TestApiDefinition:
    def test_apiDefinitionValidation(self, iut: Iut) -> None:
        """Abstract test A.23, Requirement 22: /req/oas30/completeness"""
        OpenAPIV30SpecValidator(iut.definition).validate()

    def test_apiDefinitionOperationIdValidation(self, iut: Iut) -> None:
        """Abstract test A.24, Requirement 23: /req/oas30/operation-id"""
        paths = iut.definition["paths"].values()
        names = [item["get"]["operationId"] for item in paths if "get" in item]
        for operation in (".getTileSetsList", ".getTileSet", ".getTile"):
            assert [name for name in names if name.endswith(operation)], operation
