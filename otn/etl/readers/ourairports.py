"""Airports and runways of OurAirports (https://ourairports.com/data/, public domain).

`airports.csv` and `runways.csv`, plain or gzipped, are told apart by their columns, which are those of
https://ourairports.com/help/data-dictionary.html; older files lack icao_code. Codes are never null for being "NA".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from otn.errors import SourceError
from otn.etl.geometry import CRS84, geodesic_lengths
from otn.etl.readers.columns import leaving_out, require_columns, source_rows, with_column
from otn.etl.readers.coordinates import coordinates
from otn.etl.readers.csv import csv_table
from otn.etl.readers.inputs import Inputs
from otn.etl.readers.mapping import SourceFields
from otn.etl.readers.numbers import number
from otn.etl.readers.records import TextRows
from otn.etl.readers.runway_surface import surface
from otn.etl.rows import Geometries, SourceRows
from otn.model.collections import AIRPORTS, RUNWAYS, Collection
from otn.model.sources import FieldMapping

_PLACE = ("latitude_deg", "longitude_deg")
_AIRPORT_COLUMNS = (
    *("id", "ident", "type", "name", *_PLACE, "elevation_ft", "iso_country", "municipality"),
    *("scheduled_service", "gps_code", "iata_code"),
)
_ENDS = ("le_longitude_deg", "le_latitude_deg", "he_longitude_deg", "he_latitude_deg")
_RUNWAY_COLUMNS = (
    *("id", "airport_ref", "airport_ident", "length_ft", "width_ft", "surface", "lighted", "closed"),
    *("le_ident", "he_ident", *_ENDS),
)
# Columns that only one of the files has.
_ONLY = {"airports": "scheduled_service", "runways": "airport_ref"}

# ICAO's Annex 14 calls an aerodrome an area on land or water for aircraft to arrive, depart and move on: a seaplane
# base is one. Balloons only need a place to land.
_KINDS = {
    **dict.fromkeys(("large_airport", "medium_airport", "small_airport", "seaplane_base"), "aerodromeOnly"),
    "heliport": "heliportOnly",
    "balloonport": "landingSite",
}
_CLOSED = "closed"
# Metres: no runway is longer by this and by twice its declared length; then an end is another runway's, or mistyped.
_LONGEST = 8000.0
_METRES_PER_FOOT = 0.3048
_ICAO = re.compile("[A-Z]{4}")
_HELIPAD = r"^H\d*$"

_AIRPORT_FIELDS = {
    "name": FieldMapping(column="name"),
    "icao": FieldMapping(column="icao_code"),
    "iata": FieldMapping(column="iata_code"),
    "kind": FieldMapping(column="type", codes=_KINDS),
    "elevation": FieldMapping(column="elevation_ft", unit="ft"),
    "municipality": FieldMapping(column="municipality"),
    "scheduledService": FieldMapping(column="scheduled_service"),
    "country": FieldMapping(column="iso_country"),
}
# In files without icao_code, gps_code is the ICAO code wherever there is one; other codes do not look like it.
_OLDER_AIRPORT_FIELDS = {**_AIRPORT_FIELDS, "icao": FieldMapping(column="gps_code")}
_RUNWAY_FIELDS = {
    "name": FieldMapping(column="designator"),
    "kind": FieldMapping(constant="runway"),
    "airport": FieldMapping(column="airport"),
    "surface": FieldMapping(column="surface"),
    "declaredLength": FieldMapping(column="length_ft", unit="ft"),
    "width": FieldMapping(column="width_ft", unit="ft"),
    "lighted": FieldMapping(column="lighted"),
    "closed": FieldMapping(column="closed"),
}


@dataclass(frozen=True)
class _Airport:
    """What runways need to know of their airport."""

    code: str
    country: str | None
    place: shapely.Point | None
    closed: bool


class OurAirports:
    """Reads `airports` from airports.csv, and `runways` from runways.csv with the airports they belong to.

    Closed airports are no airports any more: they and their runways are left out as normalised, as are helipads among
    the runways, which are no lines. A runway without both its ends has no geometry. Attributes have a column `country`.
    """

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.wanted = inputs.dataset.collection
        self._runway_fields = SourceFields(inputs.source, _RUNWAY_FIELDS, {"surface": surface})
        self._airport_fields = SourceFields(inputs.source, _AIRPORT_FIELDS)
        self._older_airport_fields = SourceFields(inputs.source, _OLDER_AIRPORT_FIELDS)
        self.found: list[str] = []

    @property
    def remarks(self) -> list[str]:
        """What was found out about the files, after reading them."""
        fields = (self._runway_fields, self._airport_fields, self._older_airport_fields)
        return [*self.found, *(remark for some in fields for remark in some.remarks)]

    def read(self) -> Iterator[SourceRows]:
        """The rows in batches. Raises SourceError if a file that is needed was not given, lacks columns or rows."""
        if self.wanted not in (AIRPORTS.id, RUNWAYS.id):
            raise SourceError(f"OurAirports is read for {AIRPORTS.id} and {RUNWAYS.id}, not for {self.wanted}.")
        files = {self._kind(path): path for path in self.inputs.files}
        for kind in (AIRPORTS.id, self.wanted):
            if kind not in files:
                given = ", ".join(path.name for path in self.inputs.files)
                raise SourceError(f"{self.inputs.dataset.id} needs {kind}.csv of OurAirports; given: {given}.")
        if self.wanted == AIRPORTS.id:
            yield from self._airports(files[AIRPORTS.id])
        else:
            yield from self._runways(files[RUNWAYS.id], self._by_id(files[AIRPORTS.id]))

    def harmonise(self, attributes: pa.Table, collection: Collection) -> dict[str, pa.Array]:
        """The fields that the columns of the format give."""
        if collection == RUNWAYS:
            return self._runway_fields.of(attributes, collection)
        is_older = "icao_code" not in attributes.column_names
        return (self._older_airport_fields if is_older else self._airport_fields).of(attributes, collection)

    def _kind(self, path: Path) -> str:
        """The file's collection, by its columns."""
        with csv_table(path, self.inputs.source, self.inputs.dataset.region, []) as table:
            for kind, column in _ONLY.items():
                if column in table.header:
                    return kind
            raise SourceError(f"{path} is neither airports.csv nor runways.csv: it has {', '.join(table.header)}.")

    def _batches(self, path: Path, columns: tuple[str, ...]) -> Iterator[TextRows]:
        read = 0
        with csv_table(path, self.inputs.source, self.inputs.dataset.region, self.found) as table:
            require_columns(table.header, columns, path)
            for rows in table.batches:
                yield rows
                read += len(rows.position) + len(rows.rejects)
        if read == 0:
            raise SourceError(f"{path} has no rows.")

    def _airports(self, path: Path) -> Iterator[SourceRows]:
        for rows in self._batches(path, _AIRPORT_COLUMNS):
            attributes = with_column(rows.attributes, "country", rows.attributes["iso_country"])
            places, unreadable = _points(attributes)
            placed = source_rows(rows.position, None, attributes, places, unreadable, self.inputs.crs or CRS84, ("id",))
            closed = np.asarray(pc.fill_null(pc.equal(placed.attributes["type"], _CLOSED), False), dtype=np.bool_)
            yield leaving_out(placed, closed).rejecting(rows.rejects)

    def _by_id(self, path: Path) -> dict[str, _Airport]:
        airports: dict[str, _Airport] = {}
        for rows in self._batches(path, _AIRPORT_COLUMNS):
            table = rows.attributes
            icao = table["icao_code"] if "icao_code" in table.column_names else table["gps_code"]
            places, _ = _points(table)
            columns = [column.to_pylist() for column in (table["id"], table["ident"], icao, table["iso_country"])]
            kinds = table["type"].to_pylist()
            for key, ident, code, country, kind, place in zip(*columns, kinds, places, strict=True):
                known = code if _ICAO.fullmatch(code or "") else ident
                airports[key] = _Airport(known, country, place, kind == _CLOSED)
        return airports

    def _runways(self, path: Path, airports: dict[str, _Airport]) -> Iterator[SourceRows]:
        for rows in self._batches(path, _RUNWAY_COLUMNS):
            # By its number: programs for sheets have made 1.00E+02 of the identifier 1E2.
            mine = [airports.get(key) for key in rows.attributes["airport_ref"].to_pylist()]
            attributes = _with_airports(rows.attributes, mine)
            lines, unreadable = _lines(attributes)
            placed = source_rows(rows.position, None, attributes, lines, unreadable, self.inputs.crs or CRS84, ("id",))
            out = _no_runways(attributes, mine)[np.isin(rows.position, placed.position)]
            yield leaving_out(placed, out).rejecting(rows.rejects)


