"""CSV (RFC 4180): a header, one feature a line, UTF-8, lines ended by CRLF.

Texts are always quoted, so that an empty text and null, which is nothing at all, are told apart. Points are two
columns: `longitude` and `latitude` in degrees, else `x` and `y`. Other geometries are one column `geometry` with WKT,
x before y as in Simple Features.

Texts are what publishers wrote, even where they begin with `=` or `@`, which a spreadsheet takes for a formula: to
change them would give every other reader wrong data. docs/formats.md says so; the answer is an attachment, and is never
opened by a browser itself.
"""

from otn.api.encoders.view import Page, View, column, instant_text
from otn.model.collections import GeometryKind
from otn.model.fields import Field, Kind

_PLAIN = (Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN)


class Csv:
    """A table of features."""

    separator = b""

    def feature_sql(self, view: View) -> str:
        values = ["f.id::text", *(_value(field) for field in view.fields), *_geometry_values(view)]
        return " || ',' || ".join(values) + " || E'\\r\\n'"

    def head(self, page: Page) -> bytes:
        return ",".join(header(page.view)).encode() + b"\r\n"

    def tail(self, page: Page) -> bytes:  # noqa: ARG002
        return b""

    def single(self, page: Page, feature: bytes) -> bytes:
        return self.head(page) + feature


def header(view: View) -> list[str]:
    """The names of the columns; none needs quotes."""
    names = ["id", *(field.name for field in view.fields)]
    if view.geometry is None:
        return names
    if view.collection.geometry is not GeometryKind.POINT:
        return [*names, "geometry"]
    return [*names, *(("longitude", "latitude") if view.crs.is_geographic else ("x", "y"))]


def _value(field: Field) -> str:
    if field.kind in _PLAIN:
        return f"coalesce({column(field)}::text, '')"
    text = instant_text(field) if field.kind is Kind.INSTANT else f"{column(field)}::text"
    return f"""coalesce('"' || replace({text}, '"', '""') || '"', '')"""


def _geometry_values(view: View) -> list[str]:
    if view.geometry is None:
        return []
    if view.collection.geometry is GeometryKind.POINT:
        return [f"round(ST_{axis}({view.geometry})::numeric, {view.decimals})::text" for axis in "XY"]
    return [f"""'"' || ST_AsText({view.geometry}, {view.decimals}) || '"'"""]
