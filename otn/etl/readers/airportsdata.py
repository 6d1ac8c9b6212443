"""Airports of the Python package airportsdata (https://github.com/mborsetti/airportsdata, MIT).

One CSV: icao, iata, name, city, subd, country (ISO 3166-1 alpha-2), elevation (feet above mean sea level), lat, lon,
tz, lid. A place without ICAO code has another one there. It does not say whether a place is an aerodrome or a heliport.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import shapely

from otn.etl.geometry import CRS84
from otn.etl.readers.packages import package_file
from otn.etl.rows import SourceRows, json_objects, map_values
from otn.model.collections import Collection

_METRES_PER_FOOT = 0.3048
_ICAO = re.compile("[A-Z]{4}")


class AirportsData:
    """The airports of the world."""

    def __init__(self) -> None:
        self.path: Path = package_file("airportsdata", "airports.csv")

    def read(self) -> Iterator[SourceRows]:
        text = pacsv.ConvertOptions(
            column_types={name: pa.string() for name in ("icao", "iata", "name", "city", "country", "elevation")},
            null_values=[""],
            strings_can_be_null=True,
        )
        table = pacsv.read_csv(self.path, convert_options=text)
        yield SourceRows(
            position=np.arange(1, len(table) + 1),
            source_id=table["icao"].combine_chunks(),
            geometry=shapely.points(table["lon"].to_numpy(), table["lat"].to_numpy()),
            attributes=table,
            crs=CRS84,
        )

    def harmonise(self, attributes: pa.Table, collection: Collection) -> dict[str, pa.Array]:  # noqa: ARG002
        columns = {name: attributes[name].combine_chunks() for name in ("name", "icao", "iata", "country", "elevation")}
        return {
            "name": columns["name"],
            "icao": map_values(columns["icao"], _icao, pa.string()),
            "iata": columns["iata"],
            "municipality": attributes["city"].combine_chunks(),
            "country": columns["country"],
            "elevation": map_values(columns["elevation"], _metres, pa.float64()),
            "sourceCodes": json_objects({"elevation": _feet(columns["elevation"])}, len(attributes)),
        }


def _icao(code: str) -> str | None:
    return code if _ICAO.fullmatch(code) else None


def _metres(feet: str) -> float:
    return round(float(feet) * _METRES_PER_FOOT, 1)


def _feet(elevation: pa.Array) -> pa.Array:
    return pc.if_else(pc.is_valid(elevation), pc.binary_join_element_wise(elevation, "ft", " "), None)
