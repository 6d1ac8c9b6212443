"""The maps of pages: what the script is told, and what people without it are told instead."""

import json
from dataclasses import replace
from typing import Any

import pytest

from otn.api.legend import entries
from otn.api.links import Links
from otn.api.styles import listed_style, style_document, styles, styles_document
from otn.model.collections import COLLECTIONS
from otn.model.collections import ROADS as ROADS_COLLECTION
from otn.model.drawing import Lines
from otn.model.symbology import ROADS
from otn.model.text import LANGUAGES
from otn.portal.pages import STATIC_DIR, Pages
from tests.portal.documents import BASE, context, document, served, service
from tests.portal.markup import Markup

WITH_MAP = ["collections", "collection", "coverage", "items", "feature", "style"]
pages = Pages(service)


def rendered(page: str, language: str = "en", query: str = "", **features: Any) -> Markup:
    return Markup(pages.render(page, document(page, language, **features), context(page, language, query)))


def figure(markup: Markup) -> dict[str, str]:
    (found,) = markup.attributes("figure")
    return found


@pytest.mark.parametrize("page", WITH_MAP)
def test_a_map_stays_hidden_until_its_script_shows_it(page: str) -> None:
    markup = rendered(page)
    assert "hidden" in figure(markup)
    assert {"type": "module", "src": "/otn/static/map.js"} in markup.attributes("script")


@pytest.mark.parametrize("page", ["landing", "api", "conformance", "queryables", "schema", "styles", "problem"])
def test_a_page_without_a_map_loads_no_map_library(page: str) -> None:
    assert {"type": "module", "src": "/otn/static/map.js"} not in rendered(page).attributes("script")


@pytest.mark.parametrize("page", WITH_MAP)
def test_a_map_names_styles_there_are_and_a_box(page: str) -> None:
    told = figure(rendered(page))
    known = styles(service, tuple(served(collection) for collection in COLLECTIONS.values()))
    for theme in ("data-style", "data-style-dark"):
        path, _, query = told[theme].partition("?")
        assert path.removeprefix("/otn/styles/") in known
        assert query == "lang=en"
    assert told["data-style-dark"].partition("?")[0] == told["data-style"].partition("?")[0] + "-dark"
    west, south, east, north = (float(edge) for edge in told["data-bounds"].split(","))
    assert -180 <= west <= east <= 180
    assert -90 <= south <= north <= 90


@pytest.mark.parametrize("page", ["items", "feature"])
def test_what_the_page_is_about_is_told_to_its_map(page: str) -> None:
    told = figure(rendered(page))
    assert told["data-features"].endswith("?f=json")
    assert told["data-features"].startswith("/otn/collections/roads/items")
    assert told["data-collection"] == "roads"
    assert told["data-bounds"] == "4.78,51.26,4.8,51.28"


def test_a_page_without_features_shows_the_whole_collection() -> None:
    empty = document("items", "en") | {"features": [], "numberMatched": 0, "numberReturned": 0, "links": []}
    told = figure(Markup(pages.render("items", empty, context("items", "en"))))
    assert told["data-bounds"] == "2.5,49.5,6.4,51.5"
    assert "data-features" not in told


def test_a_feature_without_geometry_has_no_map() -> None:
    content = document("feature", "en") | {"geometry": None}
    assert not Markup(pages.render("feature", content, context("feature", "en"))).attributes("figure")


def test_the_map_of_items_can_fill_the_search_form() -> None:
    markup = rendered("items")
    (button,) = [attributes for attributes in markup.attributes("button") if "data-search" in attributes]
    assert button["type"] == "button"
    assert "hidden" in button
    assert button["data-search"] in [attributes.get("id") for attributes in markup.attributes("form")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_controls_of_a_map_speak_the_readers_language(language: str) -> None:
    words = json.loads(figure(rendered("items", language))["data-words"])
    english = json.loads(figure(rendered("items"))["data-words"])
    assert words.keys() == english.keys()
    assert all(words.values())
    assert words["feature"].count("{id}") == 1
    if language != "en":
        assert words["NavigationControl.ZoomIn"] != english["NavigationControl.ZoomIn"]


def test_the_names_of_controls_are_the_librarys_own() -> None:
    library = (STATIC_DIR / "vendor/maplibre-gl/maplibre-gl.mjs").read_text(encoding="utf-8")
    words = json.loads(figure(rendered("items"))["data-words"])
    for name in words:
        assert "." not in name or f'"{name}"' in library or f"`{name}`" in library, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_legend_names_every_class(language: str) -> None:
    assert isinstance(ROADS.drawn, Lines)
    titles = [entry.title for entry in entries("roads", language)]
    assert titles[: len(ROADS.drawn.classes)] == [entry.title.in_language(language) for entry in ROADS.drawn.classes]
    text = rendered("collection", language).text
    assert all(title in text for title in titles)


def test_the_style_for_print_is_shown_on_white_paper_whatever_the_page_is() -> None:
    known = styles(service, tuple(served(collection) for collection in COLLECTIONS.values()))
    content = style_document(known["roads-print"], Links(BASE), "en")
    shown = replace(context("style", "en"), path="/styles/roads-print")
    markup = Markup(pages.render("style", content, shown))
    told = figure(markup)
    assert told["data-style"] == told["data-style-dark"] == "/otn/styles/roads-print?lang=en"
    assert {attributes["class"] for attributes in markup.attributes("details")} >= {"legend printed"}


def test_a_collection_offers_its_layers_for_qgis() -> None:
    assert "/otn/collections/roads?f=qlr" in rendered("collection").links()
    assert "/otn/collections/roads?f=qlr&lang=nl" in rendered("collection", "nl", query="lang=nl").links()


@pytest.mark.parametrize(("page", "style"), [("collection", "roads"), ("style", "roads-dark")])
def test_the_look_of_a_collection_can_be_taken_away(page: str, style: str) -> None:
    links = rendered(page, "nl", query="lang=nl").links()
    assert {f"/otn/styles/{style}?f={f}&lang=nl" for f in ("sld", "sld10", "qml", "qgs")} <= set(links)
    assert f"/otn/styles/{style}/legend?f=svg&lang=nl" in links


def test_styles_of_one_subject_stand_together() -> None:
    cards = [attributes for attributes in rendered("styles").attributes("li") if attributes.get("class") == "card"]
    assert len(cards) == 1 + len(COLLECTIONS)
    assert "/otn/styles/roads-print" in rendered("styles").links()


def test_the_styles_of_a_collection_lead_back_to_it() -> None:
    known = styles(service, (served(ROADS_COLLECTION),), whole=False)
    listed = [listed_style(service, style, Links(BASE), "en") for style in known.values()]
    content = styles_document(listed, "en", [])
    markup = Markup(pages.render("styles", content, replace(context("styles", "en"), path="/collections/roads/styles")))
    assert {"/otn/collections/roads", "/otn/styles/roads-dark"} <= set(markup.links())


def test_the_start_page_offers_the_whole_map_for_qgis() -> None:
    assert "/otn/styles/map?f=qgs" in rendered("landing").links()


def test_tilesets_lead_to_each_other() -> None:
    assert "/otn/collections/roads/tiles/WebMercatorQuad" in rendered("tilesets").links()
    assert "/otn/tileMatrixSets/WorldCRS84Quad" in rendered("tileMatrixSets").links()
    tileset = rendered("tileset").text
    assert "/tiles/WebMercatorQuad?f=tilejson" in tileset
    assert "/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}" in tileset
    assert "1 : 559,082,264" in rendered("tileMatrixSet").text
