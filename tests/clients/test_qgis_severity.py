"""QGIS draws accidents by severity with the style of the service: each class as declared, the worst above."""

import json
from pathlib import Path

import pytest

from otn.api.qgis import layer_style
from otn.model.drawing import THEMES
from otn.model.symbology import ACCIDENTS
from otn.model.traffic_codelists import SEVERITY
from tests.clients.test_qgis import Report, run

pytestmark = pytest.mark.clients

assert ACCIDENTS.points is not None
CLASSES = ACCIDENTS.points.classes
# The worst first: what is drawn in the order of a file lies below what follows.
SEVERITIES = [*SEVERITY.values, None]
BOX = (-1.8985, 52.48, -1.8915, 52.482)


def accidents(apart: float) -> str:
    """One accident of each severity, so many degrees from one to the next."""
    features = [
        {
            "type": "Feature",
            "properties": {"severity": severity},
            "geometry": {"type": "Point", "coordinates": [-1.897 + apart * number, 52.481]},
        }
        for number, severity in enumerate(SEVERITIES)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder: Path = tmp_path_factory.mktemp("qgis")
    asked = {}
    for name, apart in (("row", 0.001), ("heap", 0.0)):
        (folder / f"{name}.geojson").write_text(accidents(apart))
        for theme in THEMES:
            (folder / f"{theme}.qml").write_text(layer_style("accidents", theme, "nl"))
            files = [str(folder / file) for file in (f"{name}.geojson", f"{theme}.qml", f"{name}-{theme}.png")]
            asked[f"{name}-{theme}"] = (*files[:2], BOX, files[2])
    return run(folder, "qgis_classes.py", json.dumps(asked))


@pytest.mark.parametrize("theme", THEMES)
def test_each_class_is_drawn_in_its_colour_the_larger_the_worse(report: Report, theme: str) -> None:
    drawn = report[f"row-{theme}"]
    assert drawn["loaded"], drawn["message"]
    assert drawn["classes"] == [entry.title.nl for entry in CLASSES]
    *known, unknown = [drawn["pixels"].get(entry.colour.on(theme), 0) for entry in CLASSES]
    print(f"{theme}: {known}, {unknown}")
    assert known == sorted(set(known), reverse=True)
    assert known[-1] > 0
    assert unknown > 0


@pytest.mark.parametrize("theme", THEMES)
def test_the_worst_lies_above(report: Report, theme: str) -> None:
    pixels = report[f"heap-{theme}"]["pixels"]
    worst, *others = [entry.colour.on(theme) for entry in CLASSES]
    assert pixels[worst] == report[f"row-{theme}"]["pixels"][worst]
    assert not [colour for colour in others if colour in pixels]
