"""Features page by page, over HTTP and from PostGIS."""

from typing import Any

import httpx
import pytest

from tests.api.sample import NASTY_NAME, NUMBER_OF_ROADS, UPDATED

ROADS = "/collections/roads/items"
PORTS = "/collections/ports/items"


def get(client: httpx.Client, path: str, **parameters: Any) -> dict[str, Any]:
    response = client.get(path, params=parameters or None)
    assert response.status_code == 200, response.text
    document: dict[str, Any] = response.json()
    assert document["numberReturned"] == len(document["features"])
    return document


def ids(document: dict[str, Any]) -> list[int]:
    return [feature["id"] for feature in document["features"]]


def link(document: dict[str, Any], rel: str) -> dict[str, str] | None:
    return next((entry for entry in document["links"] if entry["rel"] == rel), None)


def all_pages(client: httpx.Client, path: str, **parameters: Any) -> list[dict[str, Any]]:
    pages = [get(client, path, **parameters)]
    while following := link(pages[-1], "next"):
        assert following["type"] == "application/geo+json"
        pages.append(get(client, following["href"]))
    return pages


def test_a_feature_collection_says_what_the_standard_asks(client: httpx.Client) -> None:
    response = client.get(ROADS)
    assert response.headers["content-type"] == "application/geo+json"
    document = response.json()
    assert document["type"] == "FeatureCollection"
    assert document["numberMatched"] == NUMBER_OF_ROADS
    assert document["numberReturned"] == 10
    assert document["timeStamp"] == UPDATED
    assert all(entry["href"] and entry["rel"] and entry["type"] for entry in document["links"])
    rels = [entry["rel"] for entry in document["links"]]
    assert rels.count("self") == rels.count("alternate") == rels.count("next") == rels.count("collection") == 1


def test_both_licences_of_a_mixed_collection_are_linked(client: httpx.Client) -> None:
    links = get(client, ROADS)["links"]
    assert [entry["href"] for entry in links if entry["rel"] == "license"] == [
        "https://opendatacommons.org/licenses/odbl/1-0/",
        "https://www.dcat-ap.de/def/licenses/other-closed",
    ]


def test_a_feature_has_every_property(client: httpx.Client) -> None:
    features = get(client, ROADS, limit=100)["features"]
    assert len({tuple(feature["properties"]) for feature in features}) == 1
    first = features[0]
    assert first["id"] == 1
    assert isinstance(first["id"], int)
    assert "id" not in first["properties"]
    assert first["properties"]["name"] is None
    assert first["properties"]["functionalRoadClass"] == "mainRoad"
    assert first["geometry"] == {"type": "LineString", "coordinates": [[4.01, 51], [4.01, 51.1]]}


def test_values_keep_their_types(client: httpx.Client) -> None:
    properties = {entry["id"]: entry["properties"] for entry in get(client, ROADS, limit=100)["features"]}
    assert properties[2]["name"] == NASTY_NAME
    assert properties[2]["speedLimit"] == 50
    assert properties[8]["bridge"] is True
    assert properties[9]["bridge"] is False
    assert properties[7]["maximumHeight"] == 4.5
    assert properties[11]["validTo"] == "2015-12-31T23:59:59.5+00:00"
    assert properties[3]["sourceCodes"] == {"highway": "primary"}


@pytest.mark.parametrize("limit", [1, 2, 7, 22, 23, 24, 100])
@pytest.mark.parametrize("parameters", [{}, {"speedLimit": 50}, {"bbox": "4,50,4.155,52"}])
def test_pages_hold_every_feature_exactly_once(client: httpx.Client, limit: int, parameters: dict[str, Any]) -> None:
    expected = ids(get(client, ROADS, limit=10000, **parameters))
    pages = all_pages(client, ROADS, limit=limit, **parameters)
    assert [number for page in pages for number in ids(page)] == expected
    assert len(set(expected)) == len(expected)
    assert {page["numberMatched"] for page in pages} == {len(expected)}
    assert all(page["numberReturned"] == limit for page in pages[:-1])


def test_the_next_link_keeps_what_was_asked(client: httpx.Client) -> None:
    document = get(client, ROADS, bbox="4,50,5,52", speedLimit=50, limit=3, lang="nl")
    following = link(document, "next")
    assert following is not None
    asked = dict(httpx.URL(following["href"]).params)
    assert asked.pop("token")
    assert asked == {"bbox": "4,50,5,52", "speedLimit": "50", "limit": "3", "lang": "nl"}


def test_the_next_link_stands_in_the_header_too(client: httpx.Client) -> None:
    response = client.get(ROADS, params={"limit": 5})
    following = link(response.json(), "next")
    assert following is not None
    assert response.links["next"]["url"] == following["href"]
    assert "next" not in client.get(ROADS, params={"limit": 100}).links


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"name": "Dorp"}, {3, 4}),
        ({"name": NASTY_NAME}, {2}),
        ({"name": ""}, set()),
        ({"name": "dorp'; DROP TABLE roads; --"}, set()),
        ({"bridge": "true"}, {8}),
        ({"bridge": "1"}, {8}),
        ({"bridge": "0"}, {9}),
        ({"maximumHeight": "4.5"}, {7}),
        ({"dataset": "elsewhere/roads"}, {5, 10, 15, 20}),
        ({"functionalRoadClass": "mainRoad", "speedLimit": "50"}, {1, 3, 5, 7, 9}),
        ({"functionalRoadClass": "firstClass"}, set()),
        ({"speedLimit": "999999999999999999"}, set()),
        ({"validFrom": "2010-01-01"}, {11}),
        ({"validFrom": "2010-01-01T01:00:00+01:00"}, {11}),
        ({"bbox": "4.0,50,4.025,52"}, {1, 2}),
        ({"bbox": "4.01,51.05,4.01,51.05"}, {1}),
        ({"bbox": "4.0,51.05,4.015,51.05"}, {1}),
        ({"bbox": "4.02,50,-10,4.02,52,10"}, {2}),
        ({"bbox": "5,50,6,52"}, set()),
        ({"bbox": "4.0,50,4.025,52", "name": NASTY_NAME}, {2}),
    ],
)
def test_selects(client: httpx.Client, parameters: dict[str, str], expected: set[int]) -> None:
    document = get(client, ROADS, limit=100, **parameters)
    assert set(ids(document)) == expected
    assert document["numberMatched"] == len(expected)


