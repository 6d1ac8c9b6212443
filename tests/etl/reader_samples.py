"""What tests of readers of declared datasets share."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from pyproj import CRS

from otn.errors import SourceError
from otn.etl.readers.inputs import Inputs
from otn.etl.readers.registry import READERS
from otn.etl.rows import Reject
from otn.model.collections import COLLECTIONS, ROAD_NODES
from otn.model.datasets import Dataset

_TEXT = {"en": "Sample", "nl": "Voorbeeld", "fr": "Exemple", "de": "Beispiel"}


def dataset(collection: str, reader: str, region: str = "be", **source: Any) -> Dataset:
    """A dataset of `region` whose source is declared with `reader`, and with what else is named."""
    declared = {
        "id": f"{region}/sample",
        "region": region,
        "collection": collection,
        "title": _TEXT,
        "description": _TEXT,
        "publisher": {"name": "Publisher", "url": "https://example.org/"},
        "landing_page": "https://example.org/data",
        "licence": "ODbL-1.0",
        "attribution": "Publisher",
        "source": {"reader": reader, "format": "as published", **source},
    }
    return Dataset.model_validate(declared)


@dataclass(frozen=True)
class Sample:
    """What a reader made of files: rows in terms of the model, places, and what it left out."""

    features: dict[str, dict[str, Any]]
    places: dict[str, shapely.Geometry | None]
    rejects: list[Reject]
    positions: list[int]
    normalised: int
    nodes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def only(self) -> dict[str, Any]:
        """The fields of the only row."""
        (fields,) = self.features.values()
        return fields


def read(collection: str, reader: str, *files: Path, crs: CRS | None = None, **source: Any) -> Sample:
    """Reads files as a load does; fields that are null are left out."""
    made = READERS[reader](Inputs(files, dataset(collection, reader, **source), crs))
    sample = Sample({}, {}, [], [], 0)
    for rows in made.read():
        if rows.collection == ROAD_NODES.id:
            columns = made.harmonise(rows.attributes, ROAD_NODES)
            nodes = pa.table(columns).to_pylist()
            sample.nodes.update(zip(rows.source_id.to_pylist(), nodes, strict=True))
            continue
        fields = made.harmonise(rows.attributes, COLLECTIONS[collection])
        assert fields.keys() <= COLLECTIONS[collection].by_name.keys()
        columns = {name: column.to_pylist() for name, column in fields.items()}
        for row, name in enumerate(rows.source_id.to_pylist()):
            present = {field: values[row] for field, values in columns.items() if values[row] is not None}
            assert name not in sample.features
            sample.features[name] = present
            sample.places[name] = rows.geometry[row]
        sample.rejects.extend(rows.rejects)
        sample.positions.extend(np.asarray(rows.position).tolist())
        sample = Sample(
            sample.features,
            sample.places,
            sample.rejects,
            sample.positions,
            sample.normalised + len(rows.normalised),
            sample.nodes,
        )
    return sample


def refusal(collection: str, reader: str, *files: Path, **source: Any) -> str:
    """What the reader says when it refuses the files."""
    with pytest.raises(SourceError) as raised:
        read(collection, reader, *files, **source)
    return str(raised.value)


def written(path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    """A file of these lines."""
    path.write_text("".join(line + "\n" for line in lines), encoding=encoding)
    return path
