"""The recipe of a load: extract, read, select, harmonise, check, load."""

import gc
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import psycopg
import pyarrow.compute as pc
from psycopg import errors
from pyogrio._err import _register_error_handler

from otn.errors import LoadError
from otn.etl.background import Background
from otn.etl.check import check_crs, check_fields, check_geometry
from otn.etl.check_place import Places, swapped_axes
from otn.etl.extract import BY_DEFAULT, Downloads, Origin, Source, extract, wanted
from otn.etl.harmonise import Features, Shapes, harmonise, harmonised_geometry
from otn.etl.load import Load, load, record_unread
from otn.etl.load_records import LoadSummary
from otn.etl.memory import give_back_memory, share_allocator
from otn.etl.network_check import NetworkCheck
from otn.etl.progress import Progress
from otn.etl.quality import unknown_codes
from otn.etl.regions import Regions
from otn.etl.rows import Reject, Remarking, SourceRows
from otn.etl.select import EndsOfLinks, Selection, selected, selection
from otn.etl.tolerance import Tolerance
from otn.etl.wishes import AS_DECLARED, Wishes
from otn.model.collection import Collection
from otn.model.collections import COLLECTIONS, ROAD_NODES, ROADS
from otn.model.datasets import Dataset, Registry
from otn.model.rasters import RasterCollection
from otn.model.sources import FileSource, PackageSource
from otn.settings import Settings


def load_dataset(
    url: str,
    dataset: Dataset,
    *,
    registry: Registry,
    progress: Progress,
    wishes: Wishes = AS_DECLARED,
    downloads: Downloads = BY_DEFAULT,
    rasters: Path = Settings.data_dir / "rasters",
) -> LoadSummary:
    """Loads `dataset` from its declared source, or from the files somebody wishes, into the database at `url`; the
    cells of a raster go to files in the folder `rasters`.

    Raises LoadError; then, as after a kill at any moment, the dataset is as it was before. A dry run does the same work
    and takes it back.
    """
    progress.stage(f"{dataset.id}: extract", None)
    share_allocator()
    with ExitStack() as stack:
        with _recorded(url, dataset, wishes):
            source = stack.enter_context(extract(dataset, wishes.files, wishes.crs, downloads, progress))
        if dataset.raster is not None:
            with _recorded(url, dataset, wishes, source), _translated(dataset):
                return _load_raster(url, dataset, dataset.raster, source, registry, rasters, wishes, progress)
        recipe = _Recipe(dataset, source, registry, wishes.clip)
        beginning = load(url, dataset, source, tolerance=_tolerance(dataset, wishes), dry_run=wishes.dry_run)
        # Translated within too, so that the load records its failure in the same words.
        with _translated(dataset), beginning as under_way, _translated(dataset):
            progress.stage(f"{dataset.id}: read, harmonise, check", None)
            # GDAL makes its remarks to whom the thread has named; pyogrio names itself where it is imported only.
            with _uncollected(), Background(_register_error_handler) as reading, Background() as shaping:
                for rows, shaped in shaping.ahead(recipe.shaped(reading.ahead(recipe.rows()))):
                    recipe.stage(rows, shaped, under_way)
                    progress.advance(len(rows))
            under_way.counts.unselected = recipe.unselected
            if isinstance(source.reader, Remarking):
                under_way.counts.remarks += source.reader.remarks
            if source.is_whole and not wishes.accept_losses:
                _check_size(dataset, under_way.staging(dataset.collection_model).tally.features)
            progress.stage(f"{dataset.id}: merge", None)
            return under_way.commit()


def _load_raster(
    url: str,
    dataset: Dataset,
    raster: RasterCollection,
    source: Source,
    registry: Registry,
    rasters: Path,
    wishes: Wishes,
    progress: Progress,
) -> LoadSummary:
    """Raises LoadError, also for a wish that no raster can meet."""
    # Here, and not for every load: GDAL takes as long to import as a small file to load.
    from otn.etl.raster_load import RasterLoading, load_raster

    if wishes.clip:
        raise LoadError(f"{dataset.id} is a raster, which is not clipped; leave --clip out.")
    loading = RasterLoading(dataset, raster, rasters / raster.id, _tolerance(dataset, wishes), wishes.dry_run)
    return load_raster(url, loading, source, registry, progress)


@dataclass(frozen=True)
class _Shaped:
    """The geometries of a batch that may be kept, the rejects of the others, and how many areas were repaired."""

    repaired: int
    kept: Shapes
    rejects: list[Reject]


