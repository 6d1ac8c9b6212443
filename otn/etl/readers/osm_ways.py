"""Ways of an OpenStreetMap file that make lines: their located vertices, and where they wait until all are known."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from otn.etl.aside import TableAside
from otn.etl.network import Floats, Integers
from otn.etl.readers.osm_opl import Ways
from otn.etl.rows import Reason, Reject


@dataclass(frozen=True)
class LocatedWays:
    """Ways that make lines. The vertices of way i are those from `offsets[i]` to before `offsets[i + 1]`.

    `position` is the way's number in the file from 1. Nodes that the file does not have are left out: `missing` of
    each way, `missing_before` each vertex. No vertex is the same node as the one before it.
    """

    position: Integers
    id: Integers
    tags: pa.Table
    offsets: Integers
    missing: Integers
    node: Integers
    x: Floats
    y: Floats
    missing_before: Integers

    def __len__(self) -> int:
        return len(self.id)


def located(ways: Ways, position: int) -> tuple[LocatedWays, tuple[Reject, ...]]:
    """The ways that have two distinct locations, and a reject for each of the others. The first one is `position`."""
    way = np.repeat(np.arange(len(ways)), np.diff(ways.offsets))
    here = np.isfinite(ways.x)
    gone = np.cumsum(~here)
    gone_before_way = np.concatenate([[0], gone])[ways.offsets]
    missing = np.diff(gone_before_way)
    vertex = _without_repeats(np.flatnonzero(here), way, ways.node)
    whole = _is_line(way[vertex], ways.x[vertex], ways.y[vertex], len(ways))
    vertex = vertex[whole[way[vertex]]]
    kept = np.flatnonzero(whole)
    sizes = np.bincount(way[vertex], minlength=len(ways))[kept]
    lines = LocatedWays(
        position=kept + position,
        id=ways.id[kept],
        tags=ways.tags if len(kept) == len(ways) else ways.tags.take(pa.array(kept)),
        offsets=np.concatenate([[0], np.cumsum(sizes)]),
        missing=missing[kept],
        node=ways.node[vertex],
        x=ways.x[vertex],
        y=ways.y[vertex],
        missing_before=gone[vertex] - gone_before_way[way[vertex]],
    )
    return lines, tuple(_reject(ways, row, position, int(missing[row])) for row in np.flatnonzero(~whole).tolist())


def _without_repeats(vertex: Integers, way: Integers, node: Integers) -> Integers:
    """The vertices but those that are the node before them again."""
    again = (way[vertex][1:] == way[vertex][:-1]) & (node[vertex][1:] == node[vertex][:-1])
    kept: Integers = vertex[np.concatenate([[True], ~again])[: len(vertex)]]
    return kept


def _is_line(way: Integers, x: Floats, y: Floats, ways: int) -> npt.NDArray[np.bool_]:
    """Which ways have two distinct locations."""
    first = np.searchsorted(way, way)
    elsewhere = (x != x[first]) | (y != y[first])
    return np.asarray(np.bincount(way[elsewhere], minlength=ways) > 0, dtype=np.bool_)


def _reject(ways: Ways, row: int, position: int, missing: int) -> Reject:
    number = str(ways.id[row])
    nodes = ways.node[ways.offsets[row] : ways.offsets[row + 1]].tolist()
    detail = f"{missing} of {len(nodes)} nodes have no location in the extract; the rest make no line"
    content = {"type": "way", "id": int(number), "nodes": nodes, "tags": ways.all_tags(row)}
    return Reject(position + row, number, Reason.TOO_FEW_POINTS, detail, content)


class WaysAside:
    """Ways in a temporary file: where they are cut is known when all have been read."""

    def __init__(self) -> None:
        self._table = TableAside()

    def add(self, ways: LocatedWays) -> None:
        """Puts a batch at the end."""
        columns = {
            "position": pa.array(ways.position),
            "id": pa.array(ways.id),
            "missing": pa.array(ways.missing),
            **{name: pa.ListArray.from_arrays(_offsets(ways), getattr(ways, name)) for name in _OF_VERTICES},
            **{f"tag:{name}": ways.tags[name].combine_chunks() for name in ways.tags.column_names},
        }
        self._table.add(pa.RecordBatch.from_pydict(columns))

    def __iter__(self) -> Iterator[LocatedWays]:
        """The batches as they were added; none can be added then."""
        for batch in self._table.read():
            vertices = {name: batch[name].values.to_numpy() for name in _OF_VERTICES}
            tags = {name: batch[name] for name in batch.schema.names if name.startswith("tag:")}
            yield LocatedWays(
                position=batch["position"].to_numpy(),
                id=batch["id"].to_numpy(),
                tags=pa.table({name.removeprefix("tag:"): column for name, column in tags.items()}),
                offsets=batch["node"].offsets.to_numpy().astype(np.int64),
                missing=batch["missing"].to_numpy(),
                **vertices,
            )

    def close(self) -> None:
        """The ways are gone."""
        self._table.close()


_OF_VERTICES = ("node", "x", "y", "missing_before")


def _offsets(ways: LocatedWays) -> pa.Array:
    return pa.array(ways.offsets, pa.int32())
