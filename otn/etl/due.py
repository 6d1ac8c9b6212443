"""Which datasets are to be fetched again, by how often their publishers renew them."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from otn.model.datasets import Dataset
from otn.model.sources import FileSource, Frequency

_DAY = timedelta(days=1)
_EVERY: dict[Frequency, timedelta] = {
    "CONT": timedelta(0),
    "HOURLY": timedelta(hours=1),
    "DAILY": _DAY,
    "WEEKLY": 7 * _DAY,
    "BIWEEKLY": 14 * _DAY,
    "MONTHLY": 30 * _DAY,
    "BIMONTHLY": 61 * _DAY,
    "QUARTERLY": 91 * _DAY,
    "ANNUAL_2": 182 * _DAY,
    "ANNUAL": 365 * _DAY,
    "BIENNIAL": 730 * _DAY,
    # Nobody knows when the next version comes: asking once a month costs a publisher one answer of a few bytes.
    "IRREG": 30 * _DAY,
    "UNKNOWN": 30 * _DAY,
}
"""NEVER is not among them: what is never renewed is loaded once."""
# A job that runs at the same hour every day must not skip each second day because a load took a minute.
_EARLY = timedelta(minutes=30)


def due(datasets: Iterable[Dataset], asked: Mapping[str, datetime], now: datetime) -> list[Dataset]:
    """The datasets with a download whose time has come; `asked` is when each was last loaded, or found unchanged."""
    return [dataset for dataset in datasets if _is_due(dataset, asked.get(dataset.id), now)]


def _is_due(dataset: Dataset, asked: datetime | None, now: datetime) -> bool:
    source = dataset.source
    if not isinstance(source, FileSource) or not source.urls or source.reader == "none":
        return False
    if asked is None:
        return True
    every = _EVERY.get(dataset.update_frequency)
    return every is not None and now >= asked + every - min(_EARLY, every / 4)
