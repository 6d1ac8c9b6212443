"""The parameter `filter-lang`: which encoding of CQL2 a filter is in."""

from enum import StrEnum

from otn.errors import BadRequest


class FilterLanguage(StrEnum):
    """An encoding of CQL2."""

    TEXT = "cql2-text"
    JSON = "cql2-json"


ALIASES = {"cql-text": FilterLanguage.TEXT}
"""GDAL knows the draft's name only."""
LANGUAGES = (*FilterLanguage, *ALIASES)
"""What `filter-lang` may say."""


def parse_filter_language(text: str) -> FilterLanguage:
    """Raises BadRequest for a language that filters cannot be in."""
    language = ALIASES.get(text, text)
    if language not in tuple(FilterLanguage):
        raise BadRequest(f"filter-lang must be one of {', '.join(LANGUAGES)}, not {text!r}.", parameter="filter-lang")
    return FilterLanguage(language)
