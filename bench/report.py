"""The figures as Markdown: printed, and kept as docs/benchmarks.md."""

from collections.abc import Iterable, Iterator, Sequence

from bench.downloads import Download
from bench.facts import Answered
from bench.goals import MEMORY, Goal, Results
from bench.measure import Result
from bench.servers import OWN
from bench.tiles import TileCase

_NOTE = "<!-- Written by `make bench`, which measured what it says. -->\n"
_INTRODUCTION = """
OTN and other servers of OGC API Features answer the same requests from the same table of the same database, one worker
process each, in turn on one machine with the client. Figures are medians of {runs} runs.

**CPU** is the processor time that the server and PostgreSQL spend on one request, in milliseconds: it does not depend
on what else runs, or on the number of processors. Requests per second are those of 8 clients at once, latencies the
medians of one client and of 8; a server that takes more than half a second is not asked by 8. Where one request takes
more than 30 ms, CPU is that of requests one after the other, else of 8 at once.

Peers read the view `bench_roads`: OTN's rows and columns under the names that OTN serves.
"""
_COUNT = """
Each of them counts exactly. tipg's count is its own statement for that request, run by pgbench alone on the same boxes;
OTN's is the length of what its index finds. "OTN" makes each answer anew; "OTN, asked again" is OTN by default: it
sends what it answered before, as long as the edition is the same. "bare editions" is what reading an edition costs in
the same server without negotiation, validation, links, validators and the rest of a conforming answer; "uvicorn alone"
is what that server takes to send the bytes of OTN's answers from memory by a task of an application, as it sends all
that is not "asked again".
"""
_TILES = """
All are asked for the same tiles of WebMercatorQuad, with the headers of a map in a browser; bytes are those of an
average answer as it is sent.

Ready-made tiles are from all over the data. OTN, martin and nginx have the same ones: martin in OTN's own file, nginx
as the files that OTN answered. OTN unpacks what is shorter than 1,400 bytes; martin sends all as it is stored. "OTN,
asked again" and "martin" keep tiles in memory, as both do by default; "OTN" and "martin, none kept" read each anew.

Tiles made on the fly are those in which some roads begin. Same content: peers read a view of the very rows that OTN
makes its tile of that zoom from, with the same properties, by the same index. What is not the same: OTN has the
geometry of EPSG:3857 stored where peers transform that of EPSG:4326, from zoom 12 on; it draws what lies in the buffer
of a tile alone (64 of 4,096 steps), as martin does and tipg does not; and it says which version of the data a tile
shows, and leaves out what matters least beyond 500 kB. Nobody keeps tiles. Below zoom 12 the rows are those of OTN's
generalised table; what peers make of the whole table at such zooms has other content: everything.

pg_tileserv is not here: the module proxy that the bench builds from answers that it has no version of it.
"""
_DOWNLOADS = """
The whole collection, written to a file by a client, beside `ogr2ogr` (GDAL of the distribution) writing the same format
from the view, each by a server that has answered nothing else. Memory is the most that OTN's processes held of their
own at one time, without the editions that they map. FlatGeobuf begins with an index of everything, which GDAL holds
while it sorts it: some 260 bytes a feature.
"""


def report(
    facts: Iterable[str],
    answers: dict[str, Answered],
    titles: dict[str, str],
    results: Results,
    counts: dict[str, float],
    tiles: Iterable[TileCase],
    aims: Sequence[Goal],
    downloaded: list[Download],
    runs: int,
) -> str:
    """The whole page."""
    return "\n".join(
        [
            "# Benchmarks\n",
            _NOTE + _INTRODUCTION.format(runs=runs),
            *(f"- {fact}" for fact in facts),
            "\n## What each one answers\n",
            *_answers(answers),
            "\n## What an answer costs\n",
            *(line for case, title in titles.items() for line in _case(title, results[case])),
            "## Tiles\n",
            _TILES.strip() + "\n",
            *(line for case in tiles for line in _tiles(case)),
            "## Goals\n",
            _COUNT.strip() + "\n",
            *(f"- tipg's count, {titles[case]}: {cost:.2f} ms" for case, cost in counts.items()),
            "",
            *_goals(aims),
            "\n## Downloads\n",
            *_downloads(downloaded),
            "",
        ]
    )


