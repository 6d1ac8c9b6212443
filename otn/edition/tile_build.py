"""Makes the ready-made tiles of editions: a file beside the manifest, made anew only where the data have changed.

An edition is published without waiting for its tiles: until they are there, and whenever they are damaged, PostgreSQL
makes each tile that is asked for. They are made of what the database holds, as long as that is what the newest edition
holds; where it holds more already, whoever publishes that makes the tiles.
"""

import html
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from heapq import merge
from operator import itemgetter
from pathlib import Path
from typing import Any

import psycopg

from otn.edition import folders
from otn.edition.build import translated
from otn.edition.manifest import PARTS, Manifest, readable
from otn.edition.part import Part
from otn.edition.pmtiles import tile_id
from otn.edition.side_by_side import AT_ONCE, side_by_side
from otn.edition.snapshot import overviews_are_current, read_state, snapshot
from otn.edition.standing import current_tiles, is_current
from otn.edition.tile_changes import changed_boxes, depth, touched_tiles
from otn.edition.tile_file import TileFile
from otn.edition.tile_info import TilesOf, path_of_tiles, read_tiles_of, told
from otn.edition.tile_maker import TileMaker
from otn.edition.tile_writer import PackedTile, write_tiles
from otn.errors import EditionError
from otn.model.collections import COLLECTIONS, Collection
from otn.model.datasets import Dataset
from otn.model.service import read_service
from otn.model.tile_matrix_sets import TileAddress
from otn.store.progress import Progress, Silent


@dataclass(frozen=True)
class MadeTiles:
    """Tiles of a collection's newest edition that were made now, and how many there are together with others."""

    collection: str
    number: int
    count: int
    made: int


def make_tiles(
    url: str,
    editions: Path,
    collections: Iterable[str] | None = None,
    progress: Progress | None = None,
    *,
    verify: bool = False,
    at_once: int = AT_ONCE,
) -> list[MadeTiles]:
    """Makes the tiles of the newest edition of each of these collections, or of all, that lacks them.

    `verify` reads the files that are there and makes those anew that are damaged. `at_once` is how many processes of
    PostgreSQL make all tiles of a collection; those that changed one of them makes, since somebody draws the others
    meanwhile. Raises EditionError where tiles
    cannot be made; those before them in the order of the model are.
    """
    wanted = COLLECTIONS.keys() if collections is None else set(collections)
    made = []
    for collection in COLLECTIONS.values():
        if collection.id in wanted:
            with translated(f"the tile file of {collection.id}"):
                folder = editions / collection.id
                of_collection = _Making(url, folder, collection, progress or Silent(), verify, at_once).run()
            if of_collection is not None:
                made.append(of_collection)
    return made


