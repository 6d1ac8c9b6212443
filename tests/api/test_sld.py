"""Styles as SLD: as the standards have it, and the same look; tests/clients shows that QGIS draws them."""

from itertools import pairwise
from xml.etree import ElementTree as ET

import httpx
import pytest

from otn.api.links import Links
from otn.api.sld import Drawn, styled_layer_descriptor
from otn.model.collections import COLLECTIONS
from otn.model.drawing import THEMES, at_zoom, in_theme
from otn.model.symbology import ACCIDENTS, ROADS, SYMBOLOGIES

VERSIONS = ("1.0", "1.1")
NASTY = "<b title='\"'>&"
# The order of children, after the standards' XML Schemas (02-070; 05-078r4 and 05-077r4): all that we write of them.
_TITLE = {"1.0": "Title", "1.1": "Description"}
ORDER = {
    "StyledLayerDescriptor": ["NamedLayer"],
    "FeatureTypeStyle": ["FeatureTypeName", "SemanticTypeIdentifier", "Rule"],
    "LineSymbolizer": ["Stroke"],
    "PolygonSymbolizer": ["Fill", "Stroke"],
    "PointSymbolizer": ["Graphic"],
    "TextSymbolizer": ["Label", "Font", "LabelPlacement", "Halo", "Fill"],
    "Graphic": ["ExternalGraphic", "Mark", "Size"],
    "ExternalGraphic": ["OnlineResource", "Format"],
    "Mark": ["WellKnownName", "Fill", "Stroke"],
    "PointPlacement": ["AnchorPoint", "Displacement"],
    "Halo": ["Radius", "Fill"],
}


def order(parent: str, version: str) -> list[str] | None:
    title = _TITLE[version]
    own = {
        "NamedLayer": ["Name", *([title] if version == "1.1" else []), "LayerFeatureConstraints", "UserStyle"],
        "UserStyle": ["Name", title, "IsDefault", "FeatureTypeStyle"],
        "Rule": [title, "Filter", "MinScaleDenominator", "MaxScaleDenominator"]
        + [f"{kind}Symbolizer" for kind in ("Line", "Polygon", "Point", "Text")],
    }
    return own.get(parent) or ORDER.get(parent)


def local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def written(name: str, version: str = "1.1", theme: str = "light", title: str = "Title") -> ET.Element:
    drawn = [Drawn(name, title)]
    links = Links("https://data.example.org/otn")
    return ET.fromstring(styled_layer_descriptor(name, title, drawn, theme, version, links, "en"))  # noqa: S314


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", COLLECTIONS)
def test_elements_stand_in_the_order_of_the_standard(name: str, version: str) -> None:
    for element in written(name, version).iter():
        expected = order(local(element), version)
        if expected is not None:
            children = [local(child) for child in element]
            assert set(children) <= set(expected), local(element)
            assert children == sorted(children, key=expected.index), local(element)


@pytest.mark.parametrize("version", VERSIONS)
def test_names_and_namespaces_are_those_of_the_version(version: str) -> None:
    root = written("roads", version)
    symbology = "http://www.opengis.net/se" if version == "1.1" else "http://www.opengis.net/sld"
    parameter = "SvgParameter" if version == "1.1" else "CssParameter"
    assert root.get("version") == f"{version}.0"
    assert root.find(f".//{{{symbology}}}Rule") is not None
    assert root.find(f".//{{{symbology}}}{parameter}") is not None
    assert {element.tag for element in root.iter() if local(element).endswith("Parameter")} == {
        f"{{{symbology}}}{parameter}"
    }


def rules(root: ET.Element, title: str) -> list[ET.Element]:
    """The rules for the lines of a class, without their casings, from the smallest scale to the largest."""
    styles = [style for style in root.iter() if local(style) == "FeatureTypeStyle"]
    found = [[rule for rule in style if rule.findtext("./{*}Description/{*}Title") == title] for style in styles]
    return next(entry for entry in reversed(found) if entry)


def number(rule: ET.Element, name: str, otherwise: float) -> float:
    return float(rule.findtext(f"{{*}}{name}", str(otherwise)))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_lines_are_as_wide_as_on_the_map_at_every_scale(theme: str) -> None:
    assert ROADS.lines is not None
    root = written("roads", theme=theme)
    for entry in ROADS.lines.classes:
        own = rules(root, entry.title.en)
        scales = [(number(rule, "MinScaleDenominator", 0), number(rule, "MaxScaleDenominator", 3e8)) for rule in own]
        assert all(before[0] == after[1] for before, after in pairwise(scales)), "no gap, no overlap"
        assert scales[-1][0] == 0
        for zoom in range(entry.sizes[0][0], 18):
            scale = 279_541_132 / 2 ** (zoom + 0.5)
            [rule] = [one for one, (least, most) in zip(own, scales, strict=True) if least <= scale < most]
            stroke = {one.get("name"): one.text for one in rule.iter() if local(one) == "SvgParameter"}
            assert float(stroke["stroke-width"] or 0) == pytest.approx(at_zoom(entry.sizes, zoom + 0.5), rel=0.2)
            assert stroke["stroke"] == entry.colour.on(theme)


