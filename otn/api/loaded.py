"""The datasets that were loaded and what each load did, as the database knows them.

Of the rows that a load rejected only the numbers are read: the rows are the publisher's, and may hold personal data.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from otn.errors import NotFound
from otn.model.datasets import Dataset
from otn.store.pool import Pool

MOST_LOADS = 100
"""Of one dataset, that are told: the newest ones."""
_LARGEST_ID = 2**63 - 1

_SQL_DATASETS = """
SELECT id, declaration::text AS declaration,
  (SELECT json_object_agg(filled.collection, filled.number_of_features
                          ORDER BY filled.collection <> dataset.collection, filled.collection)
   FROM dataset_collection AS filled WHERE filled.dataset = dataset.id)::text AS features,
  (SELECT max(finished) FROM load WHERE load.dataset = dataset.id AND state = 'committed') AS last_loaded
FROM dataset ORDER BY id
"""
_LOAD = """id, state, started, finished, source, source_url, source_sha256, lineage::text AS lineage, number_read,
  number_added, number_changed, number_removed, objects_added, objects_changed, objects_removed, number_rejected,
  number_repaired, number_normalised, message"""
# The newest ones, and the newest committed one however old it is.
_SQL_LOADS = f"""
SELECT {_LOAD}, '{{}}' AS report FROM (
  SELECT *, row_number() OVER (ORDER BY id DESC) AS place,
    row_number() OVER (PARTITION BY state ORDER BY id DESC) AS place_in_state
  FROM load WHERE dataset = $1::text
) AS load
WHERE place <= {MOST_LOADS} OR (state = 'committed' AND place_in_state = 1) ORDER BY id DESC
"""  # noqa: S608 - columns and a number of our own
_SQL_LOAD = f"SELECT {_LOAD}, report::text AS report FROM load WHERE dataset = $1::text AND id = $2::bigint"  # noqa: S608


@dataclass(frozen=True)
class LoadedDataset:
    """A dataset with its declaration as stored at its newest load.

    `features` has the number of features by collection, its own first. `last_loaded` is when the newest committed load
    ended.
    """

    dataset: Dataset
    declaration: dict[str, Any]
    features: dict[str, int]
    last_loaded: datetime | None

    @property
    def number_of_features(self) -> int:
        """Of all its collections."""
        return sum(self.features.values())


@dataclass(frozen=True)
class Changes:
    """How many were added, changed and removed."""

    added: int
    changed: int
    removed: int


@dataclass(frozen=True)
class Load:
    """One load. Of the publisher's `objects`, one may be several `features`; `report` is that of otn.etl.quality."""

    id: int
    is_committed: bool
    started: datetime
    finished: datetime
    source: str
    url: str | None
    sha256: str | None
    lineage: dict[str, Any]
    read: int
    features: Changes
    objects: Changes
    rejected: int
    repaired: int
    normalised: int
    message: str | None
    report: dict[str, Any]


async def loaded_datasets(pool: Pool) -> tuple[LoadedDataset, ...]:
    """All that were loaded, by identifier. Raises Unavailable where the database does not answer."""
    return tuple(_dataset(row) for row in await pool.fetch(_SQL_DATASETS))


async def loaded_dataset(pool: Pool, dataset_id: str) -> LoadedDataset:
    """Raises NotFound where no dataset of that name was loaded."""
    for loaded in await loaded_datasets(pool):
        if loaded.dataset.id == dataset_id:
            return loaded
    raise NotFound(f"No dataset {dataset_id[:80]!r} is loaded here.")


async def loads(pool: Pool, dataset: Dataset) -> tuple[Load, ...]:
    """The newest loads of a dataset without their reports, the newest first, the newest committed one among them."""
    return tuple(_load(row) for row in await pool.fetch(_SQL_LOADS, (dataset.id,)))


async def load(pool: Pool, dataset: Dataset, load_id: str) -> Load:
    """One load of a dataset with its report. Raises NotFound where the dataset has no such load."""
    if load_id.isascii() and load_id.isdecimal() and len(load_id) < 20 and int(load_id) <= _LARGEST_ID:
        for row in await pool.fetch(_SQL_LOAD, (dataset.id, int(load_id))):
            return _load(row)
    raise NotFound(f"The dataset {dataset.id} has no load {load_id[:20]!r}.")


def _dataset(row: Any) -> LoadedDataset:
    declaration = orjson.loads(row["declaration"])
    return LoadedDataset(
        dataset=Dataset.model_validate(declaration),
        declaration=declaration,
        features=orjson.loads(row["features"]),
        last_loaded=row["last_loaded"],
    )


def _load(row: Any) -> Load:
    return Load(
        id=row["id"],
        is_committed=row["state"] == b"committed",
        started=row["started"],
        finished=row["finished"],
        source=row["source"].decode(),
        url=_text(row["source_url"]),
        sha256=_text(row["source_sha256"]),
        lineage=orjson.loads(row["lineage"]),
        read=row["number_read"],
        features=Changes(row["number_added"], row["number_changed"], row["number_removed"]),
        objects=Changes(row["objects_added"], row["objects_changed"], row["objects_removed"]),
        rejected=row["number_rejected"],
        repaired=row["number_repaired"],
        normalised=row["number_normalised"],
        message=_text(row["message"]),
        report=orjson.loads(row["report"]),
    )


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()
