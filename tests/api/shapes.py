"""What the tests of areas and of mixed geometry share: a database of both, loaded from files as they are published."""

import json
from pathlib import Path
from typing import Any

import shapely

from otn.etl.load_records import LoadSummary
from otn.etl.pipeline import load_dataset
from otn.etl.progress import Silent
from otn.etl.wishes import Wishes
from otn.model.datasets import Registry

# By localId; clockwise rings, a bow tie, holes and several parts, as files have them.
AREAS = {
    "with a hole": "POLYGON ((4 51, 4 51.4, 4.4 51.4, 4.4 51, 4 51), (4.1 51.1, 4.2 51.1, 4.2 51.2, 4.1 51.1))",
    "of two": "MULTIPOLYGON (((4.5 51, 4.6 51, 4.6 51.1, 4.5 51)), ((4.7 51, 4.8 51, 4.8 51.1, 4.7 51)))",
    "bow tie": "POLYGON ((5 51, 5.2 51.2, 5.2 51, 5 51.2, 5 51))",
    "tiny": "POLYGON ((4.9 51, 4.9001 51, 4.9001 51.0001, 4.9 51))",
}
NO_AREA = "POLYGON ((4 51, 5 52, 6 53, 4 51))"
FACILITIES = {
    "berth": "POINT (4.3 51.25)",
    "berths": "MULTIPOINT ((4.31 51.25), (4.32 51.25))",
    "quay": "LINESTRING (4.3 51.2, 4.31 51.21, 4.33 51.22)",
    "quays": "MULTILINESTRING ((4.34 51.2, 4.35 51.2), (4.36 51.2, 4.37 51.2))",
    "dock": "POLYGON ((4.38 51.2, 4.39 51.2, 4.39 51.21, 4.38 51.21, 4.38 51.2))",
    "docks": "MULTIPOLYGON (((4.4 51.2, 4.41 51.2, 4.41 51.21, 4.4 51.2)), "
    "((4.42 51.2, 4.43 51.2, 4.43 51.21, 4.42 51.2)))",
    "one of many": "MULTIPOINT ((4.44 51.2))",
}
ACCIDENT = "POINT (4.4 51.22)"


def fill_shapes(url: str, folder: Path) -> None:
    """Areas, port facilities and one accident, which has no name."""
    load_wkt(url, "elsewhere/areas", AREAS, folder)
    load_wkt(url, "elsewhere/port-facilities", FACILITIES, folder)
    load_wkt(url, "elsewhere/accidents", {"a1": ACCIDENT}, folder, severity="slight", hour=17)


def load_wkt(url: str, dataset: str, shapes: dict[str, str], folder: Path, **properties: Any) -> LoadSummary:
    """Loads a GeoJSON file of these geometries, whose names are their identifiers."""
    features = [
        {
            "type": "Feature",
            "properties": {"localId": name, "name": name, **properties},
            "geometry": json.loads(shapely.to_geojson(shapely.from_wkt(wkt))),
        }
        for name, wkt in shapes.items()
    ]
    file = folder / "shapes.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    registry = Registry.read()
    return load_dataset(url, registry.dataset(dataset), registry=registry, progress=Silent(), wishes=Wishes([file]))