@pytest.mark.parametrize("name", ["roads", "accidents"])
def test_a_class_is_chosen_by_its_codes_and_the_rest_by_none_of_them(name: str) -> None:
    [part] = SYMBOLOGIES[name].classified
    root = written(name)
    for entry in part.classes:
        [condition] = rules(root, entry.title.en)[0].findall("{*}Filter")
        operators = {local(element) for element in condition.iter()}
        literals = {element.text for element in condition.iter() if local(element) == "Literal"}
        if entry.codes:
            assert literals == set(entry.codes)
            assert "PropertyIsNotEqualTo" not in operators
        else:
            assert literals == {code for other in part.classes for code in other.codes}
            assert {"PropertyIsNull", "PropertyIsNotEqualTo"} <= operators


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("theme", THEMES)
def test_the_worst_accidents_are_drawn_last_as_large_as_on_the_map(theme: str, version: str) -> None:
    assert ACCIDENTS.points is not None
    worst_first = ACCIDENTS.points.classes
    styles = written("accidents", version, theme).findall(".//{*}FeatureTypeStyle")
    assert len(styles) == len(worst_first)
    for style, entry in zip(reversed(styles), worst_first, strict=True):
        [*_, nearest] = style.findall("{*}Rule")
        assert nearest.findtext(f"{'{*}Description/' if version == '1.1' else ''}{{*}}Title") == entry.title.en
        assert nearest.findtext(".//{*}Mark/{*}Fill/*") == entry.colour.on(theme)
        [(_, radius)] = in_theme(entry.sizes[-1:], theme)
        rim = next(one.text for one in nearest.iter() if one.get("name") == "stroke-width")
        assert float(nearest.findtext(".//{*}Size", "")) - float(rim or 0) == pytest.approx(2 * radius, rel=0.2)


@pytest.mark.parametrize("name", COLLECTIONS)
def test_only_properties_there_are_are_read(name: str) -> None:
    read = {element.text for element in written(name).iter() if local(element) == "PropertyName"}
    assert read <= set(SYMBOLOGIES[name].fields)
    assert (SYMBOLOGIES[name].name_field in read) == (SYMBOLOGIES[name].name_field is not None)


def test_points_lines_and_areas_of_a_collection_are_told_apart() -> None:
    kinds = [element.text for element in written("port-facilities").iterfind(".//{*}SemanticTypeIdentifier")]
    assert set(kinds) == {"generic:polygon", "generic:line", "generic:point"}


@pytest.mark.parametrize("theme", THEMES)
def test_what_is_printed_is_not_filled(theme: str) -> None:
    filled = written("areas", theme=theme).find(".//{*}PolygonSymbolizer/{*}Fill")
    assert (filled is None) == (theme == "print")


def test_markup_in_titles_stays_text() -> None:
    assert {element.text for element in written("ports", title=NASTY).iterfind(".//{*}UserStyle/*/{*}Title")} == {NASTY}


def test_the_version_is_chosen_by_f_or_by_accept(client: httpx.Client) -> None:
    def version(accept: str = "*/*", **parameters: str) -> str:
        answer = client.get("/styles/roads", params=parameters, headers={"Accept": accept})
        assert answer.headers["content-disposition"] == 'attachment; filename="roads.sld"'
        number = ET.fromstring(answer.content).get("version", "")  # noqa: S314
        assert answer.headers["content-type"] == f"application/vnd.ogc.sld+xml;version={number[:3]}"
        return number

    assert version(f="sld") == version(f="sld11") == version("application/vnd.ogc.sld+xml") == "1.1.0"
    assert version(f="sld10") == version("application/vnd.ogc.sld+xml;version=1.0") == "1.0.0"
    assert version("application/vnd.ogc.sld+xml;version=1.3") == "1.1.0"


def test_the_whole_map_has_a_layer_for_each_collection_in_the_order_of_drawing(client: httpx.Client) -> None:
    root = ET.fromstring(client.get("/styles/map-dark", params={"f": "sld", "lang": "nl"}).content)  # noqa: S314
    served = [entry["id"] for entry in client.get("/collections").json()["collections"]]
    names = [layer.findtext("{*}Name") for layer in root]
    assert names == [name for name in SYMBOLOGIES if name in served]
    assert "Wegen" in [layer.findtext("{*}Description/{*}Title") for layer in root]
    icons = {element.get("{http://www.w3.org/1999/xlink}href", "") for element in root.iterfind(".//{*}OnlineResource")}
    assert icons
    assert {client.get(icon).headers["content-type"] for icon in icons} == {"image/svg+xml"}
