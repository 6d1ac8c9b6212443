"""A stock pygeoapi serves the same database from the same configuration, through the provider plugin."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pygeoapi.config import validate_config
from pygeoapi.provider.base import ProviderGenericError, ProviderInvalidQueryError, ProviderItemNotFoundError
from pygeoapi.util import yaml_load

from otn.api.pygeoapi_provider import OtnProvider
from otn.model.service import SERVICE_FILE
from tests.api.sample import NUMBER_OF_ROADS

PYGEOAPI = Path(sys.executable).with_name("pygeoapi")


@pytest.fixture
def roads(sample_url: str) -> OtnProvider:
    """The provider of roads before the sample."""
    return OtnProvider(definition(sample_url, "roads"))


def definition(url: str, collection: str) -> dict[str, Any]:
    return {"type": "feature", "name": "otn", "data": url, "id_field": "id", "collection": collection}


def ids(document: dict[str, Any]) -> list[int]:
    return [feature["id"] for feature in document["features"]]


def test_fields_have_types(roads: OtnProvider) -> None:
    assert roads.fields["speedLimit"]["type"] == "integer"
    assert roads.fields["validFrom"] == {"type": "string", "format": "date-time"}


def test_pages_by_offset_hold_every_feature_once(roads: OtnProvider) -> None:
    pages = [roads.query(offset=offset, limit=5) for offset in range(0, NUMBER_OF_ROADS, 5)]
    assert sorted(number for page in pages for number in ids(page)) == list(range(1, NUMBER_OF_ROADS + 1))
    assert all(page["numberMatched"] == NUMBER_OF_ROADS for page in pages)
    assert all(page["numberReturned"] == len(page["features"]) for page in pages)


def test_it_selects_like_the_api(roads: OtnProvider) -> None:
    assert set(ids(roads.query(bbox=[4.0, 50, 4.025, 52]))) == {1, 2}
    assert set(ids(roads.query(properties=[("name", "Dorp")]))) == {3, 4}
    assert 11 in ids(roads.query(datetime_="2012-01-01", limit=100))
    assert 11 not in ids(roads.query(datetime_="2016-01-01/..", limit=100))
    assert roads.query(resulttype="hits") | {"features": []} == {
        "type": "FeatureCollection",
        "features": [],
        "numberMatched": NUMBER_OF_ROADS,
        "numberReturned": 0,
    }


def test_it_leaves_out_what_is_not_wanted(roads: OtnProvider) -> None:
    (feature,) = roads.query(limit=1, skip_geometry=True, select_properties=["name"])["features"]
    assert feature["geometry"] is None
    assert feature["properties"] == {"name": None}


def test_it_sorts(roads: OtnProvider) -> None:
    sortby = [{"property": "speedLimit", "order": "+"}, {"property": "id", "order": "-"}]
    assert ids(roads.query(limit=100, sortby=sortby)) == [*range(10, 0, -1), *range(23, 10, -1)]


def test_it_gets_one_feature(roads: OtnProvider) -> None:
    assert roads.get("3")["properties"]["name"] == "Dorp"
    for identifier in ("999", "abc", "9" * 40):
        with pytest.raises(ProviderItemNotFoundError):
            roads.get(identifier)


def test_mistakes_are_pygeoapis_own(roads: OtnProvider, sample_url: str) -> None:
    unsortable = [{"property": "sourceCodes", "order": "+"}]
    for mistake in ({"datetime_": "x"}, {"properties": [("speedLimit", "x")]}, {"sortby": unsortable}):
        with pytest.raises(ProviderInvalidQueryError):
            roads.query(**mistake)
    with pytest.raises(ProviderGenericError):
        OtnProvider(definition(sample_url, "nowhere"))


def test_an_empty_collection_is_empty(sample_url: str) -> None:
    assert OtnProvider(definition(sample_url, "railways")).query()["numberMatched"] == 0


@pytest.fixture(scope="module")
def stock(sample_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of `pygeoapi serve`."""
    folder = tmp_path_factory.mktemp("pygeoapi")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    variables = os.environ | {
        "OTN_DATABASE_URL": sample_url,
        "OTN_PORT": str(port),
        "OTN_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PYGEOAPI_CONFIG": str(SERVICE_FILE),
        "PYGEOAPI_OPENAPI": str(folder / "openapi.yml"),
    }
    generate = [str(PYGEOAPI), "openapi", "generate", str(SERVICE_FILE), "--output-file", variables["PYGEOAPI_OPENAPI"]]
    subprocess.run(generate, env=variables, cwd=folder, check=True, timeout=120, capture_output=True)
    process = subprocess.Popen([str(PYGEOAPI), "serve"], env=variables, cwd=folder, stderr=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            wait_for(client, process)
            yield client
    finally:
        process.terminate()
        process.wait(30)


def wait_for(client: httpx.Client, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None
        try:
            client.get("/")
            return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail("pygeoapi does not answer")


def test_the_configuration_is_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTN_DATABASE_URL", "postgresql:///otn")
    with SERVICE_FILE.open() as file:
        assert validate_config(yaml_load(file))


def test_pygeoapi_serves_the_same_features(stock: httpx.Client, client: httpx.Client) -> None:
    path = "/collections/roads/items"
    theirs = stock.get(path, params={"f": "json", "limit": 100}).json()
    ours = client.get(path, params={"limit": 100}).json()
    assert theirs["numberMatched"] == ours["numberMatched"]
    assert ids(theirs) == ids(ours)
    assert theirs["features"][0]["properties"] == ours["features"][0]["properties"]
    one = stock.get(f"{path}/3", params={"f": "json"}).json()
    assert one["properties"]["name"] == "Dorp"
    filtered = stock.get(path, params={"f": "json", "name": "Dorp", "bbox": "4,50,5,52"}).json()
    assert filtered["numberMatched"] == 2
