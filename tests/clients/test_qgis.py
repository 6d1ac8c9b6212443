"""QGIS opens every collection: valid, counted, typed, drawn (Debian's python3-qgis, offscreen)."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.clients

COLLECTIONS = ("roads", "railways", "ports", "sea-lanes", "airports")
PYTHON = "/usr/bin/python3"  # Debian's own, which has the bindings
# West, south, east, north. The first two have roads: by name from OpenStreetMap, and motorways of the default data.
BOXES = {
    "wechelderzande": (4.76, 51.25, 4.81, 51.28),
    "manchester": (-3.0, 53.2, -1.5, 54.0),
    "north sea": (2.5, 54.3, 3.5, 54.8),
}

Report = dict[str, Any]


def run(home: Path, script: str, *arguments: str) -> Report:
    """What a script prints at its end."""
    environment = {"QT_QPA_PLATFORM": "offscreen", "HOME": str(home), "XDG_RUNTIME_DIR": str(home), "PATH": os.defpath}
    done = subprocess.run(
        [PYTHON, Path(__file__).with_name(script), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, f"{done.stderr}\n`make test-clients` installs python3-qgis"
    report: Report = json.loads(done.stdout.splitlines()[-1])
    return report


@pytest.fixture(scope="module")
def qgis(service: str, tmp_path_factory: pytest.TempPathFactory) -> Report:
    report = run(tmp_path_factory.mktemp("qgis"), "qgis_reads.py", service + "/", *COLLECTIONS)
    for name, layer in report["collections"].items():
        print(f"QGIS {report['version']}: {name}: {layer['read']} features of {layer['count']}")
    found: Report = report["collections"]
    return found


@pytest.fixture(scope="module")
def drawn(service: str, real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:  # noqa: ARG001
    folder = tmp_path_factory.mktemp("qgis")
    report = run(folder, "qgis_renders.py", service, str(folder), json.dumps(BOXES))
    for kind, layer in report["drawn"].items():
        print(f"QGIS {report['version']}: coloured pixels of {kind}: {layer['pixels']}")
    found: Report = report["drawn"]
    return found


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_qgis_reads_every_feature_once(service: str, qgis: Report, collection: str) -> None:
    layer = qgis[collection]
    matched = httpx.get(f"{service}/collections/{collection}/items?limit=1").json()["numberMatched"]
    assert (layer["valid"], layer["error"]) == (True, "")
    assert (layer["count"], layer["read"], layer["distinct"]) == (matched, matched, matched)


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_qgis_knows_title_place_and_reference_system(service: str, qgis: Report, collection: str) -> None:
    document = httpx.get(f"{service}/collections/{collection}").json()
    assert qgis[collection]["title"] == document["title"]
    assert qgis[collection]["extent"] == pytest.approx(document["extent"]["spatial"]["bbox"][0])
    assert qgis[collection]["crs"] == "EPSG:4326"


def test_qgis_types_numbers_as_numbers(qgis: Report, real_data: Path) -> None:  # noqa: ARG001
    roads = qgis["roads"]["fields"]
    assert {name: roads[name] for name in ("name", "speedLimit", "lanes", "length")} == {
        "name": "String",
        "speedLimit": "Integer",
        "lanes": "Integer",
        "length": "Real",
    }
    assert qgis["airports"]["fields"]["elevation"] == "Real"


@pytest.mark.parametrize("kind", ["features", "tiles"])
def test_qgis_draws_roads_where_there_are_roads(drawn: Report, kind: str) -> None:
    layer = drawn[kind]
    assert (layer["valid"], layer["errors"]) == (True, [])
    assert layer["pixels"]["wechelderzande"] > 2000
    assert layer["pixels"]["manchester"] > 2000
    assert layer["pixels"]["north sea"] == 0
