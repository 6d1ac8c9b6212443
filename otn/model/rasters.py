"""The collections that are rasters: one number for each cell of a grid, served as a coverage."""

import math
from dataclasses import dataclass
from typing import NamedTuple

from otn.model.fields import Field, Kind
from otn.model.text import Text

Bounds = tuple[float, float, float, float]


class Window(NamedTuple):
    """A rectangle of cells: of `columns` to the east of `column`, and `rows` to the south of `row`."""

    row: int
    column: int
    rows: int
    columns: int

    def around(self, other: "Window") -> "Window":
        """The smallest window that holds both."""
        row, column = min(self.row, other.row), min(self.column, other.column)
        last_row = max(self.row + self.rows, other.row + other.rows)
        last_column = max(self.column + self.columns, other.column + other.columns)
        return Window(row, column, last_row - row, last_column - column)


@dataclass(frozen=True)
class Grid:
    """Cells of the whole world in CRS84, so many in a degree; row 0 and column 0 are the most north-western.

    Their centres, not their edges, lie on whole parts of a degree: so SRTM and the other models of elevation that are
    published in tiles of one degree have their heights, and these keep their values.
    """

    cells_per_degree: int

    @property
    def cell(self) -> float:
        """The width of a cell, which is its height, in degrees."""
        return 1 / self.cells_per_degree

    @property
    def west(self) -> float:
        """The western edge of column 0, in degrees."""
        return -180 - self.cell / 2

    @property
    def north(self) -> float:
        """The northern edge of row 0, in degrees."""
        return 90 + self.cell / 2

    def window(self, bounds: Bounds) -> Window:
        """The cells whose centres lie in a box of degrees: west, south, east, north."""
        west, south, east, north = bounds
        hair = 1e-6  # of a cell: edges that are meant to be the same differ in the last digits

        def first(distance: float) -> int:
            return math.ceil(distance * self.cells_per_degree - 0.5 - hair)

        def last(distance: float) -> int:
            return math.floor(distance * self.cells_per_degree - 0.5 + hair)

        row, column = first(self.north - north), first(west - self.west)
        return Window(row, column, last(self.north - south) - row + 1, last(east - self.west) - column + 1)

    def bounds(self, window: Window) -> Bounds:
        """The edges of the cells: west, south, east, north in degrees."""
        west, north = self.west + window.column * self.cell, self.north - window.row * self.cell
        return west, north - window.rows * self.cell, west + window.columns * self.cell, north


@dataclass(frozen=True)
class RasterCollection:
    """A collection of one value a cell: a whole number, NODATA where it is unknown."""

    id: str
    field: Field
    grid: Grid


NODATA = -32768
"""Stands in the files where there is no value; values have 16 bits."""

ELEVATION = RasterCollection(
    id="elevation",
    field=Field(
        "elevation",
        Kind.INTEGER,
        Text(en="Elevation", nl="Hoogteligging", fr="Altitude", de="Höhe"),
        "http://inspire.ec.europa.eu/schemas/el-cov/4.0#ElevationGridCoverage",
        "Height of the surface above mean sea level, as the publisher's geoid has it.",
        unit="m",
        minimum=-500,
        maximum=9000,
    ),
    grid=Grid(1200),
)
RASTERS = {raster.id: raster for raster in (ELEVATION,)}
