"""Writes what follows from what otn/model, otn/api and config/ declare, pages of docs/ mostly: `make docs`."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyproj

from otn.api.crs import EVERYWHERE, NATIONAL, Crs
from otn.model.collections import COLLECTIONS, GeometryKind
from otn.model.datasets import Dataset, Registry
from otn.model.fields import Field
from otn.model.rasters import RASTERS
from otn.model.region_schema import region_schema
from otn.model.service import read_service
from otn.model.sources import FileSource, PackageSource

DOCS = Path(__file__).parent
_SYSTEMS_NOTE = "<!-- Written by `make docs`; edit docs/reference-systems.md.in and otn/api/crs.py instead. -->"
_NOTE = "<!-- Written by `make docs`; edit otn/model and config/ instead. -->\n"


def collections_page() -> str:
    """Every collection with its fields, as a table each."""
    texts = read_service().collections
    parts = ["# Collections and fields\n", _NOTE]
    for collection in COLLECTIONS.values():
        parts.append(f"## {texts[collection.id].title.en} (`{collection.id}`)\n")
        parts.append(f"{texts[collection.id].description.en.strip()}\n\nGeometry: {_geometry(collection.geometry)}.\n")
        parts.append("\n".join(_field_rows(collection.fields)) + "\n")
    for raster in RASTERS.values():
        parts.append(f"## {texts[raster.id].title.en} (`{raster.id}`)\n")
        parts.append(f"{texts[raster.id].description.en.strip()}\n\nA raster: one value for each cell of a grid.\n")
        parts.append("\n".join(_field_rows((raster.field,))) + "\n")
    return "\n".join(parts)


def _field_rows(fields: Iterable[Field]) -> Iterator[str]:
    yield "| property | type | unit | meaning | term |"
    yield "| --- | --- | --- | --- | --- |"
    for field in fields:
        yield f"| `{field.name}` | {_type(field)} | {field.unit or ''} | {field.description} | {_term(field.term)} |"


def _geometry(kind: GeometryKind) -> str:
    return "points, lines and polygons, single or multi" if kind is GeometryKind.ANY else kind.value


def _type(field: Field) -> str:
    if field.codelist is None:
        return field.kind.value
    if field.codelist.uri.startswith("http"):
        return f"[code]({field.codelist.uri})"
    return f"code: {', '.join(field.codelist.values)}"


def _term(uri: str) -> str:
    """A link where there is something to be read; terms of OTN's own are what the page itself says they mean."""
    return f"<{uri}>" if uri.startswith("http") else f"`{uri}`"


def datasets_page() -> str:
    """Every dataset with its publisher and licence."""
    parts = ["# Datasets\n", _NOTE]
    for region in Registry.read().regions.values():
        parts.append(f"## {region.title.en} (`{region.id}`)\n")
        rows = ["| dataset | title | publisher | licence | comes from |", "| --- | --- | --- | --- | --- |"]
        rows.extend(
            f"| `{dataset.id}` | {dataset.title.en} | [{dataset.publisher.name}]({dataset.publisher.url}) "
            f"| [{dataset.licence}]({dataset.licence_model.url}) "
            f"| {_origin(dataset)} |"
            for dataset in region.datasets.values()
        )
        parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


def _origin(dataset: Dataset) -> str:
    match dataset.source:
        case None:
            return "a file you name"
        case PackageSource(reader=reader):
            return f"`{reader}`, loaded by default"
        case FileSource(reader="none"):
            return f"{dataset.source.format}: declared, not readable yet"
        case FileSource(urls=[url, *_]):
            return f"[{dataset.source.format}]({url})"
        case _:
            return f"{dataset.source.format} that you name"


def reference_systems_page() -> str:
    """The text of reference-systems.md.in with the systems as two tables."""
    text = (DOCS / "reference-systems.md.in").read_text(encoding="utf-8")
    for place, systems in (("EVERYWHERE", EVERYWHERE), ("NATIONAL", NATIONAL)):
        text = text.replace(f"<!-- {place} -->", "\n".join(_system_rows(systems)))
    title, rest = text.split("\n", 1)
    return f"{title}\n\n{_SYSTEMS_NOTE}\n{rest}"


def _system_rows(systems: tuple[Crs, ...]) -> Iterator[str]:
    yield "| URI | name | axes | area of use | transformation | accuracy |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for crs in systems:
        definition = pyproj.CRS(crs.uri)
        axes = ", ".join(f"{axis.name.lower()} ({axis.unit_name})" for axis in definition.axis_info)
        west, south, east, north = crs.area_of_use
        transformation, accuracy = _transformation(crs)
        yield (
            f"| `{crs.uri}` | {definition.name} | {axes} | {west} to {east} E, {south} to {north} N "
            f"| {transformation} | {accuracy} |"
        )


def _transformation(crs: Crs) -> tuple[str, str]:
    """The name and accuracy of what PROJ does in the middle of the area of use."""
    west, south, east, north = crs.area_of_use
    used = crs.from_wgs84
    if used.accuracy < 0:  # there are several
        used.transform((west + east) / 2, (south + north) / 2)
        used = used.get_last_used_operation()
    between = [part for step in used.description.split(" + ") if (part := step.removeprefix("Inverse of ")) != step]
    return between[0] if between else "none", f"{used.accuracy:g} m" if used.accuracy else "exact"


def region_schema_file() -> str:
    """The JSON Schema of the files of regions."""
    return json.dumps(region_schema(), indent=2, ensure_ascii=False) + "\n"


PAGES = {
    "../config/region.schema.json": region_schema_file,
    "collections.md": collections_page,
    "datasets.md": datasets_page,
    "reference-systems.md": reference_systems_page,
}


def main() -> int:
    """Writes the pages."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
        print(f"wrote {(DOCS / name).resolve().relative_to(DOCS.parent)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
