"""A city that OTN has never heard of is one YAML file: with its own columns, codes, encoding and reference system."""

from collections.abc import Callable, Iterator
from shutil import copy
from typing import Any

import httpx
import pytest

from otn.etl.pipeline import load_dataset
from otn.etl.progress import Silent
from otn.etl.wishes import Wishes
from otn.model.datasets import Registry
from otn.settings import CONFIG_DIR, ROOT
from tests.conftest import clone, serving

# The last counter stands in another place than it says.
COUNTERS = """Nummer;Straat;Soort;Gemiddeld;X-coördinaat;Y-coördinaat
F1;Groenplaats – Zuid;1;1.234,5;152402,35;212026,10
F2;Café-straat;2;87,25;153100,00;211500,50
F3;Kade;9;;152900,75;213000,00
F4;Verweg;1;5;45000,00;190000,00
"""


@pytest.fixture(scope="module")
def city(
    cluster_url: Callable[[str], str], template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A client of a service that has the counters of the city and nothing else."""
    folder = tmp_path_factory.mktemp("regions")
    for name in ("be.yml", "elsewhere.yml"):
        copy(CONFIG_DIR / "regions" / name, folder)
    (folder / "be-border.yml").write_text(_declared(), encoding="utf-8")
    counters = folder / "fietstellers.csv"
    counters.write_bytes(COUNTERS.encode("cp1252"))
    clone(cluster_url, template_database, "otn_city")
    url, registry = cluster_url("otn_city"), Registry.read(folder)
    dataset = registry.dataset("be-border/bicycles")
    summary = load_dataset(url, dataset, registry=registry, progress=Silent(), wishes=Wishes([counters]))
    assert (summary.number_read, summary.rejects_by_reason) == (4, {"geometry/outside-region": 1})
    with serving(url) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def test_a_city_is_served_after_one_yaml_file(city: httpx.Client) -> None:
    document = items(city, **{"filter": "region = 'be-border'"})
    assert document["numberMatched"] == 3
    counters = {feature["properties"]["localId"]: feature for feature in document["features"]}
    assert {name: counters["F1"]["properties"][name] for name in ("name", "instrument", "averageDailyVolume")} == {
        "name": "Groenplaats – Zuid",
        "instrument": "inductielus",
        "averageDailyVolume": 1234.5,
    }
    for feature in counters.values():
        assert feature["properties"]["vehicleType"] == "bicycle"
        assert feature["properties"]["dataset"] == "be-border/bicycles"
        assert feature["properties"]["inspireId"].startswith("urn:otn:be-border/bicycles/F")
    assert counters["F2"]["properties"]["name"] == "Café-straat"
    assert counters["F3"]["properties"]["instrument"] is None, "the code 9 is not declared"
    assert counters["F1"]["geometry"]["coordinates"] == pytest.approx([4.40, 51.22], abs=0.01)


def test_its_licence_and_source_are_named(city: httpx.Client) -> None:
    licence = "https://data.vlaanderen.be/id/licentie/modellicentie-gratis-hergebruik/v1.0"
    assert licence in {link["href"] for link in items(city)["links"] if link["rel"] == "license"}
    feature = items(city)["features"][0]
    single = city.get(f"/collections/traffic-counts/items/{feature['id']}", params={"f": "json"})
    assert licence in single.text
    assert "Bron: Stad Grensstad" in city.get("/collections/traffic-counts", params={"f": "json"}).text


@pytest.mark.parametrize(
    ("language", "instrument", "title"),
    [
        ("en", "Induction loop", "Bicycles counted in Bordershire"),
        ("nl", "Inductielus", "In Grensstad getelde fietsen"),
        ("fr", "Boucle à induction", "Vélos comptés à Villefrontière"),
        ("de", "Induktionsschleife", "In Grenzstadt gezählte Fahrräder"),
    ],
)
def test_it_is_read_in_four_languages(city: httpx.Client, language: str, instrument: str, title: str) -> None:
    asked = {"Accept-Language": language}
    queryables = city.get("/collections/traffic-counts/queryables", params={"f": "json"}, headers=asked).json()
    codes = {code["const"]: code["title"] for code in queryables["properties"]["instrument"]["oneOf"]}
    assert codes["inductielus"] == instrument
    page = city.get("/collections/traffic-counts", params={"f": "html"}, headers=asked)
    assert title in page.text


def items(city: httpx.Client, **parameters: str) -> dict[str, Any]:
    response = city.get("/collections/traffic-counts/items", params={"f": "json", **parameters})
    assert response.status_code == 200, response.text
    document: dict[str, Any] = response.json()
    return document


def _declared() -> str:
    """The file of the city, as the documentation shows it to whoever adds a region."""
    page = (ROOT / "docs" / "contributing-data.md").read_text(encoding="utf-8")
    return page.partition("```yaml\n")[2].partition("```")[0]
