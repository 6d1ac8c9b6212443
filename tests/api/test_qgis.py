"""The layer definition for QGIS; tests/clients shows that QGIS itself draws it."""

import re
from xml.etree import ElementTree as ET

import httpx
import pytest

from otn.api.links import Links
from otn.api.qgis import layer_definition, layer_style
from otn.api.qgis_layers import collection_layers
from otn.api.texts import BASE_MAP
from otn.model.collections import COLLECTIONS, GeometryKind
from otn.model.drawing import THEMES
from otn.model.symbology import ACCIDENTS, ROADS, SYMBOLOGIES
from otn.model.text import LANGUAGES
from otn.model.tile_matrix_sets import web_mercator

BASE = "https://data.example.org/otn"


def definition(name: str, title: str = "Title", attribution: str = "© somebody", language: str = "en") -> ET.Element:
    layers = collection_layers(name, title, attribution, "light", Links(BASE), language)
    return ET.fromstring(layer_definition(title, layers))  # noqa: S314


@pytest.mark.parametrize("name", COLLECTIONS)
def test_features_and_tiles_are_opened_by_their_addresses(name: str) -> None:
    layers = definition(name).findall("maplayers/maplayer")
    sources = {layer.findtext("provider"): layer.findtext("datasource") or "" for layer in layers}
    several = COLLECTIONS[name].geometry is GeometryKind.ANY
    assert sources["OAPIF"].startswith(f"url='{BASE}/' typename='{name}'")
    assert f"url={BASE}/collections/{name}/tiles/WebMercatorQuad/%7Bz%7D/%7By%7D/%7Bx%7D&" in sources["vectortile"]
    assert [layer.findtext("attribution") for layer in layers] == ["© somebody"] * (4 if several else 2)


@pytest.mark.parametrize("name", COLLECTIONS)
def test_expressions_read_only_properties_there_are(name: str) -> None:
    text = ET.tostring(definition(name), encoding="unicode")
    expressions = re.findall(r' (?:filter|expression|fieldName)="([^"]*)"', text)
    read = {field for expression in expressions for field in re.findall(r"&quot;(\w+)&quot;", expression)}
    named = set(re.findall(r'fieldName="(\w*)"', text))
    assert bool(named | read) == bool(SYMBOLOGIES[name].fields)
    assert read | named <= COLLECTIONS[name].by_name.keys()


def test_points_lines_and_areas_have_layers_and_symbols_of_their_own() -> None:
    *features, tiles = definition("port-facilities", title="Facilities").findall("maplayers/maplayer")
    assert [layer.get("geometry") for layer in features] == ["Point", "Line", "Polygon"]
    assert [symbol.get("type") for layer in features for symbol in layer.iter("symbol")] == ["marker", "line", "fill"]
    names = [layer.findtext("layername") for layer in features]
    assert names == ["Facilities (points)", "Facilities (lines)", "Facilities (areas)"]
    assert len({layer.findtext("id") for layer in (*features, tiles)}) == 4
    assert {style.get("geometry") for style in tiles.iter("style")} == {"0", "1", "2"}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_style_is_drawn_as_the_features_of_a_layer_are(name: str, theme: str) -> None:
    style = ET.fromstring(layer_style(name, theme, "en"))  # noqa: S314
    how = SYMBOLOGIES[name]
    labels = style.findall("labeling/rules/rule")
    assert [symbol.get("type") for symbol in style.findall("renderer-v2/symbols/symbol")] == [
        *(["marker"] * len(how.points.classes) if how.points else []),
        *(["line"] * len(how.lines.classes) if how.lines else []),
        *(["fill"] if how.areas else []),
    ]
    assert bool(labels) == (how.name_field is not None)
    inks = {how.ink.on(theme), *(plate.ink.on(theme) for plate in how.plates)}
    assert {text.get("textColor") for text in style.iter("text-style")} == (inks if labels else set())
    filters = [rule.get("filter", "") for rule in style.findall("renderer-v2/rules/rule")]
    several = COLLECTIONS[name].geometry is GeometryKind.ANY
    assert all(("geometry_type($geometry)" in condition) == several for condition in filters)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_project_holds_what_is_served_on_the_base_map_in_the_readers_language(
    client: httpx.Client, language: str
) -> None:
    answer = client.get("/styles/map-dark", params={"f": "qgs", "lang": language})
    assert answer.headers["content-type"] == "application/x-qgis-project"
    assert answer.headers["content-disposition"] == 'attachment; filename="map-dark.qgs"'
    project = ET.fromstring(answer.content)  # noqa: S314
    collections = client.get("/collections", params={"lang": language}).json()["collections"]
    groups = [group.get("name") for group in project.findall("layer-tree-group/layer-tree-group")]
    assert sorted(groups, key=str) == sorted(collection["title"] for collection in collections)
    assert project.findall("layer-tree-group/*")[-1].get("name") == BASE_MAP.in_language(language)
    ids = [layer.findtext("id") for layer in project.findall("projectlayers/maplayer")]
    assert len(ids) == len(set(ids))
    assert ids == [entry.get("id") for entry in project.iter("layer-tree-layer")]
    assert f"name:{language}" in answer.text
    west, south, east, north = client.get("/styles/map-dark").json()["metadata"]["otn:bounds"]
    shown = [float(project.findtext(f"mapcanvas/extent/{edge}", "")) for edge in ("xmin", "ymin", "xmax", "ymax")]
    assert shown == pytest.approx([*web_mercator(west, south), *web_mercator(east, north)], abs=0.1)


