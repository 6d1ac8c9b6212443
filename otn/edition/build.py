"""Publishing: each collection that a load touched gets a new edition, of which only the parts that changed are built.

An edition is complete or invisible: its parts are written beside those of the others, then its manifest, by one rename.
Whatever keeps it from being built leaves the editions before it, and PostgreSQL answers for what is newer.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psycopg

from otn.edition import folders
from otn.edition.manifest import (
    PARTS,
    Front,
    Manifest,
    PartEntry,
    readable,
    recipe,
    write_manifest,
)
from otn.edition.part import Part
from otn.edition.part_writer import Rows, write_part
from otn.edition.rows import RENDERED_TOGETHER, read_rows
from otn.edition.side_by_side import AT_ONCE, side_by_side
from otn.edition.snapshot import DatasetState, State, read_datasets, read_front, read_state, snapshot
from otn.edition.standing import is_current, is_there, remove_foreign
from otn.edition.statistics import read_statistics
from otn.errors import DamagedPart, EditionError
from otn.model.collections import COLLECTIONS, Collection
from otn.store.durable import sync
from otn.store.progress import Progress, Silent


@dataclass(frozen=True)
class Published:
    """A collection's newest edition: how many of its parts were built now; `is_new` where any of it was."""

    manifest: Manifest
    parts_built: int
    is_new: bool


def publish(
    url: str,
    editions: Path,
    collections: Iterable[str] | None = None,
    progress: Progress | None = None,
    *,
    verify: bool = False,
    at_once: int = AT_ONCE,
) -> list[Published]:
    """Makes the newest edition of each of these collections, or of all that were ever loaded, what the database holds.

    `verify` reads every part that is there and builds those anew that are damaged. `at_once` is how many processes of
    PostgreSQL render the features of a dataset that is published for the first time; of others it is one, since
    somebody reads them meanwhile. Raises EditionError where an edition cannot be built; those before it in the order of
    the model are.
    """
    wanted = COLLECTIONS.keys() if collections is None else set(collections)
    published = []
    for collection in COLLECTIONS.values():
        if collection.id in wanted:
            with translated(f"the edition of {collection.id}"):
                folder = editions / collection.id
                made = _Build(url, folder, collection, progress or Silent(), verify, at_once).run()
            if made is not None:
                published.append(made)
    return published


class _Build:
    """The build of one edition."""

    def __init__(
        self, url: str, folder: Path, collection: Collection, progress: Progress, verify: bool, at_once: int
    ) -> None:
        self._url = url
        self._folder = folder
        self._collection = collection
        self._progress = progress
        self._verify = verify
        self._at_once = at_once
        self._built = 0

    def run(self) -> Published | None:
        """None where nothing was ever loaded into the collection."""
        waiting = partial(self._progress.stage, f"{self._collection.id}: wait for another build of its edition", None)
        with folders.only_builder(self._folder, waiting), snapshot(self._url) as connection:
            state = read_state(connection, self._collection)
            remove_foreign(connection, self._folder, state)
            if state is None:
                return None
            newest = next(readable(self._folder), None)
            if newest is not None and is_current(newest, state) and all(map(self._is_whole, newest.parts)):
                return Published(newest, 0, is_new=False)
            manifest = self._manifest(connection, state)
            write_manifest(self._folder, manifest)
            folders.remove_outdated(self._folder)
            return Published(manifest, self._built, is_new=True)

    def _manifest(self, connection: psycopg.Connection, state: State) -> Manifest:
        datasets = read_datasets(connection, self._collection)
        known = {part.identity: part for manifest in reversed([*readable(self._folder)]) for part in manifest.parts}
        published = {identity.dataset for identity in known}
        parts: list[PartEntry] = []
        for dataset in datasets:
            entry = known.get(dataset.identity)
            if entry is None or not self._is_whole(entry):
                is_alone = dataset.identity.dataset in published or dataset.count <= RENDERED_TOGETHER
                entry = self._build_part(connection, dataset, 1 if is_alone else self._at_once)
            parts.append(entry)
        number_of = {entry.identity.dataset: number for number, entry in enumerate(parts)}
        if sum(part.count for part in parts) != state.count:
            raise EditionError(f"The datasets of {self._collection.id} do not add up to its {state.count:,} features.")
        sync(self._folder / PARTS)
        return Manifest(
            collection=self._collection.id,
            number=state.version,
            loaded=state.loaded,
            recipe=recipe(self._collection),
            updated=state.updated,
            built=datetime.now(UTC),
            licences=state.licences,
            count=state.count,
            bbox=state.bbox,
            valid_from=state.valid_from,
            valid_to=state.valid_to,
            front=tuple(Front(id_, number_of[dataset]) for id_, dataset in read_front(connection, self._collection)),
            parts=tuple(parts),
            declarations=tuple(dataset.declaration for dataset in datasets),
        )

    def _build_part(self, connection: psycopg.Connection, dataset: DatasetState, at_once: int) -> PartEntry:
        name = dataset.identity.dataset
        self._progress.stage(f"{name}: edition of {self._collection.id}", dataset.count)
        statistics = read_statistics(connection, self._collection, name)
        with side_by_side(connection, self._url, at_once) as connections:
            rows = self._counted(read_rows(connection, connections, self._collection, name))
            written = write_part(self._folder / PARTS, dataset.identity, dataset.licence, statistics, rows)
        self._built += 1
        info, size = written.info, (self._folder / PARTS / written.file).stat().st_size
        return PartEntry(
            file=written.file,
            size=size,
            checksum=written.checksum,
            identity=info.identity,
            licence=info.licence,
            count=info.count,
            bbox=info.bbox,
            statistics=info.statistics,
        )

    def _counted(self, rows: Iterator[Rows]) -> Iterator[Rows]:
        for block in rows:
            yield block
            self._progress.advance(len(block.ids))

    def _is_whole(self, entry: PartEntry) -> bool:
        """Whether a part is there and, where every byte is to be read, is what was written."""
        if not self._verify:
            return is_there(self._folder, entry)
        try:
            return Part(self._folder / PARTS / entry.file).checksum == entry.checksum
        except DamagedPart:
            return False


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Makes an EditionError of what keeps something from being built."""
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise EditionError(
            f"{what[0].upper()}{what[1:]} was not built: {error.strerror}{where}. PostgreSQL answers in its place."
        ) from error
    except psycopg.Error as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise EditionError(f"PostgreSQL ended the build of {what} ({reason}), and answers in its place.") from error
