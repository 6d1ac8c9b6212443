"""Questions in a body: the answer is that of `items` with the same parameters."""

import json
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.api.test_items import ROADS, all_pages, ids

SEARCH = "/collections/roads/search"
NAMED = {"op": "=", "args": [{"property": "name"}, "Dorp"]}


@pytest.mark.parametrize(
    ("body", "parameters"),
    [
        ({}, {}),
        ({"filter": "name='Dorp'"}, {"filter": "name='Dorp'"}),
        ({"filter": NAMED}, {"filter": "name='Dorp'"}),
        ({"filter": json.dumps(NAMED), "filter-lang": "cql2-json"}, {"filter": "name='Dorp'"}),
        ({"limit": 3, "sortby": ["-id"], "speedLimit": 50}, {"limit": "3", "sortby": "-id", "speedLimit": "50"}),
        ({"bbox": [4, 50, 4.155, 52], "skipGeometry": True}, {"bbox": "4,50,4.155,52", "skipGeometry": "true"}),
    ],
)
def test_members_are_parameters(client: httpx.Client, body: dict[str, Any], parameters: dict[str, str]) -> None:
    expected = client.get(ROADS, params=parameters).json()
    answer = client.post(SEARCH, json=body)
    assert answer.status_code == 200
    assert answer.json()["features"] == expected["features"]
    assert answer.json()["numberMatched"] == expected["numberMatched"]


def test_a_form_is_read_too(client: httpx.Client) -> None:
    answer = client.post(SEARCH, data={"filter": "name='Dorp'", "filter-lang": "cql2-text"})
    assert set(ids(answer.json())) == {3, 4}


def test_its_links_lead_on(client: httpx.Client) -> None:
    first = client.post(SEARCH, json={"filter": {"op": "<", "args": [{"property": "id"}, 12]}, "limit": 4}).json()
    (following,) = (link["href"] for link in first["links"] if link["rel"] == "next")
    rest = all_pages(client, following)
    assert sorted(number for page in (first, *rest) for number in ids(page)) == list(range(1, 12))


@pytest.mark.parametrize(
    ("content", "parameter"),
    [
        (b"", None),
        (b"{", None),
        (b"[]", None),
        (b'{"filter": "nme = 1"}', "filter"),
        (b'{"nme": "x"}', "nme"),
        (b'{"name": null}', "name"),
        (b'{"name": {"a": 1}}', "name"),
        (b'{"limit": [[1]]}', "limit"),
        (b'{"filter": "%s"}' % (b"(" * 100_000), "filter"),
        (b'{"filter": %s}' % (b'{"op": "not", "args": [' * 200 + b"true" + b"]}" * 200), "filter"),
        (b'{"name": "%s"}' % (b"x" * 300_000), None),
        (b"\xff", None),
        (b'{"speedLimit": 18446744073709551616}', None),
        (b'{"speedLimit": [-9223372036854775809]}', None),
        (b'{"filter": {"op": "=", "args": [{"property": "speedLimit"}, 1%s]}}' % (b"0" * 5000), None),
        (b'{"filter": {"op": "=", "args": [{"property": "speedLimit"}, 9007199254740993]}}', "filter"),
    ],
)
def test_mistakes_are_named(client: httpx.Client, content: bytes, parameter: str | None) -> None:
    refused = client.post(SEARCH, content=content)
    assert refused.status_code == 400
    assert refused.json().get("parameter") == parameter


@pytest.mark.parametrize("name", ["1" * 30, '\\"' + "1" * 30, "1" * 30 + "\\\\"])
def test_a_long_number_in_a_text_is_a_text(client: httpx.Client, name: str) -> None:
    answer = client.post(SEARCH, content=b'{"name": "%s"}' % name.encode())
    assert answer.status_code == 200


def test_numbers_are_read_as_they_stand(client: httpx.Client) -> None:
    tree = {"op": ">", "args": [{"property": "length"}, 1.5e-300]}
    assert client.post(SEARCH, json={"filter": tree, "limit": 2}).status_code == 200
    assert client.post(SEARCH, content=b'{"localId": 18446744073709551615}').json()["numberMatched"] == 0


def test_a_filter_may_be_longer_than_an_address(client: httpx.Client) -> None:
    names = ", ".join(f"'{number:0>40}'" for number in range(1000))
    answer = client.post(SEARCH, content=urlencode({"filter": f"name IN ({names}, 'Dorp')"}).encode(),
                         headers={"Content-Type": "application/x-www-form-urlencoded"})  # fmt: skip
    assert set(ids(answer.json())) == {3, 4}


def test_it_is_asked_by_post_only(client: httpx.Client) -> None:
    refused = client.get(SEARCH)
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert "POST" in refused.json()["detail"]


def test_a_condition_on_post_is_not_answered_by_304(client: httpx.Client) -> None:
    etag = client.post(SEARCH, json={}).headers["etag"]
    for condition in (
        {"If-None-Match": etag},
        {"If-None-Match": "*"},
        {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
    ):
        assert client.post(SEARCH, json={}, headers=condition).status_code == 200
