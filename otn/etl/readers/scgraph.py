"""Highways and railways of the Python package scgraph_data (https://github.com/connor-makowski/scgraph_data).

Package MIT, data ODbL, (c) OpenStreetMap contributors. A module holds two literals: `graph`, for each node the nodes it
is joined to with the distance in km, and `nodes`, [latitude, longitude] of each. The graph is simplified and
undirected, without class and name; both directions of an edge and a loop on many nodes are written out. The text is
sliced and parsed as numbers: importing the module takes minutes and gigabytes.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from otn.errors import SourceError
from otn.etl.geometry import CRS84
from otn.etl.readers.packages import package_file
from otn.etl.rows import SourceRows
from otn.model.collections import Collection

_BATCH = 100_000
_SEPARATORS = bytes.maketrans(b"{}[]:,", b"      ")


class ScgraphNetwork:
    """One network of the world: `world_highways` or `world_railways`.

    The source has no identifiers: an edge's is the coordinates of its ends, longitude first.
    """

    def __init__(self, module: str) -> None:
        self.path: Path = package_file("scgraph_data", f"{module}.py")

    def read(self) -> Iterator[SourceRows]:
        nodes, edges = self._parsed()
        loop = edges[:, 0] == edges[:, 1]
        once = edges[:, 0] <= edges[:, 1]
        edges, loop = edges[once], loop[once]
        ends = np.hstack([nodes[edges[:, 0]], nodes[edges[:, 1]]])
        for start in range(0, len(edges), _BATCH):
            yield _batch(start, ends[start : start + _BATCH], loop[start : start + _BATCH])

    def harmonise(self, attributes: pa.Table, collection: Collection) -> dict[str, pa.Array]:  # noqa: ARG002
        return {}

    def _parsed(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        """The nodes (longitude, latitude) and the edges as pairs of node numbers, both directions."""
        lines = {line.split(b"=", 1)[0]: line for line in self.path.read_bytes().splitlines() if b"=[" in line[:8]}
        if lines.keys() != {b"graph", b"nodes"}:
            raise SourceError(f"{self.path} does not hold the lists `graph` and `nodes` that scgraph_data 2 has.")
        nodes = np.array(orjson.loads(lines[b"nodes"].split(b"=", 1)[1]))[:, ::-1]
        graph = lines[b"graph"].split(b"=", 1)[1]
        text = np.frombuffer(graph, dtype=np.uint8)
        ends_before_close = np.searchsorted(np.flatnonzero(text == ord(":")), np.flatnonzero(text == ord("}")))
        degrees = np.diff(ends_before_close, prepend=0)
        numbers = np.fromstring(graph.translate(_SEPARATORS).decode("ascii"), sep=" ")
        if len(degrees) != len(nodes) or len(numbers) != 2 * degrees.sum():
            raise SourceError(f"{self.path} is damaged: its graph does not fit its nodes.")
        return nodes, np.column_stack([np.repeat(np.arange(len(nodes)), degrees), numbers[::2].astype(np.int64)])


def _batch(start: int, ends: npt.NDArray[np.float64], loop: npt.NDArray[np.bool_]) -> SourceRows:
    edges = ends[~loop]
    columns = [pa.array(np.round(column, 6)).cast(pa.string()) for column in edges.T]
    return SourceRows(
        position=start + 1 + np.flatnonzero(~loop),
        source_id=pc.binary_join_element_wise(*columns, ","),
        geometry=shapely.linestrings(edges.reshape(-1, 2, 2)),
        attributes=pa.table({"edge": pa.nulls(len(edges))}),
        crs=CRS84,
        normalised=shapely.points(ends[loop, :2]),
    )