class _Making:
    """The making of the tiles of one edition."""

    def __init__(
        self, url: str, folder: Path, collection: Collection, progress: Progress, verify: bool, at_once: int
    ) -> None:
        self._url = url
        self._folder = folder
        self._collection = collection
        self._progress = progress
        self._verify = verify
        self._at_once = at_once
        self._made = 0

    def run(self) -> MadeTiles | None:
        """None where there are no tiles to be made."""
        if next(readable(self._folder), None) is None:
            return None
        waiting = partial(self._progress.stage, f"{self._collection.id}: wait for another making of its tiles", None)
        with folders.only_tile_maker(self._folder, waiting), snapshot(self._url) as connection:
            manifest = next(readable(self._folder), None)
            state = read_state(connection, self._collection)
            if manifest is None or state is None or not manifest.count or not is_current(manifest, state):
                return None
            if self._is_there(manifest) or not overviews_are_current(connection, self._collection):
                return None
            count = self._make(connection, manifest)
            folders.remove_other_tiles(self._folder, manifest.number)
            return MadeTiles(self._collection.id, manifest.number, count, self._made)

    def _is_there(self, manifest: Manifest) -> bool:
        found = current_tiles(self._folder, manifest)
        if found is None or not self._verify:
            return found is not None
        try:
            TileFile(found.path)
        except EditionError:
            return False
        return True

    def _make(self, connection: psycopg.Connection, manifest: Manifest) -> int:
        parts = self._parts(manifest)
        tiles_of = TilesOf.of(manifest, self._collection, depth(self._collection, parts))
        changed = self._changed(parts, tiles_of)
        assert manifest.bbox is not None  # noqa: S101 - there are features, and each has a place
        path, metadata = path_of_tiles(self._folder, manifest.number), self._metadata(manifest, tiles_of)
        with side_by_side(connection, self._url, 1 if changed else self._at_once) as connections:
            maker = TileMaker(connections, self._collection)
            tiles = self._renewed(maker, *changed) if changed else self._all(maker, tiles_of.depth)
            return write_tiles(path, metadata, manifest.bbox, tiles)

    def _all(self, maker: TileMaker, deepest: int) -> Iterator[PackedTile]:
        parents: list[TileAddress] | None = None
        for zoom in range(deepest + 1):
            parents = maker.existing(parents)
            self._progress.stage(f"{self._collection.id}: tiles of zoom {zoom} of {deepest}", len(parents))
            yield from self._counted(maker, parents)

    def _changed(self, parts: list[Part], tiles_of: TilesOf) -> tuple[TileFile, list[list[TileAddress]]] | None:
        """The newest tiles that there are, and which of them have changed since, by zoom; None where all may have."""
        for file, manifest in self._earlier(tiles_of):
            try:
                known, old = TileFile(file), self._parts(manifest)
            except EditionError:
                continue
            touched = touched_tiles(changed_boxes(old, parts), range(tiles_of.depth + 1))
            return None if touched is None else (known, touched)
        return None

    def _renewed(self, maker: TileMaker, known: TileFile, touched: list[list[TileAddress]]) -> Iterator[PackedTile]:
        self._progress.stage(f"{self._collection.id}: tiles that have changed", sum(map(len, touched)))
        anew = {tile_id(tile) for tiles in touched for tile in tiles}
        kept = ((number, bytes(known.at(at))) for at, number in enumerate(known.ids.tolist()) if number not in anew)
        made = (tile for tiles in touched for tile in self._counted(maker, sorted(tiles, key=tile_id)))
        return merge(kept, made, key=itemgetter(0))

    def _counted(self, maker: TileMaker, tiles: list[TileAddress]) -> Iterator[PackedTile]:
        for block, asked in maker.made(tiles):
            yield from block
            self._made += len(block)
            self._progress.advance(asked)

    def _earlier(self, tiles_of: TilesOf) -> Iterator[tuple[Path, Manifest]]:
        """The files of tiles that were made as these are, of editions that are still kept, the newest first."""
        for manifest in readable(self._folder):
            path = path_of_tiles(self._folder, manifest.number)
            try:
                found = read_tiles_of(path)
            except EditionError:
                continue
            alike = (found.recipe, found.depth) == (tiles_of.recipe, tiles_of.depth)
            if alike and found.belong_to(manifest):
                yield path, manifest

    def _parts(self, manifest: Manifest) -> list[Part]:
        return [Part(self._folder / PARTS / part.file) for part in manifest.parts]

    def _metadata(self, manifest: Manifest, tiles_of: TilesOf) -> dict[str, Any]:
        described = read_service().collections[self._collection.id]
        datasets = [Dataset.model_validate(declaration) for declaration in manifest.declarations]
        attribution = "; ".join(dict.fromkeys(dataset.attribution for dataset in datasets))
        layer = {
            "id": self._collection.id,
            "description": described.description.en,
            "minzoom": 0,
            "maxzoom": tiles_of.depth,
            "fields": {field.name: field.in_words("en") for field in self._collection.tile_fields},
        }
        return {
            "name": described.title.en,
            "description": described.description.en,
            # Map libraries show the attribution as HTML.
            "attribution": html.escape(attribution),
            "type": "overlay",
            "version": f"{manifest.number}.0.0",
            "vector_layers": [layer],
            **told(tiles_of),
        }
