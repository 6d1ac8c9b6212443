"""Statistics tell what a loop over the features would tell, and those of parts add up to those of the whole."""

import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

import orjson
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otn.edition.rows import read_rows
from otn.edition.side_by_side import side_by_side
from otn.edition.snapshot import snapshot
from otn.edition.statistics import read_statistics, summed
from otn.edition.steps import (
    MOST_BINS,
    TIME_STEPS,
    coarser_bin,
    coarser_day,
    smallest_step,
    smallest_time_step,
    step_size,
)
from otn.edition.tally import tally
from otn.model.collections import PORTS, ROADS
from otn.model.datasets import Registry
from tests.api.sample import insert

REGISTRY = Registry.read()
OTHERS, STREETS = REGISTRY.dataset("elsewhere/roads"), REGISTRY.dataset("be/wechelderzande-roads")


def test_steps_are_one_and_five_times_powers_of_ten() -> None:
    assert [step_size(step) for step in range(-2, 5)] == [
        Decimal(text) for text in ("0.1", "0.5", *"15", "10", "50", "100")
    ]


@given(st.integers(-9, 9), st.integers(0, 6), st.integers(-(10**6), 10**6))
def test_a_longer_step_is_made_of_whole_shorter_ones(step: int, more: int, bin_: int) -> None:
    first = bin_ * step_size(step)
    assert coarser_bin(bin_, step, step + more) == math.floor(first / step_size(step + more))


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=9))
def test_few_bins_are_enough(values: list[float]) -> None:
    step = smallest_step(min(values), max(values))
    assert (
        math.floor(Decimal(max(values)) / step_size(step)) - math.floor(Decimal(min(values)) / step_size(step))
        <= MOST_BINS
    )


days = st.dates().map(lambda day: f"{day.isoformat()}T00:00:00.000000Z")


@given(days, days)
def test_few_steps_of_time_are_enough_unless_it_is_centuries(one: str, other: str) -> None:
    first, last = sorted((one, other))
    step = smallest_time_step(first, last)
    assert coarser_day(first[:10], step) <= first[:10]
    if step != "decade":
        length = {"day": 1, "month": 28, "year": 365}[step]
        between = datetime.fromisoformat(last) - datetime.fromisoformat(first)
        assert between < timedelta(days=MOST_BINS * length)


@given(days, st.sampled_from(TIME_STEPS), st.sampled_from(TIME_STEPS))
def test_longer_steps_of_time_are_made_of_whole_shorter_ones(day: str, one: str, other: str) -> None:
    short, long = sorted((one, other), key=TIME_STEPS.index)
    assert coarser_day(coarser_day(day[:10], short), long) == coarser_day(day[:10], long)


SPEEDS = (30, 30, 50, 70, None, 120, None, 5)
LENGTHS = (0.3, 0.7, 12.25, 1e6, math.inf, None, math.nan, 3)
BEGINNINGS = ("2020-02-29T23:59:59Z", "2021-01-01T00:00:00+01:00", None, "infinity", "1890-06-01Z", None, None, None)
ROWS = tuple(
    {
        "speedLimit": speed,
        "length": length,
        "validFrom": begin,
        "functionalRoadClass": "mainRoad" if number % 3 else None,
        "bridge": None if number % 2 else number < 4,
    }
    for number, (speed, length, begin) in enumerate(zip(SPEEDS, LENGTHS, BEGINNINGS, strict=True))
)


@pytest.fixture
def statistics(database_url: str) -> list[dict[str, Any]]:
    """Of two datasets that have the rows in turn."""
    with psycopg.connect(database_url) as connection:
        for number, row in enumerate(ROWS, 1):
            insert(connection, (OTHERS, STREETS)[number % 2], number, number, "LINESTRING(4 51, 5 51)", **row)
    with snapshot(database_url) as connection:
        return [read_statistics(connection, ROADS, dataset.id) for dataset in (OTHERS, STREETS)]


def test_codes_and_booleans_are_counted(statistics: list[dict[str, Any]]) -> None:
    whole = summed(statistics)
    assert whole["functionalRoadClass"] == {"count": 5, "values": {"mainRoad": 5}}
    assert whole["bridge"] == {"count": 4, "values": {"false": 2, "true": 2}}
    assert whole["dataset"] == {"count": 8, "values": {OTHERS.id: 4, STREETS.id: 4}}
    assert whole["surface"] == {"count": 0, "values": {}}


