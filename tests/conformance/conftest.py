"""The services that conformance is tested of: the default datasets, and the roads of one village alone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from otn.etl.pipeline import load_dataset
from otn.etl.progress import Silent
from otn.model.datasets import Registry
from tests.conformance.iut import Iut
from tests.conftest import REAL_DATA, clone, open_directory, serving

# For machines without the real extract: two roads of the village, as OpenStreetMap publishes roads.
_VILLAGE = """<?xml version='1.0' encoding='UTF-8'?>
<osm version="0.6">
  <node id="1" lat="51.2600" lon="4.7800"/><node id="2" lat="51.2610" lon="4.7850"/>
  <node id="3" lat="51.2620" lon="4.7870"/><node id="4" lat="51.2650" lon="4.7900"/>
  <way id="10"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/><tag k="name" v="Dorp"/></way>
  <way id="11"><nd ref="2"/><nd ref="3"/><nd ref="4"/><tag k="highway" v="tertiary"/><tag k="maxspeed" v="50"/></way>
</osm>
"""


@pytest.fixture(scope="session")
def village_url(cluster_url: Callable[[str], str], template_database: str) -> str:
    """The URL of a database that holds the roads of Wechelderzande and nothing else."""
    clone(cluster_url, template_database, "otn_village")
    registry = Registry.read()
    roads = registry.dataset("be/wechelderzande-roads")
    with open_directory() as directory:
        load_dataset(cluster_url("otn_village"), roads, registry=registry, progress=Silent(), file=_extract(directory))
    return cluster_url("otn_village")


def _extract(directory: Path) -> Path:
    real = REAL_DATA / "osm" / "wechelderzande-be.osm.pbf"
    if real.is_file():
        return real
    written = directory / "village.osm"
    written.write_text(_VILLAGE)
    return written


@pytest.fixture(scope="session")
def village(village_url: str) -> Iterator[Iut]:
    """The service over the roads of Wechelderzande."""
    with serving(village_url) as address, httpx.Client(timeout=60) as client:
        yield Iut(address, client)


@pytest.fixture(scope="session")
def defaults(service: str) -> Iterator[Iut]:
    """The service over the default datasets of be and lv, the highways of gb and fr, and Wechelderzande."""
    with httpx.Client(timeout=60) as client:
        yield Iut(service, client)


@pytest.fixture(scope="session", params=["defaults", "village"])
def iut(request: pytest.FixtureRequest) -> Iut:
    """The implementation under test, one service after the other."""
    found: Iut = request.getfixturevalue(request.param)
    return found
