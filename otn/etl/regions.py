"""Where things lie: the outlines of countries and the partner regions among them.

Source: Natural Earth 1:50m, public domain, as the npm package world-atlas (countries-50m), copied by `make vendor`.
"""

from functools import cache, cached_property, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyogrio
import shapely

from otn.etl.region_cells import RegionCells, in_cells
from otn.etl.rows import Geometries
from otn.model.datasets import ELSEWHERE, Registry

OUTLINES = Path(__file__).parent / "vendor" / "world-atlas" / "countries-50m.json"
# Only parts touching this box count as a partner region, so that French Guiana is no part of Europe.
EUROPE = shapely.box(-25, 34, 45, 72)
# The outlines are generalised: what lies this close to a coast (degrees, about 10 km) belongs to its country.
_NEARBY = 0.1
_COAST_KM = 50.0
# What is checked against a country may lie off its coast, or reach over its border: degrees.
_AROUND_OUTLINE = 0.5
_KM_PER_DEGREE = 111.32


class Regions:
    """The outlines of the regions that `registry` declares, and of all other countries."""

    def __init__(self, registry: Registry) -> None:
        self._declared = registry.regions
        self._ids = [region.id for region in registry.regions.values() if region.outline]
        codes = [region.outline for region in registry.regions.values() if region.outline]
        numbers, countries = _countries()
        self._parts = {
            region: [part for part in shapely.get_parts(countries[numbers == code]) if part.intersects(EUROPE)]
            for region, code in zip(self._ids, codes, strict=True)
        }
        self._others = shapely.get_parts(countries[~np.isin(numbers, codes)])
        self._cells: dict[str, RegionCells] = {}

    def extent(self, region: str) -> shapely.Geometry | None:
        """The box a region declares, else the boxes of its outline's parts with a margin; None where it has neither."""
        declared = self._declared[region]
        if declared.bbox is not None:
            return shapely.box(*declared.bbox)
        if region not in self._parts:
            return None
        return shapely.union_all([shapely.box(*part.buffer(_AROUND_OUTLINE).bounds) for part in self._parts[region]])

    @cached_property
    def _outlines(self) -> Geometries:
        return np.array([shapely.union_all(self._parts[region]) for region in self._ids], dtype=object)

    @cached_property
    def _coasts(self) -> Geometries:
        return np.array(
            [shapely.union_all([_with_coast(part) for part in self._parts[region]]) for region in self._ids]
        )

    def crossing_outline(self, region: str, geometry: Geometries) -> npt.NDArray[np.bool_]:
        """Which geometries touch the region's outline, and no other partner region's with more of their length."""
        return self._mine(region, self._outlines, geometry)

    def near_coast(self, region: str, geometry: Geometries) -> npt.NDArray[np.bool_]:
        """Which geometries touch the boxes of the region's parts widened by 50 km, and belong to no other region more.

        Of regions that hold equally much of a geometry the one with the smaller boxes gets it.
        """
        return self._mine(region, self._coasts, geometry)

    def _mine(self, region: str, areas: Geometries, geometry: Geometries) -> npt.NDArray[np.bool_]:
        mine = self._ids.index(region)
        touching = _touching(areas[mine], geometry)
        rows = np.flatnonzero(touching)
        shares = np.column_stack([_shares(area, geometry[rows]) for area in areas])
        by_size = np.argsort(shapely.area(areas), kind="stable")
        winners = by_size[np.argmax(shares[:, by_size], axis=1)]
        touching[rows] = winners == mine
        return touching

    def of(self, geometry: Geometries, home: str) -> npt.NDArray[np.object_]:
        """The region each geometry lies in: `home` where it touches it, else the country that holds most of it.

        A region within a country is told only where it is `home`. What lies in no country belongs to the nearest one
        within 10 km; what then lies in no partner region lies ELSEWHERE.
        """
        cells = self._cells.setdefault(home, RegionCells(partial(self._of_all_within, home)))
        regions = cells.of(geometry)
        untold = np.flatnonzero([region is None for region in regions.tolist()])
        if len(untold):
            regions[untold] = self.of_each(geometry[untold], home)
        return regions

    def of_each(self, geometry: Geometries, home: str) -> npt.NDArray[np.object_]:
        """What `of` says, found by looking at each geometry by itself."""
        regions = np.full(len(geometry), ELSEWHERE, dtype=object)
        unknown = np.ones(len(geometry), dtype=bool)
        area = self._area(home)
        if area is not None:
            at_home = _touching(area, geometry)
            regions[at_home] = home
            unknown &= ~at_home
        rows = np.flatnonzero(unknown)
        if len(rows):
            regions[rows] = self._largest_share(geometry[rows])
        return regions

    def _of_all_within(self, home: str, boxes: Geometries) -> npt.NDArray[np.object_]:
        """What `of` says of all that lies within each box; None where one thing and another lies in different regions.

        That is so where borders are, or coasts: a box must be within one part and touch no other, or be far from all.
        """
        owners, parts, tree = self._world
        regions = np.full(len(boxes), None, dtype=object)
        box, part = tree.query(boxes, predicate="intersects")
        alone = np.bincount(box, minlength=len(boxes))[box] == 1
        box, part = box[alone], part[alone]
        whole = shapely.contains_properly(parts[part], boxes[box])
        regions[box[whole]] = owners[part[whole]]
        near = tree.query(boxes, predicate="dwithin", distance=_NEARBY)[0]
        regions[np.delete(np.arange(len(boxes)), np.unique(near))] = ELSEWHERE
        area = self._area(home)
        if area is not None:
            regions[shapely.intersects(area, boxes)] = None
            regions[shapely.contains(area, boxes)] = home
        return regions

    def _area(self, region: str) -> shapely.Geometry | None:
        if region in self._ids:
            return self._outlines[self._ids.index(region)]
        return self.extent(region)

    def _largest_share(self, geometry: Geometries) -> npt.NDArray[np.object_]:
        owners, parts, tree = self._world
        regions = np.full(len(geometry), ELSEWHERE, dtype=object)
        best = np.zeros(len(geometry))
        rows, candidates = tree.query(geometry)
        for candidate in np.unique(candidates):
            among = rows[candidates == candidate]
            shares = _shares(parts[candidate], geometry[among])
            better = shares > best[among]
            regions[among[better]] = owners[candidate]
            best[among[better]] = shares[better]
        nowhere = np.flatnonzero(best == 0)
        closest, several = _close_to(parts, tree, geometry[nowhere])
        alone = (closest >= 0) & ~several
        regions[nowhere[alone]] = owners[closest[alone]]
        between = nowhere[several]
        for among in in_cells(geometry[between]):
            rows = between[among]
            regions[rows] = owners[_nearest(parts, tree, geometry[rows])]
        return regions

    @cached_property
    def _world(self) -> tuple[npt.NDArray[np.object_], Geometries, shapely.STRtree]:
        """The region that each polygon of the world belongs to, the polygons, and a tree of them."""
        owners = [region for region in self._ids for _ in self._parts[region]] + [ELSEWHERE] * len(self._others)
        parts = [part for region in self._ids for part in self._parts[region]] + list(self._others)
        return np.array(owners, dtype=object), np.array(parts, dtype=object), shapely.STRtree(parts)


