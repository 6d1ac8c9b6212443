"""What a load leaves beside the rows: a log of changes, counts of objects, the quality of data. And when it stops."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pyarrow as pa
import pytest

from otn.errors import LoadError
from otn.etl.check import check_geometry
from otn.etl.extract import Source
from otn.etl.harmonise import harmonise, harmonised_geometry
from otn.etl.load import Load, load
from otn.etl.load_records import LoadSummary
from otn.etl.merge import Changes
from otn.etl.pipeline import load_dataset
from otn.etl.progress import Silent
from otn.etl.readers.inputs import Inputs
from otn.etl.readers.registry import reader_of
from otn.etl.turns import wait_for_other_merges
from otn.etl.wishes import Wishes
from otn.model.collections import PORTS, Collection
from otn.model.datasets import Registry
from otn.store.changes import forget_changes

REGISTRY = Registry.read()
ROADS = REGISTRY.dataset("elsewhere/roads")
Feature = dict[str, Any]
LoadFile = Callable[..., LoadSummary]


def road(identifier: str, *lines: list[tuple[float, float]], **properties: object) -> Feature:
    """One road of as many parts as there are lines, by default one."""
    parts = lines or ([(4.4, 51.2), (4.5, 51.3)],)
    geometry = (
        {"type": "LineString", "coordinates": parts[0]}
        if len(parts) == 1
        else {"type": "MultiLineString", "coordinates": parts}
    )
    return {"type": "Feature", "properties": {"localId": identifier, **properties}, "geometry": geometry}


def point(identifier: str) -> Feature:
    geometry = {"type": "Point", "coordinates": (4.4, 51.2)}
    return {"type": "Feature", "properties": {"localId": identifier}, "geometry": geometry}


@pytest.fixture
def load_file(database_url: str, tmp_path: Path) -> LoadFile:
    def load_features(*features: Feature, dataset: str = ROADS.id, **options: Any) -> LoadSummary:
        file = tmp_path / f"{dataset.replace('/', '-')}.geojson"
        file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        declared = REGISTRY.dataset(dataset)
        return load_dataset(
            database_url, declared, registry=REGISTRY, progress=Silent(), wishes=Wishes([file], **options)
        )

    return load_features


def query(url: str, statement: LiteralString, *parameters: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement, parameters).fetchall()


A, B, C = [(4.0, 51.0), (4.1, 51.1)], [(4.1, 51.1), (4.2, 51.2)], [(4.2, 51.2), (4.3, 51.3)]
LOGGED: LiteralString = (
    "SELECT k.source_id, k.part, c.kind FROM feature_change c JOIN feature_key k ON k.id = c.feature_id"
    " WHERE c.load_id = %s ORDER BY 1, 2, 3"
)


def test_every_change_after_the_first_load_is_logged(load_file: LoadFile, database_url: str) -> None:
    first = load_file(road("same"), road("changed"), road("gone"))
    assert query(database_url, "SELECT * FROM feature_change") == [(first.load_id, "roads", 0, "added")]
    second = load_file(road("same"), road("changed", name="new"), road("new"))
    assert query(database_url, LOGGED, second.load_id) == [
        ("changed", "", "changed"),
        ("gone", "", "removed"),
        ("new", "", "added"),
    ]
    returned = load_file(road("same"), road("changed", name="new"), road("new"), road("gone"))
    assert query(database_url, LOGGED, returned.load_id) == [("gone", "", "added")]
    assert load_file(road("same"), road("changed", name="new"), road("new"), road("gone")).number_added == 0
    assert query(database_url, "SELECT max(load_id) FROM feature_change") == [(returned.load_id,)]


def test_what_the_first_load_added_follows_from_the_log(load_file: LoadFile, database_url: str) -> None:
    load_file(road("stays"), road("changes"), road("goes"), road("goes and returns"))
    load_file(road("stays"), road("changes", name="x"), road("comes"))
    load_file(road("stays"), road("changes", name="x"), road("comes"), road("goes and returns"))
    added = query(
        database_url,
        "SELECT source_id FROM feature_key k WHERE coalesce((SELECT kind FROM feature_change c"
        " WHERE c.feature_id = k.id ORDER BY load_id LIMIT 1), '') <> 'added' ORDER BY 1",
    )
    assert added == [("changes",), ("goes",), ("goes and returns",), ("stays",)]


def test_changes_are_forgotten_when_they_are_old_and_others_followed(load_file: LoadFile, database_url: str) -> None:
    first, second = load_file(road("a")), load_file(road("a", name="x"))
    unchanged = load_file(road("a", name="x"))
    logged: LiteralString = "SELECT DISTINCT load_id FROM feature_change ORDER BY 1"
    assert forget_changes(database_url, ROADS.id, days=30) == 0
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE load SET finished = finished - interval '31 days'")
    assert forget_changes(database_url, "elsewhere/railways", days=30) == 0
    assert query(database_url, logged) == [(first.load_id,), (second.load_id,)]
    assert forget_changes(database_url, ROADS.id, days=30) == 1
    assert query(database_url, logged) == [(second.load_id,)]
    assert unchanged.load_id > second.load_id


def test_objects_of_the_source_are_counted_apart_from_the_features_they_are_cut_into(load_file: LoadFile) -> None:
    first = load_file(road("grows", A), road("shrinks", A, B), road("moves", A, B), road("goes", A, B))
    assert (first.number_added, first.objects_added) == (7, 4)
    second = load_file(road("grows", A, B), road("shrinks", A), road("moves", A, C), road("comes", A, B))
    assert (second.number_added, second.number_changed, second.number_removed) == (5, 1, 5)
    assert (second.objects_added, second.objects_changed, second.objects_removed) == (1, 3, 1)


def test_the_record_says_what_the_summary_says(load_file: LoadFile, database_url: str) -> None:
    load_file(road("a"), road("b", A, B))
    summary = load_file(road("a", name="x"), road("c"), point("p"))
    [recorded] = query(
        database_url,
        "SELECT number_read, number_added, number_changed, number_removed, objects_added, objects_changed,"
        " objects_removed, number_rejected, number_repaired, lineage, report FROM load ORDER BY id DESC LIMIT 1",
    )
    assert recorded == (3, 1, 1, 2, 1, 1, 1, 1, 0, {}, summary.report)


def test_the_quality_report(load_file: LoadFile) -> None:
    summary = load_file(
        road("a", [(4, 51), (5, 52)], name="Meir", formOfWay="motorway"),
        road("b", [(3, 50), (4, 51)], name="Dorp", formOfWay="boulevard"),
        road("b", [(0, 0), (1, 1)], name="again"),
        point("p"),
    )
    report = summary.report
    assert (report["read"], report["features"], report["rejected"], report["duplicates"]) == (4, 2, 2, 1)
    assert report["rejects"] == {"geometry/type": 1, "id/duplicate": 1}
    completeness = report["completeness"]
    assert (completeness["name"], completeness["formOfWay"], completeness["lanes"]) == (1.0, 0.5, 0.0)
    assert report["unknownCodes"] == {"formOfWay": {"boulevard": 1}}
    assert load_file(road("a", [(4, 51), (5, 52)])).report["bbox"] == [4, 51, 5, 52]


MANY = [road(str(number)) for number in range(40)]
POINTS = [point(f"p{number}") for number in range(20)]


def test_a_load_that_would_remove_too_much_changes_nothing(load_file: LoadFile, database_url: str) -> None:
    load_file(*MANY)
    everything = "SELECT *, xmin FROM roads ORDER BY id"
    before = query(database_url, everything)
    with pytest.raises(LoadError, match=r"^20 of 40 objects would be removed, more than 30%: .* --accept-losses"):
        load_file(*MANY[:20], road("new"))
    assert query(database_url, everything) == before
    assert query(database_url, "SELECT count(*) FROM feature_key") == [(40,)]
    assert query(database_url, "SELECT state, number_read, number_removed FROM load ORDER BY id DESC LIMIT 1") == [
        ("failed", 21, 0)
    ]
    assert load_file(*MANY[:20], road("new"), accept_losses=True).number_removed == 20


def test_objects_that_are_only_cut_otherwise_are_not_lost(load_file: LoadFile) -> None:
    load_file(*(road(str(number), A, B) for number in range(20)))
    assert load_file(*(road(str(number), A) for number in range(20))).objects_changed == 20


def test_a_load_that_would_reject_too_much_keeps_its_rejects_and_changes_nothing(
    load_file: LoadFile, database_url: str
) -> None:
    load_file(*MANY)
    with pytest.raises(LoadError, match=r"^20 of 60 rows would be rejected \(geometry/type 20\), more than 20%"):
        load_file(*MANY, *POINTS)
    assert query(database_url, "SELECT count(*) FROM reject") == [(20,)]
    assert load_file(*MANY, *POINTS, accept_losses=True).number_rejected == 20
    # What the load before rejected too is known, and not held against this one.
    assert load_file(*MANY, *POINTS, road("new")).number_added == 1


def test_first_loads_and_small_datasets_may_lose_what_they_like(load_file: LoadFile) -> None:
    assert load_file(*MANY[:2], *POINTS).number_rejected == 20
    assert load_file(road("other")).number_removed == 2


def test_a_dry_run_says_what_a_load_would_do_and_changes_nothing(load_file: LoadFile, database_url: str) -> None:
    load_file(road("same"), road("changed"), road("gone"))
    tables: list[LiteralString] = [
        "SELECT *, xmin FROM roads ORDER BY id",
        "SELECT * FROM load",
        "SELECT * FROM reject",
        "SELECT * FROM feature_key ORDER BY id",
        "SELECT * FROM feature_change",
        "SELECT * FROM collection_state",
    ]
    before = [query(database_url, table) for table in tables]
    features = (road("same"), road("changed", name="x"), road("new"), point("p"))
    tried = load_file(*features, dry_run=True)
    with pytest.raises(LoadError, match=r"None of the 1 rows .* shows the rows after a load without --dry-run\."):
        load_file(point("p"), dry_run=True)
    assert [query(database_url, table) for table in tables] == before
    done = load_file(*features)
    assert (tried.number_added, tried.number_changed, tried.number_removed) == (1, 1, 1)
    assert {**vars(tried), "load_id": done.load_id} == vars(done)


def test_an_empty_collection_is_filled_without_its_indexes_and_has_them_all_afterwards(
    load_file: LoadFile, database_url: str
) -> None:
    indexes = "SELECT indexdef FROM pg_indexes WHERE tablename = 'roads' ORDER BY 1"
    before = query(database_url, indexes)
    many = [road(str(number), [(number / 100, 50), (number / 100, 50 + number % 7)]) for number in range(1, 10_100)]
    load_file(*many, dry_run=True)
    assert query(database_url, indexes) == before
    assert load_file(*many).number_added == len(many) - len(many) // 7
    assert query(database_url, indexes) == before
    ordered = query(
        database_url,
        "SELECT bool_and(ordered) FROM (SELECT page_rank >= lag(page_rank) OVER (ORDER BY ctid)"
        " AS ordered FROM roads WHERE page_rank > 0) AS rows",
    )
    assert ordered == [(True,)]


def stage(under_way: Load, file: Path, collection: Collection, part: str = "") -> None:
    """Stages the features of a GeoJSON file as those of `collection`."""
    reader = reader_of(Inputs((file,), ROADS))
    declared = ROADS.model_copy(update={"collection": collection.id})
    for rows in reader.read():
        shapes, _ = check_geometry(harmonised_geometry(rows, collection.geometry), rows, collection)
        if part:
            shapes = replace(shapes, part=pa.repeat(part, len(shapes.row)))
        features = harmonise(shapes, rows, reader, declared, collection, None)
        under_way.staging(collection).add(features, rows)


def test_a_dataset_may_fill_a_further_collection_in_the_same_transaction(database_url: str, tmp_path: Path) -> None:
    def load_both(roads: list[Feature], nodes: list[Feature]) -> LoadSummary:
        files = tmp_path / "roads.geojson", tmp_path / "nodes.geojson"
        for file, features in zip(files, (roads, nodes), strict=True):
            file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        with load(database_url, ROADS, Source(files[0].name, "", reader_of(Inputs((files[0],), ROADS)))) as under_way:
            stage(under_way, files[0], ROADS.collection_model)
            if nodes:
                stage(under_way, files[1], PORTS, part="node")
            return under_way.commit()

    filled = "SELECT collection, number_of_features, licences FROM collection_state ORDER BY 1"
    # A road and a node of one identifier are different objects.
    first = load_both([road("1"), road("2")], [point("1"), point("3"), point("4")])
    assert (first.number_added, first.objects_added, first.further) == (2, 2, {"ports": Changes(added=3)})
    assert query(database_url, filled) == [("ports", 3, ["not-stated"]), ("roads", 2, ["not-stated"])]
    assert query(database_url, "SELECT collection, number_of_features FROM dataset_collection ORDER BY 1") == [
        ("ports", 3),
        ("roads", 2),
    ]
    second = load_both([road("1"), road("2", name="x")], [point("1"), point("5")])
    assert (second.number_changed, second.number_removed, second.objects_changed) == (1, 0, 1)
    assert second.further == {"ports": Changes(added=1, removed=2)}
    assert query(database_url, "SELECT local_id FROM ports ORDER BY 1") == [("1",), ("5",)]
    # What the dataset does not fill any more is empty.
    assert load_both([road("1")], []).further == {"ports": Changes(removed=2)}
    assert query(database_url, filled) == [("ports", 0, []), ("roads", 1, ["not-stated"])]


def test_datasets_of_different_collections_do_not_wait_for_each_other(load_file: LoadFile, database_url: str) -> None:
    with psycopg.connect(database_url) as other:
        wait_for_other_merges(other, "roads")
        assert load_file(point("a"), dataset="elsewhere/ports").number_added == 1


def test_of_one_collection_only_the_merges_queue(load_file: LoadFile, database_url: str) -> None:
    waiting: LiteralString = (
        "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
        " WHERE a.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted"
        " AND position(', 1))' IN a.query) > 0"
    )
    with ThreadPoolExecutor() as pool:
        with psycopg.connect(database_url) as other:
            wait_for_other_merges(other, "roads")
            load_of_roads = pool.submit(load_file, road("a"))
            deadline = time.monotonic() + 60
            while query(database_url, waiting) == [(0,)]:
                assert time.monotonic() < deadline
        assert load_of_roads.result(60).number_added == 1
