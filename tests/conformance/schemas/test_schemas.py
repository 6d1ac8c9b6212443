"""Part 5 of Features, now Part 3 of Common (23-058r2), Annex A: "Schemas" and "Advanced property roles".

The docstrings are the identifiers of the abstract tests. Every schema resource is a subject under test.
"""

import re
from collections.abc import Iterator

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.conformance.iut import Document, Iut

pytestmark = [pytest.mark.conformance, pytest.mark.parametrize("resource", ["schema", "queryables", "sortables"])]

SCHEMA = "application/schema+json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
KEYWORDS = {
    *("title", "description", "type", "format", "enum", "oneOf", "const", "pattern", "minimum", "maximum", "items"),
    *("readOnly", "writeOnly", "$ref", "properties", "required", "additionalProperties", "minItems", "maxItems"),
}


def schemas(iut: Iut, resource: str) -> list[Document]:
    return [iut.document(f"/collections/{collection['id']}/{resource}", SCHEMA) for collection in iut.collections]


def properties(iut: Iut, resource: str) -> Iterator[tuple[str, Document]]:
    for schema in schemas(iut, resource):
        yield from schema["properties"].items()


def with_role(schema: Document, *roles: str) -> list[Document]:
    return [entry for entry in schema["properties"].values() if entry.get("x-ogc-role") in roles]


def test_basic_schema_inspection(iut: Iut, resource: str) -> None:
    """/conf/schemas/basic-schema-inspection"""
    for schema in schemas(iut, resource):
        Draft202012Validator.check_schema(schema)
        assert (schema["$schema"], schema["type"]) == (DIALECT, "object")
        assert schema["$id"].startswith(("http://", "https://"))
        assert "?" not in schema["$id"]
        assert iut.ask(schema["$id"], SCHEMA).headers["content-type"] == SCHEMA
        assert iut.document(schema["$id"], SCHEMA) == schema
    for name, entry in properties(iut, resource):
        spatial = str(entry.get("format", "")).startswith("geometry-")
        assert ("type" in entry) is not spatial, name
        assert all(keyword in KEYWORDS or keyword.startswith("x-") for keyword in entry), name


def test_role(iut: Iut, resource: str) -> None:
    """/conf/schemas/role, /conf/schemas/property-seq, /conf/schemas/nullvalues"""
    for name, entry in properties(iut, resource):
        assert isinstance(entry.get("x-ogc-role", ""), str), name
        assert isinstance(entry.get("x-ogc-propertySeq", 1), int), name
        assert isinstance(entry.get("x-ogc-nullValues", []), list), name


def test_role_id(iut: Iut, resource: str) -> None:
    """/conf/schemas/role-id"""
    for schema in schemas(iut, resource):
        [identifier] = with_role(schema, "id")
        assert identifier["type"] in ("string", "integer")


def test_unit(iut: Iut, resource: str) -> None:
    """/conf/schemas/unit"""
    for name, entry in properties(iut, resource):
        if "x-ogc-unit" in entry:
            assert isinstance(entry["x-ogc-unit"], str), name
            assert entry["type"] in ("number", "integer"), name
            # UCUM, case sensitive: no spaces, no words for what has a symbol.
            assert entry.get("x-ogc-unitLang", "UCUM") == "UCUM", name
            assert re.fullmatch(r"[\w%/.\[\]{}']+", entry["x-ogc-unit"]), name


def test_definition(iut: Iut, resource: str) -> None:
    """/conf/schemas/definition"""
    for name, entry in properties(iut, resource):
        # A URI; terms that nobody publishes are OTN's own and lead nowhere.
        assert re.fullmatch(r"(https?://|urn:otn:term:)[^\s<>\"]+", entry.get("x-ogc-definition", "http://a")), name


def test_role_primary_geometry(iut: Iut, resource: str) -> None:
    """/conf/advanced-property-roles/role-primary-geometry"""
    for schema in schemas(iut, resource):
        geometries = with_role(schema, "primary-geometry")
        assert len(geometries) == (0 if resource == "sortables" else 1)
        assert all(entry["format"].startswith("geometry-") for entry in geometries)


def test_role_primary_temporal(iut: Iut, resource: str) -> None:
    """/conf/advanced-property-roles/role-primary-temporal, /conf/advanced-property-roles/role-type"""
    for schema in schemas(iut, resource):
        for role in ("primary-interval-start", "primary-interval-end"):
            [end] = with_role(schema, role)
            assert (end["type"], end["format"]) == ("string", "date-time")
        assert not with_role(schema, "primary-instant", "primary-interval")
        assert all(entry["type"] == "string" for entry in with_role(schema, "type"))
