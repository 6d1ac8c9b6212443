"""Queryables and schemas: what clients read about properties is what the features hold."""

from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from otn.api.links import Links
from otn.api.schemas import feature_schema, logical_schema, queryables, sortables
from otn.model.collections import COLLECTIONS, Collection, GeometryKind
from otn.model.fields import Kind
from otn.model.text import LANGUAGES

LINKS = Links("https://otn.example", "nl")


FORMATS = {
    GeometryKind.POINT: "geometry-point",
    GeometryKind.LINE_STRING: "geometry-linestring",
    GeometryKind.MULTI_POLYGON: "geometry-multipolygon",
    GeometryKind.ANY: "geometry-any",
}


@pytest.fixture(params=list(COLLECTIONS.values()), ids=list(COLLECTIONS))
def collection(request: pytest.FixtureRequest) -> Collection:
    model: Collection = request.param
    return model


def test_queryables_are_the_filters(collection: Collection) -> None:
    document = queryables(collection, "Title", LINKS, "en")
    Draft202012Validator.check_schema(document)
    assert document["$id"] == f"https://otn.example/collections/{collection.id}/queryables"
    assert document["additionalProperties"] is False
    assert list(document["properties"]) == ["geometry", *collection.queryables]
    assert document["properties"]["id"]["x-ogc-role"] == "id"
    assert all(isinstance(entry.get("type", "-"), str) for entry in document["properties"].values())


def test_sortables_are_plain_values_that_select_features(collection: Collection) -> None:
    """Source: 23-058r2, requirement /req/sortables/response."""
    document = sortables(collection, "Title", LINKS, "en")
    Draft202012Validator.check_schema(document)
    assert document["$id"] == f"https://otn.example/collections/{collection.id}/sortables"
    assert document["additionalProperties"] is False
    assert list(document["properties"]) == list(collection.queryables)
    assert {entry["type"] for entry in document["properties"].values()} <= {"string", "integer", "number", "boolean"}


def test_a_collection_links_to_its_sortables(client: httpx.Client) -> None:
    rel = "http://www.opengis.net/def/rel/ogc/1.0/sortables"
    (link,) = [link for link in client.get("/collections/roads").json()["links"] if link["rel"] == rel]
    assert link["type"] == "application/schema+json"
    assert link["href"].endswith("/collections/roads/sortables")


def test_the_logical_schema_has_identifier_geometry_and_times_by_role(collection: Collection) -> None:
    document = logical_schema(collection, "Title", LINKS, "en")
    Draft202012Validator.check_schema(document)
    roles = {entry["x-ogc-role"]: name for name, entry in document["properties"].items() if "x-ogc-role" in entry}
    assert roles == {
        "id": "id",
        "primary-geometry": "geometry",
        "primary-interval-start": "validFrom",
        "primary-interval-end": "validTo",
    }
    geometry = document["properties"]["geometry"]
    assert "type" not in geometry
    assert geometry["format"] == FORMATS[collection.geometry]


def test_the_geometry_is_queryable_as_the_standard_and_as_qgis_have_it(collection: Collection) -> None:
    """QGIS reads `$ref` only where there is no `type`; the standard wants `format` and no `type`."""
    geometry = queryables(collection, "Title", LINKS, "en")["properties"]["geometry"]
    assert "type" not in geometry
    assert geometry["format"] == FORMATS[collection.geometry]
    assert geometry["$ref"] == f"https://geojson.org/schema/{collection.geometry.value}.json"


def test_every_property_says_what_it_means(collection: Collection) -> None:
    properties = logical_schema(collection, "Title", LINKS, "de")["properties"]
    for field in collection.fields:
        entry = properties[field.name]
        assert entry["title"] == field.title.de
        assert entry["description"]
        assert entry["x-ogc-definition"] == field.term
        assert entry.get("x-ogc-unit") == field.unit
        assert entry.get("x-ogc-unitLang") == ("UCUM" if field.unit else None)
        assert entry.get("x-ogc-codelistUri") == (field.codelist.uri if field.codelist else None)
        assert ("enum" in entry) == ("oneOf" in entry) == (field.kind is Kind.CODE)


def test_units_are_those_of_ucum() -> None:
    """Case-sensitive codes: kilometres per hour, metres, tonnes, per cent."""
    units = {field.unit for collection in COLLECTIONS.values() for field in collection.fields if field.unit}
    assert units <= {"km/h", "m", "t", "%"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_of_a_code_list_have_titles_in_the_readers_language(collection: Collection, language: str) -> None:
    properties = queryables(collection, "Title", LINKS, language)["properties"]
    for field in collection.fields:
        if field.codelist is not None:
            entry = properties[field.name]
            assert entry["enum"] == [value["const"] for value in entry["oneOf"]]
            assert [value["title"] for value in entry["oneOf"]] == [
                code.title.in_language(language) for code in field.codelist.codes
            ]


def test_every_keyword_is_of_json_schema_or_of_part_5(collection: Collection) -> None:
    """Source: 23-058r2, requirement /req/schemas/additional-keywords and recommendation /rec/schemas/properties."""
    keywords = {"title", "description", "type", "format", "enum", "oneOf", "pattern", "minimum", "maximum", "readOnly"}
    for build in (queryables, sortables, logical_schema):
        for entry in build(collection, "Title", LINKS, "en")["properties"].values():
            assert not [name for name in entry.keys() - keywords - {"$ref"} if not name.startswith("x-ogc-")]
            assert entry.get("format", "").startswith("geometry-") or "type" in entry


def known(feature: dict[str, Any]) -> dict[str, Any]:
    """The feature without what is unknown."""
    properties = {name: value for name, value in feature["properties"].items() if value is not None}
    return feature | {"properties": properties}


@pytest.mark.parametrize("name", ["roads", "ports", "airports"])
def test_features_follow_the_schema_that_describes_them(client: httpx.Client, name: str) -> None:
    schema = client.get(f"/collections/{name}/schemas/feature").json()
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for feature in client.get(f"/collections/{name}/items", params={"limit": 100}).json()["features"]:
        validator.validate(known(feature))
        assert list(feature["properties"]) == list(schema["properties"]["properties"]["properties"])


def test_types_are_single_names_as_gdal_and_qgis_read_them(collection: Collection) -> None:
    properties = feature_schema(collection, "Title", LINKS, "en")["properties"]["properties"]["properties"]
    assert properties["validFrom"]["format"] == "date-time"
    assert all(isinstance(entry["type"], str) for entry in properties.values())


def test_schemas_come_with_their_media_type(client: httpx.Client) -> None:
    for name in ("queryables", "sortables", "schema"):
        answer = client.get(f"/collections/roads/{name}", params={"lang": "fr"})
        assert answer.headers["content-type"] == "application/schema+json"
        assert answer.json()["properties"]["surface"]["title"] == "Revêtement"
        assert answer.json()["$id"] == str(answer.url.copy_with(query=None))
