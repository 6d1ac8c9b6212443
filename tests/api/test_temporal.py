"""Every form of `datetime` that clients send means what they mean, and anything else is a clear 400."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otn.api.temporal import EARLIEST, LATEST, Interval, parse_datetime, parse_instant
from otn.errors import BadRequest


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


LAST_OF_DAY = timedelta(days=1, microseconds=-1)
NEW_YEAR = utc(2020, 1, 1)
NOON = utc(2020, 1, 1, 12)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2020-01-01", NEW_YEAR, NEW_YEAR + LAST_OF_DAY),
        ("2020-01-01T", NEW_YEAR, NEW_YEAR + LAST_OF_DAY),
        ("2020-01-01T12:00:00Z", NOON, NOON),
        ("2020-01-01t12:00:00z", NOON, NOON),
        ("2020-01-01 12:00:00Z", NOON, NOON),
        ("2020-01-01T12:00:00", NOON, NOON),
        ("2020-01-01T14:00:00+02:00", NOON, NOON),
        ("2020-01-01T14:00:00 02:00", NOON, NOON),
        ("2020-01-01T06:30:00-05:30", NOON, NOON),
        ("2020-01-01T12:00:00.25Z", NOON.replace(microsecond=250000), NOON.replace(microsecond=250000)),
        ("2020-01-01T12:00:00.1234567Z", NOON.replace(microsecond=123456), NOON.replace(microsecond=123456)),
        ("2016-12-31T23:59:60Z", utc(2017, 1, 1), utc(2017, 1, 1)),
        ("1905-01-01/1905-12-31", utc(1905, 1, 1), utc(1905, 12, 31) + LAST_OF_DAY),
        ("2020-01-01T/2020-01-02T", NEW_YEAR, utc(2020, 1, 2) + LAST_OF_DAY),
        ("../2020-01-01", None, NEW_YEAR + LAST_OF_DAY),
        ("/2020-01-01", None, NEW_YEAR + LAST_OF_DAY),
        ("2020-01-01/..", NEW_YEAR, None),
        ("2020-01-01/", NEW_YEAR, None),
        ("0000-01-01T00:00:00Z/2020-01-01", EARLIEST, NEW_YEAR + LAST_OF_DAY),
        ("0000-01-01/2020-01-01", EARLIEST, NEW_YEAR + LAST_OF_DAY),
        ("2020-01-01/9999-12-31T00:00:00Z", NEW_YEAR, utc(9999, 12, 31)),
        ("2020-01-01/9999-12-31T23:59:59-12:00", NEW_YEAR, LATEST),
        ("2020-01-01/P2D", NEW_YEAR, utc(2020, 1, 3)),
        ("2020-01-31/P1M", utc(2020, 1, 31), utc(2020, 2, 29)),
        ("2020-02-29/P1Y", utc(2020, 2, 29), utc(2021, 2, 28)),
        ("2020-01-01T12:00:00Z/PT1H30M", NOON, utc(2020, 1, 1, 13, 30)),
        ("2020-01-01/P1Y2M3DT4H5M6.5S", NEW_YEAR, utc(2021, 3, 4, 4, 5, 6, 500000)),
        ("2020-01-01/P2W", NEW_YEAR, utc(2020, 1, 15)),
        ("P2D/2020-01-03T00:00:00Z", NEW_YEAR, utc(2020, 1, 3)),
        ("2020-01-01/P9999Y", NEW_YEAR, LATEST),
        ("P9999Y/2020-01-01", EARLIEST, NEW_YEAR + LAST_OF_DAY),
        ("2020-01-01/P9999999D", NEW_YEAR, LATEST),
    ],
)
def test_reads_what_clients_send(text: str, start: datetime | None, end: datetime | None) -> None:
    assert parse_datetime(text) == Interval(start, end)


@pytest.mark.parametrize("text", ["../..", "/", "../", "/.."])
def test_no_ends_set_no_limit(text: str) -> None:
    assert parse_datetime(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "..",
        "yesterday",
        "2020",
        "2020-01",
        "2020-13-01",
        "2021-02-29",
        "2020-01-01T24:00:00Z",
        "2020-01-01T12:60:00Z",
        "2020-01-01T12:00:61Z",
        "2020-01-01T12:00Z",
        "2020-01-01T12:00:00+25:00",
        "2020-01-01T12:00:00+01:75",
        "2020-01-01T12:00:00.Z",
        "2020-01-02/2020-01-01",
        "2020-01-01/2020-01-02/2020-01-03",
        "P1D/P1D",
        "P1D",
        "../P1D",
        "2020-01-01/P",
        "2020-01-01/PT",
        "2020-01-01/P1H",
        "2020-01-01/-P1D",
        "２０２０-01-01",
    ],
)
def test_refuses_the_rest_by_name(text: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        parse_datetime(text)
    assert refusal.value.parameter == "datetime"
    assert "datetime" in refusal.value.detail


@given(st.text(alphabet="0123456789-:.TtZz+/P YMWDHS", max_size=50) | st.text(max_size=30))
def test_any_text_is_an_interval_or_a_refusal(text: str) -> None:
    try:
        interval = parse_datetime(text)
    except BadRequest:
        return
    assert interval is None or interval.start is None or interval.end is None or interval.start <= interval.end


@given(st.datetimes(timezones=st.timezones() | st.none()), st.sampled_from(["T", "t"]))
def test_reads_back_every_instant(moment: datetime, separator: str) -> None:
    moment = moment.replace(tzinfo=moment.tzinfo or UTC)
    offset = moment.utcoffset()
    if offset is None or offset % timedelta(minutes=1):
        moment = moment.replace(tzinfo=UTC)
    try:
        expected = moment.astimezone(UTC)
    except OverflowError:
        return
    interval = parse_instant(moment.isoformat(sep=separator), "datetime")
    assert interval == Interval(expected, expected)
