"""The recipe of a load: extract, read, select, harmonise, check, load."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import errors

from otn.errors import LoadError
from otn.etl.check import check_crs, check_geometry
from otn.etl.extract import Source, extract
from otn.etl.harmonise import harmonise, harmonised_geometry
from otn.etl.load import Load, LoadSummary, load
from otn.etl.progress import Progress
from otn.etl.regions import Regions
from otn.etl.rows import SourceRows
from otn.etl.select import Selection, selected, selection
from otn.model.datasets import Dataset, Registry
from otn.model.sources import PackageSource


def load_dataset(
    url: str,
    dataset: Dataset,
    *,
    registry: Registry,
    progress: Progress,
    file: Path | None = None,
    crs: str | None = None,
    clip: bool = False,
) -> LoadSummary:
    """Loads `dataset` from its declared source, or from `file`, into the database at `url`.

    A file is never clipped to the region unless `clip` says so. Raises LoadError; then, as after a kill at any moment,
    the dataset is as it was before.
    """
    progress.stage(f"{dataset.id}: extract", None)
    source = extract(dataset, file, crs)
    regions = Regions(registry)
    belongs = _selection(dataset, registry, regions, from_file=file is not None, clip=clip)
    # Translated within too, so that the load records its failure in the same words.
    with _translated(dataset), load(url, dataset, source) as under_way, _translated(dataset):
        progress.stage(f"{dataset.id}: read, harmonise, check", None)
        for rows in _rows(source, belongs):
            _stage(rows, under_way, source, dataset, None if belongs else regions)
            progress.advance(len(rows))
        progress.stage(f"{dataset.id}: merge", None)
        return under_way.commit()


def _selection(
    dataset: Dataset, registry: Registry, regions: Regions, *, from_file: bool, clip: bool
) -> Selection | None:
    region = registry.regions[dataset.region]
    if not from_file:
        return selection(dataset.source.select, region, regions) if isinstance(dataset.source, PackageSource) else None
    if clip and region.outline is None:
        raise LoadError(f"The region {region.id} has no outline to clip to; leave --clip out.")
    return selection("outline", region, regions) if clip else None


def _rows(source: Source, belongs: Selection | None) -> Iterator[SourceRows]:
    crs_is_checked = False
    for rows in source.reader.read():
        if len(rows) and not crs_is_checked:
            check_crs(rows)
            crs_is_checked = True
        yield rows if belongs is None else selected(rows, belongs)


def _stage(rows: SourceRows, under_way: Load, source: Source, dataset: Dataset, regions: Regions | None) -> None:
    under_way.counts.read += len(rows) + len(rows.rejects)
    under_way.counts.normalised += len(rows.normalised)
    under_way.staging.reject(rows.rejects)
    if not len(rows):
        return
    collection = dataset.collection_model
    shapes = harmonised_geometry(rows, collection.geometry)
    under_way.counts.repaired += shapes.repaired
    checked, rejects = check_geometry(shapes, rows, collection)
    under_way.staging.reject(rejects)
    under_way.staging.add(harmonise(checked, rows, source.reader, dataset, regions), rows)


@contextmanager
def _translated(dataset: Dataset) -> Iterator[None]:
    try:
        yield
    except errors.DiskFull as error:
        raise LoadError(f"The disk is full: {dataset.id} was not loaded; what was served before still is.") from error
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise LoadError(
            f"PostgreSQL ended the load ({reason}): {dataset.id} was not loaded; what was served before still is."
        ) from error
