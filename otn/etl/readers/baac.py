"""Road accidents of France (BAAC): the files of a year, or of several, joined by the number of the accident.

`caracteristiques` gives time and place, `lieux` the road, `vehicules` the number of vehicles, `usagers` how people
came out of it: of these they are only counted. All but the first may be missing, and the files may come in any order.
Two layouts: until 2018 latitudes and longitudes are written times 100,000, the year with two digits and the time as
1445 or 5; since 2019 they have a decimal comma, the year is whole and the time 14:45. A 0 is a coordinate nobody took.

Times are on the clock of the place. A death counts within 30 days.
"""

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from otn.etl.geometry import CRS84
from otn.etl.readers import baac_codes
from otn.etl.readers.delimited import Delimited, Lines
from otn.etl.readers.inputs import Inputs
from otn.etl.readers.joined import Keyed, by_role, check_collection, check_columns, counted, lines_of, present
from otn.etl.readers.local_times import days, hours_and_minutes, minutes_of_day, when
from otn.etl.readers.values import codes, identifiers, integers, meanings, named, numbers, points, source_codes
from otn.etl.rows import SourceRows
from otn.model.collections import ACCIDENTS, Collection

_NUMBER = ("Num_Acc", "Accident_Id")
_ROLES = {
    "caracteristiques": lambda columns: "hrmn" in columns,
    "lieux": lambda columns: "catr" in columns,
    "vehicules": lambda columns: "catv" in columns,
    "usagers": lambda columns: "grav" in columns,
}
_NEEDED = (_NUMBER, ("an",), ("mois",), ("jour",), ("hrmn",), ("lat",), ("long",))
_ROAD = ("catr", "surf", "vma")
_KEPT = ("dep", "com", "lum", "agg", "int", "atm", "col", *_ROAD)
_PEOPLE = tuple(baac_codes.PEOPLE.values())
_CENTURY = 100


class Baac:
    """The files of one year or of several; in UTF-8, or else in the encoding of Western Europe."""

    def __init__(self, inputs: Inputs) -> None:
        check_collection(inputs, ACCIDENTS)
        self._inputs = inputs

    def read(self) -> Iterator[SourceRows]:
        """The accidents in batches. Raises SourceError for files of other columns, and without accidents."""
        files = by_role(self._inputs, _ROLES, "caracteristiques", fallback="cp1252")
        for file in files["caracteristiques"]:
            check_columns(file, *_NEEDED)
        joined = list(_joined(files))
        for lines in lines_of(files["caracteristiques"]):
            yield _source_rows(lines, joined)

    def harmonise(self, attributes: pa.Table, collection: Collection) -> dict[str, pa.Array]:  # noqa: ARG002
        """The fields of accidents; how people came out of it is null without `usagers`, vehicles without theirs."""
        kept = {name: named(attributes, name) for name in _KEPT if name in attributes.column_names}
        limit = integers(named(attributes, "vma"))
        fields = {
            "deathDefinition": pa.array(["within30Days"] * len(attributes)),
            "speedLimit": pc.if_else(pc.greater(limit, 0), limit, None),
            "lightConditions": meanings(named(attributes, "lum"), baac_codes.LIGHT),
            "weatherConditions": meanings(named(attributes, "atm"), baac_codes.WEATHER),
            "roadSurfaceCondition": meanings(named(attributes, "surf"), baac_codes.SURFACE),
            "insideBuiltUpArea": meanings(named(attributes, "agg"), baac_codes.INSIDE_BUILT_UP_AREA, pa.bool_()),
            "sourceCodes": source_codes(kept, len(attributes)),
        }
        return fields | _people(attributes) | _when(attributes)


def _joined(files: dict[str, list[Delimited]]) -> Iterator[Keyed]:
    """What the other files say of each accident."""
    if "lieux" in files:
        yield _roads(files["lieux"])
    if "vehicules" in files:
        yield counted(_keys_and_codes(files["vehicules"], None), {"": "vehicles"})
    if "usagers" in files:
        yield counted(_keys_and_codes(files["usagers"], "grav"), baac_codes.PEOPLE)


