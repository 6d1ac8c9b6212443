"""Runways and taxiways of OpenStreetMap, each with the aerodrome it lies in.

Both come from one reading of the file. They are few, so all are held until the aerodromes are known.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import cos, radians
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely

from otn.errors import SourceError
from otn.etl.readers.osm_objects import OsmObject, objects
from otn.etl.readers.osm_place_tags import RUNWAYS_AND_TAXIWAYS, icao
from otn.etl.readers.osm_places import source_rows
from otn.etl.readers.osm_rules import fields_by_rules, tag_column
from otn.etl.readers.osm_themes import Kind
from otn.etl.rows import Geometries, Reason, Reject, SourceRows, json_objects
from otn.model.collections import RUNWAYS, Collection

_AIRPORT = "airport"
# An outline that is nearly a rectangle, and a long one: then its axis is the centre line.
_RECTANGULAR = 0.95
_SLENDER = 5.0
# A line belongs to the aerodrome in which more than this share of it lies.
_HALF = 0.5


class OsmRunways:
    """Reads ways with aeroway=runway or taxiway; coordinates are always WGS 84, longitude first."""

    def __init__(self, path: Path, kind: Kind) -> None:
        self.path = path
        self._tags = kind.theme.tags
        self._kind = kind

    def read(self) -> Iterator[SourceRows]:
        """One row a way, all in one batch. Raises SourceError if the file cannot be read or has none.

        An outline is read as its axis where it is a long rectangle in which no such line is drawn, else rejected.
        """
        found = list(objects(self.path, self._kind.theme))
        tracks = [row for row in found if self._aeroway(row) in RUNWAYS_AND_TAXIWAYS]
        if not tracks:
            raise SourceError(f"{self.path} has no {self._kind.theme.what}.")
        rows = source_rows(self._as_lines(tracks), self._tags)
        others = [row for row in found if self._aeroway(row) not in RUNWAYS_AND_TAXIWAYS]
        airports = airports_of(rows.geometry, self._named_areas(others))
        attributes = rows.attributes.drop_columns(["icao"]).append_column(_AIRPORT, pa.array(airports, pa.string()))
        yield replace(rows, attributes=attributes)

    def harmonise(self, attributes: pa.Table, collection: Collection) -> dict[str, pa.Array]:
        """The tags as fields, and as they came. Raises SourceError for another collection than runways."""
        if collection != RUNWAYS:
            raise SourceError(f"{self.path} was read for {RUNWAYS.id}: it gives no {collection.id}.")
        kept = {name: attributes[name] for name in attributes.column_names if name != _AIRPORT}
        fields = fields_by_rules(self._kind.rules, attributes) | {_AIRPORT: tag_column(attributes, _AIRPORT)}
        return fields | {"sourceCodes": json_objects(kept, len(attributes))}

    def _aeroway(self, row: OsmObject | Reject) -> str | None:
        value: str | None = row.row["tags"].get("aeroway") if isinstance(row, Reject) else self._value(row, "aeroway")
        return value

    def _value(self, row: OsmObject, tag: str) -> str | None:
        return row.tags[self._tags.index(tag)]

    def _as_lines(self, tracks: Sequence[OsmObject | Reject]) -> list[OsmObject | Reject]:
        """The same, with the axes of outlines; a reject for an outline without an axis that is certain."""
        drawn = [row for row in tracks if isinstance(row, OsmObject)]
        lines = {row.source_id: line for row in drawn if (line := shapely.from_wkb(row.wkb)).geom_type == "LineString"}
        return [row if isinstance(row, Reject) or row.source_id in lines else self._axis(row, lines) for row in tracks]

    def _axis(self, row: OsmObject, lines: dict[str, shapely.Geometry]) -> OsmObject | Reject:
        outline = shapely.from_wkb(row.wkb)
        axis = axis_of(outline)
        within = [name for name, line in lines.items() if shapely.intersects(line, outline)]
        if axis is not None and not within:
            return replace(row, wkb=shapely.to_wkb(axis, hex=True))
        detail = "it is drawn as an area whose centre line is not certain"
        if axis is not None:
            detail = f"it is drawn as an area that {within[0]}, a line, lies in"
        tags = {tag: value for tag, value in zip(self._tags, row.tags, strict=True) if value is not None}
        whole = {"id": row.source_id, "tags": tags, "geometry": shapely.to_wkt(outline, rounding_precision=-1)}
        return Reject(row.position, row.source_id, Reason.WRONG_GEOMETRY_TYPE, detail, whole)

    def _named_areas(self, aerodromes: Sequence[OsmObject | Reject]) -> dict[str, shapely.Geometry]:
        """The aerodromes by ICAO code or identifier; those that the extract cuts off hold nothing for certain."""
        whole = [row for row in aerodromes if isinstance(row, OsmObject)]
        return {icao(self._value(row, "icao")) or row.source_id: shapely.from_wkb(row.wkb) for row in whole}


def axis_of(outline: shapely.MultiPolygon) -> shapely.LineString | None:
    """The line through the middle of a long rectangle, in degrees; None for an outline of another form."""
    polygons = shapely.get_parts(outline)
    if len(polygons) != 1 or len(polygons[0].interiors):
        return None
    scale = np.array([cos(radians(outline.centroid.y)), 1.0])  # degrees of longitude as long as those of latitude
    polygon = shapely.transform(polygons[0], lambda degrees: degrees * scale)
    rectangle = shapely.oriented_envelope(polygon)
    if rectangle.geom_type != "Polygon" or polygon.area < _RECTANGULAR * rectangle.area:
        return None
    corners = shapely.get_coordinates(rectangle)[:4]
    sides = np.hypot(*(corners - np.roll(corners, -1, axis=0)).T)
    if sides.max() < _SLENDER * sides.min():
        return None
    first = int(np.argmin(sides[:2]))  # the short sides begin at this corner and at the one after the next
    ends = (corners[[first, first + 2]] + corners[[first + 1, (first + 3) % 4]]) / 2
    return shapely.LineString(ends / scale)


def airports_of(lines: Geometries, aerodromes: dict[str, shapely.Geometry]) -> list[str | None]:
    """Per line the aerodrome that more than half of it lies in; None where that is none, or several."""
    names, areas = list(aerodromes), np.array(list(aerodromes.values()), dtype=object)
    line, area = shapely.STRtree(areas).query(lines, predicate="intersects")
    share = shapely.length(shapely.intersection(lines[line], areas[area])) / shapely.length(lines[line])
    line, area = line[share > _HALF], area[share > _HALF]
    of_line: dict[int, list[str]] = {}
    for one, other in zip(line.tolist(), area.tolist(), strict=True):
        of_line.setdefault(one, []).append(names[other])
    return [found[0] if len(found := of_line.get(row, [])) == 1 else None for row in range(len(lines))]
