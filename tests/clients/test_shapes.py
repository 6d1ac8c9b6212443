"""Areas and mixed geometry in QGIS and in a browser: what is there is seen."""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.api.shapes import AREAS, FACILITIES, fill_shapes
from tests.clients.test_map_pages import DRAWN
from tests.clients.test_qgis import Report, run
from tests.conftest import clone, open_directory, serving

pytestmark = pytest.mark.clients

BOXES = {"areas": (3.9, 50.95, 5.3, 51.45), "port-facilities": (4.29, 51.19, 4.45, 51.26)}


@pytest.fixture(scope="module")
def shapes(cluster_url: Callable[[str], str], template_database: str) -> Iterator[str]:
    """The address of a service before areas and port facilities."""
    clone(cluster_url, template_database, "otn_shapes_of_clients")
    with open_directory() as folder:
        fill_shapes(cluster_url("otn_shapes_of_clients"), folder)
    with serving(cluster_url("otn_shapes_of_clients")) as address:
        yield address


@pytest.fixture(scope="module")
def qgis(shapes: str, tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("qgis")
    return run(folder, "qgis_shapes.py", shapes, str(folder), json.dumps(BOXES))


def test_qgis_opens_areas(qgis: Report) -> None:
    assert qgis["areas"]["direct"] == {"valid": True, "type": "MultiPolygon", "kinds": ["MultiPolygon"] * len(AREAS)}
    features, tiles = qgis["areas"]["layers"]
    assert features["valid"]
    assert tiles["valid"]
    assert features["drawn"] == pytest.approx(tiles["drawn"], rel=0.1)
    assert features["drawn"] > 0.1


def test_qgis_gets_all_of_a_mixed_collection_but_takes_it_for_one_type(qgis: Report) -> None:
    """Which one, the first feature says: opened directly, QGIS draws only what fits; the layer definition helps."""
    direct = qgis["port-facilities"]["direct"]
    assert direct["valid"]
    assert len(direct["kinds"]) == len(FACILITIES)
    assert {kind.removeprefix("Multi") for kind in direct["kinds"]} == {"Point", "LineString", "Polygon"}


def test_the_layer_definition_draws_points_lines_and_areas(qgis: Report) -> None:
    points, lines, areas, tiles = qgis["port-facilities"]["layers"]
    names = [f"Port facilities ({kind})" for kind in ("points", "lines", "areas", "vector tiles")]
    assert [layer["name"] for layer in (points, lines, areas, tiles)] == names
    assert all(layer["valid"] for layer in (points, lines, areas, tiles))
    assert 0 < points["drawn"] < lines["drawn"] < areas["drawn"] < tiles["drawn"]


@pytest.mark.parametrize(
    ("page", "layers"),
    [
        ("/collections/areas", {"areas", "areas-outline"}),
        (
            "/collections/port-facilities",
            {"port-facilities-areas", "port-facilities-lines", "port-facilities-points"},
        ),
        ("/collections/accidents", {"accidents"}),
        ("/styles/map", {"areas", "port-facilities-areas", "port-facilities-lines", "accidents"}),
    ],
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_draws_them(browser: Browser, shapes: str, page: str, layers: set[str], scheme: str) -> None:
    complaints: list[str] = []
    with browser.new_context(color_scheme=scheme) as context:  # type: ignore[arg-type]
        opened = context.new_page()
        opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        opened.goto(shapes + page)
        opened.wait_for_selector("figure[data-map][aria-busy=false]", timeout=60_000)
        drawn = opened.evaluate(DRAWN, [None, None])
        assert layers <= drawn["layers"].keys()
        assert opened.locator(".legend li").count() >= 1
    assert complaints == []