def _with_airports(attributes: pa.Table, airports: list[_Airport | None]) -> pa.Table:
    """The attributes with the airport's code and country, and with the runway's designator such as 07/25."""
    idents = attributes["airport_ident"].to_pylist()
    codes = [airport.code if airport else ident for airport, ident in zip(airports, idents, strict=True)]
    countries = [airport.country if airport else None for airport in airports]
    ends = zip(attributes["le_ident"].to_pylist(), attributes["he_ident"].to_pylist(), strict=True)
    designators = ["/".join(end for end in pair if end) or None for pair in ends]
    for name, values in (("airport", codes), ("country", countries), ("designator", designators)):
        attributes = with_column(attributes, name, pa.array(values, pa.string()))
    return attributes


def _no_runways(attributes: pa.Table, airports: list[_Airport | None]) -> npt.NDArray[np.bool_]:
    """Which rows are helipads, or lie on an airport that is closed."""
    closed = np.array([airport is not None and airport.closed for airport in airports], dtype=np.bool_)
    helipad = pc.match_substring_regex(pc.fill_null(attributes["le_ident"], ""), _HELIPAD)
    return closed | np.asarray(helipad, dtype=np.bool_)


def _points(attributes: pa.Table) -> tuple[Geometries, dict[int, str]]:
    x, no_x = coordinates(attributes["longitude_deg"].combine_chunks(), "x", None)
    y, no_y = coordinates(attributes["latitude_deg"].combine_chunks(), "y", None)
    places: Geometries = np.full(len(x), None, dtype=object)
    given = ~(np.isnan(x) | np.isnan(y))
    places[given] = shapely.points(x[given], y[given])
    return places, {row: "its longitude or latitude is none" for row in no_x | no_y}


def _lines(attributes: pa.Table) -> tuple[Geometries, dict[int, str]]:
    """From end to end; None where an end is not told. Too long a line is unreadable."""
    found = [coordinates(attributes[name].combine_chunks(), "x" if "lon" in name else "y", None) for name in _ENDS]
    ends = np.column_stack([values for values, _ in found]).reshape(-1, 2, 2)
    unreadable = dict.fromkeys(set().union(*(rows for _, rows in found)), "an end's longitude or latitude is none")
    lines: Geometries = np.full(len(ends), None, dtype=object)
    given = np.flatnonzero(np.isfinite(ends).all(axis=(1, 2)))
    lines[given] = shapely.linestrings(ends[given])
    declared = attributes["length_ft"].to_pylist()
    for row, metres in zip(given, geodesic_lengths(lines[given]), strict=True):
        stated = (number(declared[row] or "") or 0) * _METRES_PER_FOOT
        if metres > _LONGEST and metres > 2 * stated:
            unreadable[int(row)] = f"its ends lie {metres:,.0f} m apart, and it is said to be {stated:,.0f} m long"
    return lines, unreadable
