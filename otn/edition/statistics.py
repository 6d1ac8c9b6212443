"""What can be told of many features without reading them: domains with counts, and histograms that can be summed.

The statistics of a part are JSON, by the name of the property:

- of codes, of booleans and of what says where a feature comes from: `count` of the features that have a value, and
  `values`, how many have each;
- of numbers: `count`, `min`, `max`, `step` (its number, see otn.edition.steps) and `bins`, pairs of n and how many
  values lie from n steps on until before n + 1 steps;
- of instants: `count`, `min`, `max`, `step` ("day", "month", "year" or "decade") and `bins`, pairs of the day on which
  a step begins and how many instants lie in it. Days are those of UTC.

Bins begin at the same places everywhere, and each step is made of whole smaller ones, so that those of many parts are
summed exactly.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import psycopg

from otn.edition.counting import Counting, Statistics
from otn.edition.steps import (
    SHORTEST,
    TIME_STEPS,
    bin_of,
    coarser_bin,
    coarser_day,
    smallest_step,
    smallest_time_step,
)
from otn.model.collections import Collection

VERSION = 1
"""Of what is counted and how: another one makes parts out of date."""


def read_statistics(connection: psycopg.Connection, collection: Collection, dataset: str) -> Statistics:
    """Of the dataset's features in the collection, as the connection sees them."""
    counting = Counting(collection, "f.dataset = %s")

    def rows(statement: str) -> list[tuple[Any, ...]]:
        return connection.execute(statement.encode(), [dataset]).fetchall()

    [measured] = rows(counting.measures)
    ranges = counting.ranges(measured)
    return counting.statistics(ranges, rows(counting.domains), rows(counting.bins(ranges)))


def summed(parts: Iterable[Statistics]) -> Statistics:
    """The statistics of the features of several parts of one collection together."""
    given = list(parts)
    names = dict.fromkeys(name for part in given for name in part)
    return {name: _sum([part[name] for part in given if name in part]) for name in names}


def _sum(parts: Sequence[Statistics]) -> Statistics:
    count = sum(part["count"] for part in parts)
    if "values" in parts[0]:
        values = sum((Counter(part["values"]) for part in parts), Counter[str]())
        return {"count": count, "values": dict(sorted(values.items()))}
    known = [part for part in parts if part["count"]]
    if not known:
        return {"count": 0, "min": None, "max": None, "step": None, "bins": []}
    least, most = min(part["min"] for part in known), max(part["max"] for part in known)
    step = _common_step(least, most, known)
    bins = Counter[Any]()
    for part in known:
        for bin_, number in part["bins"]:
            bins[_coarser(bin_, part, step)] += number
    return {"count": count, "min": least, "max": most, "step": step, "bins": [[*bin_] for bin_ in sorted(bins.items())]}


def _common_step(least: Any, most: Any, parts: Sequence[Statistics]) -> Any:
    """The smallest step that is made of whole ones of all these, and leaves few bins.

    It is the one that their values would have together: values that lie farther apart have none shorter, and where all
    are equal any step will do.
    """
    if isinstance(least, str):
        return max((smallest_time_step(least, most), *(part["step"] for part in parts)), key=TIME_STEPS.index)
    shortest = [0] if isinstance(least, int) else []
    steps = [part["step"] for part in parts if part["min"] != part["max"]]
    return smallest_step(least, most, at_least=max(shortest + steps, default=SHORTEST))


def _coarser(bin_: Any, part: Statistics, step: Any) -> Any:
    """The bin of the step that a bin of a part lies in."""
    if isinstance(step, str):
        return coarser_day(bin_, step)
    return bin_of(part["min"], step) if part["min"] == part["max"] else coarser_bin(bin_, part["step"], step)
