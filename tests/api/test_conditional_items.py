"""Who has an answer already is told so, and only then."""

import httpx
import psycopg
import pytest

from otn.api.encoders.registry import FORMATS, OutputFormat
from otn.settings import Settings
from tests.api.conftest import served
from tests.api.sample import fill
from tests.api.test_items import ROADS

DOWNLOAD = "/collections/roads/download"
ADDRESSES = [ROADS, f"{ROADS}?limit=3&sortby=name", f"{ROADS}?name=Dorp", f"{ROADS}/3", f"{ROADS}/3?crs=EPSG:3857"]


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_an_unchanged_answer_is_not_sent_again(client: httpx.Client, path: str, coding: str) -> None:
    first = client.get(path, headers={"Accept-Encoding": coding})
    tag = first.headers["etag"]
    assert tag.startswith('"')
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = client.get(path, headers={"If-None-Match": known, "Accept-Encoding": coding})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    since = {"If-Modified-Since": first.headers["last-modified"]}
    assert client.get(path, headers=since).status_code == 304
    assert client.get(path, headers=since | {"If-None-Match": '"other"'}).status_code == 200
    earlier = {"If-Modified-Since": "Mon, 06 May 2024 07:08:08 GMT"}
    assert client.get(path, headers=earlier).status_code == 200


def test_different_answers_have_different_tags(client: httpx.Client) -> None:
    variants = [
        *ADDRESSES, f"{ROADS}?lang=nl", f"{ROADS}?limit=4", f"{ROADS}?limit=5", f"{ROADS}/4", "/collections/ports/items"
    ]  # fmt: skip
    tags = {client.get(path, headers={"Accept-Encoding": coding}).headers["etag"]
            for path in variants for coding in ("identity", "gzip")}  # fmt: skip
    assert len(tags) == 2 * len(variants)
    swapped = (f"{ROADS}?limit=3&name=Dorp", f"{ROADS}?name=Dorp&limit=3")
    assert len({client.get(path).headers["etag"] for path in swapped}) == 1


def test_a_new_version_of_the_data_has_a_new_tag(database_url: str) -> None:
    fill(database_url)
    with served(Settings(database_url=database_url)) as address, httpx.Client(base_url=address) as client:
        tag = client.get(ROADS).headers["etag"]
        with psycopg.connect(database_url) as connection:
            connection.execute("UPDATE collection_state SET version = version + 1 WHERE collection = 'roads'")
        again = client.get(ROADS, headers={"If-None-Match": tag})
        assert again.status_code == 200
        assert again.headers["etag"] != tag


@pytest.mark.parametrize("path", [ROADS, DOWNLOAD])
@pytest.mark.parametrize("output", FORMATS, ids=lambda output: output.name)
def test_every_format_has_a_tag(client: httpx.Client, output: OutputFormat, path: str) -> None:
    answer = client.get(path, params={"f": output.name})
    again = client.get(path, params={"f": output.name}, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.headers["etag"]) == (304, answer.headers["etag"])
    assert answer.headers["etag"].startswith("W/") == (output.name in ("gpkg", "fgb"))
    head = client.head(path, params={"f": output.name})
    assert head.headers["etag"] == answer.headers["etag"]
    assert head.headers["content-type"] == answer.headers["content-type"]


def test_a_feature_that_is_not_there_is_not_unchanged(client: httpx.Client) -> None:
    for known in ('"x"', "*"):
        assert client.get(f"{ROADS}/999", headers={"If-None-Match": known}).status_code == 404
    later = {"If-Modified-Since": "Mon, 06 May 2030 07:08:08 GMT"}
    assert client.get(f"{ROADS}/3", headers=later).status_code == 304
    assert client.get(f"{ROADS}/999", headers=later).status_code == 404
    assert client.head(f"{ROADS}/999").status_code == 404
