"""Where a dataset's rows come from, and how its publisher writes them, as declared in config/regions/<region>.yml."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from otn.model.declarations import Declaration
from otn.model.fields import Field as ModelField
from otn.model.units import Unit, factor

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

    A code that `codes` does not have makes the field null and is reported as unknown. `constant`, in the place of a
    column, is the value of every row: what the publisher does not write because all its rows are alike.
    """

    column: str | None = None
    constant: str | int | float | bool | None = None
    codes: dict[str, str] | None = None
    unit: Unit | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.column is None) == (self.constant is None):
            raise ValueError("give a column, or a constant in its place")
        if self.constant is not None and (self.codes is not None or self.unit is not None):
            raise ValueError("a constant needs neither codes nor unit: write the value as the field has it")
        return self

    def mistake(self, field: ModelField) -> str | None:
        """What of it does not fit the field, as `<key>: <sentence>`; None where all does."""
        if self.unit is not None and factor(self.unit, field.unit) is None:
            return f"unit: {self.unit} cannot be converted: {field.name} is in {field.unit or 'no unit'}"
        if field.codelist is None:
            return None
        known = field.codelist.values
        for key, values in (("codes", (self.codes or {}).values()), ("constant", (self.constant,))):
            strange = sorted(str(value) for value in values if value is not None and value not in known)
            if strange:
                return f"{key}: {strange[0]!r} is none of {', '.join(known)}"
        return None

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
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
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
        # Here, since most commands declare nothing.
        from pyproj import CRS
        from pyproj.exceptions import CRSError

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
