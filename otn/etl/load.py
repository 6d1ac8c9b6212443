"""One load in one transaction: stage, merge, describe the new state, record it last."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString, cast

import psycopg
from psycopg import errors, sql
from psycopg.types.json import Jsonb

from otn.errors import LoadError, LoadInProgress
from otn.etl.extract import Source
from otn.etl.first_page import FirstPage
from otn.etl.generalise import generalise
from otn.etl.merge import Changes, merge, wait_for_other_merges
from otn.etl.staging import Staging
from otn.model.datasets import Dataset

_LOCK_TIMEOUT = "5s"


@dataclass(frozen=True)
class LoadSummary:
    """What a load did, as it was recorded."""

    load_id: int
    dataset: str
    number_read: int
    number_added: int
    number_changed: int
    number_removed: int
    number_rejected: int
    number_normalised: int
    rejects_by_reason: dict[str, int]


@dataclass
class Counts:
    """What the stages before the database counted; `repaired` areas had rings that crossed."""

    read: int = 0
    normalised: int = 0
    repaired: int = 0


class Load:
    """A load under way: `staging` takes what is to be loaded, `commit` makes it the dataset's new state."""

    def __init__(self, connection: psycopg.Connection, dataset: Dataset, source: Source) -> None:
        self._connection = connection
        self._dataset = dataset
        self._source = source
        self.started = _now(connection)
        _only_one_at_a_time(connection, dataset.id)
        self.staging = Staging(connection, dataset.collection_model)
        self.counts = Counts()

    def commit(self) -> LoadSummary:
        """Merges what is staged. Raises LoadError, keeping the rejects, when nothing at all could be loaded."""
        self.staging.reject_duplicates()
        connection = self._connection
        # Versions of a collection must become visible in their order: merges into one collection queue here.
        wait_for_other_merges(connection, self._dataset.collection)
        load_id = _one(connection, "SELECT nextval('load_id_seq')")
        if not _one(connection, "SELECT count(*) FROM staged"):
            failure = _nothing_loaded(self.counts.read, self._rejects_by_reason(), self._dataset, self._source)
            self._record(load_id, Changes(0, 0, 0), failure)
            connection.commit()
            raise LoadError(failure)
        changes = merge(connection, self._dataset.collection_model, self._dataset.id, load_id)
        self._describe_dataset()
        if changes.any:
            FirstPage(connection, self._dataset.collection_model, load_id).fill()
            generalise(connection, self._dataset.collection_model, self._dataset.id)
            self._describe_collection(load_id)
        summary = self._record(load_id, changes)
        connection.commit()
        if changes.any:
            for table in (self._dataset.collection_model.table, self._dataset.collection_model.overview_table):
                connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
            connection.commit()
        return summary

    def _describe_dataset(self) -> None:
        self._connection.execute(
            "INSERT INTO dataset (id, region, collection, declaration, number_of_features)"
            " VALUES (%(id)s, %(region)s, %(collection)s, %(declaration)s, (SELECT count(*) FROM staged))"
            " ON CONFLICT (id) DO UPDATE SET (region, collection, declaration, number_of_features)"
            "  = (excluded.region, excluded.collection, excluded.declaration, excluded.number_of_features)",
            {
                "id": self._dataset.id,
                "region": self._dataset.region,
                "collection": self._dataset.collection,
                "declaration": Jsonb(self._dataset.model_dump(mode="json")),
            },
        )

    def _describe_collection(self, load_id: int) -> None:
        """Counts and extents, so that answering them costs a look-up; a feature of unknown validity has no bounds.

        `updated` is the time of the merge: of loads side by side the one that began first may end last.
        """
        self._connection.execute(
            sql.SQL(
                "INSERT INTO collection_state (collection, version, updated, number_of_features, licences, west, south,"
                "  east, north, valid_from, valid_to)"
                " SELECT %(collection)s, %(load)s, clock_timestamp(), count(*), ARRAY("
                "   SELECT DISTINCT declaration ->> 'licence' FROM dataset"
                "   WHERE dataset.collection = %(collection)s AND number_of_features > 0 ORDER BY 1),"
                "  min(ST_XMin(geom)), min(ST_YMin(geom)), max(ST_XMax(geom)), max(ST_YMax(geom)),"
                "  CASE WHEN count(*) = count(valid_from) THEN min(valid_from) END,"
                "  CASE WHEN count(*) = count(valid_to) THEN max(valid_to) END FROM {}"
                " ON CONFLICT (collection) DO UPDATE SET (version, updated, number_of_features, licences, west, south,"
                "  east, north, valid_from, valid_to) = (excluded.version, excluded.updated,"
                "  excluded.number_of_features, excluded.licences, excluded.west, excluded.south, excluded.east,"
                "  excluded.north, excluded.valid_from, excluded.valid_to)"
            ).format(sql.Identifier(self._dataset.collection_model.table)),
            {"collection": self._dataset.collection, "load": load_id},
        )

    def _rejects_by_reason(self) -> dict[str, int]:
        counted = "SELECT reason, count(*) FROM staged_reject GROUP BY reason ORDER BY reason"
        return dict(self._connection.execute(counted).fetchall())

    def _record(self, load_id: int, changes: Changes, failure: str | None = None) -> LoadSummary:
        """The load's record, and its rejects in the place of those of earlier loads of the dataset."""
        connection = self._connection
        rejects = self._rejects_by_reason()
        summary = LoadSummary(
            load_id=load_id,
            dataset=self._dataset.id,
            number_read=self.counts.read,
            number_added=changes.added,
            number_changed=changes.changed,
            number_removed=changes.removed,
            number_rejected=sum(rejects.values()),
            number_normalised=self.counts.normalised,
            rejects_by_reason=rejects,
        )
        record_load(connection, summary, self._source, self.started, failure)
        connection.execute(
            "DELETE FROM reject USING load WHERE load.id = reject.load_id AND load.dataset = %s", [self._dataset.id]
        )
        connection.execute(
            "INSERT INTO reject (load_id, position, source_id, reason, detail, row)"
            " SELECT %s, * FROM staged_reject ORDER BY position",
            [load_id],
        )
        return summary


