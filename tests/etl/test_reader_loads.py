"""From the files of publishers to what stands in the database."""

from itertools import pairwise
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest

from otn.errors import LoadError
from otn.etl.load_records import LoadSummary
from otn.etl.pipeline import load_dataset
from otn.etl.progress import Silent
from otn.etl.wishes import Wishes
from otn.model.datasets import Dataset, Registry
from tests.etl.reader_samples import dataset, written

REGISTRY = Registry.read()
ACCIDENT = "2023010451590,2023,010451590,-0.1273,51.4385,{},2,1,24/06/2023,17:58,20,4,1,2,1"
ACCIDENTS = (
    "collision_index,collision_year,collision_ref_no,longitude,latitude,collision_severity,number_of_vehicles,"
    "number_of_casualties,date,time,speed_limit,light_conditions,weather_conditions,road_surface_conditions,"
    "urban_or_rural_area"
)


def load(url: str, sample: Dataset, file: Path) -> LoadSummary:
    return load_dataset(url, sample, registry=REGISTRY, progress=Silent(), wishes=Wishes([file]))


def query(url: str, statement: LiteralString) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchall()


def changes(summary: LoadSummary) -> tuple[int, int, int]:
    return summary.number_added, summary.number_removed, summary.number_changed


def test_an_accident_is_added_changed_and_kept_when_a_file_is_refused(database_url: str, tmp_path: Path) -> None:
    stats19, path = dataset("accidents", "stats19", region="gb"), tmp_path / "a.csv"
    assert changes(load(database_url, stats19, written(path, ACCIDENTS, ACCIDENT.format(3)))) == (1, 0, 0)
    assert changes(load(database_url, stats19, written(path, ACCIDENTS, ACCIDENT.format(3)))) == (0, 0, 0)
    assert changes(load(database_url, stats19, written(path, ACCIDENTS, ACCIDENT.format(1)))) == (0, 0, 1)
    with pytest.raises(LoadError, match="lacks the columns"):
        load(database_url, stats19, written(path, ACCIDENTS.replace("date", "day"), ACCIDENT.format(2)))
    assert query(
        database_url,
        "SELECT severity, death_definition, vehicles, hour, day_of_week, speed_limit, light_conditions,"
        " road_surface_condition, inside_built_up_area, source_codes ->> 'collision_severity',"
        " to_char(valid_from AT TIME ZONE 'UTC', 'HH24:MI') FROM accidents",
    ) == [("fatal", "within30Days", 2, 17, "saturday", 32, "darknessLit", "wet", True, "1", "16:58")]


def test_an_accident_without_a_place_is_a_reject_and_kept_whole(database_url: str, tmp_path: Path) -> None:
    header = "Num_Acc;an;mois;jour;hrmn;lum;agg;int;atm;col;com;adr;gps;lat;long;dep"
    rows = [
        f"{number};16;2;1;1445;1;2;1;8;3;040;;M;{place};920" for number, place in enumerate(["0;0", "4882250;0227030"])
    ]
    summary = load(database_url, dataset("accidents", "baac", region="fr"), written(tmp_path / "c.csv", header, *rows))
    assert (summary.number_read, summary.rejects_by_reason) == (2, {"geometry/missing": 1})
    assert query(database_url, "SELECT position, source_id, row ->> 'Num_Acc', row ->> 'lum' FROM reject") == [
        (1, "0", "0", "1")
    ]
    assert query(database_url, "SELECT local_id, weather_conditions FROM accidents") == [("1", "cloudy")]


def test_what_is_wrong_with_rows_of_other_countries_is_no_reject_of_this_one(database_url: str, tmp_path: Path) -> None:
    lines = [
        ',"BE","ANR","Antwerpen","Antwerpen","VAN","1-3-----","AF","0501",,"5113N 00425E",',
        ',"BE","GNE","Gent","Gent","VOV","1-3-----","AF","0501",,"5163N 00343E",',
        ',"AD","ALV","Andorra la Vella","Andorra la Vella",,"1-34----","AI","0601",,"4290N 00131E",',
        ',"AD","ENC","Encamp","Encamp",,"1-3-----","RL","0307",,"4232N 00134E",',
        "no record",
    ]
    path = tmp_path / "CodeListPart1.csv"
    path.write_text("\n".join(lines))
    summary = load(database_url, REGISTRY.dataset("be/unlocode-ports"), path)
    rejected = query(database_url, "SELECT source_id FROM reject ORDER BY position")
    # Where a line that is no record belongs is not known.
    assert rejected == [("BEGNE",), (None,)]
    assert (summary.number_read, summary.number_added, summary.report["unselected"]) == (3, 1, 2)