def test_whole_numbers_have_a_histogram(statistics: list[dict[str, Any]]) -> None:
    assert summed(statistics)["speedLimit"] == {
        "count": 6,
        "min": 5,
        "max": 120,
        "step": 1,
        "bins": [[1, 1], [6, 2], [10, 1], [14, 1], [24, 1]],
    }


def test_numbers_without_end_are_left_out(statistics: list[dict[str, Any]]) -> None:
    lengths = summed(statistics)["length"]
    assert (lengths["count"], lengths["min"], lengths["max"]) == (5, 0.3, 1e6)
    assert lengths["bins"] == [[0, 4], [20, 1]]
    assert step_size(lengths["step"]) == 50_000


def test_instants_have_a_histogram_of_days_in_utc(statistics: list[dict[str, Any]]) -> None:
    assert summed(statistics)["validFrom"] == {
        "count": 3,
        "min": "1890-06-01T00:00:00.000000Z",
        "max": "2020-12-31T23:00:00.000000Z",
        "step": "decade",
        "bins": [["1890-01-01", 1], ["2020-01-01", 2]],
    }


def test_what_nobody_knows_has_no_histogram(statistics: list[dict[str, Any]]) -> None:
    assert summed(statistics)["maximumHeight"] == {"count": 0, "min": None, "max": None, "step": None, "bins": []}
    assert summed([]) == {}


def test_features_as_geojson_are_counted_alike(database_url: str, statistics: list[dict[str, Any]]) -> None:
    with snapshot(database_url) as connection, side_by_side(connection, database_url, 1) as connections:
        blocks = [
            block for dataset in (OTHERS, STREETS) for block in read_rows(connection, connections, ROADS, dataset.id)
        ]
    counted = [tally(ROADS, [orjson.loads(text)["properties"] for text in block.fragments]) for block in blocks]
    assert counted == statistics


def test_three_tenths_are_three_steps_of_a_tenth(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        for number in range(1, 30):
            insert(connection, OTHERS, number, number, "LINESTRING(4 51, 5 51)", length=number / 10)
    with snapshot(database_url) as connection:
        lengths = read_statistics(connection, ROADS, OTHERS.id)["length"]
    assert lengths["step"] == -2
    assert lengths["bins"] == [[number, 1] for number in range(1, 30)]


WHOLE, BROKEN = ROADS.by_name["speedLimit"], ROADS.by_name["length"]
whole_numbers = st.lists(st.integers(-(10**6), 10**6), max_size=9)
broken_numbers = st.lists(st.integers(-(10**6), 10**6).map(lambda number: number / 1000), max_size=9)


@given(st.lists(whole_numbers, max_size=4), st.lists(broken_numbers, max_size=4))
def test_histograms_of_parts_add_up_to_that_of_the_whole(whole: list[list[int]], broken: list[list[float]]) -> None:
    nothing = tally(ROADS, [])
    for field, lists in ((WHOLE, whole), (BROKEN, broken)):
        rows = [[dict.fromkeys(ROADS.by_name) | {field.name: value} for value in values] for values in lists]
        parts = [nothing, *(tally(ROADS, part) for part in rows)]
        assert summed(parts) == tally(ROADS, list(chain.from_iterable(rows)))


def test_every_collection_has_statistics(database_url: str) -> None:
    with snapshot(database_url) as connection:
        found = read_statistics(connection, PORTS, "elsewhere/ports")
    assert list(found) == [field.name for field in PORTS.fields if field.name in found]
    assert found["harbourSize"]["values"] == {}


def test_the_time_zone_of_the_database_does_not_matter(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "ALTER ROLE CURRENT_USER IN DATABASE " + connection.info.dbname + " SET timezone = 'Asia/Tokyo'"
        )
        insert(connection, OTHERS, 1, 1, "LINESTRING(4 51, 5 51)", validFrom=datetime(2020, 1, 1, tzinfo=UTC))
    with snapshot(database_url) as connection:
        assert read_statistics(connection, ROADS, OTHERS.id)["validFrom"]["bins"] == [["2020-01-01", 1]]
