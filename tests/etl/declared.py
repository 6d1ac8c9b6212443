"""Datasets as regions declare them, for tests of readers."""

from pathlib import Path
from typing import Any

from otn.etl.readers.inputs import Inputs
from otn.etl.rows import SourceRows
from otn.model.collections import Collection
from otn.model.datasets import Dataset, Region, Registry

TEXT = {"en": "a", "nl": "b", "fr": "c", "de": "d"}


def dataset(collection: str, reader: str, *, region: str = "elsewhere", **source: Any) -> Dataset:
    """A dataset that comes from a file which `reader` reads."""
    return Dataset.model_validate(
        {
            "id": f"{region}/tested",
            "region": region,
            "collection": collection,
            "title": TEXT,
            "description": TEXT,
            "publisher": {"name": "Somebody", "url": "https://example.org"},
            "landing_page": "https://example.org/data",
            "licence": "CC0-1.0",
            "attribution": "Somebody",
            "source": {"reader": reader, "format": reader, **source},
        }
    )


def registry(*datasets: Dataset) -> Registry:
    """The one region that these datasets are of."""
    (name,) = {dataset.region for dataset in datasets}
    region = {"id": name, "title": TEXT, "datasets": {item.id.split("/")[1]: item.model_dump() for item in datasets}}
    return Registry([Region.model_validate(region)])


def inputs(*files: Path, collection: str, reader: str, **source: Any) -> Inputs:
    return Inputs(files, dataset(collection, reader, **source))


def features(reader: Any, rows: SourceRows, collection: Collection) -> list[dict[str, Any]]:
    """The fields of each row that are not null."""
    columns = {name: column.to_pylist() for name, column in reader.harmonise(rows.attributes, collection).items()}
    return [
        {name: values[row] for name, values in columns.items() if values[row] is not None} for row in range(len(rows))
    ]
