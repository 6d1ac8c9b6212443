"""Reads every byte of the editions, and says what is wrong with them."""

from collections.abc import Iterator
from pathlib import Path

from otn.edition.manifest import PARTS, Manifest, numbers, path_of, read_manifest
from otn.edition.part import Part
from otn.edition.standing import Standing, standings
from otn.edition.tile_file import TileFile
from otn.errors import EditionError
from otn.store.progress import Progress


def troubles(url: str, editions: Path, progress: Progress) -> Iterator[str]:
    """What is wrong with the editions, a sentence each; what is missing or behind is answered by PostgreSQL.

    Raises EditionError where the database does not answer.
    """
    for standing in standings(url, editions):
        yield from _of_collection(editions / standing.collection, standing, progress)


def _of_collection(folder: Path, standing: Standing, progress: Progress) -> Iterator[str]:
    if standing.newest is None:
        yield f"{standing.collection} has no edition."
    elif not standing.is_current:
        yield f"The edition {standing.newest.number} of {standing.collection} is not what the database holds."
    elif standing.is_current and not standing.is_complete:
        yield f"The edition {standing.newest.number} of {standing.collection} has no tiles."
    if standing.tiles is not None:
        yield from _of_tiles(standing.tiles.path)
    sound: set[str] = set()
    for number in numbers(folder):
        try:
            manifest = read_manifest(path_of(folder, number))
        except EditionError as error:
            yield str(error)
            continue
        progress.stage(f"{manifest.collection}: edition {number}", manifest.count)
        yield from _of_parts(folder, manifest, sound, progress)


def _of_tiles(path: Path) -> Iterator[str]:
    try:
        TileFile(path)
    except EditionError as error:
        yield str(error)


def _of_parts(folder: Path, manifest: Manifest, sound: set[str], progress: Progress) -> Iterator[str]:
    """`sound` are the parts that were read before, for another edition."""
    for part in manifest.parts:
        try:
            if part.file not in sound and Part(folder / PARTS / part.file).checksum != part.checksum:
                yield f"{folder / PARTS / part.file} is not the file that the edition {manifest.number} was made of."
        except EditionError as error:
            yield str(error)
        sound.add(part.file)
        progress.advance(part.count)
