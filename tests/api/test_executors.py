"""Editions and PostgreSQL answer the same question with the same bytes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otn.edition.build import publish
from otn.settings import Settings
from tests.api.conftest import served
from tests.api.sample import fill
from tests.api.shapes import fill_shapes
from tests.conftest import clone

COLLECTIONS = ("roads", "airports", "ports", "areas", "port-facilities", "accidents")
FORMATS = ("json", "geojsonseq", "ndjson")
HEADERS = ("content-type", "content-crs", "etag", "last-modified", "link", "ogc-numbermatched", "ogc-numberreturned")
HOST = {"host": "example.org"}

Answer = tuple[int, bytes, dict[str, str | None]]


@dataclass(frozen=True)
class Both:
    """The same service twice: from editions, and from PostgreSQL alone."""

    edition: httpx.Client
    database: httpx.Client

    def answer(self, path: str, parameters: dict[str, Any]) -> httpx.Response:
        """What both answer, or the first difference fails."""
        from_edition, from_database = (
            client.get(path, params=parameters, headers=HOST) for client in (self.edition, self.database)
        )
        assert "otn-edition" in from_edition.headers
        assert "otn-edition" not in from_database.headers
        assert _comparable(from_edition) == _comparable(from_database)
        return from_edition


def _comparable(answer: httpx.Response) -> Answer:
    return answer.status_code, answer.content, {name: answer.headers.get(name) for name in HEADERS}


@pytest.fixture(scope="module")
def both(
    cluster_url: Callable[[str], str], template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Both]:
    """Before the sample, with areas, points and mixed geometry, and points in corners of boxes that are likely."""
    clone(cluster_url, template_database, "otn_executors")
    url = cluster_url("otn_executors")
    folder = tmp_path_factory.mktemp("executors")
    fill(url)
    fill_shapes(url, folder)
    publish(url, Settings(data_dir=folder).editions_dir)
    with (
        served(Settings(database_url=url, data_dir=folder)) as edition,
        served(Settings(database_url=url, data_dir=folder / "none")) as database,
        httpx.Client(base_url=edition, timeout=20) as one,
        httpx.Client(base_url=database, timeout=20) as other,
    ):
        yield Both(one, other)


near = st.one_of(
    st.sampled_from(
        [4.0, 4.03, 4.1, 4.2, 4.3, 4.31, 4.35, 4.4, 4.5, 4.7, 5.0, 5.1, 5.2, 4.48444, 179.5, -179.5, 180.0]
    ),
    st.floats(3.9, 5.3),
    st.floats(-180, 180),
)
north = st.one_of(
    st.sampled_from([51.0, 51.05, 51.1, 51.2, 51.21, 51.25, 51.4, 50.90139, 66.0]),
    st.floats(50.8, 51.5),
    st.floats(-90, 90),
)


@st.composite
def boxes(draw: st.DrawFn) -> str:
    """West may be greater than east: such a box spans the antimeridian."""
    south, top = sorted((draw(north), draw(north)))
    return f"{draw(near)},{south},{draw(near)},{top}"


def parameters(draw: st.DrawFn) -> dict[str, Any]:
    asked = {
        "limit": draw(st.integers(1, 12)),
        "f": draw(st.sampled_from(FORMATS)),
        "bbox": draw(st.none() | boxes()),
        "resulttype": draw(st.sampled_from([None, None, None, "hits"])),
        "lang": draw(st.sampled_from([None, "fr"])),
    }
    return {name: value for name, value in asked.items() if value is not None}


questions = st.composite(lambda draw: (draw(st.sampled_from(COLLECTIONS)), parameters(draw)))()


@given(questions)
def test_any_page_is_the_same(both: Both, question: tuple[str, dict[str, Any]]) -> None:
    collection, asked = question
    both.answer(f"/collections/{collection}/items", asked)


@settings(max_examples=40)
@given(st.sampled_from(COLLECTIONS), st.none() | boxes(), st.integers(1, 9), st.data())
def test_every_way_through_the_pages_is_the_same(
    both: Both, collection: str, box: str | None, limit: int, data: st.DataObject
) -> None:
    asked = {"limit": limit} | ({"bbox": box} if box else {})
    answer = both.answer(f"/collections/{collection}/items", asked)
    for _ in range(6):
        ways = [link["href"] for link in answer.json()["links"] if link["rel"] in ("next", "prev", "first")]
        if not ways:
            break
        address = httpx.URL(data.draw(st.sampled_from(ways)))
        answer = both.answer(address.path, dict(address.params))


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_each_feature_is_the_same(both: Both, collection: str) -> None:
    features = both.answer(f"/collections/{collection}/items", {"limit": 100}).json()["features"]
    assert features
    for feature in features:
        both.answer(f"/collections/{collection}/items/{feature['id']}", {})
    for f in (*FORMATS, "html"):
        both.answer(f"/collections/{collection}/items/{features[0]['id']}", {"f": f})


def test_pages_for_people_are_the_same(both: Both) -> None:
    both.answer("/collections/roads/items", {"f": "html", "bbox": "4,51,4.1,51.1", "lang": "nl"})


@settings(max_examples=40)
@given(st.sampled_from(COLLECTIONS), st.none() | boxes())
def test_facets_are_the_same(both: Both, collection: str, box: str | None) -> None:
    of_edition, counted = (
        client.get(f"/collections/{collection}/facets", params={"bbox": box} if box else {}, headers=HOST)
        for client in (both.edition, both.database)
    )
    assert of_edition.status_code == 200
    assert of_edition.content == counted.content


def test_what_is_not_there_is_not_found_in_the_same_words(both: Both) -> None:
    for path in ("/collections/roads/items/0099", "/collections/railways/items", "/collections/railways/items/1"):
        answers = [client.get(path) for client in (both.edition, both.database)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content
