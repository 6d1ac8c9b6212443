"""Writes a part in one pass: fragments as they come, everything else beside them, and all of it together at the end.

Memory does not grow with the texts and geometries; each feature costs some hundred bytes while the R-tree is made.
"""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import geoindex_rs.rtree as rtree
import numpy as np
import numpy.typing as npt
import orjson
import shapely

from otn.edition.part_format import (
    COLUMNS,
    FRAGMENTS,
    GEOMETRY,
    MAGIC,
    SEPARATOR,
    TREE,
    UNFINISHED,
    Bounds,
    Identity,
    PartInfo,
)
from otn.edition.sealed_file import SealedWriter


@dataclass(frozen=True)
class Rows:
    """Some features of a part, in the order of their natural ranks and ids: GeoJSON texts, and WKB."""

    ids: npt.NDArray[np.int64]
    ranks: npt.NDArray[np.int64]
    fragments: list[bytes]
    geometries: list[bytes]


@dataclass(frozen=True)
class Written:
    """A finished part: the name of its file in the folder of parts, the checksum of the whole, and what it says."""

    file: str
    checksum: str
    info: PartInfo


def write_part(
    folder: Path, identity: Identity, licence: str, statistics: dict[str, Any], rows: Iterable[Rows]
) -> Written:
    """Writes a part into `folder` under a name that no other content has; nobody sees it before it is whole."""
    unfinished = folder / f"{_stem(identity)}{UNFINISHED}"
    try:
        digest, info = _write(unfinished, identity, licence, statistics, rows)
        name = f"{_stem(identity)}.{digest[:12]}.part"
        unfinished.rename(folder / name)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return Written(name, digest, info)


def _write(
    path: Path, identity: Identity, licence: str, statistics: dict[str, Any], rows: Iterable[Rows]
) -> tuple[str, PartInfo]:
    with ExitStack() as stack:
        file = _Appended(stack.enter_context(path.open("wb")))
        spools: dict[str, IO[bytes]] = {
            name: stack.enter_context(TemporaryFile(dir=path.parent)) for name in (*COLUMNS, GEOMETRY)
        }
        columns = _Columns(spools)
        file.begin_section(FRAGMENTS)
        for block in rows:
            file.write(b"".join(text + SEPARATOR for text in block.fragments))
            columns.add(block)
        columns.finish()
        for name, spool in spools.items():
            file.begin_section(name)
            file.copy(spool)
        file.begin_section(TREE)
        file.write(_tree(spools["boxes"], columns.count))
        info = PartInfo(identity, licence, columns.count, columns.bbox, statistics)
        return file.finish(info), info


def _stem(identity: Identity) -> str:
    return f"{identity.dataset.replace('/', '--')}.{identity.load_id}"


class _Appended(SealedWriter):
    """A part that grows, with the places of its sections."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self._starts: dict[str, int] = {}
        self._ends: dict[str, int] = {}
        self._section: str | None = None
        self.write(MAGIC)

    def begin_section(self, name: str | None) -> None:
        """Ends the section before; None begins no other."""
        if self._section is not None:
            self._ends[self._section] = self.position
        self.align()
        self._section = name
        if name is not None:
            self._starts[name] = self.position

    def finish(self, info: PartInfo) -> str:
        """Writes directory and tail, and waits until the disk has all of it. Returns the checksum."""
        self.begin_section(None)
        sections = {name: (start, self._ends[name] - start) for name, start in self._starts.items()}
        directory = orjson.dumps({"sections": sections, "part": info.to_json()})
        start = self.position
        self.write(directory)
        return self.seal(start, len(directory))


class _Columns:
    """What a part knows of each feature beside its text, spooled to files until all texts are written."""

    def __init__(self, spools: dict[str, IO[bytes]]) -> None:
        self._spools = spools
        self._text_end = 0
        self._geometry_end = 0
        self._corners: list[npt.NDArray[np.float64]] = []
        self.count = 0

    def add(self, rows: Rows) -> None:
        """Raises ValueError for rows whose columns differ in length."""
        boxes = np.asarray(shapely.bounds(shapely.from_wkb(np.array(rows.geometries, dtype=object))), np.float64)
        texts = np.fromiter((len(text) + len(SEPARATOR) for text in rows.fragments), np.uint64, len(rows.ids))
        # The box of a point is the point.
        is_point = (boxes[:, 0] == boxes[:, 2]) & (boxes[:, 1] == boxes[:, 3])
        shapes = [b"" if skip else wkb for wkb, skip in zip(rows.geometries, is_point.tolist(), strict=True)]
        lengths = np.fromiter(map(len, shapes), np.uint64, len(shapes))
        self._write("ids", rows.ids)
        self._write("ranks", rows.ranks)
        self._write("boxes", boxes)
        self._write("offsets", self._text_end + np.cumsum(texts) - texts)
        self._write("geometry_offsets", self._geometry_end + np.cumsum(lengths) - lengths)
        self._spools[GEOMETRY].write(b"".join(shapes))
        self._text_end += int(texts.sum())
        self._geometry_end += int(lengths.sum())
        self._corners.append(np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)]))
        self.count += len(rows.ids)

    def finish(self) -> None:
        """Completes the columns that need all features."""
        self._write("offsets", np.array([self._text_end]))
        self._write("geometry_offsets", np.array([self._geometry_end]))
        self._write("by_id", np.argsort(_mapped(self._spools["ids"], COLUMNS["ids"]), kind="stable"))

    @property
    def bbox(self) -> Bounds | None:
        if not self._corners:
            return None
        corners = np.stack(self._corners)
        west, south = corners[:, :2].min(axis=0).tolist()
        east, north = corners[:, 2:].max(axis=0).tolist()
        return west, south, east, north

    def _write(self, name: str, values: npt.NDArray[Any]) -> None:
        self._spools[name].write(np.ascontiguousarray(values, COLUMNS[name]).tobytes())


def _tree(boxes: IO[bytes], count: int) -> memoryview:
    builder = rtree.RTreeBuilder(count)
    if count:
        builder.add(_mapped(boxes, COLUMNS["boxes"]).reshape(-1, 4))
    return memoryview(builder.finish())


def _mapped(spool: IO[bytes], kind: str) -> npt.NDArray[Any]:
    """What was written into a spool so far, where it lies."""
    spool.flush()
    if not spool.tell():
        return np.empty(0, kind)
    return np.memmap(spool, kind, mode="r")
