"""What a load tells of the quality of its data: how complete fields are, which codes are unknown, what was rejected."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from otn.etl.rows import json_text
from otn.model.collections import Collection
from otn.model.fields import Kind

_MOST_CODES = 100
"""Of one field, in a report: the most frequent ones."""
_MOST_KEPT = 10_000


class UnknownCodes:
    """Values that a coded field could not take, by field, with how often each came."""

    def __init__(self) -> None:
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def add(self, name: str, value: str, times: int = 1) -> None:
        """Counts a value; of a field with ever new values only so many are told apart."""
        counts = self._counts[name]
        if value in counts or len(counts) < _MOST_KEPT:
            counts[value] += times

    def report(self) -> dict[str, dict[str, int]]:
        """The most frequent values of each field."""
        return {name: dict(counts.most_common(_MOST_CODES)) for name, counts in sorted(self._counts.items())}


@dataclass
class Tally:
    """Counts over the features of one collection while they are staged."""

    features: int = 0
    filled: Counter[str] = field(default_factory=Counter)

    def add(self, fields: pa.Table) -> None:
        """Counts a batch."""
        self.features += len(fields)
        self.filled.update({name: len(fields) - fields[name].null_count for name in fields.column_names})

    def subtract(self, features: int, filled: dict[str, int]) -> None:
        """Takes features out again, with how many of them filled each field."""
        self.features -= features
        self.filled.subtract(filled)

    def report(self, bbox: list[float] | None) -> dict[str, Any]:
        """How many features there are, where they lie, and the share of them that has a value, by field."""
        shares = {name: round(number / self.features, 4) for name, number in self.filled.items() if self.features}
        return {"features": self.features, "bbox": bbox, "completeness": shares}


def unknown_codes(fields: pa.Table, collection: Collection) -> Iterator[tuple[str, str]]:
    """The field and the value, wherever a code is null and `sourceCodes` has a value under the field's own name."""
    if fields["sourceCodes"].null_count == len(fields):
        return
    for coded in collection.fields:
        if coded.kind is not Kind.CODE or not fields[coded.name].null_count:
            continue
        left_out = pc.and_(
            pc.is_null(fields[coded.name]),
            pc.match_substring(fields["sourceCodes"], f"{json_text(coded.name)}: "),
        )
        for text in fields["sourceCodes"].filter(left_out).to_pylist():
            value = json.loads(text).get(coded.name)
            if value is not None:
                yield coded.name, str(value)
