"""Vehicles counted by detectors, as the original Open Transport Net published them for Birmingham.

Columns: sensor, timestamp, flow, avg_speed (km/h), flow_ratio, lon, lat; one row a detector and moment. The
collection traffic-counts gets the detectors, traffic-volumes the measurements.

A detector's name may stand for several places, and for several measurements of one moment: such a site has several
points, and the second measurement of a moment is called `#2`. A speed of nothing that passed is null.

Options of the source: `minutes` that `flow` counts vehicles of (5), `time_zone` of times without an offset
(Europe/London).
"""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from otn.etl.geometry import CRS84
from otn.etl.readers.delimited import Lines
from otn.etl.readers.inputs import Inputs
from otn.etl.readers.joined import check_collection, check_columns, files_of, lines_of, present
from otn.etl.readers.local_times import instants
from otn.etl.readers.sites import Sites
from otn.etl.readers.values import integers, named, numbers, points, source_codes
from otn.etl.rows import Geometries, Reject, SourceRows
from otn.model.collections import TRAFFIC_COUNTS, TRAFFIC_VOLUMES, Collection

_NEEDED = (("sensor",), ("timestamp",), ("flow",), ("lon", "longitude"), ("lat", "latitude"))
_MINUTES_OF_DAY = 24 * 60


class DetectorFlows:
    """One or several files of this layout."""

    def __init__(self, inputs: Inputs) -> None:
        check_collection(inputs, TRAFFIC_COUNTS, TRAFFIC_VOLUMES)
        options = inputs.source.options if inputs.source else {}
        self._files = files_of(inputs)
        self._sites_wanted = inputs.dataset.collection == TRAFFIC_COUNTS.id
        self._minutes = float(options.get("minutes") or 5)
        self._zone = str(options.get("time_zone") or "Europe/London")

    def read(self) -> Iterator[SourceRows]:
        """The detectors, or the measurements in batches. Raises SourceError for a file without its columns or rows."""
        for file in self._files:
            check_columns(file, *_NEEDED)
        yield from self._sites() if self._sites_wanted else self._measurements()

    def harmonise(self, attributes: pa.Table, collection: Collection) -> dict[str, pa.Array]:
        """The fields of sites or of measurements."""
        vehicles = pa.array(["allVehicle"] * len(attributes))
        if collection != TRAFFIC_COUNTS:
            return {"site": named(attributes, "sensor"), "vehicleType": vehicles} | self._measured(attributes)
        daily = pc.multiply(attributes["mean"].combine_chunks(), _MINUTES_OF_DAY / self._minutes)
        return {
            "name": named(attributes, "sensor"),
            "vehicleType": vehicles,
            "averageDailyVolume": pc.round(daily, 1),
            "numberOfMeasurements": attributes["measurements"].combine_chunks(),
        }

    def _measured(self, attributes: pa.Table) -> dict[str, pa.Array]:
        volume, speed = _volumes(attributes), numbers(named(attributes, "avg_speed"))
        moving = pc.if_else(pc.and_(pc.greater(volume, 0), pc.greater(speed, 0.0)), speed, None)
        start = instants(named(attributes, "timestamp"), self._zone)
        left_out = {
            "flow": pc.if_else(pc.is_null(volume), named(attributes, "flow"), None),
            "avg_speed": pc.if_else(pc.is_null(moving), named(attributes, "avg_speed"), None),
            "flow_ratio": named(attributes, "flow_ratio"),
        }
        period = {60: "hour", _MINUTES_OF_DAY: "day"}.get(round(self._minutes), "other")
        return {
            "volume": volume,
            "averageSpeed": moving,
            "trafficVolumeTimePeriod": pa.array([period] * len(attributes)),
            "validFrom": start,
            "validTo": pc.add(start, pa.scalar(round(self._minutes * 60_000_000), pa.duration("us"))),
            "sourceCodes": source_codes(left_out, len(attributes)),
        }

    def _sites(self) -> Iterator[SourceRows]:
        sites = Sites()
        rejects: list[Reject] = []
        for lines in self._lines():
            sensors = pa.table({"sensor": named(lines.cells, "sensor")})
            volumes = _volumes(lines.cells).cast(pa.float64())
            sites.add(lines.position, sensors["sensor"].combine_chunks(), _places(lines.cells), volumes, sensors)
            rejects += lines.rejects
        yield sites.rows(CRS84).rejecting(rejects)

    def _measurements(self) -> Iterator[SourceRows]:
        several = self._repeated()
        seen: Counter[str] = Counter()
        for lines in self._lines():
            identifiers = _identifiers(lines.cells)
            texts = identifiers.to_pylist()
            for row in np.flatnonzero(np.isin(_hashes(identifiers), several)):
                name = texts[row]
                seen[name] += 1
                texts[row] = name if seen[name] == 1 else f"{name}#{seen[name]}"
            source_id = pa.array(texts, pa.string())
            yield SourceRows(lines.position, source_id, _places(lines.cells), lines.cells, CRS84, lines.rejects)

    def _repeated(self) -> npt.NDArray[np.uint64]:
        """The hashes of identifiers that more than one measurement has."""
        hashes = [
            _hashes(_identifiers(lines.cells))
            for file in self._files
            for lines in file.lines(present(file, "sensor", "timestamp"))
        ]
        distinct, counts = np.unique(np.concatenate([np.empty(0, np.uint64), *hashes]), return_counts=True)
        return distinct[counts > 1]

    def _lines(self) -> Iterator[Lines]:
        """The rows of a detector and a moment; the others are rejects."""
        for lines in lines_of(self._files):
            moment = instants(named(lines.cells, "timestamp"), self._zone)
            timed = lines.without(pc.is_null(moment), "its timestamp is no date and time")
            yield timed.without(pc.is_null(named(timed.cells, "sensor")), "the row names no detector")


def _volumes(cells: pa.Table) -> pa.Array:
    flow = integers(named(cells, "flow"))
    return pc.if_else(pc.greater_equal(flow, 0), flow, None)


def _places(cells: pa.Table) -> Geometries:
    return points(numbers(named(cells, "lon", "longitude")), numbers(named(cells, "lat", "latitude")))


def _identifiers(cells: pa.Table) -> pa.Array:
    """The detector and the moment, as the publisher wrote them."""
    return pc.binary_join_element_wise(named(cells, "sensor"), named(cells, "timestamp"), "/")


def _hashes(texts: pa.Array) -> npt.NDArray[np.uint64]:
    return np.array([xxhash.xxh3_64_intdigest((text or "").encode()) for text in texts.to_pylist()], dtype=np.uint64)
