import dataclasses
import re
from typing import Any
from urllib.parse import urlencode

import pytest

from otn.api import tilesets
from otn.api.encoders.registry import DOWNLOADS
from otn.api.links import Links
from otn.model.text import LANGUAGES
from otn.model.tile_matrix_sets import WEB_MERCATOR_QUAD
from otn.portal.pages import STATIC_DIR, Pages
from tests.portal.documents import BASE, PAGES, context, dataset_tiles, document, service
from tests.portal.markup import Markup

INJECTION = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 7 }}"
SCRIPTS = {"/otn/static/portal.js", "/otn/static/map.js"}
pages = Pages(service)


def rendered(page: str, language: str = "en", query: str = "", **features: Any) -> Markup:
    return Markup(pages.render(page, document(page, language, **features), context(page, language, query)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_well_formed_in_every_language(page: str, language: str) -> None:
    markup = rendered(page, language)
    assert markup.attributes("html") == [{"lang": language}]
    assert len(markup.attributes("h1")) == 1
    assert len(markup.attributes("main")) == 1


@pytest.mark.parametrize("page", PAGES)
def test_a_page_keeps_the_content_security_policy(page: str) -> None:
    for tag, attributes in rendered(page).elements:
        assert tag != "style"
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
        if "src" in attributes or (tag == "link" and attributes["rel"] in ("stylesheet", "icon")):
            assert attributes.get("src", attributes.get("href", "")).startswith("/otn/static/")


@pytest.mark.parametrize("page", PAGES)
def test_the_static_files_of_a_page_are_there(page: str) -> None:
    used = {
        attributes.get("src") or attributes["href"]
        for _, attributes in rendered(page).elements
        if "/static/" in (attributes.get("src") or attributes.get("href") or "")
    }
    assert used
    assert all((STATIC_DIR / path.removeprefix("/otn/static/")).is_file() for path in used)


def test_our_static_files_name_no_other_host() -> None:
    for file in STATIC_DIR.glob("*.*"):
        hosts = re.findall(r"https?://[^/\"'\s)]+", file.read_text(encoding="utf-8"))
        assert set(hosts) <= {"http://www.w3.org"}, file.name


@pytest.mark.parametrize("page", PAGES)
def test_links_to_other_hosts_give_no_opener(page: str) -> None:
    for attributes in rendered(page).attributes("a"):
        if "://" in attributes["href"] and not attributes["href"].startswith(BASE):
            assert "noopener" in attributes["rel"]


@pytest.mark.parametrize("page", ["items", "feature"])
@pytest.mark.parametrize("name", ["name", "inspireId", "functionalRoadClass", "sourceCodes", "validFrom"])
def test_a_value_is_never_markup(page: str, name: str) -> None:
    value: Any = {INJECTION: INJECTION} if name == "sourceCodes" else INJECTION
    markup = rendered(page, **{name: value})
    assert {attributes["src"] for attributes in markup.attributes("script")} <= SCRIPTS
    assert not markup.attributes("img")[1:]
    assert INJECTION in "".join(markup.words)


@pytest.mark.parametrize("page", PAGES)
def test_texts_of_a_document_are_never_markup(page: str) -> None:
    def poisoned(content: Any) -> Any:
        if isinstance(content, dict):
            return {
                key: poisoned(entry) if key in _TEXTS or not isinstance(entry, str) else entry
                for key, entry in content.items()
            }
        if isinstance(content, list):
            return [poisoned(entry) for entry in content]
        return content + INJECTION if isinstance(content, str) else content

    text = pages.render(page, poisoned(document(page, "en")), context(page, "en"))
    assert {attributes["src"] for attributes in Markup(text).attributes("script")} <= SCRIPTS


_TEXTS = frozenset({"title", "description", "attribution", "name", "detail", "summary", "keywords", "licence"})


def test_what_was_asked_is_never_markup() -> None:
    query = "bbox=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&name=%22%20onfocus=%22alert(1)&lang=en"
    markup = rendered("items", query=query)
    assert {attributes["src"] for attributes in markup.attributes("script")} == SCRIPTS
    values = {attributes["name"]: attributes.get("value") for attributes in markup.attributes("input")}
    assert values["bbox"] == '"><script>alert(1)</script>'
    assert values["name"] == '" onfocus="alert(1)'


def test_a_link_that_is_no_web_address_is_text() -> None:
    markup = rendered("feature", inspireId="javascript:alert(1)")
    assert not [href for href in markup.links() if href.startswith("javascript")]


def test_the_language_switch_keeps_page_and_query() -> None:
    links = rendered("items", query="bbox=4,51,5,52&limit=20&lang=fr").links()
    assert "/otn/collections/roads/items?bbox=4%2C51%2C5%2C52&limit=20&lang=de" in links


def test_a_language_asked_for_is_kept_by_the_links() -> None:
    markup = rendered("items", "nl", query="lang=nl")
    assert "/otn/collections?lang=nl" in markup.links()
    assert {"type": "hidden", "name": "lang", "value": "nl"} in markup.attributes("input")


def test_the_next_link_leads_to_a_page_and_is_absent_on_the_last_one() -> None:
    following = "/otn/collections/roads/items?limit=1&token=t"
    assert following in rendered("items").links()
    last = document("items", "en") | {"links": []}
    assert "Next page" not in Markup(pages.render("items", last, context("items", "en"))).text


@pytest.mark.parametrize("page", [page for page in PAGES if page != "problem"])
def test_every_page_links_to_the_same_for_machines(page: str) -> None:
    markup = rendered(page)
    (href,) = context(page, "en").alternates.values()
    assert href in markup.links()
    assert href in [attributes["href"] for attributes in markup.attributes("link")]


@pytest.mark.parametrize("page", ["collection", "items", "feature"])
def test_licence_and_attribution_are_shown(page: str) -> None:
    markup = rendered(page)
    assert "ODbL-1.0 share-alike" in markup.text
    assert "© OpenStreetMap contributors" in markup.text
    assert "https://opendatacommons.org/licenses/odbl/1-0/" in markup.links()


def test_share_alike_is_told_apart() -> None:
    datasets = [entry for entry in document("collection", "en")["datasets"] if not entry["shareAlike"]]
    plain = document("collection", "en") | {"datasets": datasets}
    assert "hare-alike" not in Markup(pages.render("collection", plain, context("collection", "en"))).text


@pytest.mark.parametrize(
    ("language", "length", "date", "yes"),
    [
        ("en", "2,469.14", "3 May 2012", "yes"),
        ("nl", "2.469,14", "3 mei 2012", "ja"),
        ("fr", "2\N{NARROW NO-BREAK SPACE}469,14", "3 mai 2012", "oui"),
        ("de", "2.469,14", "3. Mai 2012", "ja"),
    ],
)
def test_values_are_written_as_the_language_does(language: str, length: str, date: str, yes: str) -> None:
    words = [word.strip() for word in rendered("feature", language).words]
    assert f"{length}\N{NO-BREAK SPACE}m" in words
    assert date in words
    assert yes in words


def test_a_feature_page_names_unit_code_list_and_geometry() -> None:
    markup = rendered("feature")
    assert "http://inspire.ec.europa.eu/codelist/FunctionalRoadClassValue/fourthClass" in markup.links()
    assert "70\N{NO-BREAK SPACE}km/h" in [word.strip() for word in markup.words]
    assert "LineString" in markup.text
    assert "4.78° 51.26° 4.8° 51.28°" in markup.text


@pytest.mark.parametrize("page", ["feature", "items", "queryables", "schema"])
@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "Fourth class"), ("nl", "Vierde klasse"), ("fr", "Quatrième classe"), ("de", "Vierte Klasse")],
)
def test_a_code_is_shown_by_its_title_and_leads_to_its_address(page: str, language: str, title: str) -> None:
    markup = rendered(page, language)
    assert title in markup.text
    assert "http://inspire.ec.europa.eu/codelist/FunctionalRoadClassValue/fourthClass" in markup.links()


