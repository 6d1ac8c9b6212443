"""BAAC in the layout until 2018 and since 2019, with and without the files that belong to it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from otn.etl.readers import baac_codes
from tests.etl.reader_samples import read, refusal, written

OLD = "Num_Acc,an,mois,jour,hrmn,lum,agg,int,atm,col,com,adr,gps,lat,long,dep"
NEW = '"Num_Acc";"jour";"mois";"an";"hrmn";"lum";"dep";"com";"agg";"int";"atm";"col";"adr";"lat";"long"'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("baac")


def old(folder: Path, *rows: str, encoding: str = "latin-1") -> Path:
    return written(folder / "caracteristiques.csv", OLD, *rows, encoding=encoding)


def row(number: str = "201600000001", time: str = "1445", place: str = "4882250,0227030", dep: str = "920") -> str:
    return f'{number},16,7,1,{time},3,2,1,2,3,040,"rue du Général, 1",M,{place},{dep}'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_the_layout_until_2018(folder: Path, encoding: str) -> None:
    sample = read("accidents", "baac", old(folder, row(), encoding=encoding))
    fields = sample.only()
    codes = json.loads(fields.pop("sourceCodes"))
    assert sample.places["201600000001"] == shapely.Point(2.2703, 48.8225)
    assert fields == {
        "deathDefinition": "within30Days",
        "lightConditions": "darknessNoLighting",
        "weatherConditions": "rain",
        "insideBuiltUpArea": True,
        "hour": 14,
        "dayOfWeek": "friday",
        "validFrom": datetime(2016, 7, 1, 12, 45, tzinfo=UTC),
        "validTo": datetime(2016, 7, 1, 12, 45, tzinfo=UTC),
    }
    assert codes == {"lum": "3", "agg": "2", "int": "1", "atm": "2", "col": "3", "com": "040", "dep": "920"}


@pytest.mark.parametrize("name", ["Num_Acc", "Accident_Id"])
def test_the_layout_since_2019(folder: Path, name: str) -> None:
    line = (
        '"201900000001";"30";"11";"2019";"01:30";"4";"92";"92040";"2";"1";"1";"2";"RUE ERNEST";"48,8225000";"2,2703000"'
    )
    sample = read(
        "accidents", "baac", written(folder / "caracteristiques-2019.csv", NEW.replace("Num_Acc", name), line)
    )
    assert sample.places["201900000001"] == shapely.Point(2.2703, 48.8225)
    fields = sample.only()
    assert fields["validFrom"] == datetime(2019, 11, 30, 0, 30, tzinfo=UTC)
    assert (fields["hour"], fields["lightConditions"]) == (1, "darknessUnlit")


PEOPLE = st.lists(st.sampled_from(["1", "2", "3", "4", "-1"]), max_size=6)


@given(people=st.lists(PEOPLE, min_size=1, max_size=4))
def test_an_accident_is_as_severe_as_the_worst_that_happened_to_anybody(folder: Path, people: list[list[str]]) -> None:
    accidents = old(folder, *(row(number=str(number)) for number in range(len(people))))
    lines = [f"{number};{grav};1970" for number, gravities in enumerate(people) for grav in gravities]
    sample = read("accidents", "baac", written(folder / "usagers.csv", "Num_Acc;grav;an_nais", *lines), accidents)
    for number, gravities in enumerate(people):
        fields = sample.features[str(number)]
        worst = next(
            (
                name
                for code, name in (("2", "fatal"), ("3", "serious"), ("4", "slight"), ("1", "unhurt"))
                if code in gravities
            ),
            None,
        )
        assert fields.get("severity") == worst
        counts = [fields.get(name) for name in ("killed", "seriouslyInjured", "slightlyInjured", "casualties")]
        hurt = [gravities.count(code) for code in "234"]
        assert counts == ([*hurt, sum(hurt)] if gravities else [None] * 4)
        assert "1970" not in str(fields)


def test_roads_and_vehicles_are_joined_whatever_the_order_of_the_files(folder: Path) -> None:
    roads = written(folder / "lieux.csv", "Num_Acc;catr;surf;vma", "1;3;7;80", "1;4;1;30", "2;4;3;-1", "9;1;1;1")
    vehicles = written(folder / "vehicules.csv", "Num_Acc,catv,num_veh", "1,07,A01", "1,02,B02", "2,07,A01")
    accidents = old(folder, row(number="1"), row(number="2"), row(number="3"))
    sample = read("accidents", "baac", vehicles, roads, accidents)
    names = ("vehicles", "roadSurfaceCondition", "speedLimit", "severity")
    assert {name: [fields.get(field) for field in names] for name, fields in sample.features.items()} == {
        "1": [2, "ice", 80, None],
        "2": [1, "wet", None, None],
        "3": [None, None, None, None],
    }


@pytest.mark.parametrize("place", ["0000000,0000000", "5000000,0000000", "0,", ",", "-,x", "0,0", "48.8,"])
def test_a_place_that_nobody_took_is_none(folder: Path, place: str) -> None:
    assert read("accidents", "baac", old(folder, row(place=place))).places == {"201600000001": None}


@pytest.mark.parametrize(("time", "hour"), [("5", 0), ("45", 0), ("945", 9), ("0945", 9), ("2359", 23), ("09:45", 9)])
def test_times_of_few_digits(folder: Path, time: str, hour: int) -> None:
    assert read("accidents", "baac", old(folder, row(time=time))).only()["hour"] == hour


@pytest.mark.parametrize("time", ["", "2400", "1260", "12345", "x", "-5"])
def test_a_time_that_is_none_leaves_the_day(folder: Path, time: str) -> None:
    fields = read("accidents", "baac", old(folder, row(time=time))).only()
    assert "hour" not in fields
    assert (fields["validFrom"].hour, fields["validTo"].day) == (22, 1)


def test_clocks_overseas_are_those_of_the_place(folder: Path) -> None:
    accidents = old(folder, row(number="1", dep="974"), row(number="2", dep="971"), row(number="3", dep="2A"))
    sample = read("accidents", "baac", accidents)
    assert {name: (fields["hour"], fields["validFrom"].hour) for name, fields in sample.features.items()} == {
        "1": (14, 10),
        "2": (14, 18),
        "3": (14, 12),
    }


@given(code=st.integers(-1, 12))
def test_codes_that_are_not_said_or_say_two_things_are_null(folder: Path, code: int) -> None:
    line = row().replace(",3,2,1,2,3,", f",{code:02},2,1,{code},3,")
    fields = read("accidents", "baac", old(folder, line)).only()
    assert fields.get("lightConditions") == baac_codes.LIGHT.get(str(code))
    assert fields.get("weatherConditions") == baac_codes.WEATHER.get(str(code))


def test_what_cannot_be_read_is_refused_or_rejected(folder: Path) -> None:
    path = written(folder / "a.csv", "Num_Acc;hrmn;lat", "1;2;3")
    assert "lacks the columns an, mois, jour, long; it has Num_Acc, hrmn, lat" in refusal("accidents", "baac", path)
    assert "needs the file of caracteristiques" in refusal(
        "accidents", "baac", written(folder / "u.csv", "Num_Acc;grav", "1;2")
    )
    (reject,) = read("accidents", "baac", old(folder, row(), "2,16,7")).rejects
    assert (reject.position, reject.row) == (2, {"line": "2,16,7"})


def test_the_sample_of_2016_is_read(real_data: Path) -> None:
    names = ("lieux", "caracteristiques", "vehicules")
    files = [real_data / "baac_2016" / f"{name}_2016_sample.csv" for name in names]
    sample = read("accidents", "baac", *files)
    assert len(sample.features) == 599
    assert sum(place is None for place in sample.places.values()) == 252
    assert all(fields["vehicles"] > 0 and "severity" not in fields for fields in sample.features.values())
    assert sum("roadSurfaceCondition" in fields for fields in sample.features.values()) > 500
    assert all(49 < place.y < 51 and 0.8 < place.x < 6.3 for place in sample.places.values() if place is not None)
    assert "there is none among lieux" in refusal("accidents", "baac", files[0])
