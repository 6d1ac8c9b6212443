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
    codes, example = _combinations([pc.dictionary_encode(column, null_encoding="encode") for column in columns])
    values = [column.take(example).to_pylist() for column in columns]
    return pa.array([function(*combination) for combination in zip(*values, strict=True)], kind).take(codes)


def _combinations(encoded: list[pa.DictionaryArray]) -> tuple[pa.Array, pa.Array]:
    """Each row's number among the distinct combinations of the columns' values, and a row that has each of them."""
    first, *others = encoded
    codes = first.indices
    for column in others:
        pairs = codes.to_numpy().astype(np.int64) * max(1, len(column.dictionary)) + column.indices.to_numpy()
        codes = pc.dictionary_encode(pa.array(pairs)).indices
    example = np.zeros(pc.max(codes).as_py() + 1 if len(codes) else 0, dtype=np.int64)
    example[codes.to_numpy()] = np.arange(len(codes))
    return codes, pa.array(example)