def test_the_form_asks_for_codes_by_their_titles() -> None:
    assert {"value": "fourthClass", "selected": ""} in rendered(
        "items", query="functionalRoadClass=fourthClass"
    ).attributes("option")


def test_a_collection_can_be_downloaded_in_every_format() -> None:
    links = rendered("collection", "fr", query="lang=fr").links()
    for representation in DOWNLOADS:
        assert f"/otn/collections/roads/download?f={representation.formats[-1]}&lang=fr" in links


def test_a_page_of_features_leads_to_the_same_in_every_format() -> None:
    links = rendered("items", query="q=dorp&limit=20&f=html&bbox=").links()
    for representation in DOWNLOADS:
        assert f"/otn/collections/roads/items?q=dorp&limit=20&f={representation.formats[-1]}" in links


@pytest.mark.parametrize(
    ("asked", "shown"), [("name", "name"), ("-speedLimit", "-speedLimit"), ("name,-id", "name,-id")]
)
def test_the_form_keeps_the_order(asked: str, shown: str) -> None:
    options = rendered("items", query=f"sortby={asked}").attributes("option")
    assert [option["value"] for option in options if "selected" in option] == [shown]


def test_the_form_sorts_by_dates_too_and_by_no_object() -> None:
    offered = {option["value"] for option in rendered("items").attributes("option")}
    assert {"validFrom", "-validFrom", "name", "-length"} <= offered
    assert "sourceCodes" not in offered


