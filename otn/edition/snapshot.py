"""What an edition is made of, as PostgreSQL has it at one moment: the state of a collection and its datasets."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from otn.edition.manifest import recipe
from otn.edition.part_format import Bounds, Identity
from otn.model.collections import Collection
from otn.model.sql import quoted

APPLICATION = "otn-edition"
# For sorting the rows of a part.
_WORK_MEM = "64MB"
_RFC3339 = """replace(trim(to_json({})::text, '"'), '+00:00', 'Z')"""

_STATE = f"""
SELECT version, finished::text, updated, licences, number_of_features, west, south, east, north,
  {_RFC3339.format("valid_from")}, {_RFC3339.format("valid_to")}
FROM collection_state LEFT JOIN load ON load.id = version WHERE collection = %s
"""  # noqa: S608 - columns of our own
# The newest load of each dataset that changed anything in the collection. What was not loaded but written by hand is
# as new as the collection.
_DATASETS = """
SELECT dataset, declaration, filled.number_of_features, coalesce(newest.id, version),
  coalesce(newest.finished, updated)::text
FROM dataset_collection AS filled JOIN collection_state USING (collection) LEFT JOIN LATERAL (
  SELECT id, finished FROM load WHERE load.dataset = filled.dataset AND state = 'committed' AND EXISTS (
    SELECT FROM feature_change WHERE load_id = load.id AND feature_change.collection = filled.collection)
  ORDER BY id DESC LIMIT 1
) AS newest ON true
WHERE filled.collection = %s AND filled.number_of_features > 0 ORDER BY dataset
"""
_OUTDATED = """
SELECT EXISTS (SELECT FROM dataset_collection
  WHERE collection = %s AND number_of_features > 0 AND generalised_by IS DISTINCT FROM %s)
"""
_LOADED = "SELECT id, finished::text FROM load WHERE id = ANY(%s)"


@dataclass(frozen=True)
class State:
    """A collection as collection_state describes it; `loaded` is when the load `version` ended, if there was one."""

    version: int
    loaded: str | None
    updated: datetime
    licences: tuple[str, ...]
    count: int
    bbox: Bounds | None
    valid_from: str | None
    valid_to: str | None


@dataclass(frozen=True)
class DatasetState:
    """A dataset in a collection: what a part of it would be made of, the dataset as it is declared, and how many
    features it says it has."""

    identity: Identity
    declaration: dict[str, Any]
    count: int

    @property
    def licence(self) -> str:
        """Its identifier."""
        return str(self.declaration["licence"])


@contextmanager
def snapshot(url: str) -> Iterator[psycopg.Connection]:
    """A connection that sees the database as it is now, whatever is committed meanwhile."""
    # A build whose process was killed must not go on in PostgreSQL.
    watched = "-c client_connection_check_interval=1000"
    options = f"{watched} -c timezone=UTC -c datestyle=ISO -c work_mem={_WORK_MEM} -c jit=off"
    with psycopg.connect(url, application_name=APPLICATION, client_encoding="utf8", options=options) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield connection


def read_state(connection: psycopg.Connection, collection: Collection) -> State | None:
    """None where nothing was ever loaded into the collection."""
    row = connection.execute(_STATE.encode(), [collection.id]).fetchone()
    if row is None:
        return None
    version, loaded, updated, licences, count, *bbox, valid_from, valid_to = row
    west, south, east, north = bbox
    bounds = None if west is None else (west, south, east, north)
    return State(version, loaded, updated, tuple(licences), count, bounds, valid_from, valid_to)


def read_datasets(connection: psycopg.Connection, collection: Collection) -> list[DatasetState]:
    """The datasets that have features in the collection, by name."""
    return [
        DatasetState(Identity(collection.id, dataset, load_id, loaded, recipe(collection)), declaration, count)
        for dataset, declaration, count, load_id, loaded in connection.execute(_DATASETS, [collection.id]).fetchall()
    ]


def read_front(connection: psycopg.Connection, collection: Collection) -> list[tuple[int, str]]:
    """The features that stand first, in their order: id and dataset."""
    statement = f"SELECT id, dataset FROM {quoted(collection.table)} WHERE page_rank = 0 ORDER BY id"  # noqa: S608
    return connection.execute(statement.encode()).fetchall()


def overviews_are_current(connection: psycopg.Connection, collection: Collection) -> bool:
    """Whether tiles of low zooms are made of what this program generalised."""
    asked = [collection.id, collection.tile_rule.fingerprint]
    [(outdated,)] = connection.execute(_OUTDATED, asked).fetchall()
    return not outdated


def read_loads(connection: psycopg.Connection, numbers: list[int]) -> dict[int, str]:
    """When the loads of these numbers ended, of those that there were."""
    return dict(connection.execute(_LOADED, [numbers]).fetchall())
