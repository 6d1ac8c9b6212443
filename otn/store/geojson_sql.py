"""A feature as GeoJSON, in SQL: what answers from the database and what editions hold are the same bytes, since both
are made by the same expression.
"""

from collections.abc import Sequence

from otn.model.collections import Collection
from otn.model.fields import Field
from otn.model.sql import quoted

CRS84_DECIMALS = 7
"""Digits after the point of a degree that keep about a centimetre."""


def feature_sql(geometry: str, properties: str) -> str:
    """A whole feature of the table as `f`, of the SQL of its geometry and its properties as JSON texts."""
    return (
        f"""'{{"type":"Feature","id":' || f.id || ',"geometry":' || {geometry}"""
        f""" || ',"properties":' || {properties} || '}}'"""
    )


def geometry_sql(geometry: str | None, decimals: int) -> str:
    """A geometry as GeoJSON writes it, coordinates in the order they come in; None where none is shown.

    Option 0: PostGIS adds no `crs` member, which RFC 7946 has removed.
    """
    return "'null'" if geometry is None else f"ST_AsGeoJSON({geometry}, {decimals}, 0)"


def properties_sql(fields: Sequence[Field]) -> str:
    """An object with these fields as properties, null where unknown."""
    if not fields:
        return "'{}'"
    columns = ", ".join(f"f.{quoted(field.column)} AS {quoted(field.name)}" for field in fields)
    return f"row_to_json((SELECT p FROM (SELECT {columns}) AS p))::text"  # noqa: S608 - identifiers come from the model


def whole_feature_sql(collection: Collection) -> str:
    """A feature as it is shown where nothing else is asked: every field, and the geometry in CRS84."""
    return feature_sql(geometry_sql("f.geom", CRS84_DECIMALS), properties_sql(collection.fields))
