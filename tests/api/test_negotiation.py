"""Browsers get pages, programs get JSON, and everybody may say what they want."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otn.api.context import headers_of
from otn.api.encoders.registry import ITEMS
from otn.api.negotiation import (
    API,
    DOCUMENT,
    SCHEMA_ONLY,
    Representation,
    choose_language,
    choose_representation,
)
from otn.errors import BadRequest, NotAcceptable

FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
GDAL = "application/geo+json, application/json"


@pytest.mark.parametrize(
    ("f", "accept", "offered", "media_type"),
    [
        (None, "", DOCUMENT, "application/json"),
        (None, "*/*", DOCUMENT, "application/json"),
        (None, FIREFOX, DOCUMENT, "text/html"),
        (None, FIREFOX, ITEMS, "text/html"),
        (None, "text/html, */*", DOCUMENT, "text/html"),
        (None, "text/*", DOCUMENT, "text/html"),
        (None, "application/*", ITEMS, "application/geo+json"),
        (None, "application/json", ITEMS, "application/geo+json"),
        (None, GDAL, ITEMS, "application/geo+json"),
        (None, "application/json, text/html", DOCUMENT, "application/json"),
        (None, "text/html, application/json", DOCUMENT, "text/html"),
        (None, "text/html;q=0.5, application/json;q=0.4", DOCUMENT, "text/html"),
        (None, "text/html;q=0.4, application/json;q=0.5", DOCUMENT, "application/json"),
        (None, "*/*, application/json;q=0", DOCUMENT, "text/html"),
        (None, "APPLICATION/JSON", DOCUMENT, "application/json"),
        (None, "application/vnd.oai.openapi+json;version=3.0", API, "application/vnd.oai.openapi+json;version=3.0"),
        (None, "application/json", API, "application/vnd.oai.openapi+json;version=3.0"),
        (None, "application/schema+json", SCHEMA_ONLY, "application/schema+json"),
        ("json", FIREFOX, DOCUMENT, "application/json"),
        ("geojson", FIREFOX, ITEMS, "application/geo+json"),
        ("html", "application/json", ITEMS, "text/html"),
    ],
)
def test_chooses(f: str | None, accept: str, offered: tuple[Representation, ...], media_type: str) -> None:
    assert choose_representation(f, accept, offered).media_type == media_type


def test_an_unknown_f_is_a_mistake() -> None:
    with pytest.raises(BadRequest, match="json, html"):
        choose_representation("xml", "", DOCUMENT)


@pytest.mark.parametrize("accept", ["application/xml", "image/png", "application/json;q=0, text/html;q=0", "*/*;q=0"])
def test_what_nothing_satisfies_is_not_acceptable(accept: str) -> None:
    with pytest.raises(NotAcceptable):
        choose_representation(None, accept, DOCUMENT)


@given(st.text(alphabet="aplictonjs/*;,q=.019 ", max_size=60) | st.text(max_size=30))
def test_any_header_is_understood_or_not_acceptable(accept: str) -> None:
    with contextlib.suppress(NotAcceptable):
        assert choose_representation(None, accept, DOCUMENT) in DOCUMENT
    assert choose_language(None, accept) in ("en", "nl", "fr", "de")


@pytest.mark.parametrize(
    ("lang", "header", "language"),
    [
        (None, "", "en"),
        (None, "nl-BE,nl;q=0.9,en;q=0.5", "nl"),
        (None, "fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", "fr"),
        (None, "cs, de;q=0.5", "de"),
        (None, "en;q=0.1, de;q=0.5", "de"),
        (None, "cs", "en"),
        (None, "nl;q=0", "en"),
        ("de", "nl", "de"),
    ],
)
def test_chooses_a_language(lang: str | None, header: str, language: str) -> None:
    assert choose_language(lang, header) == language


def test_an_unknown_language_is_a_mistake() -> None:
    with pytest.raises(BadRequest, match="en, nl, fr, de"):
        choose_language("xx", "")


def test_a_header_that_comes_several_times_is_one_list() -> None:
    headers = [(b"accept", b"text/html"), (b"host", b"otn.example"), (b"accept", b"*/*;q=0.1")]
    assert headers_of({"headers": headers}) == {b"accept": b"text/html,*/*;q=0.1", b"host": b"otn.example"}
