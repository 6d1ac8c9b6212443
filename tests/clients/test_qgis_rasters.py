"""QGIS opens elevation: its layers, its styles, and the map that has it beneath the roads."""

import json
from pathlib import Path

import pytest
import rasterio

from tests.clients.test_qgis import Report, run

pytestmark = pytest.mark.clients

PLACES = ((7.42, 43.74), (7.25, 43.85), (7.12, 43.62), (7.6, 43.9))
BOX = (7.1, 43.7, 7.5, 43.95)
ATTRIBUTION = "SRTM, NASA and NGA"
PROVIDER = 1
"""QGIS's number of the stage at which heights are interpolated before they are drawn: else light shows steps."""


@pytest.fixture(scope="module")
def tile(real_data: Path) -> Path:
    return real_data / "srtm_dem" / "N43E007.tif"


@pytest.fixture(scope="module")
def report(elevation_service: str, tile: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("qgis")
    asked = str(tile), json.dumps(PLACES), json.dumps(BOX)
    return run(folder, "qgis_rasters.py", elevation_service, str(folder), *asked)


def test_qgis_reads_heights_and_draws_them_by_the_layer_definition(report: Report, tile: Path) -> None:
    opened = report["layers"]
    with rasterio.open(tile) as source:
        expected = [float(value[0]) for value in source.sample(PLACES)]
    assert opened["valid"]
    assert opened["names"] == ["Hill-shade", "Elevation"]
    assert opened["heights"] == expected
    assert opened["attributions"] == [ATTRIBUTION, ATTRIBUTION]
    assert opened["colours"] > 1000
    assert opened["drawn"] > 0.7


def test_qgis_has_the_raster_in_the_project_of_the_whole_map(report: Report) -> None:
    opened = report["project"]
    assert opened["valid"]
    assert (opened["names"], opened["checked"]) == (["Hill-shade", "Elevation"], ["Hill-shade"])
    assert opened["colours"] > 1000


@pytest.mark.parametrize(("style", "renderer"), [("relief", "singlebandpseudocolor"), ("hillshade", "hillshade")])
def test_qgis_draws_a_file_of_heights_in_a_style(report: Report, style: str, renderer: str) -> None:
    """By its QML: QGIS 3.22 reads no SLD of rasters ("Layer type 1 not supported")."""
    drawn = report[style]
    print(f"{style}: {drawn}")
    assert drawn["loaded"], drawn["message"]
    assert (drawn["renderer"], drawn["stage"]) == (renderer, PROVIDER)
    assert drawn["colours"] > 100
    assert drawn["drawn"] > 0.7
