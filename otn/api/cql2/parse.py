"""The way into filters: the text of a client becomes a checked expression."""

from functools import lru_cache
from typing import Any

from otn.api.cql2.check import Checker
from otn.api.cql2.expression import Expression
from otn.api.cql2.json import read_json
from otn.api.cql2.language import FilterLanguage
from otn.api.cql2.limits import CHARACTERS, refusal
from otn.api.cql2.text import read_text
from otn.api.crs import Crs
from otn.model.collections import Collection


def parse_filter(text: str, language: FilterLanguage, collection: Collection, crs: Crs) -> Expression:
    """The condition that `text` sets for features of the collection; `crs` is that of its geometry literals.

    Raises BadRequest for `filter`: what is no CQL2 (with line and column), what the collection does not have, what
    makes no sense between its types, and what is too large.
    """
    return Checker(collection, crs).condition(_read(text, language))


# Reading takes longest, and a map asks for many tiles with the same filter, each of them for many layers.
@lru_cache(maxsize=16)
def _read(text: str, language: FilterLanguage) -> Any:
    if len(text) > CHARACTERS:
        raise refusal(f"it has {len(text)} characters, and {CHARACTERS} are the most.")
    return read_text(text) if language is FilterLanguage.TEXT else read_json(text)
