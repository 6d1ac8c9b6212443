"""A database that loads fill, the folder it is published in, and the service before the sample, which must agree."""

import json
from pathlib import Path

import psycopg
import pytest

from otn.edition.build import Published, publish
from otn.etl.pipeline import load_dataset
from otn.etl.progress import Silent
from otn.etl.wishes import Wishes
from otn.model.datasets import Registry
from tests.api.conftest import address, client

__all__ = ["House", "address", "client", "house"]

REGISTRY = Registry.read()


class House:
    """A database that loads fill, and the folder that it is published in."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.editions = folder / "editions"

    def load(self, dataset: str, *names: str | None) -> int:
        """Lines side by side, one for each name; returns the number of the load."""
        features = [
            {
                "type": "Feature",
                "properties": {"localId": str(number), "name": name},
                "geometry": {"type": "LineString", "coordinates": [[4 + number / 10, 51], [4 + number / 10, 51.1]]},
            }
            for number, name in enumerate(names)
        ]
        file = self.folder / "some.geojson"
        file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        return load_dataset(
            self.url,
            REGISTRY.dataset(dataset),
            registry=REGISTRY,
            progress=Silent(),
            wishes=Wishes([file], accept_losses=True),
        ).load_id

    def publish(self, *, verify: bool = False) -> Published:
        [published] = publish(self.url, self.editions, ["roads"], verify=verify)
        return published

    def restore(self, load: int) -> None:
        """Makes the database say that this was the last load."""
        with psycopg.connect(self.url) as connection:
            connection.execute("DELETE FROM load WHERE id > %s", [load])
            connection.execute("UPDATE collection_state SET version = %s", [load])

    def files(self) -> set[str]:
        return {str(file.relative_to(self.editions)) for file in self.editions.rglob("*.*") if file.suffix != ".lock"}


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> House:
    return House(database_url, tmp_path)
