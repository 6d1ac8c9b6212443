"""The documents that lead a client to the data."""

import re
from typing import Any

import httpx
import pytest

from otn.api.crs import CRS84, EVERYWHERE
from otn.api.documents import QUERYABLES_REL, SCHEMA_REL
from tests.api.sample import UPDATED

DOCUMENTS = ["/", "/conformance", "/collections", "/collections/roads"]


def links(document: dict[str, Any], rel: str) -> list[dict[str, str]]:
    return [entry for entry in document["links"] if entry["rel"] == rel]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_document_links_to_itself_and_to_its_page(client: httpx.Client, path: str) -> None:
    document = client.get(path).json()
    (itself,) = links(document, "self")
    assert itself["type"] == "application/json"
    assert client.get(itself["href"]).json() == document
    (page,) = [entry for entry in links(document, "alternate") if entry["type"] == "text/html"]
    assert client.get(page["href"]).headers["content-type"] == "text/html; charset=utf-8"


def test_the_landing_page_leads_everywhere(client: httpx.Client) -> None:
    landing = client.get("/").json()
    (description,) = links(landing, "service-desc")
    assert description["type"] == "application/vnd.oai.openapi+json;version=3.0"
    assert links(landing, "service-doc")[0]["type"] == "text/html"
    assert links(landing, "license")
    (data,) = links(landing, "data")
    assert data["type"] == "application/json"
    assert "?" not in data["href"]
    for rel in ("service-desc", "service-doc", "conformance", "data"):
        (entry,) = links(landing, rel)
        answer = client.get(entry["href"], headers={"Accept": entry["type"]})
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(entry["type"])


def test_conformance_names_the_core(client: httpx.Client) -> None:
    declared = client.get("/conformance").json()["conformsTo"]
    for name in ("core", "geojson", "html", "oas30"):
        assert f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" in declared
    assert len(set(declared)) == len(declared)


def test_conformance_names_part_5_as_old_and_new_clients_look_for_it(client: httpx.Client) -> None:
    declared = client.get("/conformance").json()["conformsTo"]
    for standard, roles in (("features-5", "core-roles-features"), ("common-3", "advanced-property-roles")):
        for name in ("schemas", "queryables", "sortables", "returnables-and-receivables", roles):
            assert f"http://www.opengis.net/spec/ogcapi-{standard}/1.0/conf/{name}" in declared


def test_only_collections_with_features_are_listed(client: httpx.Client) -> None:
    document = client.get("/collections").json()
    assert [entry["id"] for entry in document["collections"]] == ["roads", "ports", "airports"]
    assert document["crs"][0] == CRS84.uri
    for entry in document["collections"]:
        assert client.get(f"/collections/{entry['id']}").json() == entry
    assert client.get("/collections/railways").status_code == 404
    assert client.get("/collections/nowhere").status_code == 404


def test_a_collection_says_what_it_holds(client: httpx.Client) -> None:
    roads = client.get("/collections/roads").json()
    assert roads["itemType"] == "feature"
    assert roads["title"]
    assert roads["description"]
    assert roads["crs"][: len(EVERYWHERE)] == [crs.uri for crs in EVERYWHERE]
    assert roads["updated"] == UPDATED
    assert roads["extent"]["spatial"] == {"bbox": [[4.01, 51.0, 4.23, 51.1]], "crs": CRS84.uri}
    assert roads["extent"]["temporal"]["interval"] == [["2010-01-01T00:00:00Z", "2015-12-31T23:59:59Z"]]
    assert "temporal" not in client.get("/collections/ports").json()["extent"]


def test_the_items_link_is_one_that_clients_can_append_to(client: httpx.Client) -> None:
    for parameters in ({}, {"lang": "nl"}):
        roads = client.get("/collections/roads", params=parameters).json()
        data, page = links(roads, "items")
        assert data["type"] == "application/geo+json"
        assert data["href"].endswith("/collections/roads/items")
        assert page["type"] == "text/html"


