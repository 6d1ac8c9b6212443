"""Filters are evaluated in PostGIS over a few rows, known to the last value, by the connections of the service."""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import psycopg
import pytest

from otn.api.cql2.compile import filter_sql
from otn.api.cql2.language import FilterLanguage
from otn.api.cql2.parse import parse_filter
from otn.api.crs import CRS84, Crs
from otn.model.collections import ROADS, Collection
from otn.model.datasets import Registry
from otn.store.pool import Pool
from otn.store.statement import SqlParameters
from tests.api.cql2.rows import AIRPORT_ROWS, ROAD_ROWS
from tests.api.sample import insert
from tests.conftest import MadeOnce

Select = Callable[..., list[int]]
Fetch = Callable[[str, Sequence[Any]], list[Any]]


@pytest.fixture(scope="session")
def cql2_url(made_once: MadeOnce) -> str:
    """The URL of a database, to be read only, with the rows of `rows.py`."""
    return made_once("otn_cql2", _fill)


def _fill(url: str) -> None:
    registry = Registry.read()
    with psycopg.connect(url) as connection:
        for dataset, rows in (("be/wechelderzande-roads", ROAD_ROWS), ("be/airports", AIRPORT_ROWS)):
            for row in rows:
                insert(connection, registry.dataset(dataset), row.id, row.id, row.wkt, **row.properties)


@pytest.fixture(scope="session")
def fetch(cql2_url: str) -> Iterator[Fetch]:
    """Runs a statement on a connection like those that answer requests."""
    pool = Pool(cql2_url, size=1)
    with asyncio.Runner() as runner:
        yield lambda sql, parameters: runner.run(pool.fetch(sql, parameters))
        runner.run(pool.close())


@pytest.fixture(scope="session")
def select(fetch: Fetch) -> Select:
    """The ids of the features that a filter selects; a filter that is no text is CQL2 JSON."""

    def ids(filter_: Any, collection: Collection = ROADS, crs: Crs = CRS84) -> list[int]:
        language = FilterLanguage.TEXT if isinstance(filter_, str) else FilterLanguage.JSON
        text = filter_ if isinstance(filter_, str) else json.dumps(filter_)
        parameters = SqlParameters()
        condition = filter_sql(parse_filter(text, language, collection, crs), parameters)
        sql = f"SELECT id FROM {collection.table} WHERE {condition} ORDER BY id"  # noqa: S608 - what is tested
        return [row["id"] for row in fetch(sql, parameters.values)]

    return ids
