"""The goals that OTN sets itself beside its peers, and whether they are met."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.cases import BY_ID, DEEP, FIRST_PAGE, LIMIT_10, LIMIT_1000
from bench.downloads import Download
from bench.measure import Result

MEMORY = 200 * 10**6
DEPTH_FACTOR = 1.5

_PLAIN = {LIMIT_10: 1 / 2, LIMIT_1000: 1 / 8, BY_ID: 1 / 15}
_WITHOUT_COUNT = 1 / 8
_PYGEOAPI = 2
"""So many times the factor that holds for tipg holds for pygeoapi."""

Results = dict[str, dict[str, Result]]


@dataclass(frozen=True)
class Goal:
    """What is compared, the share that is reached, and the share that is wanted."""

    title: str
    reached: float
    wanted: float

    @property
    def met(self) -> bool:
        return self.reached <= self.wanted


def goals(results: Results, counts: dict[str, float], titles: dict[str, str]) -> Iterator[Goal]:
    """Every goal of cost whose two sides were measured; `counts` is the cost of tipg's count, by case."""
    for peer, factor in (("tipg", 1), ("pygeoapi", _PYGEOAPI)):
        for case, share in _PLAIN.items():
            ours, theirs = _measured(results, case, "OTN"), _measured(results, case, peer)
            if ours is None or theirs is None:
                continue
            title = f"{titles[case]}: OTN to {peer}"
            yield Goal(f"{title}, each with its count" if case in counts else title, ours / theirs, share / factor)
            if case in counts:
                count = counts[case]
                wanted = _WITHOUT_COUNT / factor
                yield Goal(f"{title}, less the count, both", (ours - count) / (theirs - count), wanted)
                yield Goal(f"{title}, less the count, {peer} only", ours / (theirs - count), wanted)
    first, deep = _measured(results, FIRST_PAGE, "OTN"), _measured(results, DEEP, "OTN")
    if first is not None and deep is not None:
        yield Goal(f"{titles[DEEP]}: to OTN's first page", deep / first, DEPTH_FACTOR)


def download_goals(found: list[Download]) -> Iterator[Goal]:
    """Memory, and time beside ogr2ogr."""
    for download in found:
        yield Goal(f"Download of {download.title}: memory to 200 MB", download.memory / MEMORY, 1)
        if download.ogr2ogr_seconds is not None:
            yield Goal(
                f"Download of {download.title}: time to ogr2ogr's", download.seconds / download.ogr2ogr_seconds, 1
            )


def _measured(results: Results, case: str, server: str) -> float | None:
    result = results.get(case, {}).get(server)
    return None if result is None or result.measure is None else result.measure.total
