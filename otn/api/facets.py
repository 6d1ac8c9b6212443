"""`/collections/{collectionId}/facets`: which values the features have, and how many have each.

After OGC API - Records - Part 2 (draft, "Facets"): a facet of codes has a bucket for each value (`term`), one of
numbers or times a bucket for each step (`histogram`), from `min` until before `max`. An edition counts the features of
the whole collection and of a box, the database those of other selections.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

from otn.api import texts
from otn.api.context import Api
from otn.api.documents import collection_link
from otn.api.links import Link, Links
from otn.api.query import REPRESENTATION_PARAMETERS
from otn.api.selection import SELECTION_PARAMETERS, Selection, known_parameters
from otn.api.selection_sql import selection_sql
from otn.edition.counting import Counting, Statistics
from otn.edition.statistics import summed
from otn.edition.steps import next_day, step_size
from otn.errors import DamagedPart
from otn.model.collections import Collection
from otn.model.fields import Field, Kind
from otn.store.pool import STATEMENT_TIMEOUT, Pool, took_too_long
from otn.store.statement import SqlParameters

Document = dict[str, Any]


def facets_parameters(collection: Collection) -> frozenset[str]:
    """What facets can be asked for by: what selects features."""
    return known_parameters(collection, REPRESENTATION_PARAMETERS | SELECTION_PARAMETERS)


async def counted(api: Api, collection: Collection, selection: Selection) -> tuple[int, Statistics]:
    """How many features are selected, and their statistics. Raises Unavailable."""
    edition = api.editions.for_selection(collection, selection)
    if edition is not None:
        with suppress(DamagedPart):
            return _with_number(await _of_edition(api.editions.statistics(edition, selection)))
    return _with_number(await _of_database(api.pool, collection, selection))


async def _of_edition(pieces: Iterator[Statistics]) -> Statistics:
    """The sum of the pieces, made one by one in a thread, so that nobody else waits, and none when the client leaves.

    Raises TookTooLong as the database does.
    """
    ends = time.monotonic() + STATEMENT_TIMEOUT
    found: Statistics = {}
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        found = summed((found, piece))
        if time.monotonic() > ends:
            raise took_too_long(STATEMENT_TIMEOUT)
    return found


async def _of_database(pool: Pool, collection: Collection, selection: Selection) -> Statistics:
    parameters = SqlParameters()
    counting = Counting(collection, selection_sql(selection, parameters) or "true")

    async def rows(statement: str) -> list[list[Any]]:
        found = await pool.fetch(statement, parameters.values)
        return [[value.decode() if isinstance(value, bytes) else value for value in row] for row in found]

    [measured] = await rows(counting.measures)
    ranges = counting.ranges(measured)
    return counting.statistics(ranges, await rows(counting.domains), await rows(counting.bins(ranges)))


def _with_number(statistics: Statistics) -> tuple[int, Statistics]:
    """Every feature has a dataset."""
    return statistics["dataset"]["count"], statistics


def facets_document(
    collection: Collection, matched: int, statistics: Statistics, links: Links, language: str, own: list[Link]
) -> Document:
    """The facets in the order of the model; `own` are the links to the document itself."""
    return {
        "title": texts.FACETS.in_language(language),
        "numberMatched": matched,
        "facets": {
            name: _facet(collection.by_name[name], matched, entry, language) for name, entry in statistics.items()
        },
        "links": [*own, collection_link(collection.id, links, language)],
    }


def _facet(field: Field, matched: int, entry: Statistics, language: str) -> Document:
    """`missing` features have no value; those that have none that a histogram can show are among them."""
    described: Document = {"property": field.name, "title": field.title.in_language(language)}
    numbers = {"count": entry["count"], "missing": matched - entry["count"]}
    if "values" in entry:
        return described | {"type": "term"} | numbers | {"buckets": _terms(field, entry["values"], language)}
    edges = {"min": entry["min"], "max": entry["max"]} | ({"unit": field.unit} if field.unit else {})
    buckets = [_step(field, entry["step"], bin_, count) for bin_, count in entry["bins"]]
    return described | {"type": "histogram"} | numbers | edges | {"buckets": buckets}


def _terms(field: Field, values: dict[str, int], language: str) -> list[Document]:
    """The most frequent value first."""
    titles = {code.value: code.title.in_language(language) for code in field.codelist.codes} if field.codelist else {}
    return [
        {"value": value == "true" if field.kind is Kind.BOOLEAN else value, "count": count}
        | ({"title": titles[value]} if value in titles else {})
        for value, count in sorted(values.items(), key=lambda item: (-item[1], item[0]))
    ]


def _step(field: Field, step: Any, bin_: Any, count: int) -> Document:
    if field.kind is Kind.INSTANT:
        return {"min": bin_, "max": next_day(date.fromisoformat(bin_), step).isoformat(), "count": count}
    size = step_size(step)
    return {"min": _number(size * bin_), "max": _number(size * (bin_ + 1)), "count": count}


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
