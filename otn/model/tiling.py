"""What of a collection is drawn at which zoom. Zooms are those of WebMercatorQuad; a tile is drawn on 512 pixels."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

# Changes whenever otn.etl.generalise makes other overviews of the same features by the same rule.
_RECIPE = 1


@dataclass(frozen=True)
class TileRule:
    """Which features are drawn, and which stay where there is no room for all: those that matter most.

    A feature matters more the earlier its value of `ranked_by` stands in that field's code list, then the more of the
    `notable` fields it fills, then the larger or longer it is, then the lower its id. It is drawn from the zoom its
    value has in `minimum_zooms`, and from zoom 0 where that does not name its value or the value is unknown.

    Below `overviews_below` tiles are made from geometry generalised at load time. Below `details_from`, which is no
    less or 0, they carry no `details`: properties that nearly every feature has a value of its own for, which would be
    most of the bytes.
    """

    overviews_below: int
    ranked_by: str | None = None
    minimum_zooms: Mapping[str, int] = field(default_factory=dict, hash=False)
    notable: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    details_from: int = 0

    def hidden_at(self, zoom: int) -> list[str]:
        """The values of `ranked_by` whose features are not drawn yet."""
        return [value for value, minimum in self.minimum_zooms.items() if zoom < minimum]

    def carries(self, name: str, zoom: int) -> bool:
        """Whether tiles of the zoom carry the property."""
        return zoom >= self.details_from or name not in self.details

    @cached_property
    def fingerprint(self) -> str:
        """Eight characters that change with the rule: overviews made by another one are out of date."""
        return hashlib.sha256(f"{_RECIPE}{self!r}".encode()).hexdigest()[:8]


BASEMAP_ZOOMS = range(9)
"""The zooms of the base map: clients enlarge the tiles of the last one, which have all the detail there is."""

TILE_PIXELS = 512
GRID_PIXELS = 0.5
"""The grid that overviews move lines and areas to, in pixels."""
POINT_CELL_PIXELS = 8
"""The cells of which overviews keep the most important point."""
REACH_PIXELS = POINT_CELL_PIXELS + 2 * GRID_PIXELS
"""No change of a feature shows in an overview farther than this from where the feature is or was.

A point may give way to another of its cell, and a line to another one that the grid has brought to the same place: each
deeper grid moves it by half as much again.
"""

_WORLD_METRES = 2 * 20037508.342789244


def pixel_metres(zoom: int) -> float:
    """The width of a pixel in metres of EPSG:3857."""
    return _WORLD_METRES / (TILE_PIXELS << zoom)


_LINE_DETAILS = ("localId", "inspireId", "length")

LINE_RULE = TileRule(overviews_below=12, details=_LINE_DETAILS, details_from=14)
PORT_RULE = TileRule(overviews_below=8, notable=("name", "unLocode"))
AIRPORT_RULE = TileRule(overviews_below=8, notable=("iata", "icao", "name"))
ROAD_RULE = TileRule(
    overviews_below=12,
    ranked_by="functionalRoadClass",
    minimum_zooms={
        "mainRoad": 4,
        "firstClass": 6,
        "secondClass": 8,
        "thirdClass": 10,
        "fourthClass": 12,
        "fifthClass": 13,
        "sixthClass": 13,
        "seventhClass": 14,
        "eighthClass": 14,
        "ninthClass": 14,
    },
    details=(*_LINE_DETAILS, "fromNode", "toNode"),
    details_from=14,
)
NODE_RULE = TileRule(overviews_below=14, details=("localId", "inspireId"), details_from=14)
RUNWAY_RULE = TileRule(
    overviews_below=12,
    ranked_by="kind",
    minimum_zooms={"runway": 8, "taxiway": 12},
    details=_LINE_DETAILS,
    details_from=14,
)
FACILITY_RULE = TileRule(overviews_below=12, details=_LINE_DETAILS, details_from=14)
ACCIDENT_RULE = TileRule(
    overviews_below=12,
    ranked_by="severity",
    minimum_zooms={"fatal": 0, "serious": 0, "slight": 0, "unhurt": 0},
)
COUNT_RULE = TileRule(overviews_below=12, notable=("averageDailyVolume", "name"))
VOLUME_RULE = TileRule(overviews_below=14)
AREA_RULE = TileRule(overviews_below=12)
BUILDING_RULE = TileRule(overviews_below=14, details=("localId", "inspireId"), details_from=14)
