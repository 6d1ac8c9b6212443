"""TopoJSON: arcs are put together to polygons, forwards and backwards, and those that two share are found."""

import json
from pathlib import Path
from typing import Any

import pytest
import shapely

from otn.etl.topology import Topology

# Two squares side by side, in steps of a tenth of a degree from 4 east, 50 north; arc 0 is their common side. The third
# is smaller than a step.
CONTENT: dict[str, Any] = {
    "type": "Topology",
    "transform": {"scale": [0.1, 0.1], "translate": [4, 50]},
    "arcs": [
        [[10, 0], [0, 10]],
        [[10, 10], [-10, 0], [0, -10], [10, 0]],
        [[10, 10], [10, 0], [0, -10], [-10, 0]],
        [[5, 5], [0, 0]],
    ],
    "objects": {
        "countries": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "id": "1", "properties": {"name": "West"}, "arcs": [[0, 1]]},
                {"type": "MultiPolygon", "id": "2", "properties": {"name": "East"}, "arcs": [[[-3, -1]]]},
                {"type": "Polygon", "properties": {"name": "Dot"}, "arcs": [[3]]},
                {"type": None, "properties": {"name": "Nowhere"}},
            ],
        }
    },
}


@pytest.fixture
def topology(tmp_path: Path) -> Topology:
    file = tmp_path / "countries.json"
    file.write_text(json.dumps(CONTENT))
    return Topology(file)


def test_arcs_make_polygons(topology: Topology) -> None:
    polygons = {country["properties"]["name"]: found for country, found in topology.geometries("countries")}
    assert [shape.equals(shapely.box(4, 50, 5, 51)) for shape in polygons["West"]] == [True]
    assert [shape.equals(shapely.box(5, 50, 6, 51)) for shape in polygons["East"]] == [True]
    assert polygons["Dot"] == polygons["Nowhere"] == []


def test_shared_arcs_are_boundaries(topology: Topology) -> None:
    [boundary] = topology.shared("countries")
    assert boundary.equals(shapely.LineString([(5, 50), (5, 51)]))
