import re

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

from otn.model.text import DEFAULT_LANGUAGE, LANGUAGES
from otn.portal.languages import read_catalogue
from otn.portal.pages import TEMPLATES_DIR

TRANSLATED = [language for language in LANGUAGES if language != DEFAULT_LANGUAGE]
_OPTIONS = {"**.html": {"trimmed": "true", "silent": "false"}}


def words_of_templates() -> set[tuple[str, ...]]:
    found = extract_from_dir(TEMPLATES_DIR, [("**.html", "jinja2")], _OPTIONS)
    return {_forms(message) for _, _, message, _, _ in found}


def words_of(catalogue: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    """The translation of each message; both are tuples, of singular and plural where there are two."""
    return {_forms(message.id): _forms(message.string) for message in catalogue if message.id}


def _forms(text: object) -> tuple[str, ...]:
    return tuple(str(form) for form in text) if isinstance(text, list | tuple) else (str(text or ""),)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_the_words_of_the_templates_and_no_others(language: str) -> None:
    assert words_of(read_catalogue(language)).keys() == words_of_templates()


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_word_is_translated_and_none_is_fuzzy_or_obsolete(language: str) -> None:
    catalogue = read_catalogue(language)
    assert not catalogue.obsolete
    assert not [message.id for message in catalogue if message.id and message.fuzzy]
    assert not [original for original, forms in words_of(catalogue).items() if not all(forms)]


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_hold_the_same_variables(language: str) -> None:
    for original, forms in words_of(read_catalogue(language)).items():
        variables = set(re.findall(r"%\(\w+\)s", original[-1]))
        assert all(set(re.findall(r"%\(\w+\)s", form)) == variables for form in forms), original


def test_templates_hold_no_words_outside_of_gettext() -> None:
    """Words between tags must stand in trans blocks; names of standards, programs and signs are the same everywhere."""
    same_everywhere = {"QGIS", "GDAL", "HTTP"}
    for template in TEMPLATES_DIR.glob("*.html"):
        text = re.sub(r"{%-?\s*trans.*?endtrans\s*-?%}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
        text = re.sub(r"{[%{#].*?[%}#]}", "", text, flags=re.DOTALL)
        between_tags = re.sub(r"<[^>]*>", " ", text)
        assert set(re.findall(r"[A-Za-z]{2,}", between_tags)) <= same_everywhere, template.name
