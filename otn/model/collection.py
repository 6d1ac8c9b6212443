"""What a collection is."""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from otn.model.common_fields import IDENTIFIER, NAME
from otn.model.fields import Field, Kind
from otn.model.tiling import TileRule


class GeometryKind(Enum):
    """The geometry of every feature of a collection, in the words of Simple Features; ANY takes every type."""

    POINT = "Point"
    LINE_STRING = "LineString"
    MULTI_POLYGON = "MultiPolygon"
    ANY = "Geometry"

    @property
    def dimension(self) -> int | None:
        """0 of points, 1 of lines, 2 of areas; None where each feature has its own."""
        return {GeometryKind.POINT: 0, GeometryKind.LINE_STRING: 1, GeometryKind.MULTI_POLYGON: 2}.get(self)


@dataclass(frozen=True)
class Collection:
    """A collection: its identifier in URLs, its geometry, its fields in the order they are served, its drawing."""

    id: str
    geometry: GeometryKind
    fields: tuple[Field, ...]
    tile_rule: TileRule

    @property
    def table(self) -> str:
        """The name of its table: `sea-lanes` is stored in `sea_lanes`."""
        return self.id.replace("-", "_")

    @property
    def overview_table(self) -> str:
        """The name of the table of its geometry generalised for low zooms."""
        return self.table + "_generalised"

    @property
    def tile_fields(self) -> tuple[Field, ...]:
        """The fields that tiles carry: all that have one plain value."""
        return tuple(field for field in self.fields if field.kind is not Kind.OBJECT)

    @cached_property
    def has_names(self) -> bool:
        """Whether its features have names, which a search can look into."""
        return NAME in self.fields

    @cached_property
    def by_name(self) -> dict[str, Field]:
        return {field.name: field for field in self.fields}

    @cached_property
    def queryables(self) -> dict[str, Field]:
        """What selects features beside the geometry, by name; it sorts them too."""
        return {field.name: field for field in (IDENTIFIER, *self.fields) if field.filterable}
