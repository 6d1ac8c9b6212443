from pathlib import Path
from typing import get_args

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from otn.errors import ConfigError, UnknownDataset
from otn.etl.regions import Regions
from otn.model.collections import COLLECTIONS
from otn.model.datasets import ELSEWHERE, Dataset, Registry, read_region
from otn.model.declarations import read_yaml
from otn.model.region_schema import region_schema
from otn.model.sources import FileReader, FileSource
from otn.model.text import LANGUAGES
from otn.settings import CONFIG_DIR

REGION = """
title: {en: Nowhere, nl: Nergens, fr: Nulle part, de: Nirgends}
datasets:
  roads:
    collection: roads
    title: {en: a, nl: b, fr: c, de: d}
    description: {en: a, nl: b, fr: c, de: d}
    publisher: {name: Somebody, url: "https://example.org/"}
    landing_page: https://example.org/roads
    licence: CC0-1.0
    attribution: Somebody
"""
registry = Registry.read()


def region_file(folder: Path, text: str) -> Path:
    path = folder / "nowhere.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_partner_regions_and_elsewhere_are_declared() -> None:
    outlines = {
        region.id: (region.country, region.outline) for region in registry.regions.values() if region.parent is None
    }
    assert outlines == {
        "be": ("BE", "056"),
        "cz": ("CZ", "203"),
        "lv": ("LV", "428"),
        "gb": ("GB", "826"),
        "fr": ("FR", "250"),
        "gr": ("GR", "300"),
        ELSEWHERE: (None, None),
    }


def test_the_pilot_regions_lie_in_their_countries() -> None:
    parents = {region.id: region.parent for region in registry.regions.values() if region.parent is not None}
    assert parents == {
        "be-flanders": "be",
        "cz-plzen": "cz",
        "cz-liberec": "cz",
        "uk-birmingham": "gb",
        "fr-issy": "fr",
    }
    regions = Regions(registry)
    for region, parent in parents.items():
        extent, country = regions.extent(region), regions.extent(parent)
        assert extent is not None
        assert country is not None
        assert country.contains(extent)
        assert registry.regions[region].country == registry.regions[parent].country


@pytest.mark.parametrize("region", ["be", "cz", "lv", "gb", "fr", "gr"])
def test_each_partner_region_has_its_default_datasets(region: str) -> None:
    defaults = {dataset.id.split("/")[1] for dataset in registry.defaults() if dataset.region == region}
    # Czechia has no coast.
    coast = set() if region == "cz" else {"sea-lanes"}
    assert defaults == {"airports", "ports", "highways", "railways"} | coast


@pytest.mark.parametrize("region", ["be", "cz", "lv", "gb", "fr", "gr"])
def test_each_country_can_be_filled_from_what_publishers_offer(region: str) -> None:
    offered = {dataset.id.split("/")[1] for dataset in registry.with_source() if dataset.region == region}
    from_openstreetmap = {"osm-roads", "osm-railways", "osm-port-facilities", "osm-runways"}
    sea_ports = set() if region == "cz" else {"world-port-index"}
    assert offered >= {"ourairports", "runways", "unlocode-ports"} | from_openstreetmap | sea_ports


def test_what_otn_cannot_read_yet_is_declared_and_never_loaded() -> None:
    unreadable = {
        d.id for d in registry.datasets.values() if isinstance(d.source, FileSource) and d.source.reader == "none"
    }
    assert unreadable == {
        "be-flanders/gipod-hindrance",
        "be-flanders/miv-traffic",
        "cz-liberec/accidents",
        "cz-liberec/traffic-counts",
        "cz-plzen/accidents",
        "cz-plzen/traffic-counts",
        "cz-plzen/traffic-volumes",
    }
    assert not unreadable & {dataset.id for dataset in registry.with_source()}
    for dataset in map(registry.dataset, unreadable):
        assert "cannot read" in dataset.description.en


def test_each_reader_is_used_by_a_dataset() -> None:
    used = {dataset.source.reader for dataset in registry.datasets.values() if isinstance(dataset.source, FileSource)}
    assert set(get_args(FileReader)) - used == {"csv", "xlsx"}, "csv and xlsx are read by the name of a file"


def test_elsewhere_takes_any_collection_from_a_file() -> None:
    for collection in COLLECTIONS:
        dataset = registry.dataset(f"{ELSEWHERE}/{collection}")
        assert dataset.collection == collection
        assert dataset.source is None
        assert dataset.licence == "not-stated"


@pytest.mark.parametrize("dataset", registry.datasets.values(), ids=lambda dataset: dataset.id)
def test_a_dataset_says_who_where_and_under_which_licence(dataset: Dataset) -> None:
    for text in (dataset.title, dataset.description):
        words = text.as_dict()
        assert all(words[language].strip() == words[language] != "" for language in LANGUAGES)
    descriptions = dataset.description.as_dict().values()
    assert len(set(descriptions)) == len(LANGUAGES), "a description is left untranslated"
    assert dataset.attribution
    assert dataset.licence_model.id == dataset.licence