def test_the_landing_page_leads_to_the_project(client: httpx.Client) -> None:
    links = client.get("/").json()["links"]
    (linked,) = [link["href"] for link in links if link["type"] == "application/x-qgis-project"]
    assert client.get(linked).text.startswith("<!DOCTYPE qgis ")


@pytest.mark.parametrize("theme", THEMES)
def test_roads_carry_their_numbers_on_plates_and_tunnels_are_faint(theme: str) -> None:
    style = ET.fromstring(layer_style("roads", theme, "en"))  # noqa: S314
    plates = style.findall(".//text-style/background")
    assert [plate.get("shapeFillColor") for plate in plates] == [plate.paper.on(theme) for plate in ROADS.plates]
    expressions = {option.get("value") for option in style.iterfind(".//symbol/data_defined_properties//Option")}
    assert 'if("tunnel", 40, 100)' in expressions
    tiles = definition("roads").findall("maplayers/maplayer")[-1]
    assert len(tiles.findall(".//text-style/background")) == len(ROADS.plates)


def test_the_worst_accidents_lie_above_the_others() -> None:
    assert ACCIDENTS.points is not None
    worst_first = [entry.title.en for entry in ACCIDENTS.points.classes]
    style = ET.fromstring(layer_style("accidents", "light", "en"))  # noqa: S314
    assert [rule.get("label") for rule in style.findall("renderer-v2/rules/rule")] == worst_first
    passes = [int(layer.get("pass", "")) for layer in style.iterfind("renderer-v2/symbols/symbol/layer")]
    assert passes == sorted(passes, reverse=True)
    assert len(set(passes)) == len(worst_first)
    sized = {option.get("name") for option in style.iterfind(".//layer//Option[@name='properties']/Option")}
    assert sized == {"size", "outlineWidth"}, "of a small disc too more is seen than its rim"
    tiles = definition("accidents").findall("maplayers/maplayer")[-1]
    assert [drawn.get("name") for drawn in tiles.findall("renderer/styles/style")] == worst_first[::-1]


def test_what_is_not_drawn_as_a_feature_is_drawn_as_tiles() -> None:
    features, tiles = definition("roads").findall("maplayers/maplayer")
    assert features.get("minScale") == tiles.get("maxScale")


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_are_in_the_readers_language(language: str) -> None:
    group = definition("ports", title="Häfen & Ports", language=language).find("layer-tree-group/layer-tree-group")
    assert group is not None
    assert group.get("name") == "Häfen & Ports"
    first, second = (layer.get("name", "") for layer in group)
    assert second.startswith(first + " (")


def test_markup_in_titles_stays_text() -> None:
    wild = "<b title='\"'>&"
    root = definition("roads", title=wild, attribution=wild)
    assert {layer.findtext("attribution") for layer in root.iter("maplayer")} == {wild}


def test_the_collection_gives_its_layers_as_a_file(client: httpx.Client) -> None:
    answer = client.get("/collections/roads", params={"f": "qlr", "lang": "nl"})
    assert answer.headers["content-type"] == "application/x-qgis-layer-definition"
    assert answer.headers["content-disposition"] == 'attachment; filename="roads.qlr"'
    assert answer.headers["content-language"] == "nl"
    assert answer.text.startswith("<!DOCTYPE qgis-layer-definition>\n<qlr>")
    assert str(client.base_url).rstrip("/") in answer.text
    links = client.get("/collections/roads").json()["links"]
    (linked,) = [link for link in links if link["type"] == "application/x-qgis-layer-definition"]
    assert client.get(linked["href"]).status_code == 200
    assert client.get("/collections/roads", params={"f": "qlr", "q": "1"}).status_code == 400
    assert client.get("/collections/lakes", params={"f": "qlr"}).status_code == 404