@contextmanager
def load(url: str, dataset: Dataset, source: Source) -> Iterator[Load]:
    """A load of `dataset`; whatever ends it before `commit` leaves everything as it was, and its failure recorded."""
    # A load whose process was killed must not go on in PostgreSQL and hold up the next one.
    watched = "-c client_connection_check_interval=1000"
    with psycopg.connect(url, application_name="otn-load", options=watched) as connection:
        under_way = Load(connection, dataset, source)
        try:
            yield under_way
        except LoadError as error:
            _record_failure(connection, under_way, dataset, source, str(error))
            raise


def _record_failure(
    connection: psycopg.Connection, under_way: Load, dataset: Dataset, source: Source, message: str
) -> None:
    already_recorded = connection.info.transaction_status is psycopg.pq.TransactionStatus.IDLE
    if already_recorded or connection.closed:
        return
    connection.rollback()
    load_id = _one(connection, "SELECT nextval('load_id_seq')")
    counts = under_way.counts
    nothing = LoadSummary(load_id, dataset.id, counts.read, 0, 0, 0, 0, counts.normalised, {})
    record_load(connection, nothing, source, under_way.started, message)
    connection.commit()


def record_load(
    connection: psycopg.Connection,
    summary: LoadSummary,
    source: Source,
    started: datetime,
    failure: str | None,
) -> None:
    """Writes the record of a load, committed (`failure` None) or failed."""
    connection.execute(
        "INSERT INTO load (id, dataset, state, started, finished, source, source_sha256, number_read, number_added,"
        "  number_changed, number_removed, number_rejected, number_normalised, message)"
        " VALUES (%s, %s, %s, %s, clock_timestamp(), %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            summary.load_id,
            summary.dataset,
            "failed" if failure else "committed",
            started,
            source.description,
            source.sha256,
            summary.number_read,
            summary.number_added,
            summary.number_changed,
            summary.number_removed,
            summary.number_rejected,
            summary.number_normalised,
            failure,
        ],
    )


def _only_one_at_a_time(connection: psycopg.Connection, dataset: str) -> None:
    """Waits a little, since a load that was killed a moment ago may still be rolling back."""
    connection.execute("SELECT set_config('lock_timeout', %s, true)", [_LOCK_TIMEOUT])
    try:
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [dataset])
    except errors.LockNotAvailable as error:
        raise LoadInProgress(f"Another load of {dataset} is running; wait until it has ended.") from error
    connection.execute("SET LOCAL lock_timeout = 0")


def _nothing_loaded(number_read: int, rejects: dict[str, int], dataset: Dataset, source: Source) -> str:
    if not number_read:
        return f"{source.description} has no rows for {dataset.id}; what was served before is still served."
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in rejects.items())
    return (
        f"None of the {number_read:,} rows of {source.description} could be loaded ({reasons}); "
        f"what was served before is still served, and `otn rejects {dataset.id}` shows the rows."
    )


def _now(connection: psycopg.Connection) -> datetime:
    [(now,)] = connection.execute("SELECT clock_timestamp()").fetchall()
    return cast(datetime, now)


def _one(connection: psycopg.Connection, statement: LiteralString, *parameters: object) -> int:
    [(value,)] = connection.execute(statement, parameters).fetchall()
    return int(value)
