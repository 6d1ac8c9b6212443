"""One load of a raster: bring the files to the grid, compare with what the dataset gave before, put the collection
together anew, record it, and let it be seen. Only one at a time loads into a collection.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import shapely
from filelock import FileLock
from rasterio.errors import RasterioError

from otn.errors import LoadError, SourceError
from otn.etl.extract import Source
from otn.etl.load_records import LoadSummary, record_load
from otn.etl.progress import Progress
from otn.etl.raster_files import (
    ReadCells,
    Stored,
    Tally,
    blocks,
    discard,
    reading,
    write_cells,
    write_cloud_optimized,
)
from otn.etl.raster_source import Cells, Sources, open_sources
from otn.etl.readers.raster import RasterIndex
from otn.etl.regions import Regions
from otn.etl.state import describe_dataset
from otn.etl.tolerance import Tolerance
from otn.model.datasets import Dataset, Registry
from otn.model.rasters import NODATA, RasterCollection, Window
from otn.store.durable import put_in_place
from otn.store.raster_folder import (
    PARTS,
    UNFINISHED,
    RasterManifest,
    RasterPart,
    part_path,
    published,
    raster_path,
    read_manifest,
    remove_unneeded,
)

_LOCK = "load.lock"
_MOST_CELLS = 1 << 33
"""Of the box around all datasets: what lies farther apart belongs into collections of its own."""


@dataclass(frozen=True)
class RasterLoading:
    """A load of `dataset` into `raster`, whose files lie in `folder`."""

    dataset: Dataset
    raster: RasterCollection
    folder: Path
    tolerance: Tolerance
    dry_run: bool


def load_raster(
    url: str, loading: RasterLoading, source: Source, registry: Registry, progress: Progress
) -> LoadSummary:
    """Loads the files of `source`. Raises LoadError; then, as after a kill, what was served before still is."""
    assert isinstance(source.reader, RasterIndex)  # noqa: S101 - a declaration of a raster admits no other
    inputs, folder = source.reader.inputs, loading.folder
    with _alone(folder, loading, progress), psycopg.connect(url, application_name="otn-load") as connection:
        started = datetime.now(UTC)
        before = read_manifest(folder)
        remove_unneeded(folder, before)
        progress.stage(f"{loading.dataset.id}: read, check", None)
        try:
            with open_sources(inputs.files, inputs.crs, loading.raster) as sources:
                _check_place(sources, loading.dataset, registry)
                [(load_id,)] = connection.execute("SELECT nextval('load_id_seq')").fetchall()
                part, tally = _write_part(loading, sources, before, load_id, progress)
        except RasterioError as error:
            raise SourceError(f"{source.description} cannot be read: {str(error).rstrip('.')}.") from error
        summary = _summary(loading, part, tally, sources)
        if loading.dry_run:
            return summary
        describe_dataset(connection, loading.dataset, part.cells)
        record_load(connection, summary, source, started, None)
        if before is not None and not tally.any and _declared(before, loading.dataset):
            connection.commit()
            remove_unneeded(folder, before)
            return summary
        manifest = _manifest(loading, before, part)
        progress.stage(f"{loading.dataset.id}: put together", None)
        _write_collection(loading, manifest, progress)
        with published(folder, manifest):
            connection.commit()
        remove_unneeded(folder, manifest)
        return summary


@contextmanager
def _alone(folder: Path, loading: RasterLoading, progress: Progress) -> Iterator[None]:
    """The kernel releases the lock of a process that is killed."""
    try:
        (folder / PARTS).mkdir(parents=True, exist_ok=True)
        progress.stage(f"{loading.dataset.id}: wait for other loads", None)
        with FileLock(folder / _LOCK):
            yield
    except OSError as error:
        raise LoadError(f"{folder} cannot be written: {error.strerror}; what was served before still is.") from error


def _check_place(sources: Sources, dataset: Dataset, registry: Registry) -> None:
    extent = Regions(registry).extent(dataset.region)
    if extent is not None and not extent.intersects(shapely.box(*sources.bounds)):
        west, south, east, north = sources.bounds
        raise SourceError(
            f"The raster lies from {west:g}, {south:g} to {east:g}, {north:g} degrees, outside the region "
            f"{dataset.region}: it belongs to another dataset, or is in another CRS than it says."
        )


def _write_part(
    loading: RasterLoading, sources: Sources, before: RasterManifest | None, load_id: int, progress: Progress
) -> tuple[RasterPart, Tally]:
    """What the dataset gives now, on the disk unless nothing is to be written, and how it differs from before."""
    known = _part_of(before, loading.dataset.id)
    path = part_path(loading.folder, loading.dataset.id, load_id)
    unfinished = path.with_suffix(path.suffix + UNFINISHED)
    tally = Tally()
    with reading([] if known is None else [_stored(loading.folder, known)]) as read_before:
        write_cells(unfinished, loading.raster, sources.window, _counted(sources, read_before, tally), progress)
        if known is not None:
            _count_beyond(sources.window, known.window, read_before, tally)
    _check_losses(loading, known, tally)
    if loading.dry_run:
        discard(unfinished)
    else:
        put_in_place(unfinished, path)
    declaration = loading.dataset.model_dump(mode="json")
    return RasterPart(declaration, load_id, sources.window, tally.cells, tally.minimum, tally.maximum), tally


def _counted(sources: Sources, read_before: ReadCells, tally: Tally) -> ReadCells:
    def read(window: Window) -> Cells:
        cells = sources.read(window)
        tally.add(cells, read_before(window))
        return cells

    return read


def _count_beyond(now: Window, before: Window, read_before: ReadCells, tally: Tally) -> None:
    """Counts what is gone since the files now reach less far."""
    last_row, last_column = now.row + now.rows, now.column + now.columns
    for block in blocks(before):
        cells = read_before(block).copy()
        rows = slice(max(now.row - block.row, 0), max(last_row - block.row, 0))
        columns = slice(max(now.column - block.column, 0), max(last_column - block.column, 0))
        cells[rows, columns] = NODATA
        tally.removed += int((cells != NODATA).sum())


def _check_losses(loading: RasterLoading, known: RasterPart | None, tally: Tally) -> None:
    if not tally.cells:
        raise LoadError(f"No cell of {loading.dataset.id} has a value; what was served before is still served.")
    lost = None if known is None else loading.tolerance.too_much_removed(loading.dataset.id, tally.removed, known.cells)
    if lost is not None:
        raise LoadError(lost)


def _part_of(manifest: RasterManifest | None, dataset_id: str) -> RasterPart | None:
    parts = () if manifest is None else manifest.parts
    return next((part for part in parts if part.declaration["id"] == dataset_id), None)


def _declared(manifest: RasterManifest, dataset: Dataset) -> bool:
    """Whether the dataset is served as it is declared now."""
    part = _part_of(manifest, dataset.id)
    return part is not None and part.declaration == dataset.model_dump(mode="json")


def _stored(folder: Path, part: RasterPart) -> Stored:
    return Stored(part_path(folder, part.declaration["id"], part.load_id), part.window)


def _manifest(loading: RasterLoading, before: RasterManifest | None, part: RasterPart) -> RasterManifest:
    others = () if before is None else before.parts
    parts = (*(entry for entry in others if entry.declaration["id"] != loading.dataset.id), part)
    window = part.window
    for entry in parts:
        window = window.around(entry.window)
    if window.rows * window.columns > _MOST_CELLS:
        raise LoadError(f"{loading.dataset.id} lies too far from the other datasets of {loading.raster.id}.")
    return RasterManifest(
        number=part.load_id,
        updated=datetime.now(UTC).replace(microsecond=0),
        window=window,
        bbox=loading.raster.grid.bounds(window),
        parts=tuple(sorted(parts, key=lambda entry: str(entry.declaration["id"]))),
    )


def _write_collection(loading: RasterLoading, manifest: RasterManifest, progress: Progress) -> None:
    """Where datasets overlap the first one by name has it, so that the order of loads does not matter."""
    path = raster_path(loading.folder, manifest.number)
    together = path.with_suffix(f".together{UNFINISHED}")
    with reading([_stored(loading.folder, part) for part in manifest.parts]) as read:
        write_cells(together, loading.raster, manifest.window, read, progress)
        write_cloud_optimized(together, path)
    discard(together)


def _summary(loading: RasterLoading, part: RasterPart, tally: Tally, sources: Sources) -> LoadSummary:
    field, whole = loading.raster.field, part.window.rows * part.window.columns
    return LoadSummary(
        load_id=part.load_id,
        dataset=loading.dataset.id,
        number_read=tally.cells,
        number_added=tally.added,
        number_changed=tally.changed,
        number_removed=tally.removed,
        objects_added=tally.added,
        objects_changed=tally.changed,
        objects_removed=tally.removed,
        number_rejected=0,
        number_normalised=0,
        number_repaired=0,
        rejects_by_reason={},
        report={
            "read": tally.cells,
            "features": tally.cells,
            "bbox": list(sources.bounds),
            "completeness": {field.name: round(tally.cells / whole, 4)},
            "remarks": [f"{field.name}: from {tally.minimum} to {tally.maximum} {field.unit}"],
        },
    )
