"""Sorting and paging: every order shows every feature once, forwards and backwards."""

from functools import partial
from typing import Any

import httpx
import pytest

from tests.api.sample import NUMBER_OF_ROADS
from tests.api.test_items import PORTS, ROADS, all_pages, get, ids, link

ORDERS = [
    "",
    "name",
    "-name",
    "speedLimit,-id",
    "-speedLimit,name",
    "bridge,-validFrom",
    "-id",
    "id,name",
    "-maximumHeight",
]


def ordered(sortby: str) -> dict[str, str]:
    return {"sortby": sortby} if sortby else {}


def value(name: str, feature: dict[str, Any]) -> Any:
    return feature["id"] if name == "id" else feature["properties"][name]


def test_features_without_a_value_come_last_in_either_direction(client: httpx.Client) -> None:
    for sortby in ("name", "-name"):
        names = [feature["properties"]["name"] for feature in get(client, ROADS, limit=100, sortby=sortby)["features"]]
        assert names[3:] == [None] * (NUMBER_OF_ROADS - 3)
        assert names[:3] == sorted(filter(None, names), reverse=sortby == "-name")


@pytest.mark.parametrize("sortby", ["speedLimit,-id", "-maximumHeight,id", "-functionalRoadClass,-speedLimit,id"])
def test_the_order_is_that_of_the_keys(client: httpx.Client, sortby: str) -> None:
    features = get(client, ROADS, limit=100, sortby=sortby)["features"]
    expected = features
    for key in reversed(sortby.split(",")):
        name = key.removeprefix("-")
        known = [feature for feature in expected if value(name, feature) is not None]
        known.sort(key=partial(value, name), reverse=key.startswith("-"))
        expected = [*known, *(feature for feature in expected if value(name, feature) is None)]
    assert features == expected


@pytest.mark.parametrize("limit", [1, 4, 22, 23, 24])
@pytest.mark.parametrize("sortby", ORDERS)
@pytest.mark.parametrize("selected", [{}, {"bbox": "4,50,4.155,52"}])
def test_pages_in_any_order_lead_to_the_end_and_back(
    client: httpx.Client, sortby: str, limit: int, selected: dict[str, str]
) -> None:
    asked = ordered(sortby) | selected
    expected = ids(get(client, ROADS, limit=10000, **asked))
    pages = all_pages(client, ROADS, limit=limit, **asked)
    assert [number for page in pages for number in ids(page)] == expected
    back = [pages[-1]]
    while previous := link(back[-1], "prev"):
        back.append(get(client, previous["href"]))
    assert [ids(page) for page in reversed(back)] == [ids(page) for page in pages]
    if len(back) > 1:
        again = link(back[-1], "next")
        assert again is not None
        assert ids(get(client, again["href"])) == ids(pages[1])


def test_the_first_page_is_linked_from_all_others(client: httpx.Client) -> None:
    first, second = all_pages(client, PORTS, limit=2)
    assert link(first, "first") is None
    assert link(first, "prev") is None
    start = link(second, "first")
    assert start is not None
    assert get(client, start["href"]) == first


def test_links_to_other_pages_stand_in_the_header(client: httpx.Client) -> None:
    response = client.get(client.get(ROADS, params={"limit": 5}).links["next"]["url"])
    assert response.links.keys() == {"first", "prev", "next", "license"}


def test_hits_are_counted_and_not_sent(client: httpx.Client) -> None:
    document = get(client, ROADS, resulttype="hits", name="Dorp")
    assert (document["numberMatched"], document["numberReturned"], document["features"]) == (2, 0, [])
    assert link(document, "next") is None
    assert get(client, ROADS, resulttype="hits")["numberMatched"] == NUMBER_OF_ROADS


@pytest.mark.parametrize(
    ("q", "expected"),
    [("dorp", {3, 4}), ("DÓRP", {3, 4}), ("eglise & co", {2}), ("brussels,dorp", {3, 4}), ("%", set()), ("_", set())],
)
def test_names_are_found_whatever_case_and_accents(client: httpx.Client, q: str, expected: set[int]) -> None:
    assert set(ids(get(client, ROADS, q=q, limit=100))) == expected