ALWAYS = set(range(1, NUMBER_OF_ROADS + 1)) - {11, 12}


@pytest.mark.parametrize(
    ("datetime", "expected"),
    [
        ("2012-01-01", ALWAYS | {11}),
        ("2015-12-31", ALWAYS | {11}),
        ("2016-01-01", ALWAYS),
        ("2009-12-31T23:59:59Z", ALWAYS),
        ("2010-01-01T00:00:00Z", ALWAYS | {11}),
        ("2020-06-01", ALWAYS | {12}),
        ("2020-06-01T11:59:59Z", ALWAYS),
        ("2020-06-01T13:59:59+02:00", ALWAYS),
        ("2010-01-01/2021-01-01", ALWAYS | {11, 12}),
        ("2010-01-01T/2010-01-02T", ALWAYS | {11}),
        ("../2005-01-01", ALWAYS),
        ("/2010-01-01", ALWAYS | {11}),
        ("2016-01-01/..", ALWAYS | {12}),
        ("2016-01-01/", ALWAYS | {12}),
        ("0000-01-01T00:00:00Z/2010-01-01", ALWAYS | {11}),
        ("2016-01-01/9999-12-31T00:00:00Z", ALWAYS | {12}),
        ("2015-12-30/P2D", ALWAYS | {11}),
        ("2020-05-31/P1D", ALWAYS),
        ("2020-05-31/P2D", ALWAYS | {12}),
        ("../..", ALWAYS | {11, 12}),
    ],
)
def test_datetime_selects_what_is_valid_then(client: httpx.Client, datetime: str, expected: set[int]) -> None:
    assert set(ids(get(client, ROADS, limit=100, datetime=datetime))) == expected


def test_datetime_selects_all_where_no_times_are_known(client: httpx.Client) -> None:
    assert get(client, PORTS, datetime="1905-01-01/1905-12-31")["numberMatched"] == 4


@pytest.mark.parametrize(
    ("bbox", "expected"),
    [
        ("177,65,-177,70", {201, 202, 203}),
        ("170,60,190,70", {201, 202, 203}),
        ("-180,-90,180,90", {201, 202, 203, 204}),
        ("-180,85,180,90", set()),
        ("-1.5000000,65,1.5000000,70", {204}),
    ],
)
def test_bbox_spans_the_antimeridian(client: httpx.Client, bbox: str, expected: set[int]) -> None:
    assert set(ids(get(client, PORTS, bbox=bbox))) == expected


def test_an_answer_without_features_is_still_a_collection(client: httpx.Client) -> None:
    document = get(client, ROADS, bbox="100,0,101,1")
    assert document["features"] == []
    assert document["numberMatched"] == 0
    assert link(document, "next") is None


@pytest.mark.parametrize(
    "parameters",
    [
        *({"limit": "0"}, {"limit": "x"}, {"bbox": "1,2,3"}, {"bbox": "nan,0,1,1"}, {"datetime": "2020"}),
        *({"token": "x"}, {"f": "xml"}, {"lang": "xx"}, {"speedLimit": "fast"}, {"name": "\0"}, {"offset": "3"}),
        *({"crs": "http://www.opengis.net/def/crs/EPSG/0/27700"}, {"unknownQueryParameter1": "1"}),
    ],
)
def test_mistakes_are_answered_by_a_problem_that_names_the_parameter(
    client: httpx.Client, parameters: dict[str, str]
) -> None:
    response = client.get(ROADS, params=parameters)
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["parameter"] == next(iter(parameters))


@pytest.mark.parametrize("name", ["railways", "unknown", "roads%2Fx", "%00"])
def test_a_collection_without_features_is_not_there(client: httpx.Client, name: str) -> None:
    assert client.get(f"/collections/{name}/items").status_code == 404


def test_head_tells_what_get_would(client: httpx.Client) -> None:
    got, head = client.get(ROADS), client.head(ROADS)
    assert head.status_code == 200
    assert head.content == b""
    for name in ("content-type", "content-language", "content-crs", "vary", "etag", "last-modified"):
        assert head.headers[name] == got.headers[name]


def test_other_methods_are_refused(client: httpx.Client) -> None:
    response = client.post(ROADS, json={})
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD"
    assert response.headers["content-type"] == "application/problem+json"


def test_a_form_with_empty_fields_asks_for_all(client: httpx.Client) -> None:
    page = client.get(
        ROADS, params={"name": "", "limit": "", "bbox": "", "lang": "nl"}, headers={"Accept": "text/html"}
    )
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-language"] == "nl"
    assert "<script>alert" not in page.text
