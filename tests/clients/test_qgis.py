"""QGIS opens every collection: valid, counted, with extent and field types (Debian's python3-qgis, offscreen)."""

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


@pytest.fixture(scope="module")
def qgis(service: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("qgis")
    environment = {"QT_QPA_PLATFORM": "offscreen", "HOME": str(home), "XDG_RUNTIME_DIR": str(home), "PATH": os.defpath}
    script = Path(__file__).with_name("qgis_reads.py")
    done = subprocess.run(
        [PYTHON, script, service + "/", *COLLECTIONS], env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, f"{done.stderr}\n`make test` installs python3-qgis"
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    for name, layer in report["collections"].items():
        print(f"QGIS {report['version']}: {name}: {layer['read']} features of {layer['count']}")
    found: dict[str, Any] = report["collections"]
    return found


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_qgis_reads_every_feature_once(service: str, qgis: dict[str, Any], collection: str) -> None:
    layer = qgis[collection]
    matched = httpx.get(f"{service}/collections/{collection}/items?limit=1").json()["numberMatched"]
    assert (layer["valid"], layer["error"]) == (True, "")
    assert (layer["count"], layer["read"], layer["distinct"]) == (matched, matched, matched)


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_qgis_knows_title_place_and_reference_system(service: str, qgis: dict[str, Any], collection: str) -> None:
    document = httpx.get(f"{service}/collections/{collection}").json()
    assert qgis[collection]["title"] == document["title"]
    assert qgis[collection]["extent"] == pytest.approx(document["extent"]["spatial"]["bbox"][0])
    assert qgis[collection]["crs"] == "EPSG:4326"


def test_qgis_types_numbers_as_numbers(qgis: dict[str, Any], real_data: Path) -> None:  # noqa: ARG001
    roads = qgis["roads"]["fields"]
    assert {name: roads[name] for name in ("name", "speedLimit", "lanes", "length")} == {
        "name": "String",
        "speedLimit": "Integer",
        "lanes": "Integer",
        "length": "Real",
    }
    assert qgis["airports"]["fields"]["elevation"] == "Real"
