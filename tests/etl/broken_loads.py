"""Loads of broken files into a database that serves a good version of the dataset already."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from otn.etl.load_records import LoadSummary
from otn.etl.pipeline import load_dataset
from otn.etl.progress import Silent
from otn.etl.wishes import Wishes
from otn.model.collections import COLLECTIONS
from otn.model.datasets import Dataset, Registry
from otn.model.sources import Checks
from tests.etl.broken_files import NAMES, PLACES, Build, feature, geojson
from tests.etl.reader_samples import dataset

REGISTRY = Registry.read()

_POINTS = geojson(*(feature(name, "Point", place) for name, place in zip(NAMES, PLACES, strict=True)))
_GOOD: dict[str, Build] = {
    "ports": _POINTS,
    "airports": _POINTS,
    "accidents": _POINTS,
    "traffic-counts": _POINTS,
    "traffic-volumes": geojson(
        *(feature(name, "Point", place, site="s") for name, place in zip(NAMES, PLACES, strict=True))
    ),
    "roads": geojson(feature("good", "LineString", PLACES)),
    "areas": geojson(feature("good", "Polygon", [[*PLACES, PLACES[0]]])),
}


@dataclass(frozen=True)
class Case:
    """A broken file: `says` is what the load is refused with, `rejects` what it leaves out, with `kept` loaded.

    Without `reader` the name of the file says how it is read.
    """

    name: str
    build: Build
    collection: str = "ports"
    reader: str | None = None
    says: str = ""
    rejects: dict[str, int] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    wishes: dict[str, Any] = field(default_factory=dict)
    source: dict[str, Any] = field(default_factory=dict)
    checks: Checks = field(default_factory=Checks)


class Served:
    """A database in which each collection has a good dataset, loaded when it is first asked for."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self._folder = folder
        self._loaded: set[str] = set()

    def declared(self, case: Case, name: str | None = None) -> Dataset:
        """The dataset of the case: that of its collection, or one of its own."""
        made = dataset(case.collection, case.reader or "vector", **case.source)
        # A file that somebody names is read as its name says where nothing is declared.
        source = made.source if case.reader else None
        return made.model_copy(update={"id": f"be/{name or case.collection}", "source": source, "checks": case.checks})

    def with_good_version(self, case: Case, name: str | None = None) -> Dataset:
        declared = self.declared(case, name)
        if declared.id not in self._loaded:
            folder = self._folder / declared.id
            folder.mkdir(parents=True)
            self.load(declared.model_copy(update={"source": None}), _GOOD[case.collection](folder))
            self._loaded.add(declared.id)
        return declared

    def load(self, declared: Dataset, file: Path, **wishes: Any) -> LoadSummary:
        return load_dataset(self.url, declared, registry=REGISTRY, progress=Silent(), wishes=Wishes([file], **wishes))

    def features(self, declared: Dataset) -> list[tuple[Any, ...]]:
        """What is served of the dataset."""
        table = sql.Identifier(COLLECTIONS[declared.collection].table)
        statement = sql.SQL("SELECT local_id, content_hash FROM {} WHERE dataset = %s ORDER BY 1")
        return self._rows(statement.format(table), declared)

    def last_load(self, declared: Dataset) -> tuple[Any, ...]:
        """The state and the message of the last load that was recorded."""
        statement = sql.SQL("SELECT state, message FROM load WHERE dataset = %s ORDER BY id DESC LIMIT 1")
        return self._rows(statement, declared)[0]

    def rejects(self, declared: Dataset) -> dict[str, int]:
        """How many rows are kept as rejects for each reason."""
        statement = sql.SQL(
            "SELECT reason, count(*) FROM reject JOIN load ON load.id = load_id WHERE dataset = %s GROUP BY reason"
        )
        return dict(self._rows(statement, declared))

    def _rows(self, statement: sql.Composable, declared: Dataset) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(sql.SQL("{}").format(statement), [declared.id]).fetchall()
