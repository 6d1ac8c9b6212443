"""Clock times of a place as moments, as the time zone database has them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otn.errors import SourceError
from otn.etl.readers.local_times import days, hours_and_minutes, in_utc, instants, minutes_of_day, when

ZONES = st.sampled_from(["Europe/London", "Europe/Paris", "America/Guadeloupe", "Indian/Reunion"])
DAYS = st.dates(date(1979, 1, 1), date(2035, 12, 31))


@given(day=DAYS, minutes=st.integers(0, 1439), zone=ZONES)
def test_a_moment_is_that_of_the_time_zone_database(day: date, minutes: int, zone: str) -> None:
    fields = when(pa.array([day]), pa.array([minutes], pa.int64()), zone)
    local = datetime.combine(day, time(minutes // 60, minutes % 60), ZoneInfo(zone))
    skipped = local.astimezone(UTC).astimezone(ZoneInfo(zone)).time() != local.time()
    moment = fields["validFrom"][0].as_py()
    assert fields["validTo"][0].as_py() == moment
    assert fields["hour"].to_pylist() == [minutes // 60]
    assert fields["dayOfWeek"].to_pylist() == [day.strftime("%A").lower()]
    assert abs(moment - local.astimezone(UTC)) < timedelta(hours=1) if skipped else moment == local.astimezone(UTC)


@given(day=DAYS, zone=ZONES)
def test_a_day_of_unknown_hour_lasts_from_midnight_to_midnight(day: date, zone: str) -> None:
    fields = when(pa.array([day]), pa.array([None], pa.int64()), zone)
    start, end = (fields[name][0].as_py().astimezone(ZoneInfo(zone)) for name in ("validFrom", "validTo"))
    assert (start.date(), start.time()) == (day, time())
    assert (end.date(), end.time()) == (day + timedelta(days=1), time())
    assert fields["hour"].to_pylist() == [None]


def test_an_unknown_day_is_null() -> None:
    fields = when(pa.array([None], pa.date32()), pa.array([60], pa.int64()), "Europe/London")
    assert {name: column.to_pylist() for name, column in fields.items()} == {
        "validFrom": [None],
        "validTo": [None],
        "hour": [None],
        "dayOfWeek": [None],
    }


def test_an_hour_that_comes_twice_is_the_first_and_one_that_is_skipped_the_end_of_the_skip() -> None:
    local = pa.array([datetime(2015, 10, 25, 1, 30), datetime(2015, 3, 29, 1, 30)], pa.timestamp("us"))
    assert in_utc(local, "Europe/London").to_pylist() == [
        datetime(2015, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2015, 3, 29, 1, 0, tzinfo=UTC),
    ]


def test_a_zone_that_nobody_knows_is_said() -> None:
    with pytest.raises(SourceError, match="'Europe/Atlantis' is no time zone"):
        in_utc(pa.array([datetime(2015, 1, 1)], pa.timestamp("us")), "Europe/Atlantis")


def test_offsets_win_over_the_zone() -> None:
    texts = pa.array(["2021-09-01T03:00:00+02:00", "2021-09-01T03:00:00", "2021-09-01T03:00:00Z", "soon", None])
    assert instants(texts, "Europe/London").to_pylist() == [
        datetime(2021, 9, 1, 1, tzinfo=UTC),
        datetime(2021, 9, 1, 2, tzinfo=UTC),
        datetime(2021, 9, 1, 3, tzinfo=UTC),
        None,
        None,
    ]


@pytest.mark.parametrize("text", ["31/02/2020", "2020-01-01", "1/13/2020", "today", "01/01/20200"])
def test_no_day_is_null(text: str) -> None:
    assert days(pa.array([text]), "%d/%m/%Y").to_pylist() == [None]


@given(text=st.text(":0123456789 -x", max_size=8))
def test_a_clock_time_lies_within_a_day(text: str) -> None:
    (minutes,) = minutes_of_day(pa.array([text]), hours_and_minutes).to_pylist()
    assert minutes is None or 0 <= minutes < 1440


def test_clock_times() -> None:
    texts = pa.array(["17:58", "7:05", "00:00:30", "24:00", "12:60", "12", "1²:00", ""])
    assert minutes_of_day(texts, hours_and_minutes).to_pylist() == [1078, 425, 0, None, None, None, None, None]
