"""What the columns of a file mean as fields of a collection, told by their names.

A column gives a field if it has the field's name (`speedLimit`), its column name (`speed_limit`) or one of the names
in _ALIASES, without regard to case. What cannot be used as the field's kind becomes null and stays, as the publisher
wrote it, in `sourceCodes`, as does whatever was mapped or converted. Roads with a column `highway` (or Geofabrik's
`fclass`) hold OpenStreetMap's tags and are read as such.
"""

import re
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from otn.etl.readers import osm_tags
from otn.etl.readers.numbers import Decimal, number
from otn.etl.rows import ARROW_TYPES, map_values
from otn.model.collections import ROADS, Collection
from otn.model.fields import Field, Kind

# Fields that OTN gives itself, or that say something about the dataset and not about the object.
_OWN_FIELDS = frozenset({"localId", "inspireId", "length", "dataset", "region", "licence", "sourceCodes"})

_TRUE = frozenset({"true", "t", "yes", "y", "1"})
_FALSE = frozenset({"false", "f", "no", "n", "0"})

Convert = Callable[[str], Any]


def _code_like(pattern: str) -> Convert:
    """Text in capitals without blanks, null unless it matches."""
    expression = re.compile(pattern)

    def convert(text: str) -> str | None:
        code = text.replace(" ", "").upper()
        return code if expression.fullmatch(code) else None

    return convert


def _metres_of_feet(text: str) -> float | None:
    feet = number(text)
    return None if feet is None else round(feet * 0.3048, 2)


# Well-known names of columns: field -> ((column, what its text means; None: as the field's own column), ...).
_ALIASES: dict[str, tuple[tuple[str, Convert | None], ...]] = {
    "name": (("naam", None), ("nom", None), ("bezeichnung", None), ("název", None), ("nosaukums", None)),
    "nationalRoadCode": (("ref", lambda ref: osm_tags.national_road_code(ref, None)),),
    "europeanRoadNumber": (
        ("int_ref", lambda ref: osm_tags.european_road_number(ref, None, None)),
        ("ref", lambda ref: osm_tags.european_road_number(None, ref, None)),
    ),
    "speedLimit": (("maxspeed", osm_tags.speed_limit),),
    "direction": (("oneway", lambda oneway: osm_tags.direction(oneway, None, None)),),
    "maximumHeight": (("maxheight", osm_tags.length),),
    "maximumWidth": (("maxwidth", osm_tags.length),),
    "maximumWeight": (("maxweight", osm_tags.weight),),
    "validFrom": (("start_date", None),),
    "validTo": (("end_date", None),),
    "unLocode": (("unlocode", None), ("un_locode", None), ("locode", None)),
    "icao": (("icao_code", None), ("gps_code", None)),
    "iata": (("iata_code", None),),
    "elevation": (("elevation_m", None), ("elevation_ft", _metres_of_feet)),
    "country": (("country_code", None), ("iso_country", None), ("iso_a2", None)),
}

# Geofabrik's Shapefiles of OpenStreetMap write some tags in their own way: tag -> their value -> the tag's.
_GEOFABRIK: dict[str, dict[str, str | None]] = {
    "highway": {**{f"track_grade{grade}": "track" for grade in range(1, 6)}, "unknown": "road"},
    "oneway": {"F": "yes", "T": "-1", "B": "no"},
    "bridge": {"T": "yes", "F": "no"},
    "tunnel": {"T": "yes", "F": "no"},
    "maxspeed": {"0": None},
}


@dataclass(frozen=True)
class _Use:
    """A field, the column that gives it and what the column's text means."""

    field: Field
    column: str
    convert: Convert


def fields_by_name(
    attributes: pa.Table, collection: Collection, without: Container[str] = (), decimal: Decimal | None = None
) -> tuple[dict[str, pa.Array], dict[str, pa.Array]]:
    """The fields told by the columns' names, but `without` some; and of each column used what the fields do not say."""
    names = {name.lower(): name for name in reversed(attributes.column_names)}
    columns = {lower: blank_as_null(attributes[name].combine_chunks()) for lower, name in names.items()}
    fields: dict[str, pa.Array] = {}
    kept: dict[str, pa.Array] = {}
    if collection == ROADS and (tags := _road_tags(columns)):
        fields = {name: values for name, values in osm_tags.road_fields(pa.table(tags)).items() if name not in without}
        used = (tags.keys() | {"fclass"}) - {"name"}
        kept = {column: columns[column] for column in columns if column in used}
    for use in _uses(columns, collection, decimal):
        if use.field.name not in fields and use.field.name not in without:
            answer = map_values(columns[use.column], use.convert, ARROW_TYPES[use.field.kind])
            fields[use.field.name] = answer
            kept[use.column] = unless_same(kept.get(use.column, columns[use.column]), answer, use.field.kind)
    return fields, {names[column]: values for column, values in kept.items()}


