"""The real files, by the datasets that config/regions declares for them.

What is declared of a publisher's download must not keep out the files that people name at a load. What readers make of
each row, other tests hold.
"""

from pathlib import Path

import psycopg
import pytest

from otn.errors import LoadError
from otn.etl.load_records import LoadSummary
from otn.etl.pipeline import load_dataset
from otn.etl.progress import Silent
from otn.etl.wishes import Wishes
from otn.model.datasets import Registry
from otn.model.sources import FileSource

REGISTRY = Registry.read()
BAAC = tuple(f"baac_2016/{name}_2016_sample.csv" for name in ("caracteristiques", "lieux", "vehicules"))
BICYCLES = "paris_bike_counters/comptage-velo-donnees-compteurs.csv"
STATS19 = ("stats19/accidents_sample.csv", "stats19/casualties_sample.csv")
WEEK = "wegenregister/flanders_2021-04-25_f4bac93e.geojson.gz"
RUNWAYS = ("ourairports/runways_2021.csv.gz", "ourairports/airports.csv.gz")
MONACO = "osm/monaco.osm.pbf"
CASES = {
    ("be-flanders/antwerp-districts", "areas/antwerp.geojson"): (62, 0),
    ("be-flanders/wegenregister-missing-in-osm", WEEK): (2_843, 0),
    ("be/wechelderzande-roads", "osm/wechelderzande-be.osm.pbf"): (452, 4),
    ("cz/prague-districts", "areas/prague.geojson"): (57, 0),
    ("cz/unlocode-ports", "unlocode/un-locode_sample.csv"): (69, 37),
    ("elsewhere/monaco-areas", MONACO): (8, 15),
    ("elsewhere/monaco-port-facilities", MONACO): (31, 0),
    ("elsewhere/natural-earth-ports", "natural_earth_ports_airports/ne_10m_ports.geojson"): (1_081, 0),
    ("elsewhere/srtm", "srtm_dem/N43E007.tif", "srtm_dem/N49E011.tif"): (2, 0),
    ("fr/paris-bicycle-days", "paris_bike_counters/count_per_day.csv"): (1_347, 0),
    ("fr/paris-bicycle-sites", "paris_bike_counters/site_map.csv"): (150, 0),
    ("fr/paris-bicycle-sites", BICYCLES): (1, 0),
    ("fr/paris-bicycle-volumes", BICYCLES): (21, 0),
    ("gb/world-port-index", "world_port_index/wpi_sample.csv"): (18, 0),
    ("gr/athens-districts", "areas/athens.geojson"): (34, 0),
    ("gr/greece-regions", "areas/greece-regions.geojson"): (13, 0),
    ("lv/riga-districts", "areas/riga.geojson"): (58, 0),
    ("lv/runways", *RUNWAYS): (3, 5),
    ("uk-birmingham/flow-sites", "otn_birmingham/birmingham_flow_2015-05-04_clean.csv"): (261, 0),
}
"""Dataset and files: its features, and rejects."""
ELSEWHERE = {
    ("fr-issy/baac", *BAAC): r"None of the 599 rows of .* \(not of the region fr-issy 599\)",
    ("uk-birmingham/stats19", *STATS19): r"None of the 3 rows of .* \(not of the region uk-birmingham 3\)",
}
"""Samples that have nothing in the region: why they are refused."""


def load(url: str, real_data: Path, dataset: str, *files: str) -> LoadSummary:
    wishes = Wishes([real_data / name for name in files])
    return load_dataset(url, REGISTRY.dataset(dataset), registry=REGISTRY, progress=Silent(), wishes=wishes)


@pytest.mark.parametrize(("names", "expected"), CASES.items(), ids=map(" ".join, CASES))
def test_the_dataset_takes_the_file(
    database_url: str, real_data: Path, names: tuple[str, ...], expected: tuple[int, int]
) -> None:
    summary = load(database_url, real_data, *names)
    with psycopg.connect(database_url) as connection:
        counted = connection.execute("SELECT number_of_features FROM dataset").fetchone()
    assert (counted, summary.number_rejected) == ((expected[0],), expected[1])


@pytest.mark.parametrize(("names", "sentence"), ELSEWHERE.items(), ids=map(" ".join, ELSEWHERE))
def test_what_lies_in_other_regions_is_said(
    database_url: str, real_data: Path, names: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(LoadError, match=sentence):
        load(database_url, real_data, *names)


def test_files_of_each_reader_are_tried() -> None:
    """otn-accidents and geoparquet are declared with nothing but columns, and their files are large."""
    sources = {name: dataset.source for name, dataset in REGISTRY.datasets.items()}
    declared = {source.reader for source in sources.values() if isinstance(source, FileSource)}
    tried = {source.reader for name, *_ in (*CASES, *ELSEWHERE) if isinstance(source := sources[name], FileSource)}
    assert declared - tried == {"none", "otn-accidents", "geoparquet"}


def test_a_city_or_a_state_that_publishes_areas_lies_in_a_country() -> None:
    areas = [item for item in REGISTRY.datasets.values() if item.collection == "areas"]
    of_files = [(item.region, item.source) for item in areas if isinstance(item.source, FileSource)]
    countries = {region: source.fields["country"].constant for region, source in of_files if source.reader == "vector"}
    assert countries == {region: REGISTRY.regions[region].country for region in ("be-flanders", "cz", "gr", "lv")}
