"""One feature, over HTTP and from PostGIS."""

import httpx
import pytest


def test_a_feature_with_its_links(client: httpx.Client) -> None:
    response = client.get("/collections/airports/items/101")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/geo+json"
    feature = response.json()
    assert feature["type"] == "Feature"
    assert feature["id"] == 101
    assert feature["geometry"] == {"type": "Point", "coordinates": [4.48444, 50.90139]}
    assert feature["properties"]["icao"] == "EBBR"
    links = {entry["rel"]: entry for entry in feature["links"]}
    assert set(links) == {"self", "alternate", "collection", "license"}
    assert links["self"]["type"] == "application/geo+json"
    assert links["alternate"]["type"] == "text/html"
    assert client.get(links["collection"]["href"]).json()["id"] == "airports"
    assert links["license"]["href"] == "https://opensource.org/license/mit"


def test_it_is_the_same_as_in_a_page(client: httpx.Client) -> None:
    one = client.get("/collections/airports/items/102").json()
    page = client.get("/collections/airports/items").json()["features"]
    del one["links"]
    assert one in page


@pytest.mark.parametrize(
    "identifier",
    ["0", "999", "-1", "abc", "1.0", "9007199254740993", "9" * 40, "1%00", "%27%20OR%201", "é", "null", "1e3"],
)
def test_what_is_no_feature_is_not_found(client: httpx.Client, identifier: str) -> None:
    response = client.get(f"/collections/airports/items/{identifier}")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


def test_a_feature_belongs_to_one_collection(client: httpx.Client) -> None:
    assert client.get("/collections/ports/items/101").status_code == 404


def test_parameters_of_items_are_unknown_here(client: httpx.Client) -> None:
    response = client.get("/collections/airports/items/101", params={"bbox": "1,2,3,4"})
    assert response.status_code == 400
    assert response.json()["parameter"] == "bbox"


def test_head_tells_what_get_would(client: httpx.Client) -> None:
    head = client.head("/collections/airports/items/101")
    assert (head.status_code, head.content) == (200, b"")
    assert client.head("/collections/airports/items/999").status_code == 404


def test_people_get_a_page(client: httpx.Client) -> None:
    page = client.get("/collections/roads/items/2", headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<script>alert" not in page.text
