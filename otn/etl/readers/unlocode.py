"""UN/LOCODE, the code list for trade and transport locations (https://unece.org/trade/uncefact/unlocode).

UNECE publishes headerless files in which Function precedes Status; copies have a header, the other order, or both
orders in one file (so which cell is which is told by what it looks like), sometimes a column of country names, cells
padded with blanks, every row twice. A record is one line: a quotation mark that is never closed spoils no other one.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import shapely

from otn.errors import SourceError
from otn.etl.geometry import CRS84
from otn.etl.readers.columns import check_file
from otn.etl.readers.csv import opened_text
from otn.etl.readers.inputs import Inputs
from otn.etl.readers.mapping import SourceFields
from otn.etl.rows import Reason, Reject, SourceRows, batches
from otn.model.collections import AIRPORTS, PORTS, Collection
from otn.model.sources import FieldMapping

_BATCH = 20_000
_COUNTRY = re.compile("[A-Z]{2}")
_LOCATION = re.compile("[A-Z2-9]{3}")
_FUNCTION = re.compile("[0-7-]{7}[B-]")
_STATUS = re.compile("[A-Z]{2}")
_COORDINATES = re.compile(r"(\d{2})(\d{2})([NS])\s+(\d{3})(\d{2})([EW])")
_REQUEST_REJECTED = "RR"
# The functions of a place, by the collection it belongs to: a digit at its own place among eight characters.
_FUNCTIONS = {PORTS.id: "1", AIRPORTS.id: "4"}
_WIDTH = 12

_COMMON = {"name": FieldMapping(column="Name"), "country": FieldMapping(column="country")}
_FIELDS = {
    PORTS.id: {**_COMMON, "unLocode": FieldMapping(column="locode")},
    AIRPORTS.id: {**_COMMON, "iata": FieldMapping(column="IATA")},
}


class _Entry(NamedTuple):
    """A record with its cells stripped, by the names that UNECE gives the columns."""

    change: str
    country: str
    location: str
    name: str
    name_wo_diacritics: str
    subdivision: str
    function: str
    status: str
    date: str
    iata: str
    coordinates: str
    remarks: str

    @property
    def locode(self) -> str:
        return self.country + self.location

    @property
    def is_place(self) -> bool:
        """Not so the headings of countries and the references from one name to another, which have no location."""
        return bool(self.location) and self.status != _REQUEST_REJECTED


# The names of the columns in the attributes, in the order of an _Entry.
_NAMES = (
    *("Change", "Country", "Location", "Name", "NameWoDiacritics", "Subdivision", "Function", "Status", "Date"),
    *("IATA", "Coordinates", "Remarks"),
)


class UnLocode:
    """Reads `ports` (Function 1) or `airports` (Function 4) from files of UN/LOCODE, joined in the order given.

    Places with other functions, headings, references, rejected requests and repeated entries are left out as
    normalised. Lines with two records are taken apart where that is certain, else rejected.
    """

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.wanted = inputs.dataset.collection
        self.fields = SourceFields(inputs.source, _FIELDS.get(self.wanted, {}))
        self.remarks: list[str] = []

    def read(self) -> Iterator[SourceRows]:
        """The rows in batches, with columns `country` and `locode`. Raises SourceError if a file is no UN/LOCODE."""
        if self.wanted not in _FUNCTIONS:
            raise SourceError(f"UN/LOCODE is read for {' and '.join(_FUNCTIONS)}, not for {self.wanted}.")
        seen: dict[str, _Entry] = {}
        records = (record for path in self.inputs.files for record in self._records(path))
        numbered = ((position, *record) for position, record in enumerate(records, 1))
        for batch in batches(numbered, _BATCH):
            yield self._source_rows(batch, seen)

    def harmonise(self, attributes: pa.Table, collection: Collection) -> dict[str, pa.Array]:
        """The fields that the columns of the format give."""
        return self.fields.of(attributes, collection)

    def _records(self, path: Path) -> Iterator[tuple[str, _Entry | None]]:
        """Every record as it came, with its entry; None for one that cannot be read."""
        check_file(path)
        found = 0
        try:
            with opened_text(path, self.inputs.source, self.inputs.dataset.region, self.remarks) as file:
                for line in file:
                    if not line.strip().strip('"') or _is_header(line):
                        continue
                    entries = _entries(line)
                    found += len(entries)
                    for entry in entries:
                        yield line, entry
                    if not entries:
                        yield line.rstrip("\r\n"), None
        except (UnicodeError, OSError) as error:
            raise SourceError(f"{path} cannot be read: {error}.") from error
        if not found:
            names = ", ".join(_NAMES)
            raise SourceError(f"{path} is no UN/LOCODE, whose columns are {names}: none of its lines is such a record.")

    def _source_rows(self, batch: list[tuple[int, str, _Entry | None]], seen: dict[str, _Entry]) -> SourceRows:
        rejects: list[Reject] = []
        kept: list[tuple[int, _Entry, shapely.Point | None]] = []
        left_out: list[shapely.Point | None] = []
        for position, line, entry in batch:
            if entry is None:
                detail = "the line is no record of UN/LOCODE, or more than one that cannot be told apart for certain"
                rejects.append(Reject(position, None, Reason.UNREADABLE, detail, {"line": line}))
                continue
            place, trouble = _place(entry.coordinates)
            if not self._belongs(entry) or _is_repeated(entry, seen):
                left_out.append(place)
            elif trouble:
                rejects.append(Reject(position, entry.locode, Reason.UNREADABLE, trouble, _named(entry)))
            else:
                kept.append((position, entry, place))
        return SourceRows(
            position=np.array([position for position, _, _ in kept], np.int64),
            source_id=pa.array([entry.locode for _, entry, _ in kept], pa.string()),
            geometry=_geometries([place for _, _, place in kept]),
            attributes=_attributes([entry for _, entry, _ in kept]),
            crs=self.inputs.crs or CRS84,
            rejects=tuple(rejects),
            normalised=_geometries(left_out),
        )

    def _belongs(self, entry: _Entry) -> bool:
        function = _FUNCTIONS[self.wanted]
        return entry.is_place and entry.function[int(function) - 1 : int(function)] == function


def _geometries(places: list[shapely.Point | None]) -> np.ndarray:
    geometry = np.full(len(places), None, dtype=object)
    geometry[:] = places
    return geometry


def _is_header(line: str) -> bool:
    """Also within a file: some are several files one after the other."""
    return {"name", "function", "status", "coordinates"} <= {cell.strip(' "\r\n').lower() for cell in line.split(",")}


def _is_repeated(entry: _Entry, seen: dict[str, _Entry]) -> bool:
    """Whether the place was there before: twice, or under the name it has in another language."""
    before = seen.setdefault(entry.locode, entry)
    alike = (before.function, before.coordinates) == (entry.function, entry.coordinates)
    return before is not entry and alike


def _entries(line: str) -> list[_Entry]:
    """The records of a line: none where it is no record, or several that cannot be told apart for certain."""
    cells = [cell.strip() for cell in next(csv.reader([line.replace("\0", "")]))]
    entry = _entry(cells)
    if entry is not None:
        return [entry]
    for width in (_WIDTH, _WIDTH + 1):
        # Run together with or without a comma; without, the first one's remarks stand with the second one's change.
        pairs = [(cells[:width], cells[width:])] if len(cells) == 2 * width else []
        if len(cells) == 2 * width - 1 and not cells[width - 1]:
            pairs = [(cells[:width], cells[width - 1 :])]
        for first, second in pairs:
            both = [_entry(first), _entry(second)]
            if None not in both:
                return [entry for entry in both if entry is not None]
    return []


def _entry(cells: list[str]) -> _Entry | None:
    """A record of 12 cells, or of 13 where the country's code and name come first; None for anything else."""
    if len(cells) == _WIDTH + 1:
        # ISO 3166-1, Country Name, Ch, LOCODE, ...: the location comes with its country.
        country, _, change, locode, *rest = cells
        location = locode[2:].strip()
        if locode[:2] != country:
            return None
        cells = [change, country, location, *rest]
    if len(cells) != _WIDTH or not _COUNTRY.fullmatch(cells[1]):
        return None
    function, status = cells[6:8] if _FUNCTION.fullmatch(cells[6]) else reversed(cells[6:8])
    entry = _Entry._make([*cells[:6], function, status, *cells[8:]])
    if not entry.location:
        return entry
    whole = _LOCATION.fullmatch(entry.location) and _FUNCTION.fullmatch(function)
    return entry if whole and (not status or _STATUS.fullmatch(status)) else None


def _place(coordinates: str) -> tuple[shapely.Point | None, str | None]:
    """The place of coordinates like 5155N 00421E, None where there are none; and what is wrong with them."""
    if not coordinates:
        return None, None
    found = _COORDINATES.fullmatch(coordinates)
    if found is None or int(found[2]) >= 60 or int(found[5]) >= 60:
        return None, f"the coordinates {coordinates!r} are not like 5155N 00421E"
    latitude = (int(found[1]) + int(found[2]) / 60) * (1 if found[3] == "N" else -1)
    longitude = (int(found[4]) + int(found[5]) / 60) * (1 if found[6] == "E" else -1)
    return shapely.Point(longitude, latitude), None


def _named(entry: _Entry) -> dict[str, str]:
    return dict(zip(_NAMES, entry, strict=True)) | {"country": entry.country, "locode": entry.locode}


def _attributes(entries: list[_Entry]) -> pa.Table:
    rows = [_named(entry) for entry in entries]
    schema = pa.schema([(name, pa.string()) for name in (*_NAMES, "country", "locode")])
    return pa.Table.from_pylist(rows, schema=schema)