def test_the_form_searches_text() -> None:
    markup = rendered("items", query="q=dorpsstraat")
    (field,) = [entry for entry in markup.attributes("input") if entry.get("name") == "q"]
    assert field["value"] == "dorpsstraat"
    assert field["aria-describedby"] in {entry.get("id") for entry in markup.attributes("small")}


def test_the_form_keeps_a_condition_and_what_it_has_no_field_for() -> None:
    query = "filter=name+LIKE+%27%3C%25%27&filter-lang=cql2-text&validFrom=2020-01-01&token=t&f=html&resulttype=hits"
    markup = rendered("items", query=query)
    assert "name LIKE '<%'" in markup.words
    hidden = {entry["name"]: entry["value"] for entry in markup.attributes("input") if entry["type"] == "hidden"}
    assert hidden == {"filter-lang": "cql2-text", "validFrom": "2020-01-01"}


def test_a_page_in_the_middle_leads_back() -> None:
    before = {"rel": "prev", "href": f"{BASE}/collections/roads/items?f=json&token=b", "type": "application/geo+json"}
    middle = document("items", "en")
    middle["links"].append(before)
    links = Markup(pages.render("items", middle, context("items", "en"))).links()
    assert "/otn/collections/roads/items?token=b" in links


def test_maps_of_features_in_another_reference_system_are_in_degrees() -> None:
    query = "crs=http://www.opengis.net/def/crs/EPSG/0/3857"
    machines = {"application/geo+json": f"{BASE}/collections/roads/items?{query}&skipGeometry=true&f=json&limit=5"}
    asked = dataclasses.replace(context("items", "en", query), alternates=machines)
    (figure,) = Markup(pages.render("items", document("items", "en"), asked)).attributes("figure")
    assert figure["data-features"] == "/otn/collections/roads/items?f=json&limit=5"
    assert figure["data-bounds"] == "2.5,49.5,6.4,51.5"
    feature = rendered("feature", query=query)
    assert not feature.attributes("figure")
    assert "4.78°" not in feature.text


def test_properties_that_were_not_asked_for_are_not_called_unknown() -> None:
    content = document("items", "en")
    content["features"][0]["properties"] = {"name": "Dorpsstraat"}
    markup = Markup(pages.render("items", content, context("items", "en", "properties=name")))
    assert "Unknown for every feature" not in markup.text


def test_a_number_without_features_is_no_failure() -> None:
    hits = document("items", "en") | {"features": [], "numberReturned": 0, "links": []}
    assert "No feature answers" not in Markup(pages.render("items", hits, context("items", "en"))).text


def test_every_standard_is_called_by_its_name() -> None:
    assert "/spec/" not in rendered("conformance").text


def test_a_feature_without_name_is_called_by_its_id() -> None:
    assert "Feature 7" in rendered("feature", name=None).text
    assert "Objekt 7" in rendered("feature", "de", name=None).text


def test_a_feature_without_geometry_says_so() -> None:
    content = document("feature", "en") | {"geometry": None}
    assert "no geometry" in Markup(pages.render("feature", content, context("feature", "en"))).text


def test_items_leave_out_columns_without_values_and_name_them() -> None:
    markup = rendered("items")
    assert "Speed limit (km/h)" in markup.text
    assert re.search(r"Unknown for every feature on this page: .*Maximum height", markup.text)


def test_items_show_exact_numbers_and_do_without_a_count() -> None:
    assert "71,197 features found, 1 on this page" in rendered("items").text
    uncounted = {key: entry for key, entry in document("items", "en").items() if key != "numberMatched"}
    text = Markup(pages.render("items", uncounted, context("items", "en"))).text
    assert "features found" not in text
    assert "1 on this page" in text


def test_no_features_is_said_in_words() -> None:
    empty = document("items", "en") | {"features": [], "numberMatched": 0, "numberReturned": 0, "links": []}
    assert "No feature answers to this." in Markup(pages.render("items", empty, context("items", "en"))).text


