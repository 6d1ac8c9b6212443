"""Tiles of the bench: what is asked, and what comes out of it."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyogrio

from bench.client import get
from bench.measure import Result
from bench.servers import Server
from otn.model.collections import ROADS
from otn.model.tile_matrix_sets import WEB_MERCATOR_QUAD, TileAddress

MAP = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate, br"}
"""What map libraries in browsers send."""
_PLAIN = {"Accept": "*/*", "Accept-Encoding": "identity"}


@dataclass(frozen=True)
class TileCase:
    """Tiles of a zoom on every server. `features` is how many an average one has of each server.

    `largest` are the bytes of OTN's largest before compression; with `whole_table` peers read that, and not the rows
    that OTN's tile is made from.
    """

    title: str
    results: dict[str, Result]
    features: dict[str, float] = field(default_factory=dict)
    largest: int = 0
    whole_table: bool = False


def own_path(tile: TileAddress) -> str:
    """Where OTN, and nginx with what it answered, has a tile."""
    return f"/collections/{ROADS.id}/tiles/{WEB_MERCATOR_QUAD.id}/{tile.matrix}/{tile.row}/{tile.column}"


def sized(results: Mapping[str, Result], asked: Mapping[Server, Sequence[str]]) -> dict[str, Result]:
    """The results with the bytes of an average answer."""
    by_name = {server.name: (server, paths) for server, paths in asked.items()}
    return {
        name: result if result.why_not else replace(result, bytes=_size(*by_name[name]))
        for name, result in results.items()
    }


def features_and_size(server: Server, paths: Sequence[str]) -> tuple[float, int]:
    """How many features an average tile has, and the bytes of the largest before compression."""
    contents = [get(server.port, path, _PLAIN).body for path in paths]
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "tile.pbf"
        return sum(_features(content, file) for content in contents) / len(contents), max(map(len, contents))


def _features(content: bytes, file: Path) -> int:
    if not content:
        return 0
    file.write_bytes(content)
    return int(pyogrio.read_info(file, force_feature_count=True)["features"])


def _size(server: Server, paths: Sequence[str]) -> int:
    return sum(len(get(server.port, path, MAP).body) for path in paths) // len(paths)