class _Recipe:
    """What one load does with each batch of rows before the database sees it."""

    def __init__(self, dataset: Dataset, source: Source, registry: Registry, clip: bool) -> None:
        self._dataset = dataset
        self._source = source
        self._regions = Regions(registry)
        self._belongs = self._selection(registry, clip)
        by_country = not clip and isinstance(dataset.source, FileSource) and dataset.source.select == "country"
        self._country = registry.regions[dataset.region].country if by_country else None
        self._ends = EndsOfLinks()
        self._places = Places(self._regions.extent(dataset.region), dataset.checks.outside)
        self.unselected = 0
        """How many rows that were read belong to other regions."""

    def rows(self) -> Iterator[SourceRows]:
        """The rows of the source that belong to the dataset, and all road nodes that come with them: which of these
        belong is known when the links before them are staged. Raises SourceError if they are in another CRS.
        """
        declared = self._dataset.source
        swap = isinstance(declared, FileSource) and declared.swapped_axes
        crs_is_checked = False
        for batch in self._source.reader.read():
            rows = replace(batch, geometry=swapped_axes(batch.geometry)) if swap else batch
            if len(rows) and not crs_is_checked:
                check_crs(rows)
                if self._belongs is None:
                    self._places.check_crs(rows)
                crs_is_checked = True
            if self._belongs is None or self._is_of_links(rows):
                yield rows
            else:
                belonging = selected(rows, self._belongs, self._country)
                self.unselected += rows.number_of_objects - belonging.number_of_objects
                yield belonging

    def shaped(self, batches: Iterator[SourceRows]) -> Iterator[tuple[SourceRows, _Shaped | None]]:
        """The batches with their geometries as they may be kept; None where there are none, and where it is known only
        when the batches before are staged which rows belong to the dataset.

        Apart from `stage`, so that one thread does this while another harmonises the batch before.
        """
        for rows in batches:
            yield rows, self._shaped(rows) if len(rows) and not self._depends_on_links(rows) else None

    def _shaped(self, rows: SourceRows) -> _Shaped:
        collection = self._collection(rows)
        shapes = harmonised_geometry(rows, collection.geometry)
        return _Shaped(shapes.repaired, *check_geometry(shapes, rows, collection, self._places))

    def stage(self, rows: SourceRows, shaped: _Shaped | None, under_way: Load) -> None:
        """Brings a batch to the model, and hands the load what it may keep and what it must reject."""
        if rows.collection in (None, self._dataset.collection):
            under_way.counts.read += rows.number_of_objects
        under_way.counts.normalised += len(rows.normalised)
        under_way.rejects.add(rows.rejects)
        if self._depends_on_links(rows):
            rows = self._ends.selected(rows)
        if not len(rows):
            return
        shaped = shaped or self._shaped(rows)
        collection = self._collection(rows)
        under_way.counts.repaired += shaped.repaired
        under_way.rejects.add(shaped.rejects)
        # What was selected for the region lies in it.
        regions = self._regions if self._belongs is None else None
        harmonised = harmonise(shaped.kept, rows, self._source.reader, self._dataset, collection, regions)
        features, rejects = check_fields(harmonised, rows, collection)
        under_way.rejects.add(rejects)
        for name, code in unknown_codes(features.fields, collection):
            under_way.counts.unknown_codes.add(name, code)
        if collection == ROADS:
            if self._belongs is not None:
                self._ends.add(features.fields["fromNode"], features.fields["toNode"])
            _add_links(under_way.counts.network, features)
        under_way.staging(collection).add(features, rows)

    def _collection(self, rows: SourceRows) -> Collection:
        return COLLECTIONS[rows.collection or self._dataset.collection]

    def _depends_on_links(self, rows: SourceRows) -> bool:
        """Whether only those belong to the dataset at which links that belong to it end."""
        return self._belongs is not None and self._is_of_links(rows)

    def _is_of_links(self, rows: SourceRows) -> bool:
        """Whether they are the nodes of roads that the dataset has in the first place."""
        return rows.collection == ROAD_NODES.id != self._dataset.collection

    def _selection(self, registry: Registry, clip: bool) -> Selection | None:
        region, source = registry.regions[self._dataset.region], self._dataset.source
        if clip and region.outline is None:
            raise LoadError(f"The region {region.id} has no outline to clip to; leave --clip out.")
        if clip:
            return selection("outline", region, self._regions)
        # A file named in the place of a package need not be like the package's.
        of_another_kind = isinstance(source, PackageSource) and not self._source.is_whole
        if source is None or source.select is None or of_another_kind:
            return None
        return selection(source.select, region, self._regions)


def _add_links(network: NetworkCheck, features: Features) -> None:
    """Roads whose source names no nodes are no links of a network, and not looked at as such."""
    named = pc.and_(features.fields["fromNode"].is_valid(), features.fields["toNode"].is_valid())
    links = features.filtered(np.asarray(named, dtype=np.bool_))
    if len(links):
        columns = (links.fields[name].combine_chunks() for name in ("inspireId", "fromNode", "toNode", "level"))
        network.add(links.geometry, *columns)


def _check_size(dataset: Dataset, features: int) -> None:
    """Raises LoadError where a whole download has another number of features than its publisher's ever had."""
    expected = dataset.expected
    if expected is not None and not expected.minimum <= features <= expected.maximum:
        raise LoadError(
            f"{dataset.id} has {features:,} features where {expected.minimum:,} to {expected.maximum:,} are expected: "
            "it stays as it is. If the publisher's data are right, --accept-losses loads them."
        )


def _tolerance(dataset: Dataset, wishes: Wishes) -> Tolerance:
    checks = dataset.checks
    return (
        Tolerance.of_anything() if wishes.accept_losses else Tolerance(checks.maximum_rejected, checks.maximum_removed)
    )


@contextmanager
def _uncollected() -> Iterator[None]:
    """Geometries by the million come and go by their counts of references: to look for cycles among them takes an
    eighth of the time, and there are none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
        give_back_memory()


@contextmanager
def _recorded(url: str, dataset: Dataset, wishes: Wishes, origin: Origin | None = None) -> Iterator[None]:
    """What fails before there is anything to read leaves its record too."""
    started = datetime.now(UTC)
    try:
        yield
    except LoadError as error:
        if not wishes.dry_run:
            # What is wrong with the source is worth more to say than that the database is away too.
            with suppress(psycopg.Error):
                record_unread(url, dataset.id, origin or wanted(dataset, wishes.files), started, str(error))
        raise


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
