"""QGIS draws features with the styles of the service, in SLD and as its own, and opens the whole map as a project."""

import json
from pathlib import Path

import httpx
import pytest

from otn.api.maplibre import LAND, WATER
from otn.model.symbology import AIRPORTS, RAILWAYS, ROADS
from otn.model.tile_matrix_sets import web_mercator
from tests.clients.test_qgis import Report, run

pytestmark = pytest.mark.clients

assert ROADS.lines is not None
assert RAILWAYS.lines is not None
assert RAILWAYS.lines.casing is not None
assert AIRPORTS.points is not None
[_AIRPORT] = [entry.colour for entry in AIRPORTS.points.classes]
_BY_CODE = {code: entry.colour for entry in ROADS.lines.classes for code in entry.codes}
VILLAGE, ANTWERP, COAST = (4.785, 51.255, 4.805, 51.268), (4.41, 51.21, 4.43, 51.223), (2.5, 50.8, 5.5, 52.0)
STYLES = {
    "roads": ("LineString", VILLAGE, [_BY_CODE["secondClass"].light, ROADS.lines.classes[-1].colour.light]),
    "roads-print": ("LineString", VILLAGE, [_BY_CODE["secondClass"].print, ROADS.lines.classes[-1].colour.print]),
    "railways-dark": ("LineString", ANTWERP, [RAILWAYS.lines.casing.dark]),
    "airports": ("Point", (4.265, 51.106, 4.283, 51.118), [_AIRPORT.light]),
}
MAPS = {
    "map": (COAST, [WATER.light, LAND.light, _AIRPORT.light]),
    "map-dark": (COAST, [WATER.dark, LAND.dark, _AIRPORT.dark]),
    "map-print": (COAST, [WATER.print, _AIRPORT.print]),
}


@pytest.fixture(scope="module")
def report(service: str, real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:  # noqa: ARG001
    folder = tmp_path_factory.mktemp("qgis")
    return run(folder, "qgis_styles.py", service, str(folder), json.dumps(STYLES), json.dumps(MAPS))


@pytest.mark.parametrize("language", ["sld", "sld10", "qml"])
@pytest.mark.parametrize("style", STYLES)
def test_qgis_draws_features_in_the_colours_of_a_style(report: Report, style: str, language: str) -> None:
    drawn = report[style][language]
    print(f"{style} {language}: {drawn['pixels']}")
    assert drawn["loaded"], drawn["message"]
    assert drawn["labels"]
    assert all(count > 20 for count in drawn["pixels"].values())


@pytest.mark.parametrize("name", MAPS)
def test_qgis_opens_the_whole_map_as_a_project(service: str, report: Report, name: str) -> None:
    opened = report[name]
    print(f"{name}: {opened['pixels']}")
    assert opened["read"]
    assert not opened["invalid"]
    assert all(count > 20 for count in opened["pixels"].values())
    collections = httpx.get(f"{service}/collections?lang=nl").json()["collections"]
    assert sorted(opened["groups"]) == sorted(collection["title"] for collection in collections)
    assert (opened["crs"], opened["last"]) == ("EPSG:3857", "Achtergrondkaart")
    west, south, east, north = httpx.get(f"{service}/styles/{name}").json()["metadata"]["otn:bounds"]
    assert opened["extent"] == pytest.approx([*web_mercator(west, south), *web_mercator(east, north)], abs=1)
