"""Editions as clients see them: their number, pinning one, swaps while paging, damage, and a database that is gone."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from otn.api.paging import Place, make_token
from otn.edition.manifest import PARTS
from tests.api.editions import NOWHERE, ROADS, Publisher, edition_of, publishing, until
from tests.conftest import clone


@pytest.fixture(scope="module")
def publisher(
    cluster_url: Callable[[str], str], template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Publisher]:
    clone(cluster_url, template_database, "otn_published")
    with publishing(cluster_url("otn_published"), tmp_path_factory.mktemp("published")) as publisher:
        yield publisher


@pytest.fixture
def newest(publisher: Publisher) -> int:
    """The newest edition of the roads."""
    return publisher.publish()


def ids(answer: httpx.Response) -> list[int]:
    return [feature["id"] for feature in answer.raise_for_status().json()["features"]]


def following(answer: httpx.Response, rel: str = "next") -> str | None:
    links: list[dict[str, Any]] = answer.json()["links"]
    return next((link["href"] for link in links if link["rel"] == rel), None)


def swapped(publisher: Publisher, client: httpx.Client) -> int:
    """The number of a new edition that the server has begun to serve."""
    number = publisher.swap()
    until(lambda: edition_of(client.get(ROADS, params={"limit": 1})) == number)
    return number


def test_answers_name_their_edition(publisher: Publisher, newest: int) -> None:
    with publisher.serving() as client:
        answer = client.get(ROADS)
        assert edition_of(answer) == newest
        assert "otn-edition" in answer.headers["access-control-expose-headers"].lower()
        assert edition_of(client.get(f"{ROADS}/{ids(answer)[0]}")) == newest
        assert edition_of(client.head(ROADS)) == newest
        unchanged = client.get(ROADS, headers={"If-None-Match": answer.headers["etag"]})
        assert (unchanged.status_code, edition_of(unchanged)) == (304, newest)
        # PostgreSQL answers, of the same data.
        assert edition_of(client.get(ROADS, params={"filter": "speedLimit=50"})) == newest
        assert edition_of(client.get(ROADS, params={"f": "csv"})) == newest


def test_an_edition_can_be_pinned_while_it_is_kept(publisher: Publisher, newest: int) -> None:
    with publisher.serving() as client:
        first = client.get(ROADS, params={"limit": 100})
        one = f"{ROADS}/{ids(first)[0]}?edition={newest}"
        feature = client.get(one)
        for number in (newest + 1, newest + 2):
            assert swapped(publisher, client) == number
        pinned = client.get(ROADS, params={"limit": 100, "edition": newest})
        assert pinned.json()["features"] == first.json()["features"]
        assert edition_of(pinned) == newest
        assert client.get(one).content == feature.content
        assert pinned.headers["etag"] != client.get(ROADS, params={"limit": 100}).headers["etag"]
        page = client.get(ROADS, params={"limit": 5, "edition": newest})
        assert f"edition={newest}" in str(following(page))
        swapped(publisher, client)
        # What is old is removed after what is new is there.
        until(lambda: client.get(ROADS, params={"edition": newest}).status_code == 410)
        gone = client.get(ROADS, params={"edition": newest})
        assert gone.headers["content-type"] == "application/problem+json"
        assert gone.json()["parameter"] == "edition"
        assert "Begin again at /collections/roads/items" in gone.json()["detail"]
        assert client.get(one).status_code == 410


def test_an_edition_that_never_was_is_not_found(publisher: Publisher, newest: int) -> None:
    with publisher.serving() as client:
        assert client.get(ROADS, params={"edition": newest + 1}).status_code == 404
        assert client.get("/collections/railways/items", params={"edition": 1}).status_code == 404
        assert client.get(ROADS, params={"edition": "one"}).status_code == 400
        assert client.get("/collections/roads/download", params={"edition": newest}).status_code == 400


def test_a_pinned_edition_is_not_answered_from_newer_rows(publisher: Publisher, newest: int) -> None:
    asked: dict[str, str | int] = {"filter": "speedLimit=50", "edition": newest}
    with publisher.serving() as client:
        assert edition_of(client.get(ROADS, params=asked)) == newest
        swapped(publisher, client)
        refused = client.get(ROADS, params=asked)
        assert (refused.status_code, refused.json()["parameter"]) == (400, "edition")
        assert client.head(ROADS, params=asked).status_code == 400


@pytest.mark.usefixtures("newest")
def test_a_run_through_the_pages_ends_on_the_edition_it_began_with(publisher: Publisher) -> None:
    with publisher.serving() as client:
        for _ in range(10):
            answer = client.get(ROADS, params={"limit": 7})
            began, expected, seen = edition_of(answer), publisher.ids(), ids(answer)
            for _ in range(2):
                swapped(publisher, client)
                answer = client.get(str(following(answer)))
                assert edition_of(answer) == began
                seen += ids(answer)
            assert ids(client.get(str(following(answer, "prev")))) == expected[7:14]
            while (address := following(answer)) is not None:
                answer = client.get(address)
                seen += ids(answer)
            assert seen == expected


@pytest.mark.usefixtures("newest")
def test_the_token_of_an_edition_no_longer_kept_says_how_to_begin_anew(publisher: Publisher) -> None:
    with publisher.serving() as client:
        answer = client.get(ROADS, params={"limit": 5})
        for _ in range(3):
            swapped(publisher, client)
        until(lambda: client.get(str(following(answer))).status_code == 410)
        gone = client.get(str(following(answer)))
        assert gone.json()["parameter"] == "token"
        assert "Begin again at /collections/roads/items" in gone.json()["detail"]


def test_a_token_of_another_edition_than_the_pinned_one_is_refused(publisher: Publisher, newest: int) -> None:
    with publisher.serving() as client:
        address = httpx.URL(str(following(client.get(ROADS, params={"limit": 5}))))
        number = swapped(publisher, client)
        assert client.get(address.copy_merge_params({"edition": newest})).status_code == 200
        assert client.get(address.copy_merge_params({"edition": number})).status_code == 400


@pytest.mark.usefixtures("newest")
def test_an_edition_answers_without_a_database(publisher: Publisher) -> None:
    ports = "/collections/ports/items"
    with publisher.serving(NOWHERE) as client:
        answer = client.get(ports, params={"bbox": "170,60,-170,70", "limit": 2})
        assert answer.json()["numberMatched"] == 3
        assert len(ids(client.get(str(following(answer))))) == 1
        assert client.get(f"{ports}/204").json()["properties"]["name"] == "Port 204"
        assert client.get(f"{ports}/99").status_code == 404
        assert client.get(ports, params={"resulttype": "hits"}).json()["numberMatched"] == 4
        assert client.get("/collections/ports/facets", params={"bbox": "170,60,-170,70"}).json()["numberMatched"] == 3
        assert client.head(ports).status_code == 200
        repeated = client.get(ports, params={"limit": 3}).headers["etag"]
        assert client.get(ports, params={"limit": 3}, headers={"If-None-Match": repeated}).status_code == 304
        for asked in (
            {"filter": "name='x'"},
            {"sortby": "name"},
            {"crs": "http://www.opengis.net/def/crs/EPSG/0/3857"},
        ):
            refused = client.get(ports, params=asked)
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        for path in (
            "/",
            "/collections",
            "/collections/ports",
            "/collections/ports/queryables",
            "/api",
            "/styles/ports",
        ):
            assert client.get(path).status_code == 200
            assert client.get(path, params={"f": "html"}).status_code == 200
        assert client.get(ports, params={"f": "html"}).status_code == 200
        assert client.get("/health/ready").status_code == 503


def test_collections_are_described_the_same_without_a_database(publisher: Publisher) -> None:
    publisher.swap()
    with publisher.serving(NOWHERE) as alone, publisher.serving() as client:
        for path in ("/collections", "/collections/roads", "/api"):
            without, with_ = (each.get(path, headers={"host": "example.org"}) for each in (alone, client))
            assert without.json() == with_.json()


@pytest.mark.usefixtures("newest")
def test_a_damaged_part_is_not_served_but_built_anew(publisher: Publisher) -> None:
    [part] = (publisher.editions / "airports" / PARTS).glob("*.part")
    whole = part.read_bytes()
    airports = "/collections/airports/items"
    with publisher.serving(NOWHERE) as alone, publisher.serving() as client:
        before = client.get(airports)
        part.write_bytes(whole[:200] + b"x" + whole[201:])
        assert alone.get(airports).status_code == 503
        assert client.get(airports).json()["features"] == before.json()["features"]
        assert client.get(f"{airports}/101").status_code == 200
        assert alone.get("/collections/ports/items").status_code == 200
        # The one that has a database builds it anew.
        until(lambda: alone.get(airports).status_code == 200)


def test_a_token_written_by_hand_is_refused(publisher: Publisher, newest: int) -> None:
    with publisher.serving() as client:
        for rank in ("x", "9" * 40, ""):
            token = make_token(Place((rank,), 1, newest), ())
            assert client.get(ROADS, params={"token": token}).status_code == 400
        # Newer than all editions: the database knows.
        assert client.get(ROADS, params={"token": make_token(Place(("5",), 1, newest + 9), ())}).status_code == 200