def test_no_collections_is_said_in_words() -> None:
    empty = document("collections", "en") | {"collections": []}
    text = Markup(pages.render("collections", empty, context("collections", "en"))).text
    assert "Nothing has been loaded yet" in text


def test_the_form_keeps_what_was_asked() -> None:
    markup = rendered("items", query="limit=50&functionalRoadClass=mainRoad&bridge=true")
    selected = [attributes["value"] for attributes in markup.attributes("option") if "selected" in attributes]
    assert selected == ["mainRoad", "true"]
    assert {"type": "number", "name": "limit", "value": "50", "min": "1", "max": "1000"} in markup.attributes("input")
    assert "open" in markup.attributes("details")[0]


def test_no_field_of_the_form_stands_twice() -> None:
    markup = rendered("items", query="crs=EPSG:3035&filter=name+IS+NULL&bbox=3,50,4,51")
    names = [field["name"] for tag in ("input", "select", "textarea") for field in markup.attributes(tag)]
    assert len(names) == len(set(names))


def test_the_form_keeps_what_it_has_no_field_for() -> None:
    asked = {"bbox": "3,50,4,51"}
    unseen = {"crs": "EPSG:3035", "bbox-crs": "EPSG:4326", "filter-lang": "cql2-text"}
    markup = rendered("items", query=urlencode({**asked, **unseen, "f": "html", "token": "x"}))
    sent = {field["name"]: field["value"] for field in markup.attributes("input")}
    assert asked.items() | unseen.items() <= sent.items()
    assert not {"f", "token"} & sent.keys()
    assert {field["name"] for field in markup.attributes("input") if field["type"] == "hidden"} == unseen.keys()


def test_the_form_offers_every_property_the_api_filters_by_one_value() -> None:
    markup = rendered("items")
    offered = {a["name"] for tag in ("input", "select") for a in markup.attributes(tag)}
    assert {"bbox", "datetime", "limit", "name", "surface", "speedLimit", "tunnel"} <= offered
    assert "sourceCodes" not in offered


def test_the_api_page_names_every_operation_with_parameters_and_answers() -> None:
    markup = rendered("api")
    paths = document("api", "en")["paths"]
    assert {attributes["id"] for attributes in markup.attributes("details")} == {
        operation["operationId"] for item in paths.values() for operation in item.values()
    }
    assert "≤ 10000" in markup.text
    assert "application/problem+json" in markup.text


def test_the_queryables_page_lists_codes_bounds_and_definitions() -> None:
    markup = rendered("queryables")
    assert "14 values" in markup.text
    assert "http://inspire.ec.europa.eu/codelist/FormOfWayValue/roundabout" in markup.links()
    assert "≤ 200" in markup.text


def test_requests_to_copy_name_the_service() -> None:
    text = rendered("collection").text
    assert f"curl '{BASE}/collections/roads/items?limit=100'" in text
    assert f"ogr2ogr roads.gpkg OAPIF:{BASE} roads -oo PAGE_SIZE=10000" in text


def test_a_problem_is_told_in_the_readers_language_with_its_parameter() -> None:
    markup = rendered("problem", "de")
    assert "Diese Anfrage ist nicht zu verstehen" in markup.text
    assert "bbox must have 4 or 6 numbers." in markup.text


def test_a_problem_of_an_unforeseen_status_is_told_too() -> None:
    content = {"type": "about:blank", "title": "I'm a Teapot", "status": 418, "detail": "Short and stout."}
    assert "Something went wrong" in Markup(pages.render("problem", content, context("problem", "en"))).text


def test_pages_of_the_tiles_of_all_collections_name_the_layers_and_no_collection_above() -> None:
    tiles, links = dataset_tiles("en"), Links(BASE)
    listed, tileset = (
        (tilesets.tilesets(tiles, links, "en", []), "/tiles"),
        (tilesets.tileset(tiles, WEB_MERCATOR_QUAD, links, "en", []), "/tiles/WebMercatorQuad"),
    )
    for page, (content, path) in {"tilesets": listed, "tileset": tileset}.items():
        asked = dataclasses.replace(context(page, "en"), path=path, alternates={})
        markup = Markup(pages.render(page, content, asked))
        crumbs = [href for href in markup.links() if href in ("/otn/collections", "/otn/tiles")]
        # The collections stand in the menu alone.
        assert crumbs == ["/otn/collections", *(["/otn/tiles"] if page == "tileset" else [])]
    assert "/otn/collections/port-facilities" in markup.links()
    assert f"{BASE}/tiles/WebMercatorQuad/{{tileMatrix}}/{{tileRow}}/{{tileCol}}" in markup.text
