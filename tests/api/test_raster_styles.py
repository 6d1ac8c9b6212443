"""Maps with a raster: its hill-shade lies beneath the roads, in light and dark, where it is loaded."""

from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest

from otn.model.symbology import ELEVATION_TINTS


def style(client: httpx.Client, name: str) -> dict[str, Any]:
    made: dict[str, Any] = client.get(f"/styles/{name}").json()
    return made


@pytest.mark.parametrize("name", ["map", "map-dark", "roads", "roads-dark"])
def test_hill_shade_lies_beneath_all_that_is_drawn_on_land(heights: httpx.Client, name: str) -> None:
    made = style(heights, name)
    layers = [layer["id"] for layer in made["layers"]]
    assert layers.index("land") < layers.index("hillshade") < layers.index("boundaries")
    source = made["sources"]["elevation"]
    assert (source["type"], source["tileSize"]) == ("raster", 256)
    assert heights.get(source["url"]).json()["attribution"] == "SRTM, NASA and NGA"


def test_print_and_services_without_a_raster_have_none(heights: httpx.Client, client: httpx.Client) -> None:
    for made in (style(heights, "map-print"), style(client, "map"), style(client, "roads-dark")):
        assert "elevation" not in made["sources"]
        assert "hillshade" not in [layer["id"] for layer in made["layers"]]


def test_the_raster_lists_the_styles_of_its_maps(heights: httpx.Client) -> None:
    document = heights.get("/collections/elevation/styles").json()
    assert (document["default"], [entry["id"] for entry in document["styles"]]) == (
        "hillshade",
        ["hillshade", "relief"],
    )
    for entry in document["styles"]:
        for link in entry["links"]:
            answer = heights.get(link["href"])
            assert answer.headers["content-type"].partition(";")[0] == link["type"].partition(";")[0]
    everything = heights.get("/styles").json()["styles"]
    assert [entry for entry in everything if entry["id"] in ("hillshade", "relief")] == document["styles"]


def test_its_page_has_a_map_and_a_scale_of_tints(heights: httpx.Client) -> None:
    page = heights.get("/collections/elevation", headers={"Accept": "text/html", "Accept-Language": "nl"}).text
    assert 'data-raster="elevation"' in page
    assert "/collections/elevation/styles/relief/map/tiles/WebMercatorQuad?f=tilejson" in page
    assert 'stop-color="#e0cb9b"' in page
    assert "Hoogte in meter" in page


def test_relief_draws_the_tints_of_the_maps_in_every_language_of_styles(heights: httpx.Client) -> None:
    sld = {version: heights.get(f"/styles/relief?f=sld{version}").text for version in ("10", "11")}
    files = [*sld.values(), heights.get("/styles/relief?f=qml").text, heights.get("/styles/relief/legend").text]
    for text in files:
        ET.fromstring(text)  # noqa: S314
        assert all(colour in text for _, colour in ELEVATION_TINTS)
    entries = ET.fromstring(sld["10"]).findall(".//{*}ColorMapEntry")  # noqa: S314
    quantities = [float(entry.get("quantity", "")) for entry in entries]
    assert quantities == sorted(set(quantities))
    assert [entry.get("opacity") for entry in entries if entry.get("quantity") == "0"] == ["0"]


def test_styles_of_the_raster_for_map_libraries(heights: httpx.Client) -> None:
    kinds = {}
    for name in ("relief", "hillshade"):
        made = style(heights, name)
        source = made["sources"]["elevation"]
        kinds[name] = [layer["id"] for layer in made["layers"] if layer.get("source") == "elevation"]
        assert source["type"] == "raster"
        assert f"/styles/{name}/map/tiles/" in heights.get(source["url"]).json()["tiles"][0]
        west, south, east, north = made["metadata"]["otn:bounds"]
        assert west < made["center"][0] < east
        assert south < made["center"][1] < north
        assert heights.get(f"/collections/elevation/styles/{name}").json() == made
    assert kinds == {"relief": ["relief"], "hillshade": ["hillshade"]}


@pytest.mark.parametrize(("style", "words"), [("relief", ("4500 m", "-100 m")), ("hillshade", ("Hänge im Schatten",))])
def test_the_legend_of_the_raster(heights: httpx.Client, style: str, words: tuple[str, ...]) -> None:
    answer = heights.get(f"/styles/{style}/legend", params={"lang": "de"})
    assert answer.headers["content-type"] == "image/svg+xml"
    assert all(f">{word}</text>" in answer.text for word in words)


@pytest.mark.parametrize("name", ["relief", "hillshade"])
def test_styles_of_the_raster_have_pages(heights: httpx.Client, name: str) -> None:
    metadata = heights.get(f"/styles/{name}/metadata").json()
    assert [layer["type"] for layer in metadata["layers"]] == ["raster"]
    assert len(metadata["stylesheets"]) == 4
    for path in (f"/styles/{name}", f"/styles/{name}/metadata", "/styles", "/collections/elevation/styles"):
        page = heights.get(path, headers={"Accept": "text/html"})
        assert page.status_code == 200
        assert f"/styles/{name}" in page.text
    assert heights.get("/collections/elevation/styles/roads").status_code == 404
    assert heights.get("/collections/roads/styles/relief").status_code == 404


def test_qgis_gets_layers_of_the_raster_by_themselves_and_in_the_map(heights: httpx.Client) -> None:
    definition = heights.get("/collections/elevation", params={"f": "qlr", "lang": "nl"})
    assert definition.headers["content-type"] == "application/x-qgis-layer-definition"
    layers = ET.fromstring(definition.text).findall("maplayers/maplayer")  # noqa: S314
    assert [layer.findtext("layername") for layer in layers] == ["Reliëfschaduw", "Hoogteligging"]
    whole = ET.fromstring(heights.get("/styles/map", params={"f": "qgs"}).text)  # noqa: S314
    tree = {entry.get("name"): entry.get("checked") for entry in whole.findall(".//layer-tree-layer")}
    assert (tree["Hill-shade"], tree["Elevation"]) == ("Qt::Checked", "Qt::Unchecked")
    printed = heights.get("/styles/map-print", params={"f": "qgs"}).text
    assert "otn_shade_elevation" not in printed
    assert heights.get("/collections/elevation", params={"f": "qlr", "bbox": "1,2,3,4"}).status_code == 400
