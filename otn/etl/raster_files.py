"""Files on the grid of a raster collection: what one dataset gave, and the collection that is put together of them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.shutil
from rasterio.errors import RasterioError

from otn.errors import LoadError
from otn.etl.raster_source import CRS84, Cells, inside, local, overlap, place
from otn.model.rasters import NODATA, RasterCollection, Window
from otn.store.durable import put_in_place
from otn.store.progress import Progress
from otn.store.raster_folder import UNFINISHED, mending

ReadCells = Callable[[Window], Cells]

_BLOCK = 512
_STORED = {"compress": "deflate", "predictor": 2, "sparse_ok": True, "bigtiff": "if_safer"}


@dataclass
class Tally:
    """What was counted while cells were written: `before` has none where the dataset is new."""

    cells: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    minimum: int = -NODATA
    maximum: int = NODATA

    def add(self, now: Cells, before: Cells) -> None:
        """Counts a block."""
        is_now, was = now != NODATA, before != NODATA
        self.added += int((is_now & ~was).sum())
        self.removed += int((was & ~is_now).sum())
        self.changed += int((is_now & was & (now != before)).sum())
        self.cells += int(is_now.sum())
        if is_now.any():
            values = now[is_now]
            self.minimum, self.maximum = min(self.minimum, int(values.min())), max(self.maximum, int(values.max()))

    @property
    def any(self) -> bool:
        """Whether anything differs."""
        return bool(self.added or self.changed or self.removed)


def blocks(window: Window) -> Iterator[Window]:
    """The window in pieces, as files store them."""
    for row in range(window.row, window.row + window.rows, _BLOCK):
        for column in range(window.column, window.column + window.columns, _BLOCK):
            rows = min(_BLOCK, window.row + window.rows - row)
            yield Window(row, column, rows, min(_BLOCK, window.column + window.columns - column))


def write_cells(path: Path, collection: RasterCollection, window: Window, read: ReadCells, progress: Progress) -> None:
    """Writes the cells of a window to a GeoTIFF, block by block; blocks without a value take no room."""
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        dtype="int16",
        count=1,
        width=window.columns,
        height=window.rows,
        crs=CRS84,
        transform=place(collection.grid, window),
        nodata=NODATA,
        tiled=True,
        blockxsize=_BLOCK,
        blockysize=_BLOCK,
        **_STORED,
    ) as file:
        file.set_band_description(1, collection.field.name)
        file.units = (collection.field.unit,)
        for block in blocks(window):
            cells = read(block)
            if (cells != NODATA).any():
                file.write(cells, 1, window=inside(block, window))
            progress.advance(cells.size)


def write_cloud_optimized(cells: Path, path: Path) -> None:
    """Makes a Cloud Optimized GeoTIFF, whose overviews are means, of a file that write_cells wrote."""
    unfinished = path.with_suffix(path.suffix + UNFINISHED)
    rasterio.shutil.copy(
        cells,
        unfinished,
        driver="COG",
        compress="deflate",
        predictor="yes",
        blocksize=_BLOCK,
        overview_resampling="average",
        overview_compress="deflate",
        overview_predictor="yes",
        sparse_ok=True,
        bigtiff="if_safer",
    )
    put_in_place(unfinished, path)


@dataclass(frozen=True)
class Stored:
    """A file of cells that holds `window`."""

    path: Path
    window: Window


@contextmanager
def reading(stored: Sequence[Stored]) -> Iterator[ReadCells]:
    """Reads the cells of any window from several files, NODATA where none has one; the first that has a value counts.

    Raises LoadError where a file is damaged.
    """
    with ExitStack() as stack, _translated(stored):
        files = [(entry.window, stack.enter_context(rasterio.open(entry.path))) for entry in stored]

        def read(window: Window) -> Cells:
            found = np.full((window.rows, window.columns), NODATA, dtype=np.int16)
            for whole, file in files:
                common = overlap(window, whole)
                if common is not None:
                    _fill(found[local(common, window)], file, inside(common, whole))
            return found

        yield read


def _fill(there: Cells, file: Any, window: rasterio.windows.Window) -> None:
    np.copyto(there, file.read(1, window=window), where=there == NODATA)


@contextmanager
def _translated(stored: Sequence[Stored]) -> Iterator[None]:
    try:
        yield
    except RasterioError as error:
        if not stored:
            raise
        folder = stored[0].path.parent.parent
        raise LoadError(f"A file in {folder} is damaged ({error}): {mending(folder)}") from error


def discard(*paths: Path) -> None:
    """Removes files that are of no use any more."""
    for path in paths:
        path.unlink(missing_ok=True)
