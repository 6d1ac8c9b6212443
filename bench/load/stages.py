"""`python -m bench.load.stages FILE`: the seconds a file takes before the database, by stage, as a JSON object."""

import json
import sys
import time
from pathlib import Path

from otn.etl.check import check_geometry
from otn.etl.harmonise import harmonise, harmonised_geometry
from otn.etl.readers.inputs import Inputs
from otn.etl.readers.registry import reader_of
from otn.etl.regions import Regions
from otn.model.collections import COLLECTIONS
from otn.model.datasets import Registry


def measured(file: Path) -> dict[str, float]:
    """What each stage of a load of roads takes by itself."""
    registry = Registry.read()
    dataset = registry.dataset("elsewhere/roads")
    reader, regions = reader_of(Inputs((file,), dataset)), Regions(registry)
    seconds = dict.fromkeys(("read", "geometry", "check", "harmonise"), 0.0)
    last = time.perf_counter()

    def lap(stage: str) -> None:
        nonlocal last
        now = time.perf_counter()
        seconds[stage] += now - last
        last = now

    for rows in reader.read():
        lap("read")
        collection = COLLECTIONS[rows.collection or dataset.collection]
        shapes = harmonised_geometry(rows, collection.geometry)
        lap("geometry")
        checked, _ = check_geometry(shapes, rows, collection)
        lap("check")
        harmonise(checked, rows, reader, dataset, collection, regions)
        lap("harmonise")
    lap("read")
    return seconds


if __name__ == "__main__":
    print(json.dumps(measured(Path(sys.argv[1]))))