def test_a_collection_leads_to_its_schemas(client: httpx.Client) -> None:
    roads = client.get("/collections/roads").json()
    for rel in (QUERYABLES_REL, SCHEMA_REL, "describedby"):
        entry = links(roads, rel)[0]
        answer = client.get(entry["href"], headers={"Accept": entry["type"]})
        assert answer.headers["content-type"] == entry["type"] == "application/schema+json"


def test_the_schema_of_gml_is_not_what_geojson_is_described_by(client: httpx.Client) -> None:
    """GDAL takes columns from a link `describedby` to XML before any other."""
    roads = client.get("/collections/roads").json()
    assert [entry["type"] for entry in links(roads, "describedby")] == ["application/schema+json"]
    entry = links(roads, SCHEMA_REL)[1]
    assert entry["type"] == client.get(entry["href"]).headers["content-type"] == "application/xml"


def test_licences_are_told_apart(client: httpx.Client) -> None:
    roads = client.get("/collections/roads").json()
    assert [entry["href"] for entry in links(roads, "license")] == [
        "https://opendatacommons.org/licenses/odbl/1-0/",
        "https://www.dcat-ap.de/def/licenses/other-closed",
    ]
    datasets = {entry["id"]: entry for entry in roads["datasets"]}
    assert datasets["be/wechelderzande-roads"]["licence"] == "ODbL-1.0"
    assert datasets["be/wechelderzande-roads"]["shareAlike"] is True
    assert datasets["elsewhere/roads"]["shareAlike"] is False
    assert "OpenStreetMap" in roads["attribution"]
    for entry in datasets.values():
        assert set(entry) >= {"title", "licenceUrl", "attribution", "publisher", "numberOfFeatures"}


@pytest.mark.parametrize("language", ["en", "nl", "fr", "de"])
def test_texts_come_in_the_readers_language(client: httpx.Client, language: str) -> None:
    by_header = client.get("/collections", headers={"Accept-Language": f"{language};q=0.8, xx"})
    by_parameter = client.get("/collections", params={"lang": language}, headers={"Accept-Language": "xx"})
    for answer in (by_header, by_parameter):
        assert answer.headers["content-language"] == language
        assert {"Accept", "Accept-Language"} <= set(re.split(", *", answer.headers["vary"]))
    titles = {"en": "Roads", "nl": "Wegen", "fr": "Routes", "de": "Straßen"}
    assert by_parameter.json()["collections"][0]["title"] == by_header.json()["collections"][0]["title"]
    assert by_parameter.json()["collections"][0]["title"] == titles[language]


def test_links_keep_the_language_only_where_it_was_asked_for(client: httpx.Client) -> None:
    kept = client.get("/", params={"lang": "nl"}).json()
    assert links(kept, "data")[0]["href"].endswith("/collections?lang=nl")
    by_header = client.get("/", headers={"Accept-Language": "nl"}).json()
    assert links(by_header, "data")[0]["href"].endswith("/collections")


@pytest.mark.parametrize("path", [*DOCUMENTS, "/api", "/collections/roads/queryables", "/collections/roads/schema"])
@pytest.mark.parametrize(
    "parameters", [{"limit": "1"}, {"f": "xml"}, {"f": ""}, {"lang": "xx"}, {"lang": ""}, {"unknown": "1"}]
)
def test_documents_take_no_other_parameters(client: httpx.Client, path: str, parameters: dict[str, str]) -> None:
    response = client.get(path, params=parameters)
    assert response.status_code == 400
    assert response.json()["parameter"] == next(iter(parameters))


@pytest.mark.parametrize("path", [*DOCUMENTS, "/api", "/collections/roads/schema", "/health/live", "/health/ready"])
def test_head_tells_what_get_would(client: httpx.Client, path: str) -> None:
    head, got = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == got.headers["content-type"]


def test_what_nothing_satisfies_is_not_acceptable(client: httpx.Client) -> None:
    response = client.get("/collections", headers={"Accept": "application/xml"})
    assert response.status_code == 406
    assert response.headers["content-type"] == "application/problem+json"
