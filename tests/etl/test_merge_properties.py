"""Whatever two versions of a file hold: after loading one and then the other the collection is the second one."""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from otn.etl.load_records import LoadSummary
from otn.etl.pipeline import load_dataset
from otn.etl.progress import Silent
from otn.etl.wishes import Wishes
from otn.model.datasets import Dataset, Registry

REGISTRY = Registry.read()
# Two datasets of one collection: a load of one leaves the other as it is.
ROADS, OTHER_ROADS = REGISTRY.dataset("elsewhere/roads"), REGISTRY.dataset("elsewhere/monaco-roads")
_numbers = count(1)


@dataclass(frozen=True)
class Road:
    """What one row of a version says."""

    name: str | None
    lanes: int | None
    shift: int

    def feature(self, identifier: str) -> dict[str, Any]:
        properties = {"localId": identifier, "name": self.name, "lanes": self.lanes}
        line = {"type": "LineString", "coordinates": [[self.shift, 50], [self.shift + 1, 51]]}
        return {"type": "Feature", "properties": properties, "geometry": line}


Version = dict[str, Road]

_roads = st.builds(Road, st.sampled_from([None, "Meir", "Δρόμος"]), st.sampled_from([None, 1, 2]), st.integers(0, 2))
_versions: st.SearchStrategy[Version] = st.dictionaries(st.sampled_from("abcdefghijklmnop"), _roads, min_size=1)


class Database:
    """Versions of files loaded into the tables, and what stands there afterwards."""

    def __init__(self, url: str, directory: Path) -> None:
        self._url = url
        self._directory = directory

    def load(self, version: Version, dataset: Dataset = ROADS) -> LoadSummary:
        file = self._directory / f"{next(_numbers)}.geojson"
        features = [road.feature(identifier) for identifier, road in version.items()]
        file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        wishes = Wishes([file], accept_losses=True)
        return load_dataset(self._url, dataset, registry=REGISTRY, progress=Silent(), wishes=wishes)

    def roads(self, dataset: Dataset = ROADS) -> dict[str, dict[str, Any]]:
        rows = self._query(
            "SELECT local_id, id, page_rank, load_id, content_hash, name, lanes, ST_XMin(geom)::int AS shift"
            " FROM roads WHERE dataset = %s",
            dataset.id,
        )
        assert len({row["local_id"] for row in rows}) == len(rows)
        return {row["local_id"]: row for row in rows}

    def version(self) -> Version:
        return {name: Road(row["name"], row["lanes"], row["shift"]) for name, row in self.roads().items()}

    def state(self) -> dict[str, Any]:
        [state] = self._query(
            "SELECT version, number_of_features, west, east,"
            " (SELECT number_of_features FROM dataset WHERE id = %s) AS of_dataset,"
            " (SELECT count(*) FROM roads WHERE page_rank = 0) AS on_first_page,"
            " (SELECT max(id) FROM load) AS newest_load"
            " FROM collection_state WHERE collection = 'roads'",
            ROADS.id,
        )
        return state

    def _query(self, statement: str, *parameters: object) -> list[dict[str, Any]]:
        with psycopg.connect(self._url, row_factory=dict_row) as connection:
            return connection.execute(statement.encode(), parameters).fetchall()


@pytest.fixture
def roads(database_url: str, tmp_path: Path) -> Database:
    return Database(database_url, tmp_path)


@contextmanager
def _untouched(roads: Database) -> Iterator[None]:
    before = {name: (row["id"], row["content_hash"]) for name, row in roads.roads(OTHER_ROADS).items()}
    yield
    assert {name: (row["id"], row["content_hash"]) for name, row in roads.roads(OTHER_ROADS).items()} == before


def _load_one_after_the_other(roads: Database, versions: list[Version]) -> None:
    ids: dict[str, int] = {name: row["id"] for name, row in roads.roads().items()}
    before = roads.version()
    for version in versions:
        with _untouched(roads):
            summary = roads.load(version)
        after = roads.roads()
        assert roads.version() == version
        common = version.keys() & before.keys()
        assert summary.number_added == len(version.keys() - before.keys())
        assert summary.number_removed == len(before.keys() - version.keys())
        assert summary.number_changed == sum(version[name] != before[name] for name in common)
        assert all(ids.setdefault(name, row["id"]) == row["id"] for name, row in after.items())
        assert len(set(ids.values())) == len(ids)
        assert {name for name, row in after.items() if row["load_id"] == summary.load_id} == {
            name for name in version if version[name] != before.get(name)
        }
        _check_state(roads, summary, version)
        before = version


def _check_state(roads: Database, summary: LoadSummary, version: Version) -> None:
    state = roads.state()
    everything = [*roads.roads().values(), *roads.roads(OTHER_ROADS).values()]
    assert state["number_of_features"] == len(everything)
    assert state["of_dataset"] == len(version)
    assert (state["west"], state["east"]) == (
        min(row["shift"] for row in everything),
        max(row["shift"] for row in everything) + 1,
    )
    changed = summary.number_added or summary.number_changed or summary.number_removed
    assert (state["version"] == summary.load_id) == bool(changed)
    assert state["newest_load"] == summary.load_id
    assert state["on_first_page"] == min(10, len(everything))
    assert len({(row["page_rank"], row["id"]) for row in everything}) == len(everything)


_few = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_few
@given(st.lists(_versions, min_size=2, max_size=3))
def test_the_table_is_what_the_file_says(roads: Database, versions: list[Version]) -> None:
    roads.load({"a": Road("Meir", 2, 0), "z": Road(None, None, 2)}, OTHER_ROADS)
    _load_one_after_the_other(roads, versions)


@pytest.mark.trust
def test_the_table_is_what_the_file_says_many_times(roads: Database, a_seed: int) -> None:
    @seed(a_seed)
    @settings(_few, max_examples=100, database=None)
    @given(st.lists(_versions, min_size=2, max_size=5))
    def many(versions: list[Version]) -> None:
        _load_one_after_the_other(roads, versions)

    roads.load({"a": Road("Meir", 2, 0), "z": Road(None, None, 2)}, OTHER_ROADS)
    many()


@pytest.fixture
def a_seed() -> int:
    """Another one in every run, printed so that a failure can be seen again."""
    number = random.SystemRandom().randrange(2**32)
    print(f"seed {number}")
    return number
