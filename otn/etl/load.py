"""One load in one transaction: stage, compare, merge, describe the new state, record it last."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from datetime import datetime
from functools import partial
from typing import LiteralString, cast

import psycopg
from psycopg import errors, sql

from otn.errors import LoadError, LoadInProgress
from otn.etl import state
from otn.etl.background import Background
from otn.etl.extract import Origin, Source
from otn.etl.first_load import Filling, StagedAside
from otn.etl.first_page import FirstPage
from otn.etl.generalise import generalise
from otn.etl.indexes import MANY, built_at_the_end
from otn.etl.load_records import Counts, LoadSummary, record_load, record_rejects
from otn.etl.memory import give_back_memory
from otn.etl.merge import Changes, Merge
from otn.etl.staging import Rejects, StagedTable, Staging
from otn.etl.tolerance import Tolerance, rows_shown
from otn.etl.turns import wait_for_other_merges
from otn.model.collections import COLLECTIONS, Collection
from otn.model.datasets import Dataset

_LOCK_TIMEOUT = "5s"
# For the sorting, hashing and indexing of one load.
_WORK_MEM, _MAINTENANCE_WORK_MEM = "128MB", "256MB"
_ANALYSED_AT_ONCE = 2


class Load:
    """A load under way: `staging` takes what is to be loaded, `commit` makes it the dataset's new state."""

    def __init__(
        self,
        url: str,
        connection: psycopg.Connection,
        background: Background,
        dataset: Dataset,
        source: Source,
        tolerance: Tolerance,
        *,
        dry_run: bool,
    ) -> None:
        self._url = url
        self._connection = connection
        self._background = background
        self._dataset = dataset
        self._source = source
        self._tolerance = tolerance
        self.dry_run = dry_run
        self.started = _now(connection)
        _only_one_at_a_time(connection, dataset.id)
        known = "SELECT EXISTS (SELECT FROM feature_key WHERE dataset = %s)::int"
        self._is_first = not _one(connection, known, dataset.id)
        self.rejects = Rejects(connection, background)
        self.counts = Counts()
        self._stagings: dict[str, StagedTable | StagedAside] = {}
        self.staging(dataset.collection_model)

    def staging(self, collection: Collection) -> Staging:
        """What takes the dataset's features of `collection`: its own, or another that it fills beside."""
        if collection.id not in self._stagings:
            staged = self._connection, collection, self._background
            self._stagings[collection.id] = (
                StagedAside(*staged, self._dataset.id) if self._is_first else StagedTable(*staged)
            )
        return self._stagings[collection.id]

    def close(self) -> None:
        """What is staged is gone."""
        self.counts.network.close()
        for staging in self._stagings.values():
            staging.close()

    def commit(self) -> LoadSummary:
        """Merges what is staged; a dry run takes it back.

        Raises LoadError, keeping the rejects and nothing else, when nothing at all could be loaded, or so much is
        rejected or would be removed that something must be wrong with the source.
        """
        self._background.wait()
        for staging in self._all_stagings():
            staging.reject_duplicates()
        give_back_memory()
        # Versions of a collection must become visible in their order: merges into one collection queue here.
        for collection in sorted(self._stagings):
            wait_for_other_merges(self._connection, collection)
        load_id = _one(self._connection, "SELECT nextval('load_id_seq')")
        rejects = self.rejects.by_reason()
        self._unless(load_id, self._nothing_loaded(rejects))
        self._unless(load_id, self._too_many_rejected(rejects))
        merges = self._compared()
        self._unless(load_id, self._too_much_removed(merges[self._dataset.collection]))
        with Background() as beside:
            # PostgreSQL has the other processor.
            beside.run(self.counts.check_network)
            self._write(load_id, merges)
            beside.wait()
        summary = self._record(load_id, merges)
        self._end()
        if not self.dry_run:
            self._analyse([merge for merge in merges.values() if merge.features.any])
        return summary

    def _all_stagings(self) -> list[Staging]:
        """Those filled, and empty ones of further collections that earlier loads of the dataset filled."""
        for collection in state.further_collections(self._connection, self._dataset.id):
            self.staging(COLLECTIONS[collection])
        return list(self._stagings.values())

    def _compared(self) -> dict[str, Merge | Filling]:
        self._connection.execute("SELECT set_config('work_mem', %s, true)", [_WORK_MEM])
        self._connection.execute("SELECT set_config('maintenance_work_mem', %s, true)", [_MAINTENANCE_WORK_MEM])
        return {name: self._merge(staging) for name, staging in self._stagings.items()}

    def _merge(self, staging: StagedTable | StagedAside) -> Merge | Filling:
        if isinstance(staging, StagedAside):
            return Filling(self._connection, staging, self._background, self._dataset.id)
        return Merge(self._connection, staging, self._dataset.id)

    def _write(self, load_id: int, merges: dict[str, Merge | Filling]) -> None:
        own, *further = [(COLLECTIONS[name], self._stagings[name].tally.features) for name in merges]
        state.describe_dataset(self._connection, self._dataset, own[1])
        for collection, number in further:
            state.describe_further_collection(self._connection, self._dataset.id, collection, number)
        changing = {name: merge for name, merge in merges.items() if merge.features.any}
        for name, merge in changing.items():
            merge.write(load_id)
            if not self.dry_run:
                loaded = merge.written_features() if isinstance(merge, Filling) else None
                FirstPage(self._connection, COLLECTIONS[name], load_id, loaded).fill()
                generalise(self._connection, COLLECTIONS[name], self._dataset.id)
                state.describe_collection(self._connection, COLLECTIONS[name], load_id)
        self._write_keys([merge for merge in changing.values() if isinstance(merge, Filling)])

    def _write_keys(self, fillings: list[Filling]) -> None:
        """Last of all: as long as no other load has come to it, nobody can read the table of keys until the end."""
        many = sum(filling.features.added for filling in fillings) > MANY
        with built_at_the_end(self._connection, "feature_key", wait=False) if many else nullcontext():
            for filling in fillings:
                filling.write_keys()

    def _nothing_loaded(self, rejects: dict[str, int]) -> str | None:
        if self._stagings[self._dataset.collection].tally.features:
            return None
        shown = f", and {rows_shown(self._dataset.id, dry_run=self.dry_run)}" if rejects else ""
        return f"{_nothing_loaded(self.counts, rejects, self._dataset, self._source)}{shown}."

    def _too_many_rejected(self, rejects: dict[str, int]) -> str | None:
        if not _one(self._connection, _FEATURES, self._dataset.id):
            return None
        before = self._connection.execute(_REJECTED_BEFORE, [self._dataset.id]).fetchone()
        staged = self._stagings[self._dataset.collection].tally.features
        return self._tolerance.too_many_rejected(
            self._dataset.id, rejects, staged, before=float(before[0]) if before else 0.0, dry_run=self.dry_run
        )

    def _too_much_removed(self, merge: Merge | Filling) -> str | None:
        features = _one(self._connection, _FEATURES, self._dataset.id)
        if not self._tolerance.is_lost(merge.features.removed, features):
            return None
        return self._tolerance.too_much_removed(self._dataset.id, merge.objects.removed, merge.objects_before())

    def _unless(self, load_id: int, failure: str | None) -> None:
        """Ends the load with this failure, if there is one."""
        if failure is None:
            return
        self._record(load_id, {}, failure)
        self._end()
        raise LoadError(failure)

    def _record(self, load_id: int, merges: dict[str, Merge | Filling], failure: str | None = None) -> LoadSummary:
        """The load's record, and its rejects in the place of those of earlier loads of the dataset."""
        own = merges.get(self._dataset.collection)
        features, objects = (own.features, own.objects) if own else (Changes(), Changes())
        rejects = self.rejects.by_reason()
        summary = LoadSummary(
            load_id=load_id,
            dataset=self._dataset.id,
            number_read=self.counts.read,
            number_added=features.added,
            number_changed=features.changed,
            number_removed=features.removed,
            objects_added=objects.added,
            objects_changed=objects.changed,
            objects_removed=objects.removed,
            number_rejected=sum(rejects.values()),
            number_normalised=self.counts.normalised,
            number_repaired=self.counts.repaired,
            rejects_by_reason=rejects,
            further={name: merge.features for name, merge in merges.items() if merge is not own},
            report=self.counts.report(rejects, list(self._stagings.values())),
        )
        record_load(self._connection, summary, self._source, self.started, failure)
        record_rejects(self._connection, load_id, self._dataset.id)
        return summary

    def _end(self) -> None:
        if self.dry_run:
            self._connection.rollback()
        else:
            self._connection.commit()

    def _analyse(self, merges: list[Merge | Filling]) -> None:
        """Several tables at once: all connections see them now."""
        tables = sorted({table for merge in merges for table in merge.written})
        with ThreadPoolExecutor(_ANALYSED_AT_ONCE) as pool:
            list(pool.map(partial(_analyse, self._url), tables))


