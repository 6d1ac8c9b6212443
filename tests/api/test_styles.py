"""Map styles: listed, linked, complete, and of nothing but what the service itself serves."""

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from otn.api.maplibre import BASE_MAP, layers
from otn.model.collections import COLLECTIONS
from otn.model.symbology import ACCIDENTS
from otn.model.traffic_codelists import SEVERITY
from otn.portal.pages import STATIC_DIR

STYLE_TYPE = "application/vnd.mapbox.style+json"
SUBJECTS = ["map", "roads", "ports"]
THEMES = ["", "-dark", "-print"]


@pytest.fixture(params=[subject + theme for subject in SUBJECTS for theme in THEMES])
def style(client: httpx.Client, request: pytest.FixtureRequest) -> dict[str, Any]:
    answer = client.get(f"/styles/{request.param}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == STYLE_TYPE
    made: dict[str, Any] = answer.json()
    return made


def parts(content: Any) -> Iterator[Any]:
    """Every object and list within."""
    if isinstance(content, dict | list):
        yield content
        for entry in content.values() if isinstance(content, dict) else content:
            yield from parts(entry)


def test_every_collection_and_the_whole_have_a_style_in_every_theme(client: httpx.Client) -> None:
    document = client.get("/styles").json()
    served = [entry["id"] for entry in client.get("/collections").json()["collections"]]
    expected = {subject + theme for subject in ["map", *served] for theme in THEMES}
    assert {entry["id"] for entry in document["styles"]} == expected
    assert document["default"] == "map"
    for entry in document["styles"]:
        sheet, *_ = [link for link in entry["links"] if link["rel"] == "stylesheet"]
        assert client.get(sheet["href"]).headers["content-type"] == sheet["type"] == STYLE_TYPE


@pytest.mark.parametrize("path", ["/styles/map-print", "/styles/roads", "/collections/roads/styles/roads-dark"])
def test_what_belongs_to_a_style_is_linked_and_there(client: httpx.Client, path: str) -> None:
    above, _, style_id = path.rpartition("/")
    (entry,) = [style for style in client.get(above).json()["styles"] if style["id"] == style_id]
    rels = {link["rel"].rpartition("/")[2] for link in entry["links"]}
    assert rels == {"stylesheet", "alternate", "describedby", "preview", "legend"}
    sheets = [link["type"] for link in entry["links"] if link["rel"] == "stylesheet"]
    assert [name for name in sheets if "sld" in name] == [
        f"application/vnd.ogc.sld+xml;version={n}" for n in ("1.1", "1.0")
    ]
    assert ("application/x-qgis-layer-settings" in sheets) == ("map" not in path)
    for link in entry["links"]:
        answer = client.get(link["href"])
        assert answer.headers["content-type"].partition(";")[0] == link["type"].partition(";")[0]
        again = client.get(link["href"], headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304
    assert client.get(path).json()["name"] == entry["title"]


def test_a_collection_lists_its_own_styles(client: httpx.Client) -> None:
    document = client.get("/collections/roads").json()
    (linked,) = [link["href"] for link in document["links"] if link["rel"].endswith("/rel/ogc/1.0/styles")]
    listed = client.get(linked).json()
    assert [style["id"] for style in listed["styles"]] == ["roads", "roads-dark", "roads-print"]
    assert listed["default"] == "roads"
    assert client.get("/collections/roads/styles/ports").status_code == 404
    assert client.get("/collections/lakes/styles").status_code == 404


def test_the_metadata_of_a_style_say_what_it_reads_and_where_to_have_it(client: httpx.Client) -> None:
    document = client.get("/styles/roads-print/metadata", params={"lang": "nl"}).json()
    assert (document["id"], document["title"], document["scope"]) == ("roads-print", "Wegen (voor afdruk)", "style")
    (layer,) = document["layers"]
    assert (layer["id"], layer["type"]) == ("roads", "line")
    assert {"id": "functionalRoadClass", "type": "string"} in layer["attributes"]
    assert {"id": "tunnel", "type": "boolean"} in layer["attributes"]
    assert client.get(layer["sampleData"]["href"]).json()["features"]
    natives = [sheet["link"]["type"] for sheet in document["stylesheets"] if sheet["native"]]
    assert natives == [STYLE_TYPE]


@pytest.mark.parametrize("language", ["en", "nl", "fr", "de"])
def test_a_legend_is_in_the_readers_language(client: httpx.Client, language: str) -> None:
    answer = client.get("/styles/map-dark/legend", params={"lang": language})
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["content-language"] == language
    title = client.get("/styles/map-dark", params={"lang": language}).json()["name"]
    assert f": {title}</title>" in answer.text


def test_collections_and_landing_page_lead_to_styles(client: httpx.Client) -> None:
    landing = client.get("/").json()
    (styles,) = [link["href"] for link in landing["links"] if link["rel"].endswith("/rel/ogc/1.0/styles")]
    assert client.get(styles).json()["styles"]
    (sheet,) = [link for link in client.get("/collections/roads").json()["links"] if link["rel"] == "stylesheet"]
    assert client.get(sheet["href"]).json()["name"] == "Roads"


def test_every_address_is_the_services_own(address: str, style: dict[str, Any]) -> None:
    addresses = [style["glyphs"], style["sprite"], *(source["url"] for source in style["sources"].values())]
    assert all(entry.startswith(address + "/") for entry in addresses)
    assert not re.findall(rf"https?://(?!{re.escape(address.partition('//')[2])})", str(style))


def test_sources_are_tilejson_with_the_layers_the_style_draws(client: httpx.Client, style: dict[str, Any]) -> None:
    for name, source in style["sources"].items():
        tilejson = client.get(source["url"]).json()
        given = {layer["id"] for layer in tilejson["vector_layers"]}
        assert {layer["source-layer"] for layer in style["layers"] if layer.get("source") == name} <= given


def test_letters_and_icons_are_there(client: httpx.Client, address: str, style: dict[str, Any]) -> None:
    index = client.get(style["sprite"].removeprefix(address) + "@2x.json").json()
    for layer in style["layers"]:
        layout = layer.get("layout", {})
        assert layout.get("icon-image", "port") in index
        for font in layout.get("text-font", []):
            for letters in ("0-255", "256-511", "768-1023"):
                path = style["glyphs"].removeprefix(address).format(fontstack=quote(font), range=letters)
                assert client.get(path).status_code == 200, path
    assert client.get(style["sprite"].removeprefix(address) + ".png").headers["content-type"] == "image/png"


def test_styles_read_only_properties_there_are(style: dict[str, Any]) -> None:
    for layer in style["layers"]:
        if layer.get("source", BASE_MAP) == BASE_MAP:
            continue
        read = {part[1] for part in parts(layer) if isinstance(part, list) and part[:1] in (["get"], ["has"])}
        assert read <= COLLECTIONS[layer["source"]].by_name.keys()


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_accidents_are_drawn_by_severity_the_worst_above(theme: str) -> None:
    assert ACCIDENTS.points is not None
    [discs] = [layer for layer in layers(["accidents"], theme, "en") if layer["type"] == "circle"]
    colour, order = discs["paint"]["circle-color"], discs["layout"]["circle-sort-key"]
    rims, radii = discs["paint"]["circle-stroke-width"], discs["paint"]["circle-radius"]
    assert by_severity(colour) == [entry.colour.on(theme) for entry in ACCIDENTS.points.classes]
    assert by_severity(order) == sorted(by_severity(order), reverse=True)
    for at_zooms in (radii, rims):
        assert at_zooms[:3] == ["interpolate", ["exponential", 1.5], ["zoom"]], "zoom may only be read outermost"
    for radius, rim in zip(radii[4::2], rims[4::2], strict=True):
        *known, _ = by_severity(radius)
        assert known == sorted(set(known), reverse=True)
        assert all(2 * around < inside for around, inside in zip(by_severity(rim), by_severity(radius), strict=True))


def by_severity(expression: list[Any]) -> list[Any]:
    """The value for each severity, the worst first, and for an unknown one."""
    operator, read, *cases, otherwise = expression
    assert (operator, read) == ("match", ["get", "severity"])
    assert [code for codes in cases[::2] for code in codes] == list(SEVERITY.values)
    return [*cases[1::2], otherwise]


def test_layers_have_names_of_their_own_and_words_lie_above(style: dict[str, Any]) -> None:
    names = [layer["id"] for layer in style["layers"]]
    assert len(names) == len(set(names))
    kinds = [layer["type"] == "symbol" for layer in style["layers"]]
    assert kinds == sorted(kinds)


def test_words_never_lie_on_each_other(style: dict[str, Any]) -> None:
    layouts = [layer["layout"] for layer in style["layers"] if layer["type"] == "symbol"]
    assert not [layout for layout in layouts if layout.get("text-allow-overlap") or layout.get("text-ignore-placement")]


@pytest.mark.parametrize("language", ["en", "nl", "fr", "de"])
def test_countries_are_named_in_the_language_and_features_as_published(client: httpx.Client, language: str) -> None:
    layers = {layer["id"]: layer for layer in client.get("/styles/map", params={"lang": language}).json()["layers"]}
    assert f"name:{language}" in str(layers["country-names"]["layout"]["text-field"])
    assert layers["ports-names"]["layout"]["text-field"] == ["get", "name"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/styles/lakes", 404),
        ("/styles/railways", 404),
        ("/styles?q=1", 400),
        ("/styles/lakes/legend", 404),
        ("/styles/map/metadata?f=svg", 400),
    ],
)
def test_what_is_not_there_is_said(client: httpx.Client, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_letters_vendored_are_those_their_checksums_say() -> None:
    for sums in STATIC_DIR.glob("vendor/*/SHA256SUMS"):
        for line in sums.read_text().splitlines():
            digest, _, name = line.partition("  ")
            assert sha256((sums.parent / name).read_bytes()).hexdigest() == digest, name
