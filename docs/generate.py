"""Writes docs/collections.md and docs/datasets.md from what otn/model and config/ declare: `make docs`."""

import sys
from collections.abc import Iterator
from pathlib import Path

from otn.model.collections import COLLECTIONS, Collection
from otn.model.datasets import Registry
from otn.model.fields import Field
from otn.model.service import read_service

DOCS = Path(__file__).parent
_NOTE = "<!-- Written by `make docs`; edit otn/model and config/ instead. -->\n"


def collections_page() -> str:
    """Every collection with its fields, as a table each."""
    texts = read_service().collections
    parts = ["# Collections and fields\n", _NOTE]
    for collection in COLLECTIONS.values():
        parts.append(f"## {texts[collection.id].title.en} (`{collection.id}`)\n")
        parts.append(f"{texts[collection.id].description.en.strip()}\n\nGeometry: {collection.geometry.value}.\n")
        parts.append("\n".join(_field_rows(collection)) + "\n")
    return "\n".join(parts)


def _field_rows(collection: Collection) -> Iterator[str]:
    yield "| property | type | unit | meaning | term |"
    yield "| --- | --- | --- | --- | --- |"
    for field in collection.fields:
        yield f"| `{field.name}` | {_type(field)} | {field.unit or ''} | {field.description} | <{field.term}> |"


def _type(field: Field) -> str:
    if field.codelist is None:
        return field.kind.value
    return f"[code]({field.codelist.uri})"


def datasets_page() -> str:
    """Every dataset with its publisher and licence."""
    parts = ["# Datasets\n", _NOTE]
    for region in Registry.read().regions.values():
        parts.append(f"## {region.title.en} (`{region.id}`)\n")
        rows = ["| dataset | title | publisher | licence | comes from |", "| --- | --- | --- | --- | --- |"]
        rows.extend(
            f"| `{dataset.id}` | {dataset.title.en} | [{dataset.publisher.name}]({dataset.publisher.url}) "
            f"| [{dataset.licence}]({dataset.licence_model.url}) "
            f"| {f'`{dataset.source.reader}`, loaded by default' if dataset.source else 'a file you name'} |"
            for dataset in region.datasets.values()
        )
        parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


PAGES = {"collections.md": collections_page, "datasets.md": datasets_page}


def main() -> int:
    """Writes the pages."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
        print(f"wrote docs/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
