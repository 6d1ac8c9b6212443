"""The datasets that are loaded, where they came from, and how good what each load read was."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import httpx
import psycopg
import pytest

from otn.api.loaded import MOST_LOADS
from otn.errors import LoadError
from otn.etl.pipeline import load_dataset
from otn.etl.progress import Silent
from otn.etl.rows import Reason
from otn.etl.wishes import Wishes
from otn.model.datasets import Registry
from otn.model.frequencies import FREQUENCIES
from otn.model.reject_reasons import REJECT_REASONS
from otn.model.sources import Frequency
from otn.settings import Settings
from tests.api.conftest import served
from tests.api.sample import PERSONAL, UPDATED
from tests.conftest import clone
from tests.portal.markup import Markup

STREETS = "/datasets/be/wechelderzande-roads"
LOAD = f"{STREETS}/loads/1"
BROWSER = "text/html"
EMPTY = '{"type": "FeatureCollection", "features": []}'
PORTS = """{"type": "FeatureCollection", "features": [
  {"type": "Feature", "id": 1, "geometry": {"type": "Point", "coordinates": [4.4, 51.2]},
   "properties": {"name": "Antwerpen"}},
  {"type": "Feature", "id": 2, "geometry": {"type": "Point", "coordinates": [3.2, 51.3]}, "properties": {}},
  {"type": "Feature", "id": 3, "geometry": null, "properties": {"name": "Jan Janssens of Dorp 7"}},
  {"type": "Feature", "id": 4, "geometry": {"type": "Point", "coordinates": [4.4, 91.2]}, "properties": {}}
]}"""


@pytest.fixture(scope="module")
def loaded(
    cluster_url: Callable[[str], str], template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a service before ports that were loaded with rejects; a second load failed."""
    clone(cluster_url, template_database, "otn_quality")
    url = cluster_url("otn_quality")
    folder = tmp_path_factory.mktemp("ports")
    _load(url, folder / "ports.geojson", PORTS)
    with pytest.raises(LoadError):
        _load(url, folder / "none.geojson", EMPTY)
    with served(Settings(database_url=url)) as address:
        yield address


def _load(url: str, file: Path, content: str) -> None:
    file.write_text(content)
    registry = Registry.read()
    ports = registry.dataset("elsewhere/ports")
    load_dataset(url, ports, registry=registry, progress=Silent(), wishes=Wishes([file]))


def test_all_that_are_loaded_are_listed_in_the_readers_language(client: httpx.Client) -> None:
    listed = client.get("/datasets?lang=nl").json()
    ids = ["be/airports", "be/wechelderzande-roads", "elsewhere/ports", "elsewhere/roads"]
    assert [entry["id"] for entry in listed["datasets"]] == ids
    streets = Registry.read().dataset("be/wechelderzande-roads")
    told = listed["datasets"][1]
    assert told["title"] == streets.title.nl
    assert (told["region"], told["collection"], told["licence"]) == ("be", "roads", "ODbL-1.0")
    assert told["attribution"] == streets.attribution
    assert told["publisher"] == {"name": streets.publisher.name, "url": streets.publisher.url}
    assert told["numberOfFeatures"] == 10
    assert told["lastLoaded"] == UPDATED
    assert told["updateFrequency"] == streets.update_frequency
    assert told["updateFrequencyTitle"] == FREQUENCIES[streets.update_frequency].nl
    assert listed["datasets"][0]["lastLoaded"] is None


def test_a_dataset_says_where_it_comes_from(client: httpx.Client) -> None:
    told = client.get(STREETS).json()
    assert told["declaration"] == Registry.read().dataset("be/wechelderzande-roads").model_dump(mode="json")
    assert told["collections"] == [{"id": "roads", "title": "Roads", "numberOfFeatures": 10}]
    assert told["lineage"] == {
        "load": 1,
        "source": "village.osm",
        "url": "https://download.example.org/village.osm",
        "sha256": "ab" * 32,
        "loaded": UPDATED,
    }
    (load,) = told["loads"]
    assert load["counts"]["features"] == {"added": 19, "changed": 0, "removed": 0}
    assert load["counts"]["objects"] == {"added": 18, "changed": 0, "removed": 0}
    assert {link["rel"] for link in told["links"]} == {"self", "alternate", "collection", "items", "license"}


def test_the_link_to_items_has_those_of_the_dataset(client: httpx.Client) -> None:
    href = next(link["href"] for link in client.get(STREETS).json()["links"] if link["rel"] == "items")
    features = client.get(href).json()["features"]
    assert features
    assert {feature["properties"]["dataset"] for feature in features} == {"be/wechelderzande-roads"}


def test_a_load_tells_the_quality_of_what_it_read(client: httpx.Client) -> None:
    quality = client.get(LOAD, headers={"Accept-Language": "fr"}).json()["quality"]
    (roads,) = quality["collections"]
    assert (roads["id"], roads["numberOfFeatures"], roads["bbox"]) == ("roads", 19, [4.01, 51, 4.23, 51.1])
    assert [entry["field"] for entry in roads["completeness"]] == ["name", "speedLimit", "oncecalled"]
    by_field = {entry["field"]: entry for entry in roads["completeness"]}
    assert by_field["name"] == {"field": "name", "title": "Nom", "share": 0.1579}
    assert by_field["oncecalled"]["title"] == "oncecalled"
    assert quality["rejects"] == [{"reason": "geometry/empty", "title": "géométrie vide", "count": 1}]
    assert quality["unknownCodes"][0]["codes"] == [{"code": "chewing <gum>", "count": 3}]
    assert quality["repaired"] == 2
    assert "données personnelles" in quality["note"]
    assert (quality["network"]["links"], quality["network"]["overlaps"]["count"]) == (19, 1)
    assert quality["remarks"] == ["The <text> is read as cp1252."]


