"""What loads left behind, read for people: which datasets there are, what each load did, and what it rejected."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row, scalar_row

from otn.errors import ClusterError


@dataclass(frozen=True)
class LoadRecord:
    """One load: `rejects` counts the rows it left out, by reason code; `state` is "committed" or "failed".

    `number_*` count features, `objects_*` what the publisher has as one: a road is one object and several features.
    `source_url`, `source_sha256` and `lineage` tell where it came from, `report` the quality of what was read.
    """

    id: int
    dataset: str
    state: str
    started: datetime
    finished: datetime
    source: str
    source_url: str | None
    source_sha256: str | None
    lineage: dict[str, Any]
    number_read: int
    number_added: int
    number_changed: int
    number_removed: int
    objects_added: int
    objects_changed: int
    objects_removed: int
    number_rejected: int
    number_normalised: int
    number_repaired: int
    report: dict[str, Any]
    message: str | None
    rejects: dict[str, int]


@dataclass(frozen=True)
class RejectRecord:
    """One row that was left out: `position` counts the rows of the source from 1, `row` is the row as it came."""

    position: int
    source_id: str | None
    reason: str
    detail: str
    row: dict[str, Any]


_SQL_LOADS = """
SELECT load.id, load.dataset, load.state, load.started, load.finished, load.source, load.source_url,
       load.source_sha256, load.lineage, load.number_read, load.number_added, load.number_changed,
       load.number_removed, load.objects_added, load.objects_changed, load.objects_removed, load.number_rejected,
       load.number_normalised, load.number_repaired, load.report, load.message,
       (SELECT coalesce(jsonb_object_agg(reason, number), '{}')
          FROM (SELECT reason, count(*) AS number FROM reject WHERE load_id = load.id GROUP BY reason) AS counted)
       AS rejects
FROM load
WHERE CASE WHEN %(dataset)s::text IS NULL
           THEN load.id = (SELECT max(id) FROM load AS other WHERE other.dataset = load.dataset)
           ELSE load.dataset = %(dataset)s
      END
ORDER BY load.dataset, load.id DESC
"""
_SQL_REJECTS = """
SELECT position, source_id, reason, detail, "row"
FROM reject
WHERE load_id IN (SELECT id FROM load WHERE dataset = %s)
ORDER BY position, id
"""


def committed(url: str) -> set[str]:
    """The datasets that were loaded with success at least once."""
    with _connected(url) as connection:
        cursor = connection.cursor(row_factory=scalar_row)
        return set(cursor.execute("SELECT DISTINCT dataset FROM load WHERE state = 'committed'").fetchall())


def number_of_features(url: str) -> dict[str, int]:
    """How many features each loaded dataset has."""
    with _connected(url) as connection:
        return dict(connection.execute("SELECT id, number_of_features FROM dataset").fetchall())


def last_asked(url: str) -> dict[str, datetime]:
    """When each dataset was last loaded with success, whether anything had changed or not."""
    with _connected(url) as connection:
        statement = "SELECT dataset, max(started) FROM load WHERE state = 'committed' GROUP BY dataset"
        return dict(connection.execute(statement).fetchall())


def newest(url: str) -> list[LoadRecord]:
    """The newest load of every dataset, failed ones too, by dataset."""
    return _loads(url, None)


def history(url: str, dataset_id: str) -> list[LoadRecord]:
    """Every load of one dataset, the newest first."""
    return _loads(url, dataset_id)


def rejects(url: str, dataset_id: str) -> list[RejectRecord]:
    """What the newest load that came to the end of its source left out, in the order of the source."""
    with _connected(url) as connection:
        return connection.cursor(row_factory=class_row(RejectRecord)).execute(_SQL_REJECTS, [dataset_id]).fetchall()


def _loads(url: str, dataset_id: str | None) -> list[LoadRecord]:
    with _connected(url) as connection:
        cursor = connection.cursor(row_factory=class_row(LoadRecord))
        return cursor.execute(_SQL_LOADS, {"dataset": dataset_id}).fetchall()


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection]:
    try:
        with psycopg.connect(url, application_name="otn") as connection:
            connection.read_only = True
            yield connection
    except psycopg.errors.UndefinedTable as error:
        raise ClusterError("The database has no tables of OTN yet: run `otn db upgrade`.") from error
    except psycopg.Error as error:
        raise ClusterError(f"The database does not answer: {str(error).splitlines()[0]}.") from error