def _uses(columns: dict[str, pa.Array], collection: Collection, decimal: Decimal | None) -> Iterator[_Use]:
    """What the columns may be used for: of several for one field the first counts."""
    for field in collection.fields:
        if field.name in _OWN_FIELDS:
            continue
        own = own_meaning(field, decimal)
        known: list[tuple[str, Convert | None]] = [(field.name.lower(), own), (field.column, own)]
        known += _ALIASES.get(field.name, ())
        yield from (_Use(field, column, convert or own) for column, convert in known if column in columns)


def _road_tags(columns: dict[str, pa.Array]) -> dict[str, pa.Array] | None:
    """OpenStreetMap's tags, if the file has them."""
    tags = {tag: columns[tag] for tag in ("name", *osm_tags.ROAD_TAGS) if tag in columns}
    if "highway" in tags:
        return tags
    if "fclass" not in columns:
        return None
    tags["highway"] = columns["fclass"]
    return {tag: _from_geofabrik(tag, column) for tag, column in tags.items()}


def _from_geofabrik(tag: str, column: pa.Array) -> pa.Array:
    values = _GEOFABRIK.get(tag, {})
    return map_values(column, lambda text: values.get(text, text), pa.string())


def blank_as_null(column: pa.Array) -> pa.Array:
    """The column as text, null where that is blank."""
    text = pc.utf8_trim_whitespace(column.cast(pa.string()))
    return pc.if_else(pc.equal(text, ""), None, text)


def unless_same(source: pa.Array, answer: pa.Array, kind: Kind) -> pa.Array:
    """What the publisher wrote, where the field does not say the same."""
    if kind is Kind.INSTANT:
        return pc.if_else(pc.is_null(answer), source, None)
    same = pc.fill_null(pc.equal(source, answer.cast(pa.string())), False)
    return pc.if_else(same, None, source)


def own_meaning(field: Field, decimal: Decimal | None = None) -> Convert:
    """What the text of a column with the field's own name means; null for what it cannot."""
    if field.pattern is not None:
        return _code_like(field.pattern)
    if field.kind is Kind.CODE:
        return lambda text: _code(field, text)
    if field.kind is Kind.NUMBER:
        return lambda text: number(text, decimal)
    if field.kind is Kind.INTEGER:
        return lambda text: _integer(text, decimal)
    return _MEANINGS[field.kind]


def _code(field: Field, text: str) -> str | None:
    """A value of the field's code list, given as such or by its URI; for `surface` also OpenStreetMap's values."""
    codelist = field.codelist
    if codelist is None:
        return None
    value = _without_scheme(text.lower()).removeprefix(_without_scheme(codelist.uri.lower()) + "/")
    known = {code.lower(): code for code in codelist.values}
    return known.get(value) or (osm_tags.surface(text) if field.name == "surface" else None)


def _without_scheme(uri: str) -> str:
    return re.sub("^https?:", "", uri)


def _integer(text: str, decimal: Decimal | None) -> int | None:
    value = number(text, decimal)
    return int(value) if value is not None and value.is_integer() and abs(value) < 2**53 else None


def _boolean(text: str) -> bool | None:
    lower = text.lower()
    return True if lower in _TRUE else False if lower in _FALSE else None


def _instant(text: str) -> datetime | None:
    """An ISO 8601 date or date and time, as some write it with slashes; without an offset it is taken as UTC."""
    try:
        moment = datetime.fromisoformat(text.replace("/", "-"))
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


_MEANINGS: dict[Kind, Convert] = {
    Kind.TEXT: str,
    Kind.BOOLEAN: _boolean,
    Kind.INSTANT: _instant,
}
