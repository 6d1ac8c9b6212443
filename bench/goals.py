"""The goals that OTN sets itself beside its peers, and whether they are met."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bench.cases import BY_ID, DEEP, FIRST_PAGE, LIMIT_10, LIMIT_100, LIMIT_1000
from bench.downloads import Download
from bench.editions import EditionBuild, TileBuild
from bench.measure import Measure, Result
from bench.servers import AGAIN, BARE, FILES, FLOOR, OWN
from bench.tile_servers import MARTIN, MARTIN_ANEW
from bench.tiles import TileCase
from otn.store.tile_sql import MAXIMUM_BYTES

MEMORY = 200 * 10**6
DEPTH_FACTOR = 1.5
_WORKER_MEMORY = 300 * 10**6
_SCALE_FACTOR = 1.3
_TILE_TO_NGINX = 5.0

_TO_TIPG = {LIMIT_10: 1 / 20, LIMIT_100: 1 / 40, LIMIT_1000: 1 / 100, BY_ID: 1 / 25}
_TO_NGINX = {LIMIT_10: 25.0, LIMIT_1000: 4.0}

Results = dict[str, dict[str, Result]]


@dataclass(frozen=True)
class Goal:
    """What is compared, the share that is reached, and the share that is wanted; `why` says where the rest goes."""

    title: str
    reached: float
    wanted: float
    why: str = ""

    @property
    def met(self) -> bool:
        return self.reached <= self.wanted


def goals(results: Results, titles: dict[str, str]) -> Iterator[Goal]:
    """Every goal of cost whose two sides were measured."""
    for own in (OWN, AGAIN):
        for peer, shares in (("tipg", _TO_TIPG), (FILES, _TO_NGINX)):
            for case, share in shares.items():
                ours, theirs = _measured(results, case, own), _measured(results, case, peer)
                if ours is not None and theirs is not None:
                    why = _spent(results, case, own, theirs * share)
                    yield Goal(f"{titles[case]}: {own} to {peer}", ours / theirs, share, why)
    first, deep = _measured(results, FIRST_PAGE, OWN), _measured(results, DEEP, OWN)
    if first is not None and deep is not None:
        why = f"Its token is read, and its place looked for in the parts around it: {deep - first:.3f} ms more"
        yield Goal(f"{titles[DEEP]}: to OTN's first page", deep / first, DEPTH_FACTOR, why)


def build_goals(built: EditionBuild) -> Iterator[Goal]:
    """Time and memory of building the editions."""
    yield Goal("Building the editions: time to 60 s", built.seconds / 60, 1)
    yield Goal("Building the editions: memory to 1 GB", built.memory / 10**9, 1)
    yield Goal(f"Publishing a changed dataset of {built.in_part:,} roads: time to 10 s", built.one_part / 10, 1)


def build_tile_goals(tiles: TileBuild) -> Iterator[Goal]:
    """Making the tiles of an edition."""
    yield Goal(
        f"Making all {tiles.number:,} tiles of the roads, and those of the rest: time to 120 s", tiles.seconds / 120, 1
    )
    yield Goal("Making the tiles: memory to 1.5 GB", tiles.memory / (1.5 * 10**9), 1)
    yield Goal("The largest ready-made tile: to 500 kB", tiles.largest / MAXIMUM_BYTES, 1)


def tile_goals(ready: Iterable[TileCase], made: Iterable[TileCase]) -> Iterator[Goal]:
    """Sending ready-made tiles, and making tiles on the fly, beside the peers."""
    for case in ready:
        # Each beside the one that does the same: what is kept by either is sent for less than what is read.
        yield from _to_peers(case, (OWN,), {FILES: _TILE_TO_NGINX, MARTIN_ANEW: 1.0})
        yield from _to_peers(case, (AGAIN,), {FILES: _TILE_TO_NGINX, MARTIN: 1.0})
    largest = 0
    for case in made:
        yield from _to_peers(case, (OWN,), {"tipg": 1 / 10, MARTIN: 1 / 10} if case.whole_table else {"tipg": 1.0})
        largest = max(largest, case.largest)
    yield Goal("The largest tile of those made on the fly: to 500 kB", largest / MAXIMUM_BYTES, 1)


def _to_peers(case: TileCase, own: Iterable[str], shares: dict[str, float]) -> Iterator[Goal]:
    for name in own:
        for peer, share in shares.items():
            ours, theirs = _total(case.results.get(name)), _total(case.results.get(peer))
            if ours is not None and theirs is not None:
                yield Goal(f"{case.title}: {name} to {peer}", ours / theirs, share)


def worker_goal(memory: int) -> Goal:
    """What a worker holds of its own once it has answered everything above."""
    return Goal("A worker's own memory with everything open: to 300 MB", memory / _WORKER_MEMORY, 1)


def scale_goal(few: int, of_few: Measure, of_all: Measure) -> Goal:
    """The same boxes asked of some of the roads, and of all."""
    title = f"bbox of 250 roads, limit 10, among all roads: to the same among {few:,}"
    return Goal(title, of_all.total / of_few.total, _SCALE_FACTOR)


def download_goals(found: list[Download]) -> Iterator[Goal]:
    """Memory, and time beside ogr2ogr."""
    for download in found:
        why = f"The worker itself held {download.worker_memory / 10**6:,.0f} MB at most, GDAL's process the rest"
        yield Goal(f"Download of {download.title}: memory to 200 MB", download.memory / MEMORY, 1, why)
        if download.ogr2ogr_seconds is not None:
            title = f"Download of {download.title}: time to ogr2ogr's"
            yield Goal(title, download.seconds / download.ogr2ogr_seconds, 1)


def _spent(results: Results, case: str, own: str, wanted: float) -> str:
    """What the milliseconds of an answer go into, by what less than a whole answer costs in the same server."""
    ours, bare, floor = (_measured(results, case, server) for server in (own, BARE, FLOOR))
    if ours is None or floor is None:
        return ""
    said = f"{ours:.3f} ms, of which uvicorn takes {floor:.3f} to send these bytes from memory"
    if own == OWN and bare is not None:
        said += f", reading the edition {bare - floor:.3f}, and all else that makes an answer {ours - bare:.3f}"
    return f"{said}; {wanted:.3f} are wanted" + (", which no server in Python reaches" if floor > wanted else "")


def _measured(results: Results, case: str, server: str) -> float | None:
    return _total(results.get(case, {}).get(server))


def _total(result: Result | None) -> float | None:
    return None if result is None or result.measure is None else result.measure.total
