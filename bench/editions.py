"""What it takes to build the editions of everything anew, and their tiles, as `otn editions build` does both."""

import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench import processes
from otn.api.codings import unpacked_size
from otn.edition.build import publish
from otn.edition.manifest import PARTS, readable
from otn.edition.tile_build import make_tiles
from otn.edition.tile_file import TileFile
from otn.edition.tile_info import SUFFIX
from otn.model.collections import ROADS
from otn.settings import ROOT

_CHANGED = 50_000


@dataclass(frozen=True)
class EditionBuild:
    """Seconds, the most memory the builder held, and the bytes of what it wrote.

    `one_part` are the seconds of building one part of `in_part` features anew and publishing it beside the others, as
    after a change of that dataset. `tiles` is the making of the tiles.
    """

    seconds: float
    memory: int
    bytes: int
    in_part: int
    one_part: float
    tiles: "TileBuild"


@dataclass(frozen=True)
class TileBuild:
    """How many tiles of the roads there are, the seconds, memory and bytes of making those of all collections.

    `largest` are the bytes of the largest of them, before compression.
    """

    number: int
    seconds: float
    memory: int
    bytes: int
    largest: int


def edition_build(url: str) -> EditionBuild:
    """Builds into a folder of its own, which is removed."""
    with tempfile.TemporaryDirectory() as directory:
        seconds, memory = _build(url, directory, "publish")
        size = sum(file.stat().st_size for file in Path(directory).rglob("*") if file.is_file())
        folder = Path(directory) / "editions" / ROADS.id
        tiles = _tile_build(url, directory)
        manifest = next(readable(folder))
        changed = min(manifest.parts, key=lambda part: abs(part.count - _CHANGED))
        (folder / PARTS / changed.file).unlink()
        one_part, _ = _build(url, directory, "publish")
    return EditionBuild(seconds, memory, size, changed.count, one_part, tiles)


def _tile_build(url: str, directory: str) -> TileBuild:
    seconds, memory = _build(url, directory, "make_tiles")
    files = [TileFile(path) for path in Path(directory).rglob(f"*{SUFFIX}")]
    number = next(len(file) for file in files if file.tiles_of.collection == ROADS.id)
    largest = max(unpacked_size(file.at(position)) for file in files for position in range(len(file)))
    return TileBuild(number, seconds, memory, sum(file.size for file in files), largest)


def _build(url: str, directory: str, what: str) -> tuple[float, int]:
    """Seconds, and the most bytes that the builder held: the files it reads are mapped, and no memory of its own."""
    began = time.perf_counter()
    with (
        subprocess.Popen([sys.executable, "-m", "bench.editions", what, url, directory], cwd=ROOT) as builder,
        processes.peak_memory(builder.pid) as peak,
    ):
        builder.wait()
    if builder.returncode:
        raise RuntimeError(f"The build of the editions ended with {builder.returncode}.")
    return time.perf_counter() - began, peak.of_root


def _main(what: str, url: str, directory: str) -> None:
    folder = Path(directory) / "editions"
    if what == "publish":
        publish(url, folder, verify=True)
    else:
        make_tiles(url, folder, verify=True)


if __name__ == "__main__":
    _main(*sys.argv[1:])
