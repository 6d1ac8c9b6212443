"""Part 5 of Features, now Part 3 of Common (23-058r2), Annex A: returnables and receivables, queryables, sortables.

The docstrings are the identifiers of the abstract tests. OTN is read-only, so the test of requests that write is left
out.
"""

import pytest
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

from tests.conformance.iut import GEOJSON, Iut, links

pytestmark = pytest.mark.conformance

SCHEMA = "application/schema+json"
REL = "http://www.opengis.net/def/rel/ogc/1.0/"
# Which class each resource belongs to.
RESOURCES = {"schema": "returnables-and-receivables", "queryables": "queryables", "sortables": "sortables"}


@pytest.mark.parametrize(("resource", "conformance_class"), RESOURCES.items())
@pytest.mark.parametrize("standard", ["ogcapi-features-5", "ogcapi-common-3"])
def test_get_conformance(iut: Iut, standard: str, resource: str, conformance_class: str) -> None:
    """/conf/{class}/get-conformance, under both names that the standard has had"""
    names = {f"http://www.opengis.net/spec/{standard}/1.0/conf/{name}" for name in ("schemas", conformance_class)}
    assert names <= iut.declared, resource


@pytest.mark.parametrize("resource", RESOURCES)
def test_link(iut: Iut, resource: str) -> None:
    """/conf/{class}/link"""
    for collection in iut.collections:
        found = links(iut.document(f"/collections/{collection['id']}"), REL + resource)
        # The XML Schema of GML is linked by the same relation.
        [link] = [entry for entry in found if entry["type"] == SCHEMA]
        assert link["href"].partition("?")[0] == f"{iut.address}/collections/{collection['id']}/{resource}"


@pytest.mark.parametrize("resource", RESOURCES)
def test_op_and_response(iut: Iut, resource: str) -> None:
    """/conf/{class}/op-and-response; that each schema is one, test_schemas.py tests"""
    for collection in iut.collections:
        answer = iut.ask(f"/collections/{collection['id']}/{resource}", SCHEMA)
        assert (answer.status_code, answer.headers["content-type"]) == (200, SCHEMA)
        if resource == "sortables":
            types = [entry["type"] for entry in answer.json()["properties"].values()]
            assert types
            assert not {"array", "object"} & set(types)


def test_response_1(iut: Iut) -> None:
    """/conf/returnables-and-receivables/response-1; unknown values are null, and the schema is that of known ones"""
    for collection in iut.collections:
        schema = iut.document(f"/collections/{collection['id']}/schema", SCHEMA)
        check = Draft202012Validator(schema, format_checker=FormatChecker())
        alone = iut.document(iut.first_feature(collection), GEOJSON)
        for feature in (*iut.features(collection, limit="100").document["features"], alone):
            assert feature["properties"].keys() <= schema["properties"].keys()
            known = {name: value for name, value in feature["properties"].items() if value is not None}
            check.validate({"id": feature["id"], "geometry": feature["geometry"]} | known)
