"""The features of a dataset are read block by block, by as many connections as there are."""

from itertools import chain

import psycopg
import pytest

from otn.edition import rows
from otn.edition.rows import read_rows
from otn.edition.side_by_side import side_by_side
from otn.edition.snapshot import snapshot
from otn.model.collections import ROADS

Read = list[tuple[int, int, bytes, bytes]]


def read(url: str, dataset: str, at_once: int) -> Read:
    with snapshot(url) as connection, side_by_side(connection, url, at_once) as connections:
        blocks = read_rows(connection, connections, ROADS, dataset)
        columns = ((block.ids.tolist(), block.ranks.tolist(), block.fragments, block.geometries) for block in blocks)
        return list(chain.from_iterable(zip(*of_block, strict=True) for of_block in columns))


@pytest.fixture(scope="module")
def dataset(sample_url: str) -> str:
    """The one with the most roads."""
    with psycopg.connect(sample_url) as connection:
        counted = "SELECT dataset FROM roads GROUP BY dataset ORDER BY count(*) DESC LIMIT 1"
        [(dataset,)] = connection.execute(counted).fetchall()
    return str(dataset)


@pytest.mark.parametrize(("block", "at_once"), [(1, 2), (7, 1), (7, 3), (1024, 2)])
def test_however_they_are_read_they_are_the_same(
    sample_url: str, dataset: str, monkeypatch: pytest.MonkeyPatch, block: int, at_once: int
) -> None:
    expected = read(sample_url, dataset, 1)
    monkeypatch.setattr(rows, "RENDERED_TOGETHER", block)
    found = read(sample_url, dataset, at_once)
    assert found == expected
    places = [(rank, number) for number, rank, _, _ in found]
    assert places == sorted(places)
    assert len(found) > 15


def test_a_dataset_without_features_has_no_block(sample_url: str) -> None:
    assert read(sample_url, "nobody/nothing", 2) == []
