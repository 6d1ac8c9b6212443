"""A dataset is fetched again when its publisher may have renewed it, and not before."""

from datetime import UTC, datetime, timedelta

import pytest

from otn.etl.due import due
from otn.model.datasets import Dataset, Registry
from otn.model.sources import FileSource, Frequency

NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
ROADS = Registry.read().dataset("elsewhere/roads")


def dataset(frequency: Frequency, *, urls: tuple[str, ...] = ("https://example.org/roads.csv",)) -> Dataset:
    source = FileSource(reader="csv", format="CSV", urls=urls)
    return ROADS.model_copy(update={"source": source, "update_frequency": frequency})


def is_due(declared: Dataset, ago: timedelta | None) -> bool:
    asked = {} if ago is None else {declared.id: NOW - ago}
    return due([declared], asked, NOW) == [declared]


@pytest.mark.parametrize(
    ("frequency", "every"),
    [("HOURLY", timedelta(hours=1)), ("DAILY", timedelta(days=1)), ("MONTHLY", timedelta(days=30))],
)
def test_the_time_of_a_dataset_comes(frequency: Frequency, every: timedelta) -> None:
    assert is_due(dataset(frequency), every)
    assert not is_due(dataset(frequency), every / 2)


def test_a_daily_job_does_not_skip_a_day_because_a_load_took_a_minute() -> None:
    assert is_due(dataset("DAILY"), timedelta(days=1) - timedelta(minutes=1))


def test_what_was_never_loaded_is_due_whatever_its_frequency() -> None:
    assert is_due(dataset("NEVER"), None)
    assert not is_due(dataset("NEVER"), timedelta(days=5000))


def test_what_cannot_be_downloaded_is_never_due() -> None:
    assert not is_due(dataset("DAILY", urls=()), None)
    assert not is_due(ROADS, None)
    assert due(Registry.read().defaults(), {}, NOW) == []
