"""The recipe of a load, from what packages and files hold to what stands in the database."""

import json
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest

from otn.errors import LoadError, SourceError
from otn.etl.pipeline import load_dataset
from otn.etl.progress import Silent
from otn.etl.wishes import Wishes
from otn.model.datasets import Registry
from otn.model.sources import Expected

REGISTRY = Registry.read()


def query(url: str, statement: LiteralString) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchall()


def test_the_default_datasets_of_belgium_and_latvia(loaded_url: str) -> None:
    rows = query(loaded_url, "SELECT id, number_of_features FROM dataset WHERE region IN ('be', 'lv')")
    assert {name: number for name, number in rows if not name.endswith("-roads")} == {
        "be/airports": 59,
        "be/highways": 4385,
        "be/ports": 9,
        "be/railways": 4166,
        "be/sea-lanes": 14,
        "lv/airports": 16,
        "lv/highways": 1077,
        "lv/ports": 6,
        "lv/railways": 573,
        "lv/sea-lanes": 14,
    }


def test_simplified_highways_have_no_class_and_no_name(loaded_url: str) -> None:
    assert query(
        loaded_url,
        "SELECT count(name), count(functional_road_class), count(form_of_way), count(length), min(licence),"
        " min(region) FROM roads WHERE dataset = 'be/highways'",
    ) == [(0, 0, 0, 4385, "ODbL-1.0", "be")]


def test_loops_are_left_out_and_are_no_rejects(loaded_url: str) -> None:
    loads = query(loaded_url, "SELECT number_normalised, number_rejected FROM load WHERE dataset = 'be/railways'")
    assert loads == [(1538, 0)]


def test_antwerp_is_a_port_and_an_airport(loaded_url: str) -> None:
    assert query(loaded_url, "SELECT name, country, licence FROM ports WHERE un_locode = 'BEANR'") == [
        ("Antwerpen", "BE", "Apache-2.0")
    ]
    [(name, elevation, kind)] = query(loaded_url, "SELECT name, elevation, kind FROM airports WHERE icao = 'EBAW'")
    assert "Antwerp" in name
    assert elevation == 9.8
    assert kind is None


@pytest.fixture
def three_places(tmp_path: Path) -> Path:
    """A port in Antwerp, one in Riga and one in the Atlantic."""
    features = [
        {
            "type": "Feature",
            "properties": {"localId": name},
            "geometry": {"type": "Point", "coordinates": coordinates},
        }
        for name, coordinates in {"antwerp": (4.4, 51.2), "riga": (24.1, 57.0), "atlantic": (-40, 40)}.items()
    ]
    file = tmp_path / "ports.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return file


def load_ports(
    url: str, file: Path | None, *, dataset: str = "be/ports", crs: str | None = None, clip: bool = False
) -> None:
    load_dataset(
        url,
        REGISTRY.dataset(dataset),
        registry=REGISTRY,
        progress=Silent(),
        wishes=Wishes([file] if file else [], crs, clip),
    )


def test_a_file_is_not_clipped_and_what_lies_in_no_region_lies_elsewhere(database_url: str, three_places: Path) -> None:
    load_ports(database_url, three_places)
    assert query(database_url, "SELECT local_id, region, dataset FROM ports ORDER BY 1") == [
        ("antwerp", "be", "be/ports"),
        ("atlantic", "elsewhere", "be/ports"),
        ("riga", "lv", "be/ports"),
    ]


def test_a_file_is_clipped_when_told(database_url: str, three_places: Path) -> None:
    load_ports(database_url, three_places, clip=True)
    assert query(database_url, "SELECT local_id, region FROM ports") == [("antwerp", "be")]


def test_a_file_in_another_crs_is_clipped_where_it_lies(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "ports.csv"
    file.write_text("localId,x,y\nantwerp,152488,212063\nrotterdam,150000,300000\n")
    load_ports(database_url, file, crs="EPSG:31370", clip=True)
    assert query(database_url, "SELECT local_id FROM ports") == [("antwerp",)]


def test_one_wrong_row_at_the_end_of_a_large_file_is_one_reject(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "ports.csv"
    file.write_text("localId,lon,lat\n" + "".join(f"{row},4.4,51.2\n" for row in range(20_000)) + "wrong,999,1\n")
    load_ports(database_url, file)
    assert query(database_url, "SELECT position, reason FROM reject") == [(20_001, "geometry/out-of-range")]
    assert query(database_url, "SELECT number_of_features FROM dataset") == [(20_000,)]


@pytest.mark.parametrize("name", ["ports", "ports.xyz", "ports.dbf"])
def test_an_unknown_ending_is_refused_with_those_there_are(database_url: str, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("something")
    with pytest.raises(SourceError, match=rf"{name} has none of the endings \.osm\.pbf, .*\.geojson, .*\.csv\.gz"):
        load_ports(database_url, tmp_path / name)


def test_a_region_without_outline_cannot_be_clipped_to(database_url: str, three_places: Path) -> None:
    with pytest.raises(LoadError, match="The region elsewhere has no outline to clip to"):
        load_ports(database_url, three_places, dataset="elsewhere/ports", clip=True)


def test_a_dataset_without_source_asks_for_a_file(database_url: str) -> None:
    with pytest.raises(LoadError, match="elsewhere/ports has no source of its own: name a file with --from FILE"):
        load_ports(database_url, None, dataset="elsewhere/ports")


def test_a_reference_system_that_does_not_exist_is_named(database_url: str, three_places: Path) -> None:
    with pytest.raises(SourceError, match=r"'EPSG:1' is no coordinate reference system; name one like EPSG:31370"):
        load_ports(database_url, three_places, crs="EPSG:1")


def test_a_wrong_reference_system_is_noticed(database_url: str, three_places: Path) -> None:
    with pytest.raises(SourceError, match="EPSG:31370"):
        load_ports(database_url, three_places, crs="EPSG:31370")


def test_a_file_that_is_not_there_is_named(database_url: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"nothing\.geojson cannot be read: No such file or directory"):
        load_ports(database_url, tmp_path / "nothing.geojson")


def test_a_whole_source_of_another_size_than_expected_is_not_loaded(database_url: str) -> None:
    airports = REGISTRY.dataset("lv/airports").model_copy(update={"expected": Expected(minimum=100, maximum=200)})
    with pytest.raises(LoadError, match="lv/airports has 16 features where 100 to 200 are expected"):
        load_dataset(database_url, airports, registry=REGISTRY, progress=Silent())
    assert query(database_url, "SELECT state, number_read FROM load") == [("failed", 16)]
    wishes = Wishes(accept_losses=True)
    load_dataset(database_url, airports, registry=REGISTRY, progress=Silent(), wishes=wishes)
    assert query(database_url, "SELECT number_of_features FROM dataset") == [(16,)]