@pytest.mark.parametrize("dataset", registry.datasets.values(), ids=lambda dataset: dataset.id)
def test_data_of_openstreetmap_is_under_its_licence(dataset: Dataset) -> None:
    """The list of what OpenStreetMap lacks is no data of it, and it is not alone in its choice of licence."""
    lacked_by_it = dataset.id == "be-flanders/wegenregister-missing-in-osm"
    from_openstreetmap = "OpenStreetMap" in dataset.description.en and not lacked_by_it
    assert (dataset.attribution == "© OpenStreetMap contributors") == from_openstreetmap
    if from_openstreetmap:
        assert dataset.licence == "ODbL-1.0"
    if isinstance(dataset.source, FileSource) and dataset.source.reader == "osm":
        assert from_openstreetmap


def test_titles_within_a_region_differ() -> None:
    for region in registry.regions.values():
        for language in LANGUAGES:
            titles = [dataset.title.in_language(language) for dataset in region.datasets.values()]
            assert len(titles) == len(set(titles))


def test_a_dataset_survives_the_way_through_the_database() -> None:
    for dataset in registry.datasets.values():
        assert Dataset.model_validate(dataset.model_dump(mode="json")) == dataset


def test_inspire_ids_lie_in_the_namespace_or_below_the_dataset() -> None:
    assert registry.dataset("be/wechelderzande-roads").inspire_id("7") == "https://www.openstreetmap.org/way/7"
    assert registry.dataset("be/airports").inspire_id("EBBR") == "urn:otn:be/airports/EBBR"


def test_an_unknown_dataset_is_answered_with_those_of_a_like_name() -> None:
    with pytest.raises(UnknownDataset, match=r"no dataset 'be/port', but be/ports.*; `otn datasets` lists them all\."):
        registry.dataset("be/port")
    with pytest.raises(UnknownDataset, match=r"no dataset 'x'; `otn datasets`"):
        registry.dataset("x")


def test_a_region_is_one_file(tmp_path: Path) -> None:
    region = read_region(region_file(tmp_path, REGION))
    assert region.id == "nowhere"
    assert region.datasets["roads"].id == "nowhere/roads"


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("collection: roads", "collection: rods", r"nowhere\.yml: datasets\.roads: .*'rods' is none of roads"),
        ("CC0-1.0", "free", r"datasets\.roads: .*licence 'free' is none of"),
        ("de: d}\n    publisher", "de: ''}\n    publisher", r"datasets\.roads\.description: .*has no text in de"),
        ("attribution: Somebody", "atribution: Somebody", r"datasets\.roads\.(attribution|atribution)"),
        ("https://example.org/roads", "example.org", r"datasets\.roads\.landing_page"),
        ("  roads:\n", "  Main Roads:\n", r"datasets\.Main Roads"),
        ("datasets:\n", "dataset:\n", r"datasets: must map names to datasets"),
    ],
)
def test_a_mistake_is_named_by_file_and_dotted_path(tmp_path: Path, right: str, wrong: str, message: str) -> None:
    assert right in REGION
    with pytest.raises(ConfigError, match=message):
        read_region(region_file(tmp_path, REGION.replace(right, wrong)))


@pytest.mark.parametrize("path", sorted((CONFIG_DIR / "regions").glob("*.yml")), ids=lambda path: path.stem)
def test_a_region_is_valid_against_the_schema_that_editors_use(path: Path) -> None:
    Draft202012Validator(region_schema()).validate(read_yaml(path))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("source: {reader: csv, format: CSV, fields: {nmae: Name}}", "source.fields.nmae: roads has no such field"),
        (
            "source: {reader: csv, format: CSV, fields: {surface: {column: s, codes: {1: tarred}}}}",
            "source.fields.surface.codes: 'tarred' is none of paved, unpaved",
        ),
        ("source: {reader: csv, format: CSV, crs: EPSG:99999}", r"datasets.roads.source.crs: .*EPSG:99999"),
        ("source: {reader: csv, format: CSV, geometry: {x: lon}}", "datasets.roads.source.geometry: .*give x and y"),
        ("source: {reader: csv, format: CSV, urls: [ftp://a]}", "datasets.roads.source.urls.0: "),
        ("source: {reader: magic, format: CSV}", "datasets.roads.source: .*magic"),
        ("expected: {minimum: 9, maximum: 3}", "datasets.roads.expected: .*larger"),
        ("checks: {maximum_rejected: 2}", "datasets.roads.checks.maximum_rejected: "),
        ("update_frequency: SOMETIMES", "datasets.roads.update_frequency: "),
    ],
)
def test_a_mistake_in_a_source_is_named_by_its_path(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_region(region_file(tmp_path, f"{REGION}    {line}\n"))


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("parent: be", "needs its bbox"),
        ("parent: be\nbbox: [4, 50, 3, 51]\nbbox_source: x", "west, south, east, north"),
        ("bbox: [4, 50, 300, 51]", "bbox.2: "),
    ],
)
def test_a_region_within_a_country_has_an_extent(tmp_path: Path, lines: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_region(region_file(tmp_path, f"{REGION}{lines}\n"))


def test_a_parent_is_a_region(tmp_path: Path) -> None:
    region = read_region(region_file(tmp_path, f"{REGION}parent: atlantis\nbbox: [3, 50, 4, 51]\nbbox_source: x\n"))
    with pytest.raises(ConfigError, match="parent: 'atlantis' is no region"):
        Registry([region])
