"""What the `otn` command says about datasets and loads."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from otn.model.datasets import Dataset
from otn.store.loads import LoadRecord

if TYPE_CHECKING:
    from otn.etl.load_records import LoadSummary

_TABLE_WIDTH = 140  # of a table that is piped or shown on a narrow terminal


def told(summary: "LoadSummary") -> str:
    """What a load did, in one sentence."""
    reasons = ", ".join(f"{reason} {number:,}" for reason, number in sorted(summary.rejects_by_reason.items()))
    objects = (summary.objects_added, summary.objects_changed, summary.objects_removed)
    features = (summary.number_added, summary.number_changed, summary.number_removed)
    of_objects = "" if objects == features else f" (objects +{objects[0]:,} ~{objects[1]:,} -{objects[2]:,})"
    further = "".join(
        f", {name} +{changes.added:,} ~{changes.changed:,} -{changes.removed:,}"
        for name, changes in summary.further.items()
    )
    unselected = summary.report.get("unselected", 0)
    elsewhere = f", {unselected:,} not of the region" if unselected else ""
    left_out = f", {summary.number_normalised:,} left out as no features" if summary.number_normalised else ""
    return (
        f"{summary.dataset}: {summary.number_read:,} read, {summary.number_added:,} added, "
        f"{summary.number_changed:,} changed, {summary.number_removed:,} removed{of_objects}{further}, "
        f"{summary.number_rejected:,} rejected{f' ({reasons})' if reasons else ''}{left_out}{elsewhere}."
    )


def lineage(record: LoadRecord) -> str:
    """Where the newest load of a dataset came from, and how good it was, line by line."""
    return "\n".join(_lineage(record))


def _lineage(record: LoadRecord) -> Iterator[str]:
    yield f"source      {printable(record.source)}"
    if record.source_url:
        yield f"downloaded  {record.source_url}"
    if record.source_sha256:
        yield f"sha256      {record.source_sha256}"
    yield (
        f"objects     {record.objects_added:,} added, {record.objects_changed:,} changed, "
        f"{record.objects_removed:,} removed; {record.number_repaired:,} geometries repaired"
    )
    shares = record.report.get("completeness", {})
    if shares:
        yield "complete    " + ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
    for name, codes in record.report.get("unknownCodes", {}).items():
        worst = ", ".join(f"{printable(code)} ({number:,})" for code, number in list(codes.items())[:5])
        yield f"unknown     {name}: {worst}"
    for remark in record.report.get("remarks", ()):
        yield f"remark      {printable(remark)}"


def dataset_row(dataset: Dataset, features: int | None) -> list[str]:
    """A dataset as a row of a table."""
    source = "a file" if dataset.source is None else dataset.source.reader
    number = "-" if features is None else f"{features:,}"
    return [dataset.id, dataset.collection, dataset.licence, source, number, dataset.title.en]


def status_row(record: LoadRecord) -> list[str]:
    """A load as a row of a table."""
    reasons = [f"{reason} {number:,}" for reason, number in sorted(record.rejects.items())]
    numbers = (
        record.number_read,
        record.number_added,
        record.number_changed,
        record.number_removed,
        record.number_rejected,
    )
    return [
        record.dataset,
        str(record.id),
        f"{record.finished:%Y-%m-%d %H:%M}",
        record.state,
        *(f"{number:,}" for number in numbers),
        "; ".join([*reasons, *([record.message] if record.message else [])]),
    ]


def print_table(columns: dict[str, Literal["left", "right"]], rows: Iterable[Sequence[str]]) -> None:
    """Prints columns in full; only the last one, of free text, is folded where the line ends."""
    table = Table(box=None, pad_edge=False)
    for name, justify in columns.items():
        table.add_column(name, justify=justify, no_wrap=name != list(columns)[-1], overflow="fold")
    for row in rows:
        table.add_row(*(escape(printable(cell)) for cell in row))
    Console(highlight=False, width=max(Console().width, _TABLE_WIDTH)).print(table)


def printable(text: str) -> str:
    """Publishers' text on one line, without what would steer the terminal."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in " ".join(text.split()))