def _answers(answers: dict[str, Answered]) -> Iterator[str]:
    yield "To one request for ten features in a box, with what PostgreSQL was asked for it, as its log shows.\n"
    yield from _row(
        "server", "counts", "sorts", "matched", "features", "properties each", "links", "links each", "bytes"
    )
    yield from _row("---", "---", "---", *["--:"] * 6)
    for name, answer in answers.items():
        yield from _row(
            f"{name} ({answer.description})",
            "exactly" if answer.counted else "no",
            "yes" if answer.sorted else "no",
            "-" if answer.matched is None else f"{answer.matched:,}",
            str(answer.features),
            str(answer.properties),
            str(answer.links),
            str(answer.links_in_features),
            f"{answer.bytes:,}",
        )


def _case(title: str, results: dict[str, Result]) -> Iterator[str]:
    yield f"### {title}\n"
    yield from _row(
        "server", "CPU", "of server", "of PostgreSQL", "to OTN", "requests/s", "p50, 1 client", "p50, 8", "bytes"
    )
    yield from _row("---", *["--:"] * 8)
    own = results[OWN].measure
    for name, result in results.items():
        if result.measure is None:
            yield from _row(name, f"n/a ({_shortened(result.why_not)})", *[""] * 7)
            continue
        measure = result.measure
        yield from _row(
            name,
            f"{measure.total:.3f}",
            f"{measure.server:.3f}",
            f"{measure.postgres:.3f}",
            "" if own is None else f"{measure.total / own.total:.2f}",
            _number(measure.rate, "{:,.0f}" if (measure.rate or 0) >= 10 else "{:.1f}"),
            f"{measure.p50_alone:.2f} ms",
            _number(measure.p50_crowd, "{:.2f} ms"),
            f"{result.bytes:,}",
        )
    yield ""


def _tiles(case: TileCase) -> Iterator[str]:
    *rows, end = _case(case.title, case.results)
    yield from rows
    if case.features:
        told = (f"{name} {number:,.0f}" for name, number in case.features.items())
        yield f"\nFeatures in a tile, on average: {', '.join(told)}."
    yield end


def _goals(aims: Sequence[Goal]) -> Iterator[str]:
    yield from _row("goal", "wanted at most", "reached", "")
    yield from _row("---", "--:", "--:", "---")
    for goal in aims:
        yield from _row(goal.title, _share(goal.wanted), _share(goal.reached), "met" if goal.met else "**missed**")
    if missed := [goal for goal in aims if goal.why and not goal.met]:
        yield "\nWhy some are missed:\n"
        yield from (f"- {goal.title}: {goal.why}." for goal in missed)


def _downloads(downloaded: list[Download]) -> Iterator[str]:
    yield _DOWNLOADS.strip() + "\n"
    if not downloaded:
        yield "n/a: the collection has no links to downloads (enclosure)."
        return
    yield from _row("format", "OTN", "bytes", "memory before", "at most", "ogr2ogr", "bytes")
    yield from _row("---", *["--:"] * 6)
    for download in downloaded:
        yield from _row(
            download.title,
            f"{download.seconds:.1f} s",
            f"{download.bytes:,}",
            f"{download.memory_before / 10**6:,.0f} MB",
            f"{download.memory / 10**6:,.0f} of {MEMORY // 10**6} MB",
            _number(download.ogr2ogr_seconds, "{:.1f} s"),
            f"{download.ogr2ogr_bytes:,}" if download.ogr2ogr_bytes else "-",
        )


def _row(*cells: str) -> Iterator[str]:
    yield "| " + " | ".join(cells) + " |"


def _share(share: float) -> str:
    """0.125 is 1/8: that is how one says how many times less."""
    return f"{share:.2f}" if share >= 0.75 else f"1/{1 / share:.1f}" if share > 0 else "0"


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else form.format(value)


def _shortened(text: str) -> str:
    return " ".join(text.replace("|", "/").split())[:90]
