"""From an extract to the database, for every collection that OpenStreetMap has something for."""

from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest

from otn.etl.pipeline import load_dataset
from otn.etl.progress import Silent
from otn.etl.wishes import Wishes
from otn.model.datasets import Region, Registry
from tests.etl.osm_extract import SQUARE, write_extract
from tests.etl.test_osm_extracts import EXTRACTS
from tests.etl.test_osm_places import RING

DECLARED = Registry.read()
COLLECTIONS = ("ports", "port-facilities", "airports", "runways", "railways", "areas", "buildings")


def registry_of(region_id: str) -> Registry:
    """A region with one dataset a collection, as config/regions would declare them, all from one file."""
    region = DECLARED.regions[region_id]
    template = next(iter(region.datasets.values())).model_dump()
    datasets = {
        f"osm-{collection}": template
        | {
            "id": f"{region_id}/osm-{collection}",
            "collection": collection,
            "licence": "ODbL-1.0",
            "source": {"reader": "osm", "format": "OSM PBF"},
            "checks": {"maximum_rejected": 1},
        }
        for collection in COLLECTIONS
    }
    others = [other for other in DECLARED.regions.values() if other.id != region_id]
    return Registry([*others, Region.model_validate(region.model_dump() | {"datasets": datasets})])


def load_all(url: str, registry: Registry, region: str, extract: Path) -> dict[str, tuple[int, int]]:
    """Loads the extract for every collection; how many features each has then, and how many rows were rejected."""
    loaded = {}
    for collection in COLLECTIONS:
        dataset = registry.dataset(f"{region}/osm-{collection}")
        summary = load_dataset(url, dataset, registry=registry, progress=Silent(), wishes=Wishes(files=(extract,)))
        loaded[collection] = (summary.number_added, summary.number_rejected)
    return loaded


def query(url: str, statement: LiteralString) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchall()


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    return write_extract(
        tmp_path / "antwerp.osm.pbf",
        *SQUARE,
        "n11 4.04 51.05",
        "n12 4.06 51.05",
        f"w20 {RING} aeroway=aerodrome icao=EBAW name=Deurne",
        "w21 11,12 aeroway=runway ref=11/29 surface=asphalt",
        "w22 11,12 railway=rail",
        f"w23 {RING} landuse=harbour name=Antwerpen",
        f"w24 {RING} waterway=dock name=Dok",
        "w25 1,2 route=ferry",
        "w26 3,4 route=ferry",
        f"w27 {RING} building=yes height=12",
        "w28 1,2,99,1 building=yes",
        "n30 4.05 51.05 man_made=pier",
        "r40 w25 w26 type=route route=ferry name=Waterbus",
        "r41 w27 type=boundary boundary=administrative admin_level=8 ref:INS=11002 name=Antwerpen population=530504",
    )


def test_one_extract_fills_seven_collections(database_url: str, extract: Path) -> None:
    registry = registry_of("be")
    assert load_all(database_url, registry, "be", extract) == {
        "ports": (1, 0),
        "port-facilities": (3, 0),
        "airports": (1, 0),
        "runways": (1, 0),
        "railways": (1, 0),
        "areas": (3, 0),
        "buildings": (1, 1),
    }

    assert query(database_url, "SELECT local_id, name, region, licence, ST_AsText(geom) FROM ports") == [
        ("way/23", "Antwerpen", "be", "ODbL-1.0", "POINT(4.05 51.05)")
    ]
    facilities = "SELECT local_id, kind, length IS NOT NULL, GeometryType(geom) FROM port_facilities ORDER BY 1"
    assert query(database_url, facilities) == [
        ("node/30", "pier", False, "POINT"),
        ("relation/40", "ferryRoute", True, "MULTILINESTRING"),
        ("way/24", "dock", False, "POLYGON"),
    ]
    assert query(database_url, "SELECT icao, name, ST_AsText(geom) FROM airports") == [
        ("EBAW", "Deurne", "POINT(4.05 51.05)")
    ]
    assert query(database_url, "SELECT name, kind, airport, surface, closed FROM runways WHERE length > 1400") == [
        ("11/29", "runway", "EBAW", "paved", False)
    ]
    assert query(database_url, "SELECT local_id, railway_type FROM railways") == [("way/22", "train")]
    assert query(database_url, "SELECT kind, name, country, code, population FROM areas ORDER BY 1") == [
        ("aerodromeArea", "Deurne", None, "EBAW", None),
        ("municipality", "Antwerpen", "BE", "11002", 530504),
        ("portArea", "Antwerpen", None, None, None),
    ]
    assert query(database_url, "SELECT local_id, use, height, GeometryType(geom) FROM buildings") == [
        ("way/27", None, 12, "MULTIPOLYGON")
    ]


def test_rejects_are_kept_whole(database_url: str, extract: Path) -> None:
    registry = registry_of("be")
    load_all(database_url, registry, "be", extract)
    assert query(database_url, "SELECT source_id, reason, detail, row -> 'nodes' FROM reject") == [
        ("way/28", "geometry/incomplete", "1 of 4 nodes have no location in the extract", [1, 2, 99, 1])
    ]


def test_all_that_monaco_has_reaches_the_database(database_url: str, real_data: Path) -> None:
    registry = registry_of("elsewhere")
    path = real_data / "osm" / "monaco.osm.pbf"
    for collection, expected in EXTRACTS[path.name].items():
        dataset = registry.dataset(f"elsewhere/osm-{collection}")
        load = load_dataset(database_url, dataset, registry=registry, progress=Silent(), wishes=Wishes(files=(path,)))
        assert (load.number_added, load.number_rejected) == expected
