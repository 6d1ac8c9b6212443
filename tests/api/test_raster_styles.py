"""Maps with a raster: its hill-shade lies beneath the roads, in light and dark, where it is loaded."""

from typing import Any

import httpx
import pytest


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
            assert heights.get(link["href"]).headers["content-type"] == link["type"]


def test_its_page_has_a_map_and_a_scale_of_tints(heights: httpx.Client) -> None:
    page = heights.get("/collections/elevation", headers={"Accept": "text/html", "Accept-Language": "nl"}).text
    assert 'data-raster="elevation"' in page
    assert "/collections/elevation/styles/relief/map/tiles/WebMercatorQuad?f=tilejson" in page
    assert 'stop-color="#e0cb9b"' in page
    assert "Hoogte in meter" in page
