"""STATS19 as the Department for Transport publishes it, with the names of columns it had and has."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from otn.etl.readers import stats19_codes
from tests.etl.reader_samples import read, refusal, written

OLD = "accident_index,accident_severity,longitude,latitude,location_easting_osgr,location_northing_osgr,date,time"
NEW = OLD.replace("accident", "collision")
CASUALTIES = "accident_index,casualty_severity,age_of_casualty,sex_of_casualty"
REST = ",number_of_vehicles,number_of_casualties,speed_limit,light_conditions,weather_conditions,"
REST += "road_surface_conditions,urban_or_rural_area"
ROW = "2023A,2,-1.9,52.5,,,24/06/2023,17:58"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stats19")


@pytest.mark.parametrize("header", [OLD, NEW, NEW.replace("collision_sev", "legacy_collision_sev"), OLD.title()])
def test_an_accident_under_old_and_new_names(folder: Path, header: str) -> None:
    sample = read("accidents", "stats19", written(folder / "a.csv", header + REST, ROW + ",2,1,20,4,5,9,1"))
    fields = sample.only()
    codes = json.loads(fields.pop("sourceCodes"))
    assert list(sample.features) == ["2023A"]
    assert sample.places["2023A"] == shapely.Point(-1.9, 52.5)
    assert fields == {
        "severity": "serious",
        "deathDefinition": "within30Days",
        "casualties": 1,
        "vehicles": 2,
        "speedLimit": 32,
        "lightConditions": "darknessLit",
        "weatherConditions": "rain",
        "insideBuiltUpArea": True,
        "hour": 17,
        "dayOfWeek": "saturday",
        "validFrom": datetime(2023, 6, 24, 16, 58, tzinfo=UTC),
        "validTo": datetime(2023, 6, 24, 16, 58, tzinfo=UTC),
    }
    assert codes["road_surface_conditions"] == "9"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_casualties_are_counted_whatever_the_order_of_the_files(folder: Path, order: tuple[int, ...]) -> None:
    files = (
        written(folder / "c.csv", OLD, ROW, ROW.replace("A", "B"), ROW.replace("A", "C")),
        written(
            folder / "p.csv", CASUALTIES, "2023A,3,30,1", "2023A,1,31,2", "2023B,2,32,1", "2023A,3,33,1", "X,1,1,1"
        ),
        written(folder / "v.csv", "accident_index,vehicle_type,age_of_driver", "2023A,9,58"),
    )
    sample = read("accidents", "stats19", *(files[number] for number in order))
    counts = {
        name: tuple(fields.get(field) for field in ("killed", "seriouslyInjured", "slightlyInjured"))
        for name, fields in sample.features.items()
    }
    assert counts == {"2023A": (1, 0, 2), "2023B": (0, 1, 0), "2023C": (None, None, None)}


def test_nothing_is_said_of_persons(folder: Path) -> None:
    people = written(folder / "p.csv", CASUALTIES, "2023A,3,77,2")
    fields = read("accidents", "stats19", written(folder / "c.csv", OLD, ROW), people).only()
    assert not any(word in str(fields).lower() for word in ("age", "sex", "77"))


def test_a_place_that_is_only_on_the_british_grid_is_converted(folder: Path) -> None:
    rows = [ROW.replace("-1.9,52.5,,", place) for place in (",,530265,172710", "NULL,NULL,530265,172710", ",,,")]
    rows = [row.replace("2023A", str(number)) for number, row in enumerate(rows)]
    sample = read("accidents", "stats19", written(folder / "a.csv", OLD, *rows))
    for name in ("0", "1"):
        assert shapely.distance(sample.places[name], shapely.Point(-0.1273, 51.4385)) < 0.0002
    assert sample.places["2"] is None


@pytest.mark.parametrize("time", ["", "-1", "25:00", "noon"])
def test_where_only_the_day_is_known_the_accident_lasts_all_day(folder: Path, time: str) -> None:
    fields = read("accidents", "stats19", written(folder / "a.csv", OLD, ROW.replace("17:58", time))).only()
    assert fields["validFrom"] == datetime(2023, 6, 23, 23, tzinfo=UTC)
    assert fields["validTo"] == datetime(2023, 6, 24, 23, tzinfo=UTC)
    assert "hour" not in fields


CODED = {
    "light_conditions": ("lightConditions", stats19_codes.LIGHT),
    "weather_conditions": ("weatherConditions", stats19_codes.WEATHER),
    "road_surface_conditions": ("roadSurfaceCondition", stats19_codes.SURFACE),
    "urban_or_rural_area": ("insideBuiltUpArea", stats19_codes.URBAN),
    "speed_limit": ("speedLimit", stats19_codes.SPEED_LIMIT),
    "accident_severity": ("severity", stats19_codes.SEVERITY),
}


@given(code=st.integers(-1, 99).map(str), column=st.sampled_from(sorted(CODED)))
def test_a_code_that_is_not_in_the_list_is_null_and_kept(folder: Path, code: str, column: str) -> None:
    names = [*(OLD + REST).split(",")]
    values = dict.fromkeys(names, "") | dict(zip(OLD.split(","), ROW.split(","), strict=True)) | {column: code}
    fields = read(
        "accidents", "stats19", written(folder / "a.csv", ",".join(names), ",".join(values[name] for name in names))
    ).only()
    field, meanings = CODED[column]
    assert fields.get(field) == dict(meanings).get(code)  # type: ignore[call-overload]
    assert json.loads(fields["sourceCodes"])[column] == code


def test_a_file_without_its_columns_is_refused_by_their_names(folder: Path) -> None:
    path = written(folder / "a.csv", "accident_index,accident_severity,longitude,latitude", "1,2,3,4")
    assert "lacks the columns date, time; it has accident_index, " in refusal("accidents", "stats19", path)
    path = written(folder / "a.csv", "a,b", "1,2")
    said = "a.csv is no file of collisions, casualties, vehicles: its columns are a, b."
    assert said in refusal("accidents", "stats19", path)
    people = written(folder / "p.csv", CASUALTIES, "2023A,3,30,1")
    assert "needs the file of collisions; there is none among p.csv" in refusal("accidents", "stats19", people)


def test_another_collection_and_an_empty_file_are_refused(folder: Path) -> None:
    path = written(folder / "a.csv", OLD)
    assert "gives accidents, not roads" in refusal("roads", "stats19", path)
    assert "has no rows" in refusal("accidents", "stats19", path)


def test_the_published_samples_are_read(real_data: Path) -> None:
    names = ("vehicles_sample", "accidents_sample", "casualties_sample")
    sample = read("accidents", "stats19", *(real_data / "stats19" / f"{name}.csv" for name in names))
    assert [fields["severity"] for fields in sample.features.values()] == ["slight", "serious", "serious"]
    assert None not in sample.places.values()
    assert sample.rejects == []
