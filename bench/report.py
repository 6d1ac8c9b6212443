"""The figures as Markdown: printed, and kept as docs/benchmarks.md."""

from collections.abc import Iterable, Iterator, Sequence

from bench.downloads import Download
from bench.facts import Answered
from bench.goals import MEMORY, Goal, Results
from bench.measure import Result
from bench.servers import OWN

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
is what that server takes to send the bytes of OTN's answers from memory.
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
