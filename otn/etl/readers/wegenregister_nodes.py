"""The road nodes of the Flemish road register: those its segments name, and where they name none the places they meet.

The register's own table of nodes is another layer; segments tell where each node is, and how many of them end there.
Sketched segments have no nodes in the register: their ends are called by their place.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from otn.etl.geometry import CRS84, rounded, to_crs84
from otn.etl.network import Floats, ends_by_place, form_of_road_node, nodes_of_links
from otn.etl.rows import Geometries, SourceRows
from otn.model.collections import ROAD_NODES

BEGIN, END = "begin", "end"
"""The columns that say between which nodes a segment runs; null where it is in several pieces."""
_BATCH = 20_000


class NodesOfSegments:
    """Takes the segments batch by batch, names their ends, and gives the nodes when all have come.

    Until then it keeps of each segment where it ends: the lines of the whole register would fill the memory.
    """

    def __init__(self) -> None:
        self._from: list[Floats] = []
        self._to: list[Floats] = []
        self._begin: list[pa.Array] = []
        self._end: list[pa.Array] = []

    def named(self, rows: SourceRows, begin: pa.Array, end: pa.Array) -> SourceRows:
        """The rows with columns BEGIN and END: the register's nodes `begin` and `end`, or the places of the ends."""
        lines = rounded(to_crs84(rows.geometry, rows.crs))
        is_line = shapely.get_type_id(lines) == shapely.GeometryType.LINESTRING
        is_line &= shapely.get_num_points(lines) > 1
        names = [self._of_lines(lines, is_line, register) for register in (begin, end)]
        places = ends_by_place(lines[is_line])
        ends = [pc.coalesce(name, _spread(place, is_line)) for name, place in zip(names, places, strict=True)]
        self._from.append(shapely.get_coordinates(shapely.get_point(lines[is_line], 0)))
        self._to.append(shapely.get_coordinates(shapely.get_point(lines[is_line], -1)))
        self._begin.append(ends[0].filter(pa.array(is_line)))
        self._end.append(ends[1].filter(pa.array(is_line)))
        attributes = rows.attributes.append_column(BEGIN, ends[0]).append_column(END, ends[1])
        return replace(rows, attributes=attributes)

    @staticmethod
    def _of_lines(lines: Geometries, is_line: npt.NDArray[np.bool_], register: pa.Array) -> pa.Array:
        """The register's node of what is one line; of several pieces only one begins or ends there."""
        return pc.if_else(pa.array(is_line), register, pa.nulls(len(lines), pa.string()))

    def rows(self) -> Iterator[SourceRows]:
        """The nodes, in batches."""
        if not self._from:
            return
        ends = np.concatenate([*self._from, *self._to])
        names = [pa.concat_arrays(self._begin), pa.concat_arrays(self._end)]
        for pieces in (self._from, self._to, self._begin, self._end):
            pieces.clear()
        nodes = nodes_of_links(ends, *names)
        del ends, names
        nowhere = np.zeros(len(nodes.name), np.bool_)
        attributes = pa.table(
            {
                "formOfRoadNode": form_of_road_node(nodes.number_of_links, nowhere, nowhere),
                "numberOfLinks": pa.array(nodes.number_of_links),
            }
        )
        for start in range(0, len(nodes.name), _BATCH):
            batch = slice(start, start + _BATCH)
            names = nodes.name[batch]
            yield SourceRows(
                position=np.arange(start + 1, start + 1 + len(names)),
                source_id=names,
                geometry=np.asarray(shapely.points(nodes.location[batch])),
                attributes=attributes.slice(start, _BATCH),
                crs=CRS84,
                part=pa.repeat("node", len(names)),
                collection=ROAD_NODES.id,
            )


def _spread(values: pa.Array, mask: npt.NDArray[np.bool_]) -> pa.Array:
    """The values in the rows that `mask` marks, null in the others."""
    index = np.cumsum(mask) - 1
    return values.take(pa.array(index, mask=~mask))
