"""The sites of measurements: each is told by the rows that were measured there."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from pyproj import CRS

from otn.etl.rows import Geometries, SourceRows


@dataclass
class _Site:
    """`attributes` are those of the first row."""

    position: int
    attributes: dict[str, Any]
    places: set[tuple[float, float]] = field(default_factory=set)
    total: float = 0.0
    measurements: int = 0

    @property
    def geometry(self) -> shapely.Geometry | None:
        if len(self.places) > 1:
            return shapely.MultiPoint(sorted(self.places))
        return shapely.Point(*self.places) if self.places else None


class Sites:
    """Sites by their identifiers, gathered batch by batch."""

    def __init__(self) -> None:
        self._sites: dict[str, _Site] = {}

    def add(
        self,
        position: npt.NDArray[np.int64],
        identifiers: pa.Array,
        places: Geometries,
        values: pa.Array,
        attributes: pa.Table,
    ) -> None:
        """Rows of measurements: the site of each (not null), its place or None, and the value measured or null."""
        encoded = pc.dictionary_encode(identifiers)
        names = encoded.dictionary.to_pylist()
        site = np.asarray(encoded.indices)
        known = np.asarray(pc.is_valid(values), dtype=bool)
        numbers = np.asarray(pc.fill_null(values, 0.0).to_numpy(), dtype=np.float64)
        totals = np.bincount(site, weights=numbers, minlength=len(names))
        measurements = np.bincount(site[known], minlength=len(names))
        _, first = np.unique(site, return_index=True)
        of_first = attributes.take(first).to_pylist()
        for number, name in enumerate(names):
            one = self._sites.setdefault(name, _Site(int(position[first[number]]), of_first[number]))
            one.total += totals[number]
            one.measurements += int(measurements[number])
        coordinates, rows = shapely.get_coordinates(places, return_index=True)
        for number, x, y in np.unique(np.column_stack([site[rows], coordinates]), axis=0).tolist():
            self._sites[names[int(number)]].places.add((x, y))

    def rows(self, crs: CRS) -> SourceRows:
        """A row a site: the attributes of its first row, `mean` of the values and the number of `measurements`."""
        sites = self._sites.values()
        geometry: Geometries = np.full(len(sites), None, dtype=object)
        geometry[:] = [site.geometry for site in sites]
        attributes = pa.Table.from_pylist([site.attributes for site in sites])
        means = [site.total / site.measurements if site.measurements else None for site in sites]
        attributes = attributes.append_column("mean", pa.array(means, pa.float64()))
        counts = pa.array([site.measurements for site in sites], pa.int64())
        return SourceRows(
            position=np.array([site.position for site in sites], np.int64),
            source_id=pa.array(list(self._sites), pa.string()),
            geometry=geometry,
            attributes=attributes.append_column("measurements", counts),
            crs=crs,
        )
