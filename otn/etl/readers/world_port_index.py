"""Ports of the World Port Index (NGA Pub. 150), as UpdatedPub150.csv (https://msi.nga.mil/Publications/WPI).

Countries come by their English names, empty cells hold a blank, numbers have decimals they do not need, a depth of 0.0
is one that is not known, a UN/LOCODE has a blank within.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyproj import CRS

from otn.errors import SourceError
from otn.etl.readers.columns import require_columns, with_column
from otn.etl.readers.country_names import country_code
from otn.etl.readers.csv import CsvFile
from otn.etl.readers.mapping import SourceFields
from otn.etl.readers.numbers import number
from otn.etl.readers.records import TextTable
from otn.etl.rows import SourceRows, map_values
from otn.model.collections import PORTS
from otn.model.datasets import Dataset
from otn.model.sources import FieldMapping

_NUMBER = "World Port Index Number"
_SIZES = {"Large": "large", "Medium": "medium", "Small": "small", "Very Small": "verySmall"}
_FIELDS = {
    "name": FieldMapping(column="Main Port Name"),
    "unLocode": FieldMapping(column="UN/LOCODE"),
    "harbourSize": FieldMapping(column="Harbor Size", codes=_SIZES),
    "channelDepth": FieldMapping(column="Channel Depth (m)"),
    "country": FieldMapping(column="Country Code"),
}


class WorldPortIndex(CsvFile):
    """Reads `ports`. Attributes have a column `country`, which is null where its name is unknown."""

    def __init__(self, path: Path, crs: CRS | None, dataset: Dataset) -> None:
        super().__init__(path, crs, dataset)
        if dataset.collection != PORTS.id:
            raise SourceError(f"The World Port Index is read for {PORTS.id}, not for {dataset.collection}.")
        meanings = {"country": country_code, "channelDepth": _depth}
        self.fields = SourceFields(self.source, _FIELDS, meanings)
        self.identifier = self.identifier or (_NUMBER,)

    @contextmanager
    def table(self) -> Iterator[TextTable]:
        with super().table() as table:
            mapped = [mapping.column for mapping in _FIELDS.values() if mapping.column is not None]
            require_columns(table.header, (_NUMBER, *mapped, "Latitude", "Longitude"), self.path)
            yield table

    def read(self) -> Iterator[SourceRows]:
        for rows in super().read():
            names = pc.utf8_trim_whitespace(rows.attributes["Country Code"])
            countries = map_values(names, country_code, pa.string())
            yield replace(
                rows,
                source_id=pc.replace_substring_regex(rows.source_id, r"^(\d+)\.0+$", r"\1"),
                attributes=with_column(rows.attributes, "country", countries),
            )


def _depth(text: str) -> float | None:
    return number(text) or None
