"""Bicycles counted by the counters of Paris (https://opendata.paris.fr, comptage-velo), in three layouts:

* the official file, one row a counter and hour: `;`, "latitude,longitude" in one cell, ISO 8601 times with offset; its
  columns have French titles or, from the interface of the portal, technical names;
* `site_map`: nom_site, comptage_h, id_site, latitude, longitude: counters with a total of an unknown time;
* `count_per_day`: date_comptage, comptage_h: the sum over all counters for each day. It has no place: the options
  `longitude`, `latitude` and `site` of the source say where it is to stand, and what the site is called.

The first two give traffic-counts, the first and the last traffic-volumes. What counts is not said: instrument is null.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from otn.errors import SourceError
from otn.etl.geometry import CRS84
from otn.etl.readers.delimited import Delimited, Lines
from otn.etl.readers.inputs import Inputs
from otn.etl.readers.joined import by_role, check_collection, check_columns, lines_of
from otn.etl.readers.local_times import days, in_utc, instants
from otn.etl.readers.sites import Sites
from otn.etl.readers.values import identifiers, integers, named, numbers, points, source_codes
from otn.etl.rows import Geometries, Reject, SourceRows
from otn.model.collections import TRAFFIC_COUNTS, TRAFFIC_VOLUMES, Collection

_ZONE = "Europe/Paris"
_COUNTER = ("Identifiant du compteur", "id_compteur")
_NAME = ("Nom du compteur", "nom_compteur", "nom_site")
_SITE = ("Identifiant du site de comptage", "id", "id_site")
_SITE_NAME = ("Nom du site de comptage", "name")
_COUNT = ("Comptage horaire", "sum_counts")
_TIME = ("Date et heure de comptage", "date")
_PLACE = ("Coordonnées géographiques", "coordinates")
_INSTALLED = ("Date d'installation du site de comptage", "installation_date")
_HOURS_OF_DAY = 24
_ROLES = {
    "hours": lambda columns: bool(columns & {name.lower() for name in _COUNTER}),
    "sites": lambda columns: {"id_site", "nom_site"} <= columns,
    "days": lambda columns: "date_comptage" in columns,
}
_GIVES = {TRAFFIC_COUNTS.id: ("hours", "sites"), TRAFFIC_VOLUMES.id: ("hours", "days")}
_NEEDED = {
    "hours": (_COUNTER, _COUNT, _TIME, _PLACE),
    "sites": (("nom_site",), ("id_site",), ("latitude",), ("longitude",)),
    "days": (("date_comptage",), ("comptage_h",)),
}
# "97 avenue Denfert Rochereau SO-NE": from the south-west to the north-east.
_TO_FROM = r"(?:^|\s)(?P<direction>[NSEO]{1,2}-[NSEO]{1,2})$"


class BicycleCounters:
    """One or several files of one of these layouts."""

    def __init__(self, inputs: Inputs) -> None:
        check_collection(inputs, TRAFFIC_COUNTS, TRAFFIC_VOLUMES)
        self._inputs = inputs
        self._options = inputs.source.options if inputs.source else {}

    def read(self) -> Iterator[SourceRows]:
        """The counters, or the volumes in batches.

        Raises SourceError for a file of another layout, of one that does not give what is wanted, or without rows.
        """
        role, files = self._wanted()
        for file in files:
            check_columns(file, *_NEEDED[role])
        if role == "days":
            yield from self._days(files)
        elif role == "sites":
            yield from map(_listed_sites, lines_of(files))
        elif self._inputs.dataset.collection == TRAFFIC_VOLUMES.id:
            yield from map(_hours, _of_counters(files))
        else:
            yield _counters(files)

    def harmonise(self, attributes: pa.Table, collection: Collection) -> dict[str, pa.Array]:
        """The fields of counters or of volumes."""
        fields = {"vehicleType": pa.array(["bicycle"] * len(attributes))}
        if collection == TRAFFIC_COUNTS:
            return fields | _site_fields(attributes)
        return fields | (_day_fields(attributes) if "date_comptage" in attributes.column_names else _hour(attributes))

    def _wanted(self) -> tuple[str, list[Delimited]]:
        found = by_role(self._inputs, _ROLES, None)
        wanted = self._inputs.dataset.collection
        for role in _GIVES[wanted]:
            if role in found:
                return role, found[role]
        names = ", ".join(path.name for path in self._inputs.files)
        raise SourceError(f"{self._inputs.dataset.id}: {names} gives no {wanted}, only other things about counters.")

    def _days(self, files: list[Delimited]) -> Iterator[SourceRows]:
        """A volume a day, at the place that the declaration gives."""
        longitude, latitude, site = (self._options.get(name) for name in ("longitude", "latitude", "site"))
        if not (isinstance(longitude, float | int) and isinstance(latitude, float | int) and site):
            raise SourceError(
                f"{files[0].path} has totals without a place: declare options.longitude, latitude and site for it."
            )
        for lines in lines_of(files):
            dated = lines.without(pc.is_null(_days(lines.cells)), "date_comptage is no date")
            cells = dated.cells.append_column("site", pa.array([str(site)] * len(dated.cells)))
            places: Geometries = np.full(len(cells), shapely.Point(longitude, latitude), dtype=object)
            source_id = pc.binary_join_element_wise(str(site), named(cells, "date_comptage"), "/")
            yield SourceRows(dated.position, source_id, places, cells, CRS84, dated.rejects)


def _days(cells: pa.Table) -> pa.Array:
    return days(named(cells, "date_comptage"), "%Y-%m-%d")


def _of_counters(files: list[Delimited]) -> Iterator[Lines]:
    """The rows of a counter and an hour; the others are rejects."""
    for lines in lines_of(files):
        timed = lines.without(pc.is_null(instants(named(lines.cells, *_TIME), _ZONE)), "its time cannot be read")
        yield timed.without(pc.is_null(named(timed.cells, *_COUNTER)), "the row names no counter")


def _hours(lines: Lines) -> SourceRows:
    cells = lines.cells
    source_id = pc.binary_join_element_wise(named(cells, *_COUNTER), named(cells, *_TIME), "/")
    return SourceRows(lines.position, source_id, _places(cells), cells, CRS84, lines.rejects)


def _counters(files: list[Delimited]) -> SourceRows:
    sites = Sites()
    rejects: list[Reject] = []
    for lines in _of_counters(files):
        cells = lines.cells
        kept = {names[0]: named(cells, *names) for names in (_COUNTER, _NAME, _SITE, _SITE_NAME, _INSTALLED)}
        counts = numbers(named(cells, *_COUNT))
        sites.add(lines.position, kept[_COUNTER[0]], _places(cells), counts, pa.table(kept))
        rejects += lines.rejects
    return sites.rows(CRS84).rejecting(rejects)


def _listed_sites(lines: Lines) -> SourceRows:
    """Rows of `site_map`: an identifier of a site comes with several names, of its counters and of its past."""
    cells = lines.cells
    text = pc.binary_join_element_wise(named(cells, "id_site"), named(cells, "nom_site"), "/")
    places = points(numbers(named(cells, "longitude")), numbers(named(cells, "latitude")))
    return SourceRows(lines.position, identifiers(text, lines.position), places, cells, CRS84, lines.rejects)


def _places(cells: pa.Table) -> Geometries:
    """`48.83504,2.33314`: latitude first."""
    parts = pc.extract_regex(named(cells, *_PLACE), r"^(?P<latitude>[-0-9.]+)\s*,\s*(?P<longitude>[-0-9.]+)$")
    return points(numbers(pc.struct_field(parts, "longitude")), numbers(pc.struct_field(parts, "latitude")))


def _site_fields(attributes: pa.Table) -> dict[str, pa.Array]:
    name = named(attributes, *_NAME)
    left_out = {column: named(attributes, column) for column in (*_SITE, *_SITE_NAME, "comptage_h")}
    fields = {
        "name": name,
        "direction": pc.struct_field(pc.extract_regex(name, _TO_FROM), "direction"),
        "validFrom": in_utc(days(named(attributes, *_INSTALLED), "%Y-%m-%d").cast(pa.timestamp("us")), _ZONE),
        "sourceCodes": source_codes(left_out, len(attributes)),
    }
    if "mean" not in attributes.column_names:
        return fields
    return fields | {
        "averageDailyVolume": pc.round(pc.multiply(attributes["mean"].combine_chunks(), _HOURS_OF_DAY), 1),
        "numberOfMeasurements": attributes["measurements"].combine_chunks(),
    }


def _hour(attributes: pa.Table) -> dict[str, pa.Array]:
    start = instants(named(attributes, *_TIME), _ZONE)
    return {
        "site": named(attributes, *_COUNTER),
        "direction": pc.struct_field(pc.extract_regex(named(attributes, *_NAME), _TO_FROM), "direction"),
        "validFrom": start,
        "validTo": pc.add(start, pa.scalar(3_600_000_000, pa.duration("us"))),
        **_volume(attributes, _COUNT, "hour"),
    }


def _day_fields(attributes: pa.Table) -> dict[str, pa.Array]:
    midnight = _days(attributes).cast(pa.timestamp("us"))
    return {
        "site": named(attributes, "site"),
        "validFrom": in_utc(midnight, _ZONE),
        "validTo": in_utc(pc.add(midnight, pa.scalar(86_400_000_000, pa.duration("us"))), _ZONE),
        **_volume(attributes, ("comptage_h",), "day"),
    }


def _volume(attributes: pa.Table, names: tuple[str, ...], period: str) -> dict[str, pa.Array]:
    text = named(attributes, *names)
    count = integers(text)
    volume = pc.if_else(pc.greater_equal(count, 0), count, None)
    return {
        "volume": volume,
        "trafficVolumeTimePeriod": pa.array([period] * len(attributes)),
        "sourceCodes": source_codes({names[0]: pc.if_else(pc.is_null(volume), text, None)}, len(attributes)),
    }
