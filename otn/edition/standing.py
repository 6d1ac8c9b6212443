"""How the editions stand to the database: which are the newest, which are behind it, and which are none of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from otn.edition.kept_files import DOWNLOADS, files
from otn.edition.manifest import PARTS, Manifest, PartEntry, numbers, path_of, read_manifest, readable, recipe
from otn.edition.snapshot import State, read_loads, read_state, snapshot
from otn.edition.tile_info import path_of_tiles, read_tiles_of, tile_recipe
from otn.errors import EditionError
from otn.model.collections import COLLECTIONS, Collection


@dataclass(frozen=True)
class Standing:
    """A collection: its data version, its newest edition that can be read, and the numbers of all that are kept.

    `is_current` says that the edition is what the database holds, and none of its files is missing; `tiles` are its
    ready-made tiles. `downloads` are the bytes of the files that are kept for downloads.
    """

    collection: str
    version: int
    newest: Manifest | None
    kept: tuple[int, ...]
    is_current: bool
    downloads: int
    tiles: "Tiles | None"

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to be built."""
        return self.is_current and (self.tiles is not None or self.newest is None or not self.newest.count)


@dataclass(frozen=True)
class Tiles:
    """The file with the ready-made tiles of an edition."""

    path: Path
    size: int


def standings(url: str, editions: Path) -> list[Standing]:
    """Of every collection that was ever loaded, in the order of the model. Raises EditionError without a database."""
    found = []
    with _translated(), snapshot(url) as connection:
        for collection in COLLECTIONS.values():
            state = read_state(connection, collection)
            if state is not None:
                found.append(_standing(editions / collection.id, collection, state))
    return found


def behind(url: str, editions: Path) -> list[str]:
    """The collections whose newest edition is not what the database holds, or lacks a file or its tiles."""
    return [standing.collection for standing in standings(url, editions) if not standing.is_complete]


def forget_foreign(url: str, editions: Path) -> None:
    """Removes editions that were not made of this database, or that it has gone back behind.

    Whoever serves calls it first: the folder may have been filled from another database, or this one restored to an
    earlier day.
    """
    filled = [collection for collection in COLLECTIONS.values() if numbers(editions / collection.id)]
    if filled:
        with _translated(), snapshot(url) as connection:
            for collection in filled:
                remove_foreign(connection, editions / collection.id, read_state(connection, collection))


def remove_foreign(connection: psycopg.Connection, folder: Path, state: State | None) -> None:
    """Removes the manifests in the folder of a collection that no loads of this database made, and damaged ones."""
    loads = read_loads(connection, numbers(folder))
    for number in numbers(folder):
        try:
            loaded = read_manifest(path_of(folder, number)).loaded
        except EditionError:
            path_of(folder, number).unlink(missing_ok=True)
            continue
        if state is None or number > state.version or loads.get(number) != loaded:
            path_of(folder, number).unlink(missing_ok=True)


def is_current(manifest: Manifest, state: State) -> bool:
    """Whether an edition is what the database holds, made as this program makes it."""
    made_of = (manifest.number, manifest.loaded, manifest.updated)
    is_ours = manifest.recipe == recipe(COLLECTIONS[manifest.collection])
    return is_ours and made_of == (state.version, state.loaded, state.updated)


def is_there(folder: Path, part: PartEntry) -> bool:
    """Whether a part lies in the folder of its collection, as long as it was written."""
    file = folder / PARTS / part.file
    return file.is_file() and file.stat().st_size == part.size


def current_tiles(folder: Path, manifest: Manifest) -> Tiles | None:
    """The tiles of an edition, made as this program makes them; whether they are whole is not looked at."""
    path = path_of_tiles(folder, manifest.number)
    try:
        found = read_tiles_of(path)
        if not found.belong_to(manifest) or found.recipe != tile_recipe(COLLECTIONS[manifest.collection]):
            return None
        return Tiles(path, path.stat().st_size)
    except (EditionError, OSError):
        return None


def _standing(folder: Path, collection: Collection, state: State) -> Standing:
    newest = next(readable(folder), None)
    current = newest is not None and is_current(newest, state) and all(is_there(folder, part) for part in newest.parts)
    downloads = sum(path.stat().st_size for path, _ in files(folder / DOWNLOADS))
    tiles = None if newest is None else current_tiles(folder, newest)
    return Standing(collection.id, state.version, newest, tuple(numbers(folder)), current, downloads, tiles)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EditionError(f"The editions cannot be kept in order: {error.strerror} ({error.filename}).") from error
    except psycopg.Error as error:
        raise EditionError(f"The database does not answer: {str(error).strip().splitlines()[0]}.") from error
