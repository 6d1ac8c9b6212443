"""The API definition is valid, stands on its own, and tells the truth about what is served."""

import json
import re
from typing import Any

import httpx
import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from otn.model.collections import ROADS

Document = dict[str, Any]


@pytest.fixture(scope="module")
def definition(client: httpx.Client) -> Document:
    answer = client.get("/api")
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    document: Document = answer.json()
    return document


def resolved(definition: Document, entry: Document) -> Document:
    while "$ref" in entry:
        found: Any = definition
        for step in entry["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        entry = found
    return entry


def parameters(definition: Document, path: str) -> dict[str, Document]:
    entries = [resolved(definition, entry) for entry in definition["paths"][path]["get"]["parameters"]]
    return {entry["name"]: entry for entry in entries}


def test_it_is_valid_openapi_3_0(definition: Document) -> None:
    assert definition["openapi"] == "3.0.3"
    OpenAPIV30SpecValidator(definition).validate()


def test_it_refers_to_nothing_outside(definition: Document) -> None:
    references = re.findall(r'"\$ref": "([^"]*)"', json.dumps(definition))
    assert references
    assert all(reference.startswith("#/") for reference in references)


def test_operations_have_names_of_their_own(definition: Document) -> None:
    names = [item["get"]["operationId"] for item in definition["paths"].values()]
    assert len(set(names)) == len(names)


def test_it_names_its_own_server(definition: Document, address: str) -> None:
    assert definition["servers"] == [{"url": address}]


def test_every_path_answers_as_it_says(client: httpx.Client, definition: Document) -> None:
    features = {"roads": "1", "ports": "201", "airports": "101"}
    for path, item in definition["paths"].items():
        names = {"featureId": features.get(path.split("/")[2] if path.startswith("/collections/") else "", "")}
        names |= {"styleId": "roads", "tileMatrixSetId": "WebMercatorQuad"}
        names |= {"tileMatrix": "0", "tileRow": "0", "tileCol": "0"}
        responses = item["get"]["responses"]
        for media_type in responses["200"]["content"]:
            answer = client.get(path.format(**names), headers={"Accept": media_type})
            assert answer.status_code in (200, 204), path
            assert str(answer.status_code) in responses
            assert answer.headers.get("content-type", media_type).startswith(media_type)


def test_paging_and_filters_stand_on_the_concrete_path(definition: Document) -> None:
    path = "/collections/roads/items"
    declared = definition["paths"][path]["get"]["parameters"]
    assert {"$ref": "#/components/parameters/limit"} in declared
    by_name = parameters(definition, path)
    limit = by_name["limit"]["schema"]
    assert limit == {"type": "integer", "minimum": 1, "maximum": 10000, "default": 10}
    bbox = by_name["bbox"]["schema"]
    assert bbox == {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}
    assert by_name["datetime"]["schema"] == {"type": "string"}
    assert set(by_name) == {"limit", "bbox", "datetime", "token", "f", "lang"} | {
        field.name for field in ROADS.fields if field.filterable
    }
    for entry in by_name.values():
        assert (entry["in"], entry["required"], entry["style"], entry["explode"]) == ("query", False, "form", False)
        assert isinstance(entry["schema"]["type"], str)


def test_declared_parameters_are_known(client: httpx.Client, definition: Document) -> None:
    examples = {"limit": "1", "bbox": "1,2,3,4", "datetime": "2020-01-01", "f": "json", "lang": "en", "token": ""}
    by_type = {"string": "x", "integer": "1", "number": "1.5", "boolean": "true"}
    for name, declared in parameters(definition, "/collections/roads/items").items():
        schema = declared["schema"]
        value = examples.get(name) or (schema["enum"][0] if "enum" in schema else by_type[schema["type"]])
        value = "2020-01-01" if name in ("validFrom", "validTo") else value
        status = client.get("/collections/roads/items", params={name: value}).status_code
        assert status == (400 if name == "token" else 200), name


def test_only_what_is_served_is_described(definition: Document) -> None:
    assert not [path for path in definition["paths"] if "railways" in path]
    assert "/collections/ports/items/{featureId}" in definition["paths"]


def test_errors_are_described(definition: Document) -> None:
    responses = definition["paths"]["/collections/roads/items"]["get"]["responses"]
    assert set(responses) == {"200", "400", "404", "406", "500", "503"}
    assert all(
        "application/problem+json" in resolved(definition, responses[code])["content"] for code in ("400", "503")
    )


def test_it_speaks_the_readers_language(client: httpx.Client) -> None:
    tags = {entry["name"]: entry.get("description") for entry in client.get("/api?lang=nl").json()["tags"]}
    assert tags["roads"] == "Wegen"