def test_measurements_refer_to_their_sites(database_url: str, tmp_path: Path) -> None:
    header, row = "sensor,timestamp,flow,avg_speed,flow_ratio,lon,lat", "A,2015-05-04T00:0{}:35,2.0,45,0.1,-1.88,52.46"
    path = written(tmp_path / "a.csv", header, *(row.format(minute) for minute in (3, 8)), row.format(8))
    for collection in ("traffic-counts", "traffic-volumes"):
        assert load(database_url, dataset(collection, "detector-flows", region="gb"), path).number_rejected == 0
        query(database_url, "UPDATE dataset SET id = id || '-' || collection WHERE id = 'gb/sample' RETURNING id")
    assert query(
        database_url,
        "SELECT v.local_id, v.volume, s.number_of_measurements FROM traffic_volumes v"
        " JOIN traffic_counts s ON s.local_id = v.site ORDER BY 1",
    ) == [("A/2015-05-04T00:03:35", 2, 3), ("A/2015-05-04T00:08:35", 2, 3), ("A/2015-05-04T00:08:35#2", 2, 3)]


SEGMENTS = "SELECT local_id, array_agg(content_hash ORDER BY content_hash) FROM roads GROUP BY local_id"


def test_the_weekly_versions_of_the_road_register_give_the_known_differences(
    database_url: str, real_data: Path
) -> None:
    register = dataset("roads", "wegenregister")
    versions: list[dict[str, Any]] = []
    counts: list[tuple[int, int]] = []
    for name in ("04-11_30b76365", "04-18_53136f02", "04-25_f4bac93e"):
        summary = load(database_url, register, real_data / "wegenregister" / f"flanders_2021-{name}.geojson.gz")
        counts.append((summary.number_read + summary.number_normalised, summary.number_rejected))
        versions.append(dict(query(database_url, SEGMENTS)))
    assert counts == [(3_322, 0), (3_107, 0), (2_969, 0)]
    assert [len(version) for version in versions] == [3_182, 2_977, 2_842]
    differences = [
        (
            len(new.keys() - old.keys()),
            len(old.keys() - new.keys()),
            sum(old[name] != new[name] for name in old.keys() & new.keys()),
        )
        for old, new in pairwise(versions)
    ]
    assert differences == [(2, 207, 3), (2, 137, 0)]


@pytest.mark.parametrize(
    ("file", "reader", "collection", "region", "features", "rejected"),
    [
        ("wegenregister/missing_in_osm_2016.geojson.gz", "wegenregister", "roads", "be", 17_282, 0),
        ("otn_birmingham/birmingham_accidents_clean.csv", "otn-accidents", "accidents", "gb", 28_519, 0),
        ("otn_birmingham/birmingham_flow_2015-05-04_clean.csv", "detector-flows", "traffic-volumes", "gb", 51_505, 0),
        ("otn_birmingham/birmingham_flow_2015-05-04_clean.csv", "detector-flows", "traffic-counts", "gb", 257, 0),
        ("baac_2016/caracteristiques_2016_sample.csv", "baac", "accidents", "fr", 347, 252),
        ("stats19/accidents_sample.csv", "stats19", "accidents", "gb", 3, 0),
        ("paris_bike_counters/site_map.csv", "bicycle-counters", "traffic-counts", "fr", 150, 0),
    ],
)
def test_the_real_files_are_loaded_whole(
    database_url: str,
    real_data: Path,
    file: str,
    reader: str,
    collection: str,
    region: str,
    features: int,
    rejected: int,
) -> None:
    sample = dataset(collection, reader, region=region)
    summary = load(database_url, sample, real_data / file)
    loaded = query(database_url, "SELECT number_of_features FROM dataset")
    objects = query(database_url, "SELECT count(DISTINCT source_id) FROM feature_key WHERE part <> 'node'")
    assert (objects, summary.number_rejected) == ([(features,)], rejected)
    assert loaded >= objects