_FEATURES: LiteralString = "SELECT coalesce((SELECT number_of_features FROM dataset WHERE id = %s), 0)"
_REJECTED_BEFORE: LiteralString = """
SELECT number_rejected / greatest(number_read, number_rejected, 1)::float8
FROM load WHERE dataset = %s AND state = 'committed' ORDER BY id DESC LIMIT 1
"""


@contextmanager
def load(
    url: str, dataset: Dataset, source: Source, *, tolerance: Tolerance | None = None, dry_run: bool = False
) -> Iterator[Load]:
    """A load of `dataset`; whatever ends it before `commit` leaves everything as it was, and its failure recorded."""
    # A load whose process was killed must not go on in PostgreSQL and hold up the next one.
    watched = "-c client_connection_check_interval=1000"
    connecting = psycopg.connect(url, application_name="otn-load", options=watched)
    with connecting as connection, Background() as background:
        under_way = Load(url, connection, background, dataset, source, tolerance or Tolerance(), dry_run=dry_run)
        try:
            yield under_way
        except LoadError as error:
            background.end()
            _record_failure(connection, under_way, dataset, source, str(error))
            raise
        finally:
            background.end()
            under_way.close()


def _analyse(url: str, table: str) -> None:
    with psycopg.connect(url, application_name="otn-load", autocommit=True) as connection:
        connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))


