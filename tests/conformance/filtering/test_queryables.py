"""OGC API - Features - Part 3 (19-079r2): queryables, and queryables as query parameters."""

import pytest

from tests.conformance.iut import Document, Iut, links

pytestmark = pytest.mark.conformance

PART_3 = "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/"
REL = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
SCHEMA = "application/schema+json"


def queryables(iut: Iut, collection: Document) -> Document:
    return iut.document(f"/collections/{collection['id']}/queryables", SCHEMA)


def test_classes_are_declared(iut: Iut) -> None:
    assert {PART_3 + "queryables", PART_3 + "queryables-query-parameters"} <= iut.declared


def test_get_queryables_op_and_response(iut: Iut) -> None:
    """/req/queryables/get-queryables-op, /req/queryables/get-queryables-response"""
    for collection in iut.collections:
        path = f"/collections/{collection['id']}/queryables"
        assert iut.ask(path, SCHEMA).headers["content-type"] == SCHEMA
        schema = queryables(iut, collection)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert (schema["$id"], schema["type"]) == (iut.address + path, "object")
        assert schema["properties"]


def test_queryables_link(iut: Iut) -> None:
    """/req/queryables/queryables-link"""
    for collection in iut.collections:
        [link] = links(iut.document(f"/collections/{collection['id']}"), REL)
        assert iut.document(link["href"], SCHEMA) == queryables(iut, collection)


def test_parameters(iut: Iut) -> None:
    """/req/queryables-query-parameters/parameters"""
    for collection in iut.collections:
        [first, *_] = iut.features(collection).document["features"]
        values = {"id": first["id"]} | first["properties"]
        asked = [name for name in queryables(iut, collection)["properties"] if values.get(name) is not None]
        assert asked
        for name in asked:
            value = values[name]
            text = str(value).lower() if isinstance(value, bool) else str(value)
            answer = iut.ask_features(collection, **{name: text}).json()
            assert first["id"] in [found["id"] for found in answer["features"]] or answer["numberMatched"] > 10, name
            for found in answer["features"]:
                assert ({"id": found["id"]} | found["properties"])[name] == value, name


def test_unknown_parameters_are_refused(iut: Iut) -> None:
    """/req/core/query-param-unknown, where there are no additional properties"""
    for collection in iut.collections:
        assert queryables(iut, collection)["additionalProperties"] is False
        assert iut.ask_features(collection, this_is_not_a_queryable="1").status_code == 400
