"""The figures as Markdown: printed, and kept as docs/benchmarks-load.md."""

import os
from collections.abc import Iterable, Iterator

from bench.goals import Goal
from bench.load.cases import LINES, MANY_LINES, OGR2OGR, OSM2PGSQL, OURS, PLAIN, Case, Refresh, SideBySide
from bench.load.pbf import COPIES
from bench.load.runs import Run

_INTRODUCTION = """# Benchmarks of loading

<!-- Written by `make bench-load`, which measured what it says. -->

OTN, osm2pgsql and ogr2ogr load the same files into databases of one private cluster as OTN configures it, in turn on
one machine. Ratios are medians over {rounds} round(s); each row is the round of median length. Seconds are those of the
whole program, from start to end. Peak memory is what the program and the processes it starts hold at one time, but for
what is mapped from files. Overviews for tiles, which no peer makes, are left out of OTN's seconds and stand in a
column of their own; what `otn load` makes of the pbf once the load is committed stands in a table of its own.

{facts}
- OTN runs as it is installed, without the libraries that only its tests need.
- The pbf is the real OpenStreetMap extracts of the project's test data {copies} times over, with shifted ids and
  coordinates: 100 MB, half of whose ways are roads. No real extract of that size was at hand.
- The FlatGeobuf files hold streets of six cities (neatnet), in copies beside each other, shuffled.

What each one does:

- **{plain}**: OTN's readers and its way of copying; the ways as they are in a table of text columns, sorted, with an
  index of the geometry, analysed.
- **{ours}**: `otn load`: fields of the model, one precision, checks, repeated identifiers found, lengths, regions, ids
  that stay, content hashes, rejects kept, a change log, a quality report, geometry in two reference systems and the
  indexes that filters and tiles need, all in one transaction. Of the pbf it cuts ways where they meet, and checks the
  network: it writes two links for each road, and the nodes between them as rows of their own.
- **osm2pgsql**: the same tags as text columns, sorted, one index, analysed. No ids that stay, checks, hashes, rejects,
  lineage, log of changes, or comparison with what was there; ways with a missing node lose it silently.
- **osm2pgsql, with OTN's indexes**: and those indexes of OTN's that its columns can have, built afterwards.
- **{ogr2ogr}**: the same columns by COPY, one index; not sorted, not analysed, none of the rest.
"""


def report(
    facts: Iterable[str],
    cases: list[Case],
    stages: dict[str, float],
    published: dict[str, Run],
    refresh: Refresh,
    memory: Run,
    both: SideBySide,
    aims: Iterable[Goal],
    rounds: int,
) -> str:
    """The whole page."""
    heading = _INTRODUCTION.format(
        rounds=rounds,
        facts="\n".join(f"- {fact}" for fact in facts),
        copies=COPIES,
        plain=PLAIN,
        ours=OURS,
        ogr2ogr=OGR2OGR,
    )
    parts = [heading, *(line for case in cases for line in _case(case))]
    parts += ["## Where OTN's time goes\n", *_split(stages, cases[0].median(OURS))]
    parts += ["", *(_never_idle(case, peer) for case, peer in zip(cases, (OSM2PGSQL, OGR2OGR), strict=True))]
    parts += ["\n## From the file to all that is served\n", *_whole(cases[0].median(OURS), published)]
    parts += ["\n## A refresh in which a hundredth changed\n", *_refresh(refresh)]
    parts += [
        "\n## Memory and two at once\n",
        f"- {MANY_LINES:,} features: {memory.peak_bytes / 1e6:,.0f} MB at most, {memory.compared:.1f} s.",
        f"- Two datasets of {LINES:,} lines: {both.in_turn:.1f} s one after the other, {both.at_once:.1f} s at once.",
        "\n## Goals\n",
        *_goals(aims),
    ]
    return "\n".join(parts) + "\n"


def _case(case: Case) -> Iterator[str]:
    yield f"## {case.title}\n"
    yield "| program | seconds | its CPU | CPU of PostgreSQL | peak memory | write-ahead log | overviews |"
    yield "| --- | --: | --: | --: | --: | --: | --: |"
    for name in case.runs:
        run = case.median(name)
        overviews = f"{run.overviews:.1f}" if run.overviews else "-"
        yield (
            f"| {name} | {run.compared:.1f} | {run.client_cpu:.1f} | {run.postgres_cpu:.1f} |"
            f" {run.peak_bytes / 1e6:,.0f} MB | {run.wal_bytes / 1e6:,.0f} MB | {overviews} |"
        )
    yield ""


def _split(stages: dict[str, float], run: Run) -> Iterator[str]:
    yield "| stage | seconds |"
    yield "| --- | --: |"
    for name, seconds in {**stages, **run.statements}.items():
        yield f"| {name} | {seconds:.2f} |"


def _never_idle(case: Case, peer: str) -> str:
    """What more overlapping could do at best, in words."""
    run, processors = case.median(OURS), os.cpu_count() or 1
    busy = run.client_cpu + run.postgres_cpu - run.overviews
    least = busy / processors
    return (
        f"- {case.title}: the processors work {busy:.0f} s for it, without overviews. If none of the {processors} were"
        f" ever idle that would be {least:.0f} s on the clock, {least / case.median(peer).compared:.1f} times what"
        f" {peer} takes: no overlapping does more, and the rest would have to be less work."
    )


def _whole(run: Run, published: dict[str, Run]) -> Iterator[str]:
    """The part of a load that peers do too, and what they do not."""
    seconds = {"a sorted, indexed, analysed table": run.compared, "overviews, in the same transaction": run.overviews}
    seconds |= {f"{what}, of the committed table": made.seconds for what, made in published.items()}
    yield "| of the pbf | seconds |"
    yield "| --- | --: |"
    for name, number in {**seconds, "all together": sum(seconds.values())}.items():
        yield f"| {name} | {number:.1f} |"


def _refresh(refresh: Refresh) -> Iterator[str]:
    yield "| | first load | refresh |"
    yield "| --- | --: | --: |"
    yield f"| seconds | {refresh.first.compared:.1f} | {refresh.second.compared:.1f} |"
    yield f"| of PostgreSQL | {refresh.first.database:.1f} | {refresh.second.database:.1f} |"
    yield f"| write-ahead log | {refresh.first_wal / 1e6:,.0f} MB | {refresh.second_wal / 1e6:,.0f} MB |"
    yield f"| seconds of overviews | {refresh.first.overviews:.1f} | {refresh.second.overviews:.1f} |"
    yield (
        f"\nA reader got {refresh.alone:,.0f} answers a second alone, {refresh.beside:,.0f} beside a refresh,"
        f" {refresh.least:,.0f} in the worst second. The log of both is that of dry runs, which make no overviews."
    )


def _goals(aims: Iterable[Goal]) -> Iterator[str]:
    yield "| goal | reached | wanted | |"
    yield "| --- | --: | --: | --- |"
    for aim in aims:
        yield f"| {aim.title} | {aim.reached:.2f} | {aim.wanted:.2f} | {'met' if aim.met else '**missed**'} |"