def record_unread(url: str, dataset: str, origin: Origin, started: datetime, message: str) -> None:
    """Records a load that failed before there was anything to read."""
    with psycopg.connect(url, application_name="otn-load") as connection:
        load_id = _one(connection, "SELECT nextval('load_id_seq')")
        record_load(connection, Counts().failed(load_id, dataset), origin, started, message)


def _record_failure(
    connection: psycopg.Connection, under_way: Load, dataset: Dataset, source: Source, message: str
) -> None:
    already_recorded = connection.info.transaction_status is psycopg.pq.TransactionStatus.IDLE
    if already_recorded or connection.closed:
        return
    connection.rollback()
    if under_way.dry_run:
        return
    load_id = _one(connection, "SELECT nextval('load_id_seq')")
    record_load(connection, under_way.counts.failed(load_id, dataset.id), source, under_way.started, message)
    connection.commit()


def _only_one_at_a_time(connection: psycopg.Connection, dataset: str) -> None:
    """Waits a little, since a load that was killed a moment ago may still be rolling back."""
    connection.execute("SELECT set_config('lock_timeout', %s, true)", [_LOCK_TIMEOUT])
    try:
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [dataset])
    except errors.LockNotAvailable as error:
        raise LoadInProgress(f"Another load of {dataset} is running; wait until it has ended.") from error
    connection.execute("SET LOCAL lock_timeout = 0")


def _nothing_loaded(counts: Counts, rejects: dict[str, int], dataset: Dataset, source: Source) -> str:
    rows = counts.read + counts.unselected
    if not rows:
        return f"{source.description} has no rows for {dataset.id}; what was served before is still served"
    reasons = [f"{reason} {count:,}" for reason, count in rejects.items()]
    if counts.unselected:
        reasons.append(f"not of the region {dataset.region} {counts.unselected:,}")
    return (
        f"None of the {rows:,} rows of {source.description} could be loaded ({', '.join(reasons)}); "
        "what was served before is still served"
    )


def _now(connection: psycopg.Connection) -> datetime:
    [(now,)] = connection.execute("SELECT clock_timestamp()").fetchall()
    return cast(datetime, now)


def _one(connection: psycopg.Connection, statement: LiteralString, *parameters: object) -> int:
    [(value,)] = connection.execute(statement, parameters).fetchall()
    return int(value)
