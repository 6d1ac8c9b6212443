"""Where a dataset's rows come from, and how its publisher writes them, as declared in config/regions/<region>.yml."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator
from pyproj import CRS
from pyproj.exceptions import CRSError

from otn.model.declarations import Declaration

Url = Annotated[str, Field(pattern=r"^https?://\S+$")]
Share = Annotated[float, Field(ge=0, le=1)]

PackageReader = Literal["airportsdata", "searoute-ports", "searoute-lanes", "scgraph-highways", "scgraph-railways"]
FileReader = Literal[
    "baac",
    "bicycle-counters",
    "csv",
    "detector-flows",
    "geoparquet",
    "osm",
    "otn-accidents",
    "ourairports",
    "raster",
    "stats19",
    "unlocode",
    "vector",
    "wegenregister",
    "world-port-index",
    "xlsx",
    "none",
]
Encoding = Literal["utf-8", "cp1250", "cp1252", "cp1257", "iso-8859-7"]
Unit = Literal["ft", "in", "km", "m", "mi", "mph", "km/h", "kn"]
Frequency = Literal[
    "CONT",
    "HOURLY",
    "DAILY",
    "WEEKLY",
    "BIWEEKLY",
    "MONTHLY",
    "BIMONTHLY",
    "QUARTERLY",
    "ANNUAL_2",
    "ANNUAL",
    "BIENNIAL",
    "IRREG",
    "NEVER",
    "UNKNOWN",
]
"""Codes of the EU authority table http://publications.europa.eu/resource/authority/frequency."""


class PackageSource(Declaration):
    """A source that a Python package carries: loaded by default, since it is always there."""

    reader: PackageReader
    select: Literal["country", "outline", "coast"]


class FieldMapping(Declaration):
    """The column that gives a field; `codes` says what the publisher's codes mean, `unit` what its numbers count in.

    A code that `codes` does not have makes the field null and is reported as unknown.
    """

    column: str
    codes: dict[str, str] | None = None
    unit: Unit | None = None

    @field_validator("codes", mode="before")
    @classmethod
    def _codes_are_text(cls, codes: Any) -> Any:
        """YAML reads the code 1 as a number, and publishers write it in text files."""
        return {str(code): value for code, value in codes.items()} if isinstance(codes, dict) else codes


Mapping = Annotated[FieldMapping, BeforeValidator(lambda value: {"column": value} if isinstance(value, str) else value)]


class GeometryColumns(Declaration):
    """The columns that hold a place: `x` and `y` (longitude and latitude), or one of the others alone."""

    x: str | None = None
    y: str | None = None
    wkt: str | None = None
    lat_lon: str | None = None
    lon_lat: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = [bool(self.x and self.y), bool(self.wkt), bool(self.lat_lon), bool(self.lon_lat)]
        if sum(ways) != 1 or bool(self.x) != bool(self.y):
            raise ValueError("give x and y, or one of wkt, lat_lon and lon_lat")
        return self


class FileSource(Declaration):
    """What a publisher offers: `urls` are downloaded, in this order; without any, the files are named at each load.

    `reader: none` is a format that OTN cannot read yet, declared so that the dataset is in the catalogue. `members`
    are the patterns of the files to take out of an archive. `crs`, `encoding`, `delimiter` and `decimal` win over
    what the files say or seem to be. `swapped_axes` corrects a publisher that writes latitude before longitude where
    its format says otherwise. `options` are the reader's own.
    """

    reader: FileReader
    format: str
    urls: tuple[Url, ...] = ()
    members: tuple[str, ...] = ()
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    crs: str | None = None
    encoding: Encoding | None = None
    delimiter: str | None = None
    decimal: Literal[",", "."] | None = None
    identifier: tuple[str, ...] = ()
    geometry: GeometryColumns | None = None
    fields: dict[str, Mapping] = Field(default_factory=dict)
    swapped_axes: bool = False
    select: Literal["region", "country"] | None = None
    options: dict[str, str | int | float | bool | None] = Field(default_factory=dict)

    @field_validator("crs")
    @classmethod
    def _is_a_crs(cls, crs: str | None) -> str | None:
        if crs is None:
            return None
        if not re.fullmatch(r"(EPSG|OGC):\w+", crs):
            raise ValueError(f"{crs!r} is no identifier like EPSG:31370")
        try:
            CRS.from_user_input(crs)
        except CRSError as error:
            raise ValueError(f"{crs} is no coordinate reference system anybody knows") from error
        return crs


class Expected(Declaration):
    """How many features a whole download has; other numbers stop a load of it."""

    minimum: Annotated[int, Field(ge=0)]
    maximum: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.minimum > self.maximum:
            raise ValueError("minimum is larger than maximum")
        return self


class Checks(Declaration):
    """What a load may lose before it stops: shares of the rows read, and of the features there were.

    `outside` says what happens to features beyond the region.
    """

    maximum_rejected: Share = 0.2
    maximum_removed: Share = 0.3
    outside: Literal["reject", "keep"] = "keep"