def _roads(files: list[Delimited]) -> Keyed:
    """The first road of each accident: at a crossing there may be two."""
    parts: list[pa.Table] = []
    for file in files:
        check_columns(file, _NUMBER, ("catr",))
        for lines in file.lines(present(file, *_NUMBER, *_ROAD)):
            columns = {name: named(lines.cells, name) for name in _ROAD}
            parts.append(pa.table({"key": named(lines.cells, *_NUMBER)} | columns))
    roads = pa.concat_tables(parts) if parts else pa.table({name: pa.nulls(0, pa.string()) for name in ("key", *_ROAD)})
    return Keyed.by_first(roads["key"].combine_chunks(), roads.select(list(_ROAD)))


def _keys_and_codes(files: Iterable[Delimited], code: str | None) -> Iterator[tuple[pa.Array, pa.Array]]:
    """The accident of each row and its code; without one to read, an empty one for every row."""
    for file in files:
        check_columns(file, _NUMBER, *([(code,)] if code else []))
        for lines in file.lines(present(file, *_NUMBER, *([code] if code else []))):
            keys = named(lines.cells, *_NUMBER)
            yield keys, codes(named(lines.cells, code)) if code else pa.array([""] * len(keys), pa.string())


def _source_rows(lines: Lines, joined: list[Keyed]) -> SourceRows:
    attributes = lines.cells
    number = named(attributes, *_NUMBER)
    for keyed in joined:
        for name, column in keyed.of(number).items():
            attributes = attributes.append_column(name, column)
    places = points(_degrees(named(lines.cells, "long")), _degrees(named(lines.cells, "lat")))
    source_id = identifiers(number, lines.position)
    return SourceRows(lines.position, source_id, places, attributes, CRS84, lines.rejects)


def _degrees(text: pa.Array) -> pa.Array:
    """Degrees of both layouts; null for 0."""
    number = numbers(text)
    decimal = pc.match_substring_regex(text, "[.,]")
    degrees = pc.if_else(decimal, number, pc.divide(number, 100_000.0))
    return pc.if_else(pc.not_equal(number, 0.0), degrees, None)


def _people(attributes: pa.Table) -> dict[str, pa.Array]:
    fields: dict[str, pa.Array] = {}
    if "vehicles" in attributes.column_names:
        fields["vehicles"] = attributes["vehicles"].combine_chunks()
    if "killed" not in attributes.column_names:
        return fields
    people = {name: attributes[name].combine_chunks() for name in _PEOPLE}
    unhurt = people.pop("unhurt")
    hurt = pc.add(pc.add(people["killed"], people["seriouslyInjured"]), people["slightlyInjured"])
    severity = pa.nulls(len(attributes), pa.string())
    for name, value in reversed(baac_codes.SEVERITY.items()):
        some = pc.greater((people | {"unhurt": unhurt})[name], 0)
        severity = pc.if_else(pc.fill_null(some, False), value, severity)
    return fields | people | {"casualties": hurt, "severity": severity}


def _when(attributes: pa.Table) -> dict[str, pa.Array]:
    year = integers(named(attributes, "an"))
    year = pc.if_else(pc.less(year, _CENTURY), pc.add(year, 2000), year)
    parts = [part.cast(pa.string()) for part in (year, *(integers(named(attributes, n)) for n in ("mois", "jour")))]
    day = days(pc.binary_join_element_wise(*parts, "-"), "%Y-%m-%d")
    minutes = minutes_of_day(named(attributes, "hrmn"), _clock)
    fields = when(day, minutes, baac_codes.PARIS)
    department = pc.utf8_slice_codeunits(named(attributes, "dep"), 0, 3)
    zone = meanings(department, baac_codes.ZONES)
    for overseas in pc.unique(zone.drop_null()).to_pylist():
        there = pc.fill_null(pc.equal(zone, overseas), False)
        local = when(day, minutes, overseas)
        fields |= {name: pc.if_else(there, local[name], fields[name]) for name in ("validFrom", "validTo")}
    return fields


def _clock(text: str) -> int | None:
    """The minutes since midnight of `14:45`, `1445`, `945` or `5` (five past midnight)."""
    if ":" in text:
        return hours_and_minutes(text)
    if not (text.isascii() and text.isdigit()) or len(text) > 4:
        return None
    hour, minute = divmod(int(text), 100)
    return hour * 60 + minute if minute < 60 else None
