"""The API definition: OpenAPI 3.0 that stands on its own and names the server it is served by."""

import json
import re

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from tests.conformance.iut import OPENAPI, Iut, links

pytestmark = pytest.mark.conformance


class TestApiDefinition:
    def test_openapiDocumentRetrieval(self, iut: Iut) -> None:
        """A.2.3. API Definition Path {root}/api (link), Abstract Test 5 (Requirement /req/core/api-definition-op)"""
        [link] = [entry for entry in links(iut.landing, "service-desc") if entry["type"] == OPENAPI]
        answer = iut.ask(link["href"], OPENAPI)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == OPENAPI

    def test_apiDefinitionValidation(self, iut: Iut) -> None:
        """A.2.3. API Definition Path {root}/api (link), Abstract Test 6 (Requirement
        /req/core/api-definition-success)
        """
        OpenAPIV30SpecValidator(iut.definition).validate()
        assert iut.definition["servers"][0]["url"] == iut.address
        assert {"/conformance", "/collections"} <= iut.definition["paths"].keys()
        # Whoever follows references outside needs the internet.
        references = re.findall(r'"\$ref": "([^"]*)"', json.dumps(iut.definition))
        assert references
        assert all(reference.startswith("#/") for reference in references)
