"""Bicycles counted in Paris, in the three layouts there are."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import shapely

from tests.etl.reader_samples import read, refusal, written

COUNTS = ("traffic-counts", "bicycle-counters")
VOLUMES = ("traffic-volumes", "bicycle-counters")
TITLES = (
    "Identifiant du compteur;Nom du compteur;Identifiant du site de comptage;Nom du site de comptage;Comptage horaire;"
    "Date et heure de comptage;Date d'installation du site de comptage;Coordonnées géographiques"
)
NAMES = "id_compteur;nom_compteur;id;name;sum_counts;date;installation_date;coordinates"
ROW = "1-2;97 avenue D SO-NE;1;97 avenue D;{};{};2012-02-22;{}"
PLACE = "48.83504,2.33314"
PARIS = {"longitude": 2.3522, "latitude": 48.8566, "site": "paris"}


def hours(folder: Path, *rows: tuple[str, str, str], header: str = TITLES) -> Path:
    return written(folder / "hours.csv", header, *(ROW.format(*row) for row in rows))


@pytest.mark.parametrize("header", [TITLES, NAMES])
def test_the_official_file_gives_counters_and_hours(tmp_path: Path, header: str) -> None:
    path = hours(
        tmp_path,
        ("3.0", "2021-09-01T03:00:00+02:00", PLACE),
        ("6.0", "2021-09-01T04:00:00+02:00", PLACE),
        header=header,
    )
    counter = read(*COUNTS, path)
    assert counter.places == {"1-2": shapely.Point(2.33314, 48.83504)}
    codes = json.loads(counter.only().pop("sourceCodes"))
    assert {"1", "97 avenue D"} == set(codes.values())
    fields = counter.only() | {"sourceCodes": None}
    assert fields == {
        "vehicleType": "bicycle",
        "name": "97 avenue D SO-NE",
        "direction": "SO-NE",
        "validFrom": datetime(2012, 2, 21, 23, tzinfo=UTC),
        "averageDailyVolume": 4.5 * 24,
        "numberOfMeasurements": 2,
        "sourceCodes": None,
    }
    volumes = read(*VOLUMES, path)
    assert list(volumes.features) == ["1-2/2021-09-01T03:00:00+02:00", "1-2/2021-09-01T04:00:00+02:00"]
    assert volumes.features["1-2/2021-09-01T03:00:00+02:00"] == {
        "vehicleType": "bicycle",
        "site": "1-2",
        "direction": "SO-NE",
        "volume": 3,
        "trafficVolumeTimePeriod": "hour",
        "validFrom": datetime(2021, 9, 1, 1, tzinfo=UTC),
        "validTo": datetime(2021, 9, 1, 2, tzinfo=UTC),
    }


@pytest.mark.parametrize("place", ["", "48.8", "48.8;2.3", "48,8,2,3", "x,y"])
def test_a_place_that_cannot_be_read_is_none(tmp_path: Path, place: str) -> None:
    path = hours(tmp_path, ("3", "2021-09-01T03:00:00+02:00", f'"{place}"'))
    assert list(read(*VOLUMES, path).places.values()) == [None]
    assert list(read(*COUNTS, path).places.values()) == [None]


def test_latitude_and_longitude_may_have_a_blank_between(tmp_path: Path) -> None:
    path = hours(tmp_path, ("3", "2021-09-01T03:00:00+02:00", "48.5, -2.5"))
    assert list(read(*VOLUMES, path).places.values()) == [shapely.Point(-2.5, 48.5)]


def test_rows_without_time_or_counter_are_rejects(tmp_path: Path) -> None:
    path = hours(tmp_path, ("3", "", PLACE), ("4", "2021-09-01T03:00:00+02:00", PLACE), ("5", "noon", PLACE))
    for collection in ("traffic-counts", "traffic-volumes"):
        sample = read(collection, "bicycle-counters", path)
        assert [(reject.position, reject.detail) for reject in sample.rejects] == [
            (1, "its time cannot be read"),
            (3, "its time cannot be read"),
        ]
        assert len(sample.features) == 1


def test_names_of_a_site_are_told_apart(tmp_path: Path) -> None:
    path = written(
        tmp_path / "site_map.csv",
        ",nom_site,comptage_h,id_site,latitude,longitude",
        "0,10  avenue A SE-NO,101512,100044494,48.87,2.29",
        "1,10 avenue A,74863,100044494,48.88,2.30",
    )
    sample = read(*COUNTS, path)
    assert list(sample.features) == ["100044494/10  avenue A SE-NO", "100044494/10 avenue A"]
    first, second = sample.features.values()
    assert first["direction"] == "SE-NO"
    assert "direction" not in second
    assert not {"averageDailyVolume", "validFrom"} & first.keys()
    assert json.loads(first["sourceCodes"]) == {"id_site": "100044494", "comptage_h": "101512"}
    assert "gives no traffic-volumes" in refusal(*VOLUMES, path)


def test_totals_stand_where_the_declaration_says(tmp_path: Path) -> None:
    path = written(
        tmp_path / "days.csv", ",date_comptage,comptage_h", "0,2019-10-27,16494", "1,soon,5", "2,2019-10-28,x"
    )
    sample = read(*VOLUMES, path, options=PARIS)
    assert sample.features["paris/2019-10-27"] == {
        "vehicleType": "bicycle",
        "site": "paris",
        "volume": 16494,
        "trafficVolumeTimePeriod": "day",
        "validFrom": datetime(2019, 10, 26, 22, tzinfo=UTC),
        "validTo": datetime(2019, 10, 27, 23, tzinfo=UTC),  # the day has 25 hours
    }
    assert json.loads(sample.features["paris/2019-10-28"]["sourceCodes"]) == {"comptage_h": "x"}
    assert set(sample.places.values()) == {shapely.Point(2.3522, 48.8566)}
    assert [reject.detail for reject in sample.rejects] == ["date_comptage is no date"]


@pytest.mark.parametrize("left_out", sorted(PARIS))
def test_totals_without_a_place_are_refused(tmp_path: Path, left_out: str) -> None:
    path = written(tmp_path / "days.csv", ",date_comptage,comptage_h", "0,2019-01-01,16494")
    options = {name: value for name, value in PARIS.items() if name != left_out}
    assert "declare options.longitude, latitude and site" in refusal(*VOLUMES, path, options=options)
    assert "gives no traffic-counts" in refusal(*COUNTS, path, options=PARIS)


def test_columns_that_are_missing_are_named(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "id_compteur;date", "1;2")
    said = "lacks the columns Comptage horaire or sum_counts, Coordonnées géographiques or coordinates; it has"
    assert said in refusal(*COUNTS, path)
    path = written(tmp_path / "b.csv", "a,b", "1,2")
    assert "b.csv is no file of hours, sites, days: its columns are a, b." in refusal(*COUNTS, path)


def test_the_published_files_are_read(real_data: Path) -> None:
    folder = real_data / "paris_bike_counters"
    sites = read(*COUNTS, folder / "site_map.csv")
    assert len(sites.features) == 150
    assert None not in sites.places.values()
    assert len(read(*VOLUMES, folder / "count_per_day.csv", options=PARIS).features) == 1_347
    official = folder / "comptage-velo-donnees-compteurs.csv"
    assert len(read(*VOLUMES, official).features) == 21
    assert read(*COUNTS, official).only()["numberOfMeasurements"] == 21
