"""The collections that have features, as the database knows them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import orjson

from otn.api.sql import collections_statement
from otn.edition.manifest import Manifest
from otn.edition.shelf import Shelf
from otn.errors import NotFound, Superseded, Unavailable
from otn.model.collections import COLLECTIONS, Collection
from otn.model.datasets import Dataset
from otn.model.licences import Licence
from otn.store.pool import Pool
from otn.store.tile_sql import version_statement

if TYPE_CHECKING:
    from otn.edition.edition import Edition


@dataclass(frozen=True)
class ServedDataset:
    """A dataset as declared at its newest load, and how many features it has."""

    dataset: Dataset
    number_of_features: int


@dataclass(frozen=True)
class ServedCollection:
    """A collection with features; `bbox` is west, south, east, north in degrees, `version` that of the data.

    `tiles_size` is how long the file of its ready-made tiles is, where there is one.
    """

    collection: Collection
    version: int
    updated: datetime
    number_of_features: int
    bbox: tuple[float, float, float, float] | None
    valid_from: datetime | None
    valid_to: datetime | None
    datasets: tuple[ServedDataset, ...]
    tiles_size: int | None = None

    @property
    def attribution(self) -> str:
        """Whom to name: the attributions of its datasets, each once."""
        return attribution(self.datasets)

    @property
    def licences(self) -> tuple[Licence, ...]:
        """The licences of its datasets, each once, by identifier."""
        return licences(self.datasets)


def attribution(datasets: Iterable[ServedDataset]) -> str:
    """The attributions of datasets, each once."""
    return "; ".join(dict.fromkeys(served.dataset.attribution for served in datasets))


def licences(datasets: Iterable[ServedDataset]) -> tuple[Licence, ...]:
    """The licences of datasets, each once, by identifier."""
    by_id = {served.dataset.licence: served.dataset.licence_model for served in datasets}
    return tuple(by_id[licence_id] for licence_id in sorted(by_id))


class Served:
    """What one process knows of the collections: what the database says; while it does not answer, what it said last
    or, where that was to another process, what the editions say."""

    def __init__(self, pool: Pool, shelf: Shelf) -> None:
        self._pool = pool
        self._shelf = shelf
        self._known: tuple[ServedCollection, ...] | None = None
        self._of_editions: WeakKeyDictionary[Edition, ServedCollection] = WeakKeyDictionary()

    async def collections(self) -> tuple[ServedCollection, ...]:
        """In the order of the model. Raises Unavailable where neither the database nor an edition answers."""
        try:
            known = self._known = await served_collections(self._pool)
        except Unavailable:
            known = self._known or self._published()
            if not known:
                raise
        return tuple(replace(served, tiles_size=self._tiles_size(served.collection.id)) for served in known)

    async def collection(self, collection_id: str) -> ServedCollection:
        """Raises NotFound where there is no such collection, or none with features, and what `collections` raises."""
        for served in await self.collections():
            if served.collection.id == collection_id:
                return served
        raise no_collection(collection_id)

    async def confirm(self, collection: Collection, version: int) -> None:
        """Raises Superseded unless the database has that version: what is read from before is of it then."""
        statement = version_statement(collection)
        rows = await self._pool.fetch(statement.sql, statement.parameters)
        if [row["version"] for row in rows] != [version]:
            raise Superseded(f"The data of {collection.id} were loaded anew meanwhile: try again.")

    def of_edition(self, edition: "Edition") -> ServedCollection:
        """The collection as the edition has it."""
        served = self._of_editions.get(edition)
        if served is None:
            served = self._of_editions[edition] = _of_manifest(edition.collection, edition.manifest)
        return served

    def _tiles_size(self, collection_id: str) -> int | None:
        file = self._shelf.tiles(collection_id)
        return None if file is None else file.size

    def _published(self) -> tuple[ServedCollection, ...]:
        editions = (self._shelf.current(collection_id) for collection_id in COLLECTIONS)
        return tuple(self.of_edition(edition) for edition in editions if edition is not None and edition.count)


async def served_collections(pool: Pool) -> tuple[ServedCollection, ...]:
    """In the order of the model. Raises Unavailable where the database does not answer."""
    statement = collections_statement()
    rows = await pool.fetch(statement.sql, statement.parameters)
    by_id = {row["collection"].decode(): row for row in rows}
    return tuple(_served(collection, by_id[name]) for name, collection in COLLECTIONS.items() if name in by_id)


def find_collection(collection_id: str) -> Collection:
    """Raises NotFound where the model has no such collection; whether it has features is another question."""
    collection = COLLECTIONS.get(collection_id)
    if collection is None:
        raise no_collection(collection_id)
    return collection


def no_collection(collection_id: str) -> NotFound:
    """The error for a collection that is unknown or empty."""
    return NotFound(f"There is no collection {collection_id[:60]!r} with features here.")


def no_collections() -> NotFound:
    """The error for what is about all collections, where none has features."""
    return NotFound("There are no collections with features here.")


def _of_manifest(collection: Collection, manifest: Manifest) -> ServedCollection:
    return ServedCollection(
        collection=collection,
        version=manifest.number,
        updated=manifest.updated,
        number_of_features=manifest.count,
        bbox=manifest.bbox,
        valid_from=None if manifest.valid_from is None else datetime.fromisoformat(manifest.valid_from),
        valid_to=None if manifest.valid_to is None else datetime.fromisoformat(manifest.valid_to),
        datasets=tuple(
            ServedDataset(Dataset.model_validate(declaration), part.count)
            for declaration, part in zip(manifest.declarations, manifest.parts, strict=True)
        ),
    )


def _served(collection: Collection, row: Any) -> ServedCollection:
    bbox = (row["west"], row["south"], row["east"], row["north"])
    return ServedCollection(
        collection=collection,
        version=row["version"],
        updated=row["updated"],
        number_of_features=row["number_of_features"],
        bbox=None if None in bbox else bbox,
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        datasets=tuple(
            ServedDataset(Dataset.model_validate(entry["declaration"]), entry["numberOfFeatures"])
            for entry in orjson.loads(row["datasets"] or b"[]")
        ),
    )
