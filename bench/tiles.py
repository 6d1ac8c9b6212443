"""Ready-made tiles: what OTN adds to sending a file, which is what nginx does."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.client import get
from bench.data import DATA_DIR
from bench.measure import Measure, Meter, median
from bench.servers import FILES, Place, Server, nginx, running
from otn.edition.tile_file import TileFile
from otn.edition.tile_info import numbers_of_tiles, path_of_tiles
from otn.model.collections import ROADS
from otn.model.tile_matrix_sets import WEB_MERCATOR_QUAD, TileAddress

_ZOOMS = (6, 10, 14)
_TILES = 50
_MAP = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate, br"}
"""What map libraries in browsers send."""


@dataclass(frozen=True)
class TileCost:
    """What tiles of a zoom cost of OTN, and as files of nginx; `bytes` are those of an average one as it is sent."""

    server: str
    zoom: int
    bytes: int
    own: Measure
    as_files: Measure


def tile_costs(meter: Meter, own: Sequence[Server], place: Place, runs: int) -> list[TileCost]:
    """Of tiles from all over the data, asked for as maps in browsers do."""
    files = place.directory / "tiles"
    found = []
    with running(FILES, place, lambda at: nginx(at, files)) as server:
        for zoom in _ZOOMS:
            paths = [_path(tile) for tile in _some_tiles(zoom)]
            size = sum(_copied(own[0], path, files) for path in paths) // len(paths)
            servers = (*own, server)
            measured = [[meter.run(each, paths, _MAP) for each in servers] for _ in range(runs)]
            *ours, theirs = (median(list(of_server)) for of_server in zip(*measured, strict=True))
            found += [TileCost(each.name, zoom, size, cost, theirs) for each, cost in zip(own, ours, strict=True)]
    return found


def _copied(server: Server, path: str, files: Path) -> int:
    """Writes an answer where nginx finds it; returns its length."""
    file = files / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    return file.write_bytes(get(server.port, path, _MAP).body)


def _path(tile: TileAddress) -> str:
    return f"/collections/{ROADS.id}/tiles/{WEB_MERCATOR_QUAD.id}/{tile.matrix}/{tile.row}/{tile.column}"


def _some_tiles(zoom: int) -> Iterator[TileAddress]:
    """So many of a zoom, as far apart as there are."""
    folder = DATA_DIR / "editions" / ROADS.id
    file = TileFile(path_of_tiles(folder, numbers_of_tiles(folder)[0]))
    there = file.positions(zoom)
    step = max(len(there) // _TILES, 1)
    return (file.address(position) for position in there[::step][:_TILES])
