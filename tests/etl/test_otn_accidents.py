"""The accidents that the original project published."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.etl.reader_samples import read, refusal, written

HEADER = "accident_index,{},accident_severity,road_type,speed_limit,light_conditions,lon,lat"


@pytest.mark.parametrize(
    ("column", "time"),
    [("datetime_utc", "2005-06-01 20:23:00"), ("datetime", "1117657380"), ("Timestamp", "2005-06-01T20:23:00Z")],
)
def test_the_time_is_that_of_the_clock_at_the_place(tmp_path: Path, column: str, time: str) -> None:
    row = f"200520D002602,{time},2,6,30,4,-1.832342,52.534986"
    fields = read("accidents", "otn-accidents", written(tmp_path / "a.csv", HEADER.format(column), row)).only()
    assert fields["hour"] == 20
    assert fields["validFrom"] == datetime(2005, 6, 1, 19, 23, tzinfo=UTC)
    assert (fields["severity"], fields["speedLimit"], fields["dayOfWeek"]) == ("serious", 48, "wednesday")


@pytest.mark.parametrize("time", ["", "yesterday", "99999999999999999999"])
def test_an_accident_of_unknown_time_is_kept(tmp_path: Path, time: str) -> None:
    path = written(tmp_path / "a.csv", HEADER.format("datetime_utc"), f"1,{time},1,6,30,4,-1.8,52.5")
    fields = read("accidents", "otn-accidents", path).only()
    assert fields.keys() == {"severity", "deathDefinition", "speedLimit", "lightConditions", "sourceCodes"}


def test_columns_that_are_missing_are_named(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "accident_index,lon,lat", "1,2,3")
    assert "lacks the columns datetime_utc or datetime or timestamp or date, accident_severity;" in refusal(
        "accidents", "otn-accidents", path
    )


def test_all_accidents_of_birmingham_are_read(real_data: Path) -> None:
    sample = read("accidents", "otn-accidents", real_data / "otn_birmingham" / "birmingham_accidents_clean.csv")
    severities = [fields["severity"] for fields in sample.features.values()]
    assert len(severities) == 28_519
    assert {name: severities.count(name) for name in set(severities)} == {
        "slight": 24_900,
        "serious": 3_367,
        "fatal": 252,
    }
    assert None not in sample.places.values()
    assert all("hour" in fields for fields in sample.features.values())


def test_the_declared_delimiter_wins(tmp_path: Path) -> None:
    header, row = HEADER.format("datetime_utc"), "1|2005-06-01 20:23:00|1|6|30|4|-1.8|52.5"
    path = written(tmp_path / "a.csv", header.replace(",", "|") + "|a,b,c,d,e,f,g,h,i,j", row + "|x")
    assert "lacks the columns" in refusal("accidents", "otn-accidents", path)
    assert read("accidents", "otn-accidents", path, delimiter="|").only()["severity"] == "fatal"
    assert "where ';' is declared as the delimiter" in refusal("accidents", "otn-accidents", path, delimiter=";")
