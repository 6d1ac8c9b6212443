"""What is published is served while PostgreSQL is gone, and whatever is published is followed by every worker."""

import os
import signal
import time

import httpx

from tests.robustness.conftest import Installation

FEW = 300
PATIENCE = 30.0


def wait_for_end(process: int) -> None:
    """Until a process that is not our child has ended."""
    until = time.monotonic() + PATIENCE
    while os.path.exists(f"/proc/{process}"):  # noqa: PTH110 - a path for no file
        assert time.monotonic() < until
        time.sleep(0.05)


def editions(address: str) -> set[int]:
    """The editions that the workers serve: each question comes by a connection of its own."""
    items = f"{address}/collections/ports/items?limit=1"
    return {int(httpx.get(items, timeout=30).headers["otn-edition"]) for _ in range(20)}


def test_every_worker_follows_what_is_published_and_serves_it_without_postgresql(
    new_installation: Installation,
) -> None:
    new_installation.run("load", "elsewhere/ports", "--from", str(new_installation.file(1, FEW)))
    with new_installation.serving(OTN_WORKERS="2") as (address, _):
        [before] = editions(address)
        new_installation.run("load", "elsewhere/ports", "--accept-losses", "--from", str(new_installation.file(2, FEW)))
        until = time.monotonic() + PATIENCE
        while (found := editions(address)) == {before} or len(found) > 1:
            assert time.monotonic() < until
        postmaster = new_installation.postmaster()
        os.kill(postmaster, signal.SIGINT)
        wait_for_end(postmaster)
        with httpx.Client(base_url=address, timeout=30) as client:
            questions_without_a_database(client)


def questions_without_a_database(client: httpx.Client) -> None:
    items = "/collections/ports/items"
    page = client.get(items, params={"limit": 200}).raise_for_status().json()
    assert page["numberMatched"] == FEW
    assert {feature["properties"]["name"] for feature in page["features"]} == {"v2"}
    following = next(link["href"] for link in page["links"] if link["rel"] == "next")
    assert client.get(following).raise_for_status().json()["numberReturned"] == 100
    number = page["features"][0]["id"]
    assert client.get(f"{items}/{number}").raise_for_status().json()["id"] == number
    assert client.get(items, params={"bbox": "4,51,5,52"}).raise_for_status().json()["numberMatched"] == 100
    for path in ("/", "/collections", "/collections/ports", "/collections/ports/queryables", items):
        for f in ("json", "html"):
            assert client.get(path, params={"f": f}).status_code == 200, path
    for asked in ({"filter": "name='v1'"}, {"name": "v1"}, {"sortby": "name"}, {"f": "csv"}):
        refused = client.get(items, params=asked)
        assert refused.status_code == 503
        assert int(refused.headers["retry-after"]) > 0
