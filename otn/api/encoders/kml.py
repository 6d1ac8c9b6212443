"""KML 2.2 (07-147r2): placemarks with typed data, always in longitude and latitude."""

from xml.sax.saxutils import escape

from otn.api.encoders.view import Page, View, instant_text
from otn.api.encoders.xml import value_sql
from otn.model.fields import Field, Kind

_TYPES = {Kind.INTEGER: "int", Kind.NUMBER: "double", Kind.BOOLEAN: "bool"}


class Kml:
    """A document of placemarks. The geometry of the view is in degrees: PostGIS would transform any other itself."""

    separator = b"\n"

    def feature_sql(self, view: View) -> str:
        name = view.collection.id
        shown = {field.name: field for field in view.fields}
        data = " || ".join(_data(field) for field in view.fields) or "''"
        geometry = "''" if view.geometry is None else f"ST_AsKML({view.geometry}, {view.decimals})"
        return (
            f"""'<Placemark id="{name}.' || f.id || '">' || {_name(shown.get("name"))} || {_time(shown)}"""
            f""" || '<ExtendedData><SchemaData schemaUrl="#{name}.schema">' || {data}"""
            f""" || '</SchemaData></ExtendedData>' || {geometry} || '</Placemark>'"""
        )

    def head(self, page: Page) -> bytes:
        name = page.view.collection.id
        fields = "".join(
            f'<SimpleField type="{_TYPES.get(field.kind, "string")}" name="{field.name}"/>\n'
            for field in page.view.fields
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">\n'
            f'<Document id="{name}">\n<name>{escape(page.title)}</name>\n'
            f"<description>{escape(page.notice)}</description>\n"
            f'<Schema name="{name}" id="{name}.schema">\n{fields}</Schema>\n'
        ).encode()

    def tail(self, page: Page) -> bytes:  # noqa: ARG002
        return b"\n</Document>\n</kml>\n"

    def single(self, page: Page, feature: bytes) -> bytes:
        return self.head(page) + feature + self.tail(page)


def _name(field: Field | None) -> str:
    return "''" if field is None else f"coalesce('<name>' || {value_sql(field)} || '</name>', '')"


def _time(shown: dict[str, Field]) -> str:
    """SQL: when the feature was valid, as far as that is shown and known."""
    ends = [
        f"coalesce('<{tag}>' || {instant_text(shown[name])} || '</{tag}>', '')"
        for tag, name in (("begin", "validFrom"), ("end", "validTo"))
        if name in shown
    ]
    if not ends:
        return "''"
    return f"coalesce('<TimeSpan>' || nullif({' || '.join(ends)}, '') || '</TimeSpan>', '')"


def _data(field: Field) -> str:
    return f"""coalesce('<SimpleData name="{field.name}">' || {value_sql(field)} || '</SimpleData>', '')"""
