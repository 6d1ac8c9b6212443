"""Which rows of a source that covers the world belong to a region."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from otn.etl.geometry import to_crs84
from otn.etl.regions import Regions
from otn.etl.rows import Geometries, SourceRows
from otn.model.datasets import Region

# Says of geometries and their attributes (None for rows that are left out anyway) which belong to the region.
Selection = Callable[[Geometries, pa.Table | None], npt.NDArray[np.bool_]]


def selection(how: str, region: Region, regions: Regions) -> Selection:
    """`how` is `country` (by the attribute of that name), `outline`, `coast` or `region`, as datasets declare it.

    `region` is what lies in the box a region declares, or else in its country more than in others.
    """

    def by_country(geometry: Geometries, attributes: pa.Table | None) -> npt.NDArray[np.bool_]:
        if attributes is None:
            return np.zeros(len(geometry), dtype=bool)
        return np.asarray(pc.equal(attributes["country"], region.country), dtype=np.bool_)

    def by_outline(geometry: Geometries, attributes: pa.Table | None) -> npt.NDArray[np.bool_]:  # noqa: ARG001
        return regions.crossing_outline(region.id, geometry)

    def by_coast(geometry: Geometries, attributes: pa.Table | None) -> npt.NDArray[np.bool_]:  # noqa: ARG001
        return regions.near_coast(region.id, geometry)

    def by_region(geometry: Geometries, attributes: pa.Table | None) -> npt.NDArray[np.bool_]:  # noqa: ARG001
        return np.asarray(regions.of(geometry, region.id) == region.id, dtype=np.bool_)

    return {"country": by_country, "outline": by_outline, "coast": by_coast, "region": by_region}[how]


def selected(rows: SourceRows, belongs: Selection, country: str | None = None) -> SourceRows:
    """The rows that belong. Rejects of the reader stay, since where they lie is not known; where all that lies in
    `country` is selected, those that name another one go.
    """
    keep = belongs(to_crs84(rows.geometry, rows.crs), rows.attributes)
    rejects = tuple(reject for reject in rows.rejects if country in (None, reject.row.get("country") or country))
    return replace(_only(rows, keep), normalised=rows.normalised[belongs(rows.normalised, None)], rejects=rejects)


class EndsOfLinks:
    """Which road nodes belong: those that links which belong run between, wherever the nodes themselves lie."""

    def __init__(self) -> None:
        self._names: list[pa.ChunkedArray] = []

    def add(self, from_node: pa.ChunkedArray, to_node: pa.ChunkedArray) -> None:
        """Notes the nodes (string) of links that belong; the nodes themselves must come after all links."""
        self._names += [from_node, to_node]

    def selected(self, nodes: SourceRows) -> SourceRows:
        """Those of the nodes at which a link ends."""
        names = pa.chunked_array([chunk for name in self._names for chunk in name.chunks], pa.string()).unique()
        self._names = [pa.chunked_array([names])]
        return _only(nodes, np.asarray(pc.is_in(nodes.source_id, names), dtype=np.bool_))


def _only(rows: SourceRows, keep: npt.NDArray[np.bool_]) -> SourceRows:
    mask = pa.array(keep)
    return replace(
        rows,
        position=rows.position[keep],
        source_id=rows.source_id.filter(mask),
        geometry=rows.geometry[keep],
        attributes=rows.attributes.filter(mask),
        part=None if rows.part is None else rows.part.filter(mask),
    )
