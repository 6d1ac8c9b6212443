"""What every answer has in common: CORS, compression, one address per resource, problem documents."""

import gzip
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from otn.settings import Settings
from tests.api.conftest import served

ANSWERS = [
    "/",
    "/collections/roads/items",
    "/nowhere",
    "/collections/roads/items?limit=0",
    "/health/live",
    "/collections/",
]


@pytest.mark.parametrize("path", ANSWERS)
def test_every_origin_may_read_every_answer(client: httpx.Client, path: str) -> None:
    answer = client.get(path, headers={"Origin": "https://app.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    exposed = {name.strip() for name in answer.headers["access-control-expose-headers"].split(",")}
    assert exposed >= {"Content-Crs", "Link"}
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_preflight_requests_are_granted(client: httpx.Client) -> None:
    asked = {
        "Origin": "https://app.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match, authorization, x-requested-with",
    }
    answer = client.options("/collections/roads/items", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    allowed = {name.strip().lower() for name in answer.headers["access-control-allow-headers"].split(",")}
    assert allowed >= {"if-none-match", "authorization", "x-requested-with"}


def test_long_answers_are_compressed_where_it_is_understood(client: httpx.Client) -> None:
    path = "/collections/roads/items"
    with client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as packed:
        content = b"".join(packed.iter_raw())
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) == len(content)
    assert gzip.decompress(content) == plain.content
    assert "content-encoding" not in plain.headers
    assert all("Accept-Encoding" in answer.headers["vary"] for answer in (packed, plain))
    assert "content-encoding" not in client.get("/health/live").headers


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/collections/", "/collections"),
        ("/collections/roads/items/?limit=2", "/collections/roads/items?limit=2"),
        ("//collections", "/collections"),
        ("/collections//roads", "/collections/roads"),
        ("//evil.example/", "/evil.example"),
        ("/%0d%0aSet-Cookie:%20a=b/", "/%0D%0ASet-Cookie%3A%20a%3Db"),
    ],
)
def test_superfluous_slashes_lead_to_the_one_address(address: str, path: str, location: str) -> None:
    answer = raw_get(address, path)
    assert answer.startswith("HTTP/1.1 308 ")
    assert f"\r\nlocation: {location}\r\n" in answer
    assert "\r\nset-cookie" not in answer.lower()


@pytest.mark.parametrize(
    "path", ["/nowhere", "/collections/roads/items/1/more", "/static/nothing.css", "/docs", "/openapi.json"]
)
def test_what_is_not_there_is_a_problem(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(answer.json()) == {"type", "title", "status", "detail"}
    assert answer.json()["status"] == 404


def test_other_methods_are_refused_with_those_that_are_possible(client: httpx.Client) -> None:
    for path in ("/", "/collections", "/health/live"):
        answer = client.delete(path)
        assert answer.status_code == 405
        assert "GET" in answer.headers["allow"]
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_host_that_is_no_host_is_refused(client: httpx.Client) -> None:
    answer = client.get("/collections", headers={"Host": 'x"><script>'})
    assert answer.status_code == 400
    assert "<script>" not in answer.text


def test_addresses_follow_the_host_the_client_used(client: httpx.Client) -> None:
    answer = client.get("/collections/roads", headers={"Host": "data.example:8080"})
    assert answer.json()["links"][0]["href"] == "http://data.example:8080/collections/roads"


def test_addresses_follow_the_public_url(sample_url: str) -> None:
    settings = Settings(database_url=sample_url, public_url="https://data.example/otn")
    with served(settings) as address, httpx.Client(base_url=address) as client:
        landing = client.get("/", headers={"Host": "evil.example"}).json()
        hrefs = [entry["href"] for entry in landing["links"] if entry["rel"] != "license"]
        assert all(href.startswith("https://data.example/otn/") for href in hrefs)
        assert client.get("/api").json()["servers"] == [{"url": "https://data.example/otn"}]
        redirect = client.get("/collections/")
        assert redirect.headers["location"] == "https://data.example/otn/collections"


@pytest.fixture
def empty_client(settings: Settings) -> Iterator[httpx.Client]:
    """A client of a service whose database is migrated and empty."""
    with served(settings) as address, httpx.Client(base_url=address) as client:
        yield client


def test_an_empty_service_lives_but_is_not_ready(empty_client: httpx.Client) -> None:
    assert empty_client.get("/health/live").status_code == 200
    ready = empty_client.get("/health/ready")
    assert ready.status_code == 503
    assert int(ready.headers["retry-after"]) > 0
    assert empty_client.get("/collections").json()["collections"] == []
    assert empty_client.get("/api").status_code == 200
    for path in (
        "/collections/roads/items",
        "/tiles/WebMercatorQuad",
        "/tiles/WebMercatorQuad?f=tilejson",
        "/tiles/WebMercatorQuad/0/0/0",
    ):
        assert empty_client.get(path).status_code == 404


def test_an_empty_service_has_the_resources_it_links_to(empty_client: httpx.Client) -> None:
    hrefs = {link["href"] for link in empty_client.get("/").json()["links"]}
    own = {href for href in hrefs if href.startswith(str(empty_client.base_url)) and "{" not in href}
    assert {href for href in own if empty_client.get(href).status_code != 200} == set()
    assert empty_client.get("/tiles").json()["tilesets"] == []
    assert "Vector tiles" in empty_client.get("/tiles?f=html").text
    assert empty_client.get("/tiles?collections=roads").status_code == 404


def test_a_full_service_is_ready(client: httpx.Client) -> None:
    assert client.get("/health/ready").json() == {"status": "ready", "collections": ["roads", "ports", "airports"]}


def test_a_database_that_does_not_answer_makes_it_unavailable(tmp_path: Path) -> None:
    settings = Settings(database_url=f"postgresql:///nothing?host={tmp_path}")
    with served(settings) as address, httpx.Client(base_url=address) as client:
        assert client.get("/health/live").status_code == 200
        assert client.get("/").status_code == 200
        items, tile = "/collections/roads/items", "tiles/WebMercatorQuad/0/0/0"
        tiles = (f"/collections/roads/{tile}", f"/{tile}", "/tiles")
        for path in ("/health/ready", "/collections", items, f"{items}/1", *tiles):
            answer = client.get(path)
            assert answer.status_code == 503
            assert answer.headers["retry-after"]
            assert str(tmp_path) not in answer.text


def test_mistakes_of_the_service_tell_nothing(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    with psycopg.connect(settings.database_url or "") as connection:
        connection.execute(
            "INSERT INTO collection_state (collection, version, updated, number_of_features, licences)"
            " VALUES ('roads', 1, now(), 1, '{}')"
        )
        connection.execute("""INSERT INTO dataset VALUES ('x/y', 'x', 'roads', '{"secret": "of mine"}', 1)""")
    with served(settings) as address, httpx.Client(base_url=address) as client:
        answer = client.get("/collections", headers={"Origin": "https://app.example"})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert len([record for record in caplog.records if record.name.startswith("otn")]) == 1


def raw_get(address: str, target: str) -> str:
    """The answer as it comes, to a request target that clients would tidy up first."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: otn.example\r\nConnection: close\r\n\r\n".encode())
        with connection.makefile("rb") as answer:
            return answer.read().decode("latin-1")
