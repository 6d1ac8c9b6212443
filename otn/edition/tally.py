"""The statistics of features that an edition has: what otn.edition.counting asks of PostgreSQL, counted here.

Both say the same of the same features, to the last bin; the form is told in otn.edition.statistics.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import orjson

from otn.edition.counting import Statistics, coded_fields, ranged_fields, step_of
from otn.edition.edition import Edition
from otn.edition.matches import Rows
from otn.edition.part import Part, Positions
from otn.edition.part_format import Bounds
from otn.edition.steps import bin_of, coarser_day
from otn.model.collections import Collection
from otn.model.fields import Field, Kind

_BLOCK = 512
_INSTANT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]+))?\+00:00")


def tallies(edition: Edition, boxes: Sequence[Bounds]) -> Iterator[Statistics]:
    """Statistics that are those of all features that any of the boxes touches when they are summed.

    Of a part that lies in a box its own are taken; of others features are read, so many for each. Raises DamagedPart.
    """
    yield tally(edition.collection, ())
    for part, positions in edition.touched(boxes):
        if isinstance(positions, range):
            yield part.info.statistics
        else:
            yield from (tally(edition.collection, block) for block in _blocks(part, positions))


def tally(collection: Collection, properties: Sequence[dict[str, Any]]) -> Statistics:
    """The statistics of features with these properties, as GeoJSON has them."""
    found = {field.name: _domain(_values(field, properties)) for field in coded_fields(collection)}
    found |= {field.name: _range(field, _values(field, properties)) for field in ranged_fields(collection)}
    return {field.name: found[field.name] for field in collection.fields if field.name in found}


def _blocks(part: Part, positions: Positions) -> Iterator[list[dict[str, Any]]]:
    ordered = np.sort(positions)
    for start in range(0, len(ordered), _BLOCK):
        part.check()
        block = ordered[start : start + _BLOCK]
        texts = Rows(block.astype(np.int64)).runs([part])
        yield [feature["properties"] for feature in orjson.loads(b"[%b]" % b",".join(texts))]


def _values(field: Field, properties: Iterable[dict[str, Any]]) -> Counter[Any]:
    """How many have each value that there is."""
    values = Counter([entry[field.name] for entry in properties])
    del values[None]
    return values


def _domain(values: Counter[Any]) -> Statistics:
    texts = {str(value).lower() if isinstance(value, bool) else value: count for value, count in values.items()}
    return {"count": values.total(), "values": texts}


def _range(field: Field, values: Counter[Any]) -> Statistics:
    usable = {said: count for value, count in values.items() if (said := _usable(field, value)) is not None}
    if not usable:
        return {"count": 0, "min": None, "max": None, "step": None, "bins": []}
    least, most = min(usable), max(usable)
    step = step_of(field, least, most)
    bins = Counter[Any]()
    for value, count in usable.items():
        bins[coarser_day(value[:10], step) if field.kind is Kind.INSTANT else bin_of(value, step)] += count
    histogram = [[*bin_] for bin_ in sorted(bins.items())]
    return {"count": sum(usable.values()), "min": least, "max": most, "step": step, "bins": histogram}


def _usable(field: Field, value: Any) -> Any:
    """The value as statistics have it; None for one that they leave out, like NaN, which JSON can say as text only."""
    if field.kind is Kind.INSTANT:
        said = _INSTANT.fullmatch(value)
        return f"{said[1]}.{said[2] or '':0<6}Z" if said else None
    if isinstance(value, str):
        return None
    return float(value) if field.kind is Kind.NUMBER else value
