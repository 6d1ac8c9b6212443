"""A load in PostgreSQL: only what differs is written, ids stay, rejects are kept, nothing half-done is ever seen."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest

from otn.errors import LoadError, LoadInProgress, SourceError
from otn.etl.load_records import LoadSummary
from otn.etl.pipeline import load_dataset
from otn.etl.progress import Silent
from otn.etl.wishes import Wishes
from otn.model.datasets import Registry
from otn.store import loads

REGISTRY = Registry.read()
ROADS = REGISTRY.dataset("elsewhere/roads")

Feature = dict[str, Any]
LoadFile = Callable[[list[Feature]], LoadSummary]


def road(identifier: str, *coordinates: tuple[float, float], **properties: object) -> Feature:
    line = {"type": "LineString", "coordinates": coordinates or ((4.4, 51.2), (4.5, 51.3))}
    return {"type": "Feature", "properties": {"localId": identifier, **properties}, "geometry": line}


def point(identifier: str) -> Feature:
    geometry = {"type": "Point", "coordinates": (4.4, 51.2)}
    return {"type": "Feature", "properties": {"localId": identifier}, "geometry": geometry}


@pytest.fixture
def load_file(database_url: str, tmp_path: Path) -> LoadFile:
    def load_features(features: list[Feature]) -> LoadSummary:
        file = tmp_path / "roads.geojson"
        file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        return load_dataset(database_url, ROADS, registry=REGISTRY, progress=Silent(), wishes=Wishes([file]))

    return load_features


def query(url: str, statement: LiteralString, *parameters: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement, parameters).fetchall()


def test_the_first_load_adds_everything(load_file: LoadFile, database_url: str) -> None:
    summary = load_file([road("a", name="Turnhoutsebaan"), road("b")])
    assert (summary.number_read, summary.number_added, summary.number_rejected) == (2, 2, 0)
    assert query(database_url, "SELECT local_id, inspire_id, name, dataset, region, licence FROM roads ORDER BY 1") == [
        ("a", "urn:otn:elsewhere/roads/a", "Turnhoutsebaan", "elsewhere/roads", "be", "not-stated"),
        ("b", "urn:otn:elsewhere/roads/b", None, "elsewhere/roads", "be", "not-stated"),
    ]


def test_the_same_data_again_changes_nothing(load_file: LoadFile, database_url: str) -> None:
    everything = "SELECT *, xmin FROM roads ORDER BY id"
    state = "SELECT * FROM collection_state"
    load_file([road("a"), road("b")])
    before = query(database_url, everything), query(database_url, state)
    summary = load_file([road("a"), road("b")])
    assert (summary.number_added, summary.number_changed, summary.number_removed) == (0, 0, 0)
    assert (query(database_url, everything), query(database_url, state)) == before


def test_only_rows_that_differ_are_written(load_file: LoadFile, database_url: str) -> None:
    load_file([road("same"), road("changed", name="old"), road("gone")])
    before = dict(query(database_url, "SELECT local_id, id FROM roads"))
    summary = load_file([road("same"), road("changed", name="new"), road("new")])
    assert (summary.number_added, summary.number_changed, summary.number_removed) == (1, 1, 1)
    after = dict(query(database_url, "SELECT local_id, id FROM roads"))
    assert (after["same"], after["changed"]) == (before["same"], before["changed"])
    written = query(database_url, "SELECT local_id FROM roads WHERE load_id = %s ORDER BY 1", summary.load_id)
    assert written == [("changed",), ("new",)]


def test_an_identifier_that_returns_gets_its_id_back_and_no_other_gets_it(
    load_file: LoadFile, database_url: str
) -> None:
    load_file([road("a"), road("b")])
    before = dict(query(database_url, "SELECT local_id, id FROM roads"))
    load_file([road("b"), road("c")])
    load_file([road("a"), road("b"), road("c")])
    after = dict(query(database_url, "SELECT local_id, id FROM roads"))
    assert after["a"] == before["a"]
    assert after["c"] not in before.values()


def test_rejects_are_kept_whole_with_reason_and_position(load_file: LoadFile, database_url: str) -> None:
    summary = load_file([road("a"), point("p"), road("a", (1, 1), (2, 2), name="again")])
    assert summary.rejects_by_reason == {"geometry/type": 1, "id/duplicate": 1}
    rejects = query(database_url, "SELECT position, source_id, reason, row FROM reject ORDER BY position")
    assert [reject[:3] for reject in rejects] == [(2, "p", "geometry/type"), (3, "a", "id/duplicate")]
    assert rejects[0][3]["geometry"] == "POINT (4.4 51.2)"
    assert rejects[1][3]["name"] == "again"
    assert query(database_url, "SELECT local_id, name FROM roads") == [("a", None)]


def test_a_second_row_of_one_identifier_is_rejected_with_all_its_parts(load_file: LoadFile, database_url: str) -> None:
    parts = [[(4.4, 51.2), (4.5, 51.3)], [(5, 51), (5.1, 51.1)]]
    again = road("a") | {"geometry": {"type": "MultiLineString", "coordinates": parts}}
    assert load_file([road("a"), again]).rejects_by_reason == {"id/duplicate": 2}
    assert query(database_url, "SELECT count(*) FROM roads") == [(1,)]


def test_identifiers_and_names_that_no_index_can_hold_do_not_stop_a_load(
    load_file: LoadFile, database_url: str
) -> None:
    endless = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz", k=20_000))  # noqa: S311
    summary = load_file([road(endless), road("a", name=endless), road("b" * 500, name="c" * 500)])
    assert summary.rejects_by_reason == {"id/too-long": 1}
    named = query(database_url, "SELECT length(local_id), name, length(source_codes->>'name') FROM roads ORDER BY 1")
    assert named == [(1, None, 20_000), (500, "c" * 500, None)]


def test_the_parts_of_a_multi_geometry_become_features_of_their_own(load_file: LoadFile, database_url: str) -> None:
    parts = [[(4.4, 51.2), (4.5, 51.3)], [(5, 51), (5.1, 51.1)]]
    feature = road("m") | {"geometry": {"type": "MultiLineString", "coordinates": parts}}
    assert load_file([feature]).number_added == 2
    assert load_file([feature]).number_added == 0
    assert query(database_url, "SELECT DISTINCT local_id, count(*) OVER () FROM roads") == [("m", 2)]


def test_what_cannot_be_true_becomes_null_and_is_kept_as_source_code(load_file: LoadFile, database_url: str) -> None:
    load_file([road("a", speedLimit=5000, lanes=2)])
    assert query(database_url, "SELECT speed_limit, lanes, source_codes->>'speedLimit' FROM roads") == [
        (None, 2, "5000")
    ]


def test_what_ends_before_it_began_has_no_known_end(database_url: str, load_file: LoadFile) -> None:
    load_file([road("a", validFrom="2023-02-01", validTo="2001-01-01"), road("b", validFrom="2023-02-01")])
    assert query(
        database_url,
        "SELECT valid_from::date::text, valid_to, source_codes->>'validTo' FROM roads ORDER BY local_id",
    ) == [("2023-02-01", None, "2001-01-01T00:00:00Z"), ("2023-02-01", None, None)]


def test_a_load_that_could_load_nothing_leaves_what_was_there(load_file: LoadFile, database_url: str) -> None:
    load_file([road("a")])
    with pytest.raises(LoadError, match=r"None of the 1 rows .* \(geometry/type 1\); what was served before"):
        load_file([point("p")])
    assert query(database_url, "SELECT local_id FROM roads") == [("a",)]
    assert query(database_url, "SELECT state, number_rejected FROM load ORDER BY id") == [
        ("committed", 0),
        ("failed", 1),
    ]
    [reject] = loads.rejects(database_url, ROADS.id)
    assert (reject.source_id, reject.reason) == ("p", "geometry/type")


def test_a_failed_load_is_recorded_with_its_sentence(load_file: LoadFile, database_url: str, tmp_path: Path) -> None:
    load_file([road("a")])
    broken = tmp_path / "broken.geojson"
    broken.write_text('{"type": "FeatureCollection", "features": [')
    with pytest.raises(SourceError):
        load_dataset(database_url, ROADS, registry=REGISTRY, progress=Silent(), wishes=Wishes([broken]))
    [(state, message)] = query(database_url, "SELECT state, message FROM load ORDER BY id DESC LIMIT 1")
    assert state == "failed"
    assert "broken.geojson" in message
    assert query(database_url, "SELECT local_id FROM roads") == [("a",)]


def test_a_load_that_postgresql_ends_is_a_load_that_failed(load_file: LoadFile, database_url: str) -> None:
    load_file([road("a")])
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("ALTER TABLE roads ADD CHECK (name <> 'forbidden')")
    with pytest.raises(
        LoadError, match=r"PostgreSQL ended the load .*: elsewhere/roads was not loaded; what was served"
    ):
        load_file([road("a", name="forbidden")])
    [(state, message, in_order)] = query(
        database_url, "SELECT state, message, started < finished FROM load ORDER BY id DESC LIMIT 1"
    )
    assert (state, in_order) == ("failed", True)
    assert message.startswith("PostgreSQL ended the load")
    assert query(database_url, "SELECT local_id, name FROM roads") == [("a", None)]


def test_of_two_loads_of_one_dataset_the_second_is_refused(load_file: LoadFile, database_url: str) -> None:
    with psycopg.connect(database_url) as other:
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended('elsewhere/roads', 0))")
        with pytest.raises(LoadInProgress, match="Another load of elsewhere/roads is running"):
            load_file([road("a")])


def test_the_collections_state_counts_and_bounds_what_is_there(load_file: LoadFile, database_url: str) -> None:
    summary = load_file(
        [road("a", (4, 51), (5, 52), validFrom="2020-01-01"), road("b", (24, 56), (25, 57), validFrom="2021-01-01")]
    )
    assert query(
        database_url,
        "SELECT collection, version, number_of_features, west, south, east, north, valid_from::date::text"
        " FROM collection_state",
    ) == [("roads", summary.load_id, 2, 4.0, 51.0, 25.0, 57.0, "2020-01-01")]


def test_a_feature_of_unknown_validity_has_no_bounds_in_time(load_file: LoadFile, database_url: str) -> None:
    load_file([road("a", validFrom="2020-01-01", validTo="2021-01-01"), road("b")])
    assert query(database_url, "SELECT valid_from, valid_to FROM collection_state") == [(None, None)]


def test_the_first_ten_features_fill_every_property_that_any_feature_fills(
    load_file: LoadFile, database_url: str
) -> None:
    plain = [road(f"plain-{number}", (number / 9, 50), (number / 9, 51)) for number in range(30)]
    load_file([*plain, road("named", name="Meir"), road("high", maximumHeight=4.2), road("both", lanes=2, bridge=True)])
    first = query(
        database_url,
        "SELECT max(name), max(maximum_height), max(lanes), bool_or(bridge), count(*) FROM"
        " (SELECT * FROM roads ORDER BY page_rank, id LIMIT 10) shown",
    )
    assert first == [("Meir", 4.2, 2, True, 10)]
    assert query(database_url, "SELECT count(*) FROM roads WHERE page_rank = 0") == [(10,)]


def test_later_loads_fill_properties_that_none_filled_before(load_file: LoadFile, database_url: str) -> None:
    plain = [road(f"plain-{number}", (number / 9, 50), (number / 9, 51)) for number in range(30)]
    load_file(plain)
    ranks = dict(query(database_url, "SELECT local_id, page_rank FROM roads"))
    load_file([*plain, road("high", maximumHeight=4.2), road("named", name="Meir")])
    first = "SELECT max(name), max(maximum_height), count(*) FROM roads WHERE page_rank = 0"
    assert query(database_url, first) == [("Meir", 4.2, 10)]
    sent_back = query(database_url, "SELECT local_id, page_rank FROM roads WHERE page_rank > 0 ORDER BY page_rank")
    assert len(sent_back) == 22
    load_file(plain)
    after = dict(query(database_url, "SELECT local_id, page_rank FROM roads"))
    assert all(after[name] == rank for name, rank in ranks.items() if rank and after[name])
