"""Vehicles counted by the detectors of Birmingham: the detectors, and what they measured."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tests.etl.reader_samples import read, refusal, written

HEADER = "sensor,timestamp,flow,avg_speed,flow_ratio,lon,lat"
PLACE = "-1.88,52.46"
SITES = ("traffic-counts", "detector-flows")
VOLUMES = ("traffic-volumes", "detector-flows")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("detectors") / "flow.csv"


def test_a_measurement(path: Path) -> None:
    sample = read(*VOLUMES, written(path, HEADER, f"N1A,2015-05-04T00:03:35,2.0,45.5,0.1,{PLACE}"))
    assert sample.places == {"N1A/2015-05-04T00:03:35": shapely.Point(-1.88, 52.46)}
    assert sample.only() == {
        "site": "N1A",
        "vehicleType": "allVehicle",
        "volume": 2,
        "averageSpeed": 45.5,
        "trafficVolumeTimePeriod": "other",
        "validFrom": datetime(2015, 5, 3, 23, 3, 35, tzinfo=UTC),
        "validTo": datetime(2015, 5, 3, 23, 8, 35, tzinfo=UTC),
        "sourceCodes": '{"flow_ratio":"0.1"}',
    }


@pytest.mark.parametrize(("flow", "speed", "ratio"), [("0.0", "49.0", "0.0"), ("3.0", "0.0", "1.#INF")])
def test_the_speed_of_nothing_that_passed_is_null_and_kept(path: Path, flow: str, speed: str, ratio: str) -> None:
    fields = read(*VOLUMES, written(path, HEADER, f"A,2015-05-04T00:00:00,{flow},{speed},{ratio},{PLACE}")).only()
    assert "averageSpeed" not in fields
    assert json.loads(fields["sourceCodes"]) == {"avg_speed": speed, "flow_ratio": ratio}


@pytest.mark.parametrize("flow", ["-1", "NULL", "1.5", "many"])
def test_a_flow_that_is_no_number_of_vehicles_is_null(path: Path, flow: str) -> None:
    fields = read(*VOLUMES, written(path, HEADER, f"A,2015-05-04T00:00:00,{flow},40,0.1,{PLACE}")).only()
    assert not {"volume", "averageSpeed"} & fields.keys()


@pytest.mark.parametrize(("minutes", "period"), [(1, "other"), (60, "hour"), (1440, "day")])
def test_the_declaration_says_how_long_was_measured_and_on_which_clock(path: Path, minutes: int, period: str) -> None:
    written(path, HEADER, f"A,2015-07-01T12:00:00,6,40,0.1,{PLACE}")
    options = {"minutes": minutes, "time_zone": "Indian/Reunion"}
    fields = read(*VOLUMES, path, options=options).only()
    assert fields["validFrom"] == datetime(2015, 7, 1, 8, tzinfo=UTC)
    assert fields["validTo"] - fields["validFrom"] == timedelta(minutes=minutes)
    assert fields["trafficVolumeTimePeriod"] == period
    assert read(*SITES, path, options=options).only()["averageDailyVolume"] == 6 * 1440 / minutes


ROWS = st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 3), st.integers(0, 9)), min_size=1, max_size=12)


@given(rows=ROWS)
def test_every_measurement_has_a_name_of_its_own(path: Path, rows: list[tuple[str, int, int]]) -> None:
    lines = [f"{sensor},2015-05-04T0{hour}:00:00,{flow},40,0.1,{PLACE}" for sensor, hour, flow in rows]
    sample = read(*VOLUMES, written(path, HEADER, *lines))
    assert [fields["volume"] for fields in sample.features.values()] == [flow for _, _, flow in rows]
    for number, (name, (sensor, hour, _)) in enumerate(zip(sample.features, rows, strict=True)):
        before = sum((sensor, hour) == row[:2] for row in rows[:number])
        assert name == f"{sensor}/2015-05-04T0{hour}:00:00" + (f"#{before + 1}" if before else "")


@given(rows=ROWS)
def test_a_detector_has_the_mean_and_number_of_its_measurements(path: Path, rows: list[tuple[str, int, int]]) -> None:
    lines = [f"{sensor},2015-05-04T0{hour}:00:00,{flow},40,0.1,{PLACE}" for sensor, hour, flow in rows]
    sample = read(*SITES, written(path, HEADER, *lines))
    for name, fields in sample.features.items():
        flows = [flow for sensor, _, flow in rows if sensor == name]
        assert fields["numberOfMeasurements"] == len(flows)
        assert fields["averageDailyVolume"] == pytest.approx(sum(flows) / len(flows) * 288, abs=0.06)
    assert sample.positions == [1 + [row[0] for row in rows].index(name) for name in sample.features]


def test_a_detector_at_several_places_has_several_points(path: Path) -> None:
    lines = [f"A,2015-05-04T0{hour}:00:00,1,40,0.1,{place}" for hour, place in enumerate(["2,1", "1,1", "2,1", ","])]
    assert read(*SITES, written(path, HEADER, *lines)).places == {"A": shapely.MultiPoint([(1, 1), (2, 1)])}


@pytest.mark.parametrize("collection", ["traffic-counts", "traffic-volumes"])
def test_rows_without_detector_or_time_are_rejects(path: Path, collection: str) -> None:
    good = f"A,2015-05-04T00:00:00,1,40,0.1,{PLACE}"
    written(path, HEADER, good.replace("A", ""), good, good.replace("2015", "soon"), good.replace(",0.1", ""))
    sample = read(collection, "detector-flows", path)
    assert len(sample.features) == 1
    assert {reject.position: reject.detail for reject in sample.rejects} == {
        1: "the row names no detector",
        3: "its timestamp is no date and time",
        4: "the row has 6 cells where the header has 7",
    }


def test_what_is_no_such_file_is_refused(path: Path) -> None:
    assert "lacks the columns timestamp, flow; it has" in refusal(*SITES, written(path, "sensor,lon,lat", "A,1,2"))
    assert "has no rows" in refusal(*SITES, written(path, HEADER))
    assert "has no rows" in refusal(*VOLUMES, written(path, HEADER))
    said = refusal("roads", "detector-flows", path)
    assert "gives traffic-counts and traffic-volumes, not roads" in said


def test_the_day_that_was_published_is_read(real_data: Path) -> None:
    path = real_data / "otn_birmingham" / "birmingham_flow_2015-05-04_clean.csv"
    sites, volumes = read(*SITES, path), read(*VOLUMES, path)
    assert (len(sites.features), len(volumes.features)) == (257, 51_505)
    assert (sites.rejects, volumes.rejects) == ([], [])
    assert {fields["site"] for fields in volumes.features.values()} == sites.features.keys()
    several = {name for name, place in sites.places.items() if isinstance(place, shapely.MultiPoint)}
    assert several == {"WMTG-E07", "WMTG-E13", "WMTG-E21"}
    assert sum("#" in name for name in volumes.features) == 1_408
    assert sum(fields["numberOfMeasurements"] for fields in sites.features.values()) == 51_505
