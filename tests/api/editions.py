"""What the tests of editions share: a database whose roads change, the folder they are published in, and a server."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest

from otn.edition.build import publish
from otn.model.datasets import Registry
from otn.settings import Settings
from tests.api.conftest import served
from tests.api.sample import fill, insert

ROADS = "/collections/roads/items"
NOWHERE = "postgresql:///otn?host=/nonexistent"
"""A database that does not answer."""
_PATIENCE = 30.0


class Publisher:
    """Changes the roads of the sample by hand, and publishes them."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.editions = Settings(data_dir=folder).editions_dir
        self._next = 1000
        self._others = Registry.read().dataset("elsewhere/roads")

    def publish(self) -> int:
        """Publishes all collections; returns the edition of the roads."""
        return {made.manifest.collection: made.manifest.number for made in publish(self.url, self.editions)}["roads"]

    def swap(self) -> int:
        """Some roads go, come and take another place in the order; returns the number of the edition of it."""
        with psycopg.connect(self.url) as connection:
            connection.execute(
                "DELETE FROM roads WHERE id IN (SELECT id FROM roads WHERE id %% 4 = %s ORDER BY random() LIMIT 2)",
                [self._next % 4],
            )
            connection.execute("UPDATE roads SET page_rank = CASE page_rank WHEN 0 THEN 7 ELSE 0 END WHERE id % 7 = 3")
            for _ in range(3):
                self._next += 1
                west = 4 + self._next % 89 / 100
                insert(connection, self._others, self._next, self._next, f"LINESTRING({west} 51, {west} 51.1)")
            connection.execute(
                "UPDATE collection_state SET version = version + 1, updated = clock_timestamp(),"
                " number_of_features = (SELECT count(*) FROM roads) WHERE collection = 'roads'"
            )
            connection.execute(
                "UPDATE dataset SET number_of_features = (SELECT count(*) FROM roads WHERE dataset = dataset.id)"
                " WHERE collection = 'roads'"
            )
        [made] = publish(self.url, self.editions, ["roads"])
        return made.manifest.number

    def ids(self) -> list[int]:
        """The roads as the database has them now, in the order of pages."""
        with psycopg.connect(self.url) as connection:
            return [
                number for (number,) in connection.execute("SELECT id FROM roads ORDER BY page_rank, id").fetchall()
            ]

    @contextmanager
    def serving(self, database_url: str | None = None) -> Iterator[httpx.Client]:
        """A client of a server that reads this folder."""
        settings = Settings(database_url=database_url or self.url, data_dir=self.folder)
        with served(settings) as address, httpx.Client(base_url=address, timeout=20) as client:
            yield client


@contextmanager
def publishing(url: str, folder: Path) -> Iterator[Publisher]:
    """A publisher over a database made from the template, which the sample fills; its editions are looked for often."""
    fill(url)
    publisher = Publisher(url, folder)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("otn.edition.shelf._INTERVAL", 0.01)
        yield publisher


def edition_of(answer: httpx.Response) -> int:
    return int(answer.headers["otn-edition"])


def until(condition: Callable[[], bool]) -> None:
    """Asks until the condition holds: the server looks into the folder now and then."""
    within = threading.Event()
    timer = threading.Timer(_PATIENCE, within.set)
    timer.start()
    while not condition():
        assert not within.is_set()
    timer.cancel()
