"""The API definition is valid, stands on its own, and tells the truth about what is served."""

import json
import re
from typing import Any

import httpx
import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from otn.api.crs import CRS84
from otn.api.encoders.registry import DOWNLOADS, ITEMS
from otn.model.collections import ROADS

Document = dict[str, Any]

PAGING = {"limit", "token", "resulttype"}
SELECTING = {"bbox", "bbox-crs", "datetime", "filter", "filter-lang", "filter-crs", "q"}
SHOWING = {"crs", "properties", "exclude-properties", "skipGeometry", "zoom-level", "max-allowable-offset", "precision"}


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
    names = [operation["operationId"] for item in definition["paths"].values() for operation in item.values()]
    assert len(set(names)) == len(names)


def test_it_names_its_own_server(definition: Document, address: str) -> None:
    assert definition["servers"] == [{"url": address}]


def test_every_path_answers_as_it_says(client: httpx.Client, definition: Document) -> None:
    features = {"roads": "1", "ports": "201", "airports": "101"}
    for path, item in definition["paths"].items():
        collection = path.split("/")[2] if path.startswith("/collections/") else "roads"
        names = {"featureId": features.get(collection, ""), "styleId": collection}
        names |= {"tileMatrixSetId": "WebMercatorQuad"}
        names |= {"region": "be", "datasetName": "wechelderzande-roads", "loadId": "1"}
        names |= {"tileMatrix": "0", "tileRow": "0", "tileCol": "0"}
        ((method, operation),) = item.items()
        responses = operation["responses"]
        for media_type in responses["200"]["content"]:
            body: Document | None = {} if "requestBody" in operation else None
            answer = client.request(method, path.format(**names), headers={"Accept": media_type}, json=body)
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
    own = {"sortby", "edition", "f", "lang"} | ROADS.queryables.keys()
    assert set(by_name) == PAGING | SELECTING | SHOWING | own
    for entry in by_name.values():
        assert (entry["in"], entry["required"], entry["style"], entry["explode"]) == ("query", False, "form", False)
        assert isinstance(entry["schema"]["type"], str)


def test_one_feature_takes_what_shows_it(definition: Document) -> None:
    by_name = parameters(definition, "/collections/roads/items/{featureId}")
    assert set(by_name) == {"featureId", "edition", "f", "lang"} | SHOWING


def test_a_download_takes_what_selects_sorts_and_shows_but_no_page(definition: Document) -> None:
    by_name = parameters(definition, "/collections/roads/download")
    assert set(by_name) == SELECTING | SHOWING | {"sortby", "f", "lang"} | ROADS.queryables.keys()
    content = definition["paths"]["/collections/roads/download"]["get"]["responses"]["200"]["content"]
    assert list(content) == [representation.media_type for representation in DOWNLOADS]


@pytest.mark.parametrize("below", ["", "/{tileMatrixSetId}", "/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}"])
def test_tiles_take_what_selects_features_whatever_their_place(definition: Document, below: str) -> None:
    by_name = parameters(definition, f"/collections/roads/tiles{below}")
    selecting = SELECTING - {"bbox", "bbox-crs", "filter-crs"} | {"subset"} | ROADS.queryables.keys()
    assert set(by_name) == selecting | {"f", "lang"} | set(re.findall(r"\w+", below))


def test_a_search_takes_the_parameters_of_items_as_members_of_an_object(definition: Document) -> None:
    search = definition["paths"]["/collections/roads/search"]["post"]
    body = resolved(definition, search["requestBody"]["content"]["application/json"]["schema"])
    assert set(body["properties"]) == set(parameters(definition, "/collections/roads/items")) - {"f", "lang"}
    assert body["additionalProperties"] is False


def test_formats_are_those_that_are_offered(definition: Document) -> None:
    for path, offered in (("items", ITEMS), ("download", DOWNLOADS)):
        formats = parameters(definition, f"/collections/roads/{path}")["f"]["schema"]["enum"]
        assert formats == [name for representation in offered for name in representation.formats]


def test_reference_systems_are_those_of_the_collection(definition: Document) -> None:
    for name in ("crs", "bbox-crs", "filter-crs"):
        uris = parameters(definition, "/collections/airports/items")[name]["schema"]["enum"]
        assert uris[0] == CRS84.uri
        assert "http://www.opengis.net/def/crs/EPSG/0/31370" in uris
        uris = parameters(definition, "/collections/ports/items")[name]["schema"]["enum"]
        assert "http://www.opengis.net/def/crs/EPSG/0/31370" not in uris


def test_filters_are_in_cql2_as_text_unless_said_otherwise(definition: Document) -> None:
    """GDAL takes the filter language from the enum, by its older name."""
    schema = parameters(definition, "/collections/roads/items")["filter-lang"]["schema"]
    assert schema == {"type": "string", "enum": ["cql2-text", "cql2-json", "cql-text"], "default": "cql2-text"}


def test_features_say_in_which_system_they_are_and_when_they_changed(definition: Document) -> None:
    for path, more in (
        ("items", {"OTN-Edition"}),
        ("items/{featureId}", {"OTN-Edition"}),
        ("download", {"OTN-Edition", "Accept-Ranges"}),
    ):
        responses = definition["paths"][f"/collections/roads/{path}"]["get"]["responses"]
        assert set(responses["200"]["headers"]) == {"Content-Crs", "ETag", "Link"} | more
        assert "ETag" in resolved(definition, responses["304"])["headers"]


def test_parts_of_a_download_are_described(definition: Document) -> None:
    responses = definition["paths"]["/collections/roads/download"]["get"]["responses"]
    assert {"Content-Range", "ETag"} < set(responses["206"]["headers"])
    assert "application/problem+json" in resolved(definition, responses["416"])["content"]


def test_declared_parameters_are_known(client: httpx.Client, definition: Document) -> None:
    examples = {"limit": "1", "bbox": "1,2,3,4", "datetime": "2020-01-01", "f": "json", "lang": "en", "token": ""}
    examples |= {"filter": "lanes>1", "filter-lang": "cql2-text", "q": "x", "sortby": "-name,lanes"}
    examples |= {"properties": "name,lanes", "exclude-properties": "name", "precision": "5", "zoom-level": "7"}
    by_type = {"string": "x", "integer": "1", "number": "1.5", "boolean": "true"}
    for name, declared in parameters(definition, "/collections/roads/items").items():
        schema = declared["schema"]
        value = examples.get(name) or (schema["enum"][0] if "enum" in schema else by_type[schema["type"]])
        value = "2020-01-01" if name in ("validFrom", "validTo") else value
        status = client.get("/collections/roads/items", params={name: value}).status_code
        # There are no editions of the sample.
        assert status == {"token": 400, "edition": 404}.get(name, 200), name


def test_only_what_is_served_is_described(definition: Document) -> None:
    assert not [path for path in definition["paths"] if "railways" in path]
    assert "/collections/ports/items/{featureId}" in definition["paths"]


def test_errors_are_described(definition: Document) -> None:
    responses = definition["paths"]["/collections/roads/items"]["get"]["responses"]
    assert set(responses) == {"200", "304", "400", "404", "406", "410", "500", "503"}
    assert all(
        "application/problem+json" in resolved(definition, responses[code])["content"] for code in ("400", "503")
    )


def test_it_speaks_the_readers_language(client: httpx.Client) -> None:
    tags = {entry["name"]: entry.get("description") for entry in client.get("/api?lang=nl").json()["tags"]}
    assert tags["roads"] == "Wegen"
