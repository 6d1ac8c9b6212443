"""Road accidents of Great Britain (STATS19), as the Department for Transport publishes them.

The table of collisions (until 2023: accidents) gives the accidents. With the table of casualties beside it, people
killed and injured are counted; nothing else is taken from it, and nothing from the table of vehicles: these speak of
persons. The files may come in any order, several of a kind. Columns are known by their old and their new names.

Times are on the clock of the place. A death counts within 30 days.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyproj import Transformer

from otn.etl.geometry import CRS84
from otn.etl.readers import stats19_codes
from otn.etl.readers.delimited import Delimited, Lines
from otn.etl.readers.inputs import Inputs
from otn.etl.readers.joined import Keyed, by_role, check_collection, check_columns, counted, lines_of, present
from otn.etl.readers.local_times import days, hours_and_minutes, minutes_of_day, when
from otn.etl.readers.values import codes, identifiers, integers, meanings, named, numbers, points, source_codes
from otn.etl.rows import Geometries, SourceRows
from otn.model.collections import ACCIDENTS, Collection

ZONE = "Europe/London"
_INDEX = ("collision_index", "accident_index")
_SEVERITY = ("collision_severity", "accident_severity", "legacy_collision_severity")
_EASTING, _NORTHING = "location_easting_osgr", "location_northing_osgr"
_NEEDED = (_INDEX, _SEVERITY, ("date",), ("time",), ("longitude", _EASTING), ("latitude", _NORTHING))
_ROLES = {
    "collisions": lambda columns: bool(columns & set(_SEVERITY)),
    "casualties": lambda columns: "casualty_severity" in columns,
    "vehicles": lambda columns: "vehicle_type" in columns,
}
# What is mapped, converted or left out of what is said of the accident; no column says anything of a person.
_KEPT = (
    *_SEVERITY,
    "light_conditions",
    "weather_conditions",
    "road_surface_conditions",
    "urban_or_rural_area",
    "speed_limit",
    "road_type",
    "junction_detail",
    "police_force",
)
_BRITISH_GRID = "EPSG:27700"


class Stats19:
    """The files of one year or of several."""

    def __init__(self, inputs: Inputs) -> None:
        check_collection(inputs, ACCIDENTS)
        self._inputs = inputs

    def read(self) -> Iterator[SourceRows]:
        """The accidents in batches. Raises SourceError for files of other columns, and without accidents.

        The place is longitude and latitude, or where these are missing the British National Grid.
        """
        files = by_role(self._inputs, _ROLES, "collisions")
        for file in files["collisions"]:
            check_columns(file, *_NEEDED)
        casualties = _counted_casualties(files["casualties"]) if "casualties" in files else None
        for lines in lines_of(files["collisions"]):
            yield _source_rows(lines, casualties)

    def harmonise(self, attributes: pa.Table, collection: Collection) -> dict[str, pa.Array]:  # noqa: ARG002
        """The fields of accidents; a limit in miles per hour becomes km/h."""
        return accident_fields(attributes) | _when(attributes)


def accident_fields(attributes: pa.Table) -> dict[str, pa.Array]:
    """What follows from the variables of STATS19, whichever of them are columns."""
    kept = {name: named(attributes, name) for name in _KEPT if name in map(str.lower, attributes.column_names)}
    fields = {
        "severity": meanings(named(attributes, *_SEVERITY), stats19_codes.SEVERITY),
        "deathDefinition": pa.array(["within30Days"] * len(attributes)),
        "casualties": _count(attributes, "number_of_casualties"),
        "vehicles": _count(attributes, "number_of_vehicles"),
        "speedLimit": meanings(named(attributes, "speed_limit"), stats19_codes.SPEED_LIMIT, pa.int64()),
        "lightConditions": meanings(named(attributes, "light_conditions"), stats19_codes.LIGHT),
        "weatherConditions": meanings(named(attributes, "weather_conditions"), stats19_codes.WEATHER),
        "roadSurfaceCondition": meanings(named(attributes, "road_surface_conditions"), stats19_codes.SURFACE),
        "insideBuiltUpArea": meanings(named(attributes, "urban_or_rural_area"), stats19_codes.URBAN, pa.bool_()),
        "sourceCodes": source_codes(kept, len(attributes)),
    }
    counts = {name: attributes[name].combine_chunks() for name in _COUNTS if name in attributes.column_names}
    return fields | counts


_COUNTS = tuple(stats19_codes.CASUALTIES.values())


def _when(attributes: pa.Table) -> dict[str, pa.Array]:
    day = days(named(attributes, "date"), "%d/%m/%Y")
    return when(day, minutes_of_day(named(attributes, "time"), hours_and_minutes), ZONE)


def _count(attributes: pa.Table, name: str) -> pa.Array:
    count = integers(named(attributes, name))
    return pc.if_else(pc.greater_equal(count, 0), count, None)


def _counted_casualties(files: list[Delimited]) -> Keyed:
    for file in files:
        check_columns(file, _INDEX, ("casualty_severity",))

    def rows() -> Iterator[tuple[pa.Array, pa.Array]]:
        for file in files:
            for lines in file.lines(present(file, *_INDEX, "casualty_severity")):
                yield named(lines.cells, *_INDEX), codes(named(lines.cells, "casualty_severity"))

    return counted(rows(), stats19_codes.CASUALTIES)


def _source_rows(lines: Lines, casualties: Keyed | None) -> SourceRows:
    attributes = lines.cells
    index = named(attributes, *_INDEX)
    for name, column in (casualties.of(index) if casualties else {}).items():
        attributes = attributes.append_column(name, column)
    source_id = identifiers(index, lines.position)
    return SourceRows(lines.position, source_id, _places(lines.cells), attributes, CRS84, lines.rejects)


def _places(cells: pa.Table) -> Geometries:
    longitude, latitude = numbers(named(cells, "longitude")), numbers(named(cells, "latitude"))
    east, north = numbers(named(cells, _EASTING)), numbers(named(cells, _NORTHING))
    on_grid = pc.and_(pc.is_null(pc.add(longitude, latitude)), pc.greater(pc.add(east, north), 0))
    missing = np.asarray(pc.fill_null(on_grid, False), dtype=bool)
    geometry = points(longitude, latitude)
    if missing.any():
        transform = Transformer.from_crs(_BRITISH_GRID, CRS84, always_xy=True).transform
        x, y = transform(_of(east, missing), _of(north, missing))
        geometry[missing] = points(pa.array(x), pa.array(y))
    return geometry


def _of(numbers_: pa.Array, rows: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    return np.asarray(numbers_.to_numpy(zero_copy_only=False), dtype=np.float64)[rows]
