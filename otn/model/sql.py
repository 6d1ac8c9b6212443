"""What every statement needs to know of the database: its reference systems and functions, as SQL.

Apart from otn.model.tables, so that who reads rows need not hold SQLAlchemy.
"""

SRID = 4326
WEB_MERCATOR_SRID = 3857
# Web Mercator ends where the world is a square: what lies nearer to the poles is not in its tiles.
WEB_MERCATOR_GEOMETRY = (
    "ST_Transform(ST_ClipByBox2D(geom, 'BOX(-180 -85.0511287798066,180 85.0511287798066)'::box2d),"
    f" {WEB_MERCATOR_SRID})"
)
"""The SQL of a column `geom` in EPSG:4326 as tiles need it."""

UNACCENTED = "otn_unaccented({})"
CASE_FOLDED = "otn_case_folded({})"
FOLDED = "otn_folded({})"
"""The SQL of a text without accents, without difference of case, and without both: the last has an index on names."""


def quoted(identifier: str) -> str:
    """An identifier of the model as SQL writes it."""
    return '"' + identifier.replace('"', '""') + '"'
