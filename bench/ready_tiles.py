"""Ready-made tiles: OTN beside martin with the same file, and beside nginx, which only sends what it is given."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from pathlib import Path

from bench.client import get
from bench.data import DATA_DIR
from bench.measure import Meter, Result
from bench.servers import FILES, Place, Server, nginx, running
from bench.tile_servers import MARTIN, MARTIN_ANEW, MARTIN_PROGRAM, NO_MARTIN, martin_of_file
from bench.tiles import MAP, TileCase, own_path, sized
from otn.edition.tile_file import TileFile
from otn.edition.tile_info import numbers_of_tiles, path_of_tiles
from otn.model.collections import ROADS
from otn.model.tile_matrix_sets import TileAddress

_ZOOMS = (6, 10, 14)
_TILES = 50


def ready_made(meter: Meter, own: Sequence[Server], place: Place, runs: int) -> list[TileCase]:
    """Of tiles from all over the data, asked for as maps in browsers do."""
    folder = DATA_DIR / "editions" / ROADS.id
    tiles, files = TileFile(path_of_tiles(folder, numbers_of_tiles(folder)[0])), place.directory / "tiles"
    found = []
    with ExitStack() as stack:
        as_files = stack.enter_context(running(FILES, place, lambda at: nginx(at, files)))
        martins = [stack.enter_context(server) for server in _martins(place, tiles.path)]
        for zoom in _ZOOMS:
            some = _some_tiles(tiles, zoom)
            paths = [own_path(tile) for tile in some]
            for path in paths:
                _copy(own[0], path, files)
            asked = dict.fromkeys((*own, as_files), paths)
            of_martin = [f"/{ROADS.id}/{tile.matrix}/{tile.column}/{tile.row}" for tile in some]
            asked |= dict.fromkeys(martins, of_martin)
            results = sized(meter.compare(asked, runs, MAP), asked)
            if not martins:
                results[MARTIN] = Result(None, why_not=NO_MARTIN)
            found.append(TileCase(f"Ready-made tile of zoom {zoom}", results))
    return found


def _martins(place: Place, tiles: Path) -> Iterator[AbstractContextManager[Server]]:
    if MARTIN_PROGRAM.exists():
        for port, (name, kept) in enumerate(((MARTIN, True), (MARTIN_ANEW, False)), place.port + 1):
            yield running(name, replace(place, port=port), martin_of_file(tiles, kept=kept))


def _some_tiles(file: TileFile, zoom: int) -> list[TileAddress]:
    """So many of a zoom, as far apart as there are."""
    there = file.positions(zoom)
    step = max(len(there) // _TILES, 1)
    return [file.address(position) for position in there[::step][:_TILES]]


def _copy(server: Server, path: str, files: Path) -> None:
    """Writes an answer where nginx finds it."""
    file = files / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(get(server.port, path, MAP).body)