def _close_to(
    parts: Geometries, tree: shapely.STRtree, geometry: Geometries
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """A part within _NEARBY of each geometry (-1: there is none), and whether there are several."""
    reach = shapely.bounds(geometry) + np.array([-_NEARBY, -_NEARBY, _NEARBY, _NEARBY])
    rows, candidates = tree.query(shapely.box(*reach.T))
    found, several = np.full(len(geometry), -1), np.zeros(len(geometry), dtype=bool)
    for candidate in np.unique(candidates):
        among = rows[candidates == candidate]
        shapely.prepare(parts[candidate])
        close = among[shapely.dwithin(parts[candidate], geometry[among], _NEARBY)]
        several[close] |= found[close] >= 0
        found[close] = candidate
    return found, several


def _nearest(parts: Geometries, tree: shapely.STRtree, geometry: Geometries) -> npt.NDArray[np.intp]:
    """The part nearest to each geometry, which must be within _NEARBY; geometries should lie close together.

    What of a part is farther away than that from all of them is cut off first: outlines have thousands of points.
    """
    west, south, east, north = shapely.total_bounds(geometry)
    box = (west - 2 * _NEARBY, south - 2 * _NEARBY, east + 2 * _NEARBY, north + 2 * _NEARBY)
    around = np.sort(tree.query(shapely.box(*box)))
    pieces = shapely.clip_by_rect(parts[around], *box)
    _, nearest = shapely.STRtree(pieces).query_nearest(geometry, all_matches=False)
    found: npt.NDArray[np.intp] = around[nearest]
    return found


@cache
def _countries() -> tuple[npt.NDArray[np.object_], Geometries]:
    """The ISO 3166-1 number of each country, and its outline."""
    _, _, outlines, (numbers, _) = pyogrio.raw.read(OUTLINES, layer="countries", columns=["id", "name"])
    # Fiji's runs across the antimeridian, and through itself.
    return numbers, shapely.make_valid(shapely.from_wkb(outlines))


def _touching(area: shapely.Geometry, geometry: Geometries) -> npt.NDArray[np.bool_]:
    """Which geometries touch `area`; cheap where the bounding boxes do not."""
    west, south, east, north = area.bounds
    bounds = shapely.bounds(geometry)
    touching = (bounds[:, 0] <= east) & (bounds[:, 2] >= west) & (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
    shapely.prepare(area)
    touching[touching] = shapely.intersects(area, geometry[touching])
    return np.asarray(touching, dtype=np.bool_)


def _shares(area: shapely.Geometry, geometry: Geometries) -> npt.NDArray[np.float64]:
    """How much of each geometry lies in `area`, from 0 to 1; a little more than nothing where it merely touches."""
    shapely.prepare(area)
    shares = np.asarray(shapely.contains(area, geometry), dtype=np.float64)
    outside = np.flatnonzero(shares == 0)
    partly = outside[_touching(area, geometry[outside])]
    whole = _sizes(geometry[partly], shapely.get_dimensions(geometry[partly]))
    within = _sizes(shapely.intersection(geometry[partly], area), shapely.get_dimensions(geometry[partly]))
    shares[partly] = np.maximum(np.divide(within, whole, out=np.zeros_like(within), where=whole > 0), 1e-9)
    return shares


def _sizes(geometry: Geometries, dimensions: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
    """The lengths of what was a line, the areas of what was an area."""
    return np.asarray(np.where(dimensions == 2, shapely.area(geometry), shapely.length(geometry)), dtype=np.float64)


def _with_coast(part: shapely.Geometry) -> shapely.Geometry:
    west, south, east, north = part.bounds
    height = _COAST_KM / _KM_PER_DEGREE
    width = height / np.cos(np.radians(max(abs(south), abs(north))))
    return shapely.box(west - width, south - height, east + width, north + height)
