"""QGIS opens the layer definition of a collection: features and tiles, in the colours of the service's own maps."""

import json
from pathlib import Path

import pytest

from otn.model.drawing import Lines, Points
from otn.model.symbology import AIRPORTS, RAILWAYS, ROADS
from tests.clients.test_qgis import Report, run

pytestmark = pytest.mark.clients

assert isinstance(ROADS.drawn, Lines)
assert isinstance(RAILWAYS.drawn, Lines)
assert RAILWAYS.drawn.casing is not None
assert isinstance(AIRPORTS.drawn, Points)
[_AIRPORT] = [entry.colour for entry in AIRPORTS.drawn.classes]
_BY_CODE = {code: entry.colour.light for entry in ROADS.drawn.classes for code in entry.codes}
# Boxes in degrees: features are drawn from 1:50,000 on, tiles before that. Then the colours each picture must have.
WANTED = {
    "roads": (
        {"features": (4.785, 51.255, 4.805, 51.268), "tiles": (4.745, 51.24, 4.83, 51.29)},
        [_BY_CODE["secondClass"], ROADS.drawn.classes[-1].colour.light],
    ),
    "railways": (
        {"features": (4.41, 51.21, 4.43, 51.223), "tiles": (4.2, 51.1, 4.7, 51.4)},
        [RAILWAYS.drawn.casing.light],
    ),
    "airports": (
        {"features": (4.265, 51.106, 4.283, 51.118), "tiles": (3.5, 50.8, 5.5, 52.0)},
        [_AIRPORT.light],
    ),
}


@pytest.fixture(scope="module")
def layers(service: str, real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:  # noqa: ARG001
    folder = tmp_path_factory.mktemp("qgis")
    return run(folder, "qgis_layers.py", service, str(folder), json.dumps(WANTED))


@pytest.mark.parametrize("collection", WANTED)
@pytest.mark.parametrize("kind", ["features", "tiles"])
def test_qgis_draws_a_layer_definition_in_the_colours_of_the_maps(layers: Report, collection: str, kind: str) -> None:
    layer = layers[collection][kind]
    print(f"{collection} {kind}: {layer['pixels']}")
    assert layer["valid"]
    assert layer["attribution"]
    assert all(count > 20 for count in layer["pixels"].values()), layer["pixels"]
