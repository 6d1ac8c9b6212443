"""How fields follow from tags: each by a function of a few tags, computed once for each combination of their values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


class Tags(Protocol):
    """The tags of an object."""

    def get(self, key: str, /) -> str | None:
        """The value of a tag; None without it."""


@dataclass(frozen=True)
class Rule:
    """How a field is computed: from `tags`, of which one of the first `needed` must be a column of the source."""

    field: str
    function: Callable[..., Any]
    tags: tuple[str, ...]
    kind: pa.DataType
    needed: int = 1


def rule_of_tags(field: str, function: Callable[[Tags], Any], tags: tuple[str, ...], kind: pa.DataType) -> Rule:
    """A rule whose function looks the values up by their tags."""
    return Rule(field, lambda *values: function(dict(zip(tags, values, strict=True))), tags, kind, needed=len(tags))


def fields_by_rules(rules: Sequence[Rule], tags: pa.Table) -> dict[str, pa.Array]:
    """The fields that follow from the `tags` there are columns (string) of, by field name."""
    return {
        rule.field: _map_rows([tag_column(tags, tag) for tag in rule.tags], rule.function, rule.kind)
        for rule in rules
        if any(tag in tags.column_names for tag in rule.tags[: rule.needed])
    }


def tags_of(rules: Sequence[Rule]) -> tuple[str, ...]:
    """The tags that say something, in the order the rules name them."""
    return tuple(dict.fromkeys(tag for rule in rules for tag in rule.tags))


def tag_column(tags: pa.Table, name: str) -> pa.Array:
    """The values of a tag; null in every row where the source has no such column."""
    if name not in tags.column_names:
        return pa.nulls(len(tags), pa.string())
    return tags[name].combine_chunks()


def _map_rows(columns: Sequence[pa.Array], function: Callable[..., Any], kind: pa.DataType) -> pa.Array:
    """`function` of the columns' values (None where null), computed once for each distinct combination."""
    encoded = [pc.dictionary_encode(column, null_encoding="encode") for column in columns]
    codes = np.stack([column.indices.to_numpy() for column in encoded], axis=1)
    distinct, rows = np.unique(codes, axis=0, return_inverse=True)
    values = [column.dictionary.to_pylist() for column in encoded]
    combinations = ([value[code] for value, code in zip(values, row, strict=True)] for row in distinct.tolist())
    return pa.array([function(*combination) for combination in combinations], kind).take(pa.array(rows.ravel()))
