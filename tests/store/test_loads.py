"""What a person is told about loads."""

from collections.abc import Callable
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg.types.json import Jsonb

from otn.errors import ClusterError
from otn.store import loads


@pytest.fixture
def recorded_url(database_url: str) -> str:
    """Three loads: ports committed, ports failed after it, roads committed with rejects."""
    with psycopg.connect(database_url) as connection:
        _record(connection, "be/ports", "committed")
        _record(connection, "be/ports", "failed", message="the disk is full")
        load_id = _record(connection, "be/roads", "committed")
        for position, reason in ((3, "geometry/empty"), (1, "geometry/missing"), (2, "geometry/empty")):
            connection.execute(
                "INSERT INTO reject (load_id, position, source_id, reason, detail, row)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                [load_id, position, f"way/{position}", reason, "as said", Jsonb({"name": "Dorp"})],
            )
    return database_url


def _record(connection: psycopg.Connection, dataset: str, state: str, message: str | None = None) -> int:
    row = connection.execute(
        "INSERT INTO load (dataset, state, started, finished, source, number_read, number_added, number_changed,"
        " number_removed, number_rejected, number_normalised, message)"
        " VALUES (%s, %s, '2026-01-02T03:04:05Z', '2026-01-02T03:05:05Z', 'a file', 6, 1, 2, 3, 4, 5, %s) RETURNING id",
        [dataset, state, message],
    ).fetchone()
    assert row is not None
    return int(row[0])


def test_only_committed_loads_count_as_loaded(recorded_url: str) -> None:
    assert loads.committed(recorded_url) == {"be/ports", "be/roads"}
    with psycopg.connect(recorded_url) as connection:
        connection.execute("UPDATE load SET state = 'failed' WHERE dataset = 'be/ports'")
    assert loads.committed(recorded_url) == {"be/roads"}


def test_the_newest_load_of_each_dataset_is_told_failed_or_not(recorded_url: str) -> None:
    ports, roads = loads.newest(recorded_url)
    assert (ports.dataset, ports.state, ports.message) == ("be/ports", "failed", "the disk is full")
    assert (roads.dataset, roads.state, roads.message) == ("be/roads", "committed", None)
    assert roads.rejects == {"geometry/empty": 2, "geometry/missing": 1}
    assert roads.finished == datetime(2026, 1, 2, 3, 5, 5, tzinfo=UTC)
    assert (roads.number_read, roads.number_added, roads.number_changed) == (6, 1, 2)


def test_the_history_of_a_dataset_begins_with_its_newest_load(recorded_url: str) -> None:
    assert [record.state for record in loads.history(recorded_url, "be/ports")] == ["failed", "committed"]
    assert loads.history(recorded_url, "be/airports") == []


def test_rejects_come_in_the_order_of_the_source_with_the_whole_row(recorded_url: str) -> None:
    rejects = loads.rejects(recorded_url, "be/roads")
    assert [reject.position for reject in rejects] == [1, 2, 3]
    assert rejects[0] == loads.RejectRecord(1, "way/1", "geometry/missing", "as said", {"name": "Dorp"})


def test_rejects_of_a_load_that_failed_over_them_are_told_too(recorded_url: str) -> None:
    with psycopg.connect(recorded_url) as connection:
        connection.execute("UPDATE load SET state = 'failed' WHERE dataset = 'be/roads'")
    assert len(loads.rejects(recorded_url, "be/roads")) == 3


def test_numbers_of_features_are_told_by_dataset(recorded_url: str) -> None:
    assert loads.number_of_features(recorded_url) == {}
    with psycopg.connect(recorded_url) as connection:
        connection.execute(
            "INSERT INTO dataset (id, region, collection, declaration, number_of_features)"
            " VALUES ('be/roads', 'be', 'roads', '{}', 7)"
        )
    assert loads.number_of_features(recorded_url) == {"be/roads": 7}


def test_a_database_that_was_never_migrated_says_what_to_run(cluster_url: Callable[[str], str]) -> None:
    with pytest.raises(ClusterError, match="otn db upgrade"):
        loads.committed(cluster_url("postgres"))
