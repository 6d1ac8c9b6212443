"""Facets: which values the features have, and how many have each, of a collection and of a selection."""

from collections import Counter
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api.sample import NUMBER_OF_ROADS

FACETS = "/collections/roads/facets"


def facets(client: httpx.Client, **parameters: str) -> dict[str, Any]:
    document: dict[str, Any] = client.get(FACETS, params=parameters).raise_for_status().json()
    return document


def terms(facet: dict[str, Any]) -> dict[Any, int]:
    return {bucket["value"]: bucket["count"] for bucket in facet["buckets"]}


def test_codes_are_counted_by_value(client: httpx.Client) -> None:
    document = facets(client)
    assert document["numberMatched"] == NUMBER_OF_ROADS
    road_class = document["facets"]["functionalRoadClass"]
    assert road_class["type"] == "term"
    assert (road_class["count"], road_class["missing"]) == (12, 11)
    assert road_class["buckets"] == [{"value": "mainRoad", "count": 12, "title": "Main road"}]
    assert terms(document["facets"]["bridge"]) == {True: 1, False: 1}
    assert terms(document["facets"]["dataset"]) == {"be/wechelderzande-roads": 19, "elsewhere/roads": 4}


def test_numbers_and_times_are_counted_by_steps(client: httpx.Client) -> None:
    found = facets(client)["facets"]
    speed = found["speedLimit"]
    assert (speed["type"], speed["count"], speed["min"], speed["max"]) == ("histogram", 10, 50, 50)
    assert speed["buckets"] == [{"min": 50, "max": 51, "count": 10}]
    assert found["validFrom"]["buckets"] == [
        {"min": "2010-01-01", "max": "2011-01-01", "count": 1},
        {"min": "2020-01-01", "max": "2021-01-01", "count": 1},
    ]
    assert found["maximumWidth"]["buckets"] == []


def test_a_selection_has_facets_of_its_own(client: httpx.Client) -> None:
    document = facets(client, bbox="4,51,4.055,51.1")
    assert document["numberMatched"] == 5
    assert terms(document["facets"]["functionalRoadClass"]) == {"mainRoad": 3}
    assert facets(client, filter="speedLimit=50")["numberMatched"] == 10
    assert facets(client, bbox="100,0,101,1")["numberMatched"] == 0


@settings(max_examples=15)
@given(st.floats(3.99, 4.3), st.floats(3.99, 4.3))
def test_facets_are_those_of_the_features_in_the_box(client: httpx.Client, one: float, other: float) -> None:
    box = {"bbox": f"{min(one, other)},51,{max(one, other)},51.1"}
    features = client.get("/collections/roads/items", params=box | {"limit": "100"}).json()["features"]
    found = facets(client, **box)
    assert found["numberMatched"] == len(features)
    for name in ("functionalRoadClass", "bridge", "dataset"):
        values = Counter(feature["properties"][name] for feature in features)
        del values[None]
        assert terms(found["facets"][name]) == values


def test_they_speak_the_readers_language_and_are_a_page_too(client: httpx.Client) -> None:
    road_class = facets(client, lang="nl")["facets"]["functionalRoadClass"]
    assert road_class["buckets"][0]["title"] == "Hoofdweg"
    page = client.get(FACETS, params={"f": "html", "bbox": "4,51,4.055,51.1"})
    assert page.status_code == 200
    assert "Main road" in page.text
    links = client.get("/collections/roads").json()["links"]
    assert any(link["rel"] == "related" and link["href"].endswith(FACETS) for link in links)


@pytest.mark.parametrize("asked", [{"bbox": "1,2"}, {"limit": "1"}, {"filter": "nonsense="}])
def test_mistakes_are_told(client: httpx.Client, asked: dict[str, str]) -> None:
    assert client.get(FACETS, params=asked).status_code == 400