def test_the_page_of_a_load_tells_what_is_odd_about_its_network(client: httpx.Client) -> None:
    page = client.get(LOAD, params={"f": "html", "lang": "nl"}).text
    assert "Hoe het netwerk samenhangt" in page
    assert "binnen 1.5 m" in page
    assert "<code>way/1 ~ way/&lt;2&gt;</code>" in page
    assert "<code>way/1 ~ way/3</code>" in page
    assert "<code>way/4</code>" in page
    assert "The &lt;text&gt; is read as cp1252." in page


@pytest.mark.parametrize("f", ["json", "html"])
@pytest.mark.parametrize("path", ["/datasets", STREETS, LOAD])
def test_nothing_of_rejected_rows_is_shown(client: httpx.Client, path: str, f: str) -> None:
    answer = client.get(path, params={"f": f})
    assert answer.status_code == 200
    assert PERSONAL not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/datasets/be/nothing",
        "/datasets/be/ports",
        "/datasets/be/%00",
        f"{STREETS}/loads/2",
        f"{STREETS}/loads/one",
        f"{STREETS}/loads/-1",
        f"{STREETS}/loads/\N{SUPERSCRIPT TWO}",
        f"{STREETS}/loads/9223372036854775808",
        f"{STREETS}/loads/{'9' * 400}",
        "/datasets/be/airports/loads/1",
    ],
)
def test_what_is_not_there_is_a_problem(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/datasets", STREETS, LOAD])
def test_what_a_client_has_is_not_sent_again(client: httpx.Client, path: str) -> None:
    first = client.get(path)
    assert client.get(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    assert "Accept-Language" in first.headers["vary"]
    assert client.get(f"{path}?limit=1").status_code == 400
    assert client.get(path, headers={"Origin": "https://example.org"}).headers["access-control-allow-origin"] == "*"


def test_a_load_with_rejects_counts_them_by_reason(loaded: str) -> None:
    told = httpx.get(f"{loaded}/datasets/elsewhere/ports").json()
    assert [load["state"] for load in told["loads"]] == ["failed", "committed"]
    assert told["loads"][0]["message"]
    assert told["lineage"]["source"] == "ports.geojson"
    assert len(told["lineage"]["sha256"]) == 64
    assert told["lineage"]["load"] == told["loads"][1]["id"]
    load = httpx.get(told["loads"][1]["links"][0]["href"]).json()
    assert load["counts"]["rejected"] == 2
    assert {entry["reason"] for entry in load["quality"]["rejects"]} == {"geometry/missing", "geometry/out-of-range"}
    (ports,) = load["quality"]["collections"]
    assert {entry["field"]: entry["share"] for entry in ports["completeness"]}["name"] == 0.5
    assert ports["bbox"] == pytest.approx([3.2, 51.2, 4.4, 51.3])
    page = Markup(httpx.get(told["loads"][1]["links"][0]["href"], headers={"Accept": BROWSER}).text)
    assert "no geometry" in page.text
    assert "Jan Janssens" not in page.text


def test_the_page_of_a_failed_load_says_why(loaded: str) -> None:
    failed = httpx.get(f"{loaded}/datasets/elsewhere/ports").json()["loads"][0]
    page = Markup(httpx.get(failed["links"][0]["href"], headers={"Accept": BROWSER}).text)
    assert failed["message"] in page.text


def test_of_many_loads_the_newest_are_told_and_where_the_data_came_from(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        _declare(connection)
        connection.execute(
            "INSERT INTO load (dataset, state, started, finished, source, number_read, number_added, number_changed,"
            " number_removed, number_rejected, number_normalised)"
            " SELECT 'elsewhere/ports', CASE number WHEN 1 THEN 'committed' ELSE 'failed' END, now(), now(),"
            " 'file ' || number, 0, 0, 0, 0, 0, 0 FROM generate_series(1, 150) AS number ORDER BY number"
        )
    with served(Settings(database_url=database_url)) as address:
        told = httpx.get(f"{address}/datasets/elsewhere/ports").json()
        page = httpx.get(f"{address}/datasets/elsewhere/ports", headers={"Accept": BROWSER})
    assert len(told["loads"]) == MOST_LOADS + 1
    assert told["loads"][0]["id"] == 150
    assert told["lineage"]["source"] == "file 1"
    assert not [link for link in told["links"] if link["rel"] == "items"]
    assert "file 1" in Markup(page.text).text


def _declare(connection: psycopg.Connection) -> None:
    ports = Registry.read().dataset("elsewhere/ports")
    connection.execute(
        "INSERT INTO dataset VALUES (%s, %s, %s, %s, 0)",
        [ports.id, ports.region, ports.collection, ports.model_dump_json()],
    )


def test_every_reason_and_every_frequency_has_a_title() -> None:
    assert REJECT_REASONS.keys() == {reason.value for reason in Reason}
    assert FREQUENCIES.keys() == set(get_args(Frequency))
