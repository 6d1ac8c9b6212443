"""KML 2.2 (07-147r2): placemarks with typed data, always in longitude and latitude."""

from xml.sax.saxutils import escape

from otn.api.encoders.view import Page, View
from otn.api.encoders.xml import ValueSql, escaped_where_needed
from otn.model.fields import Kind

_TYPES = {Kind.INTEGER: "int", Kind.NUMBER: "double", Kind.BOOLEAN: "bool"}


class Kml:
    """A document of placemarks. The geometry of the view is in degrees: PostGIS would transform any other itself."""

    separator = b"\n"

    def feature_sql(self, view: View) -> str:
        name = view.collection.id
        geometry = "''" if view.geometry is None else f"ST_AsKML({view.geometry}, {view.decimals})"
        values = escaped_where_needed(view.fields, lambda value: _values(view, value)) if view.fields else "''"
        return f"""'<Placemark id="{name}.' || f.id || '">' || ({values}) || {geometry} || '</Placemark>'"""

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


def _values(view: View, value: ValueSql) -> str:
    shown = {field.name: field for field in view.fields}
    name = _element("name", value(shown["name"])) if "name" in shown else "''"
    ends = [
        _element(tag, value(shown[name])) for tag, name in (("begin", "validFrom"), ("end", "validTo")) if name in shown
    ]
    time = f"coalesce('<TimeSpan>' || nullif({' || '.join(ends)}, '') || '</TimeSpan>', '')" if ends else "''"
    data = " || ".join(
        f"""coalesce('<SimpleData name="{field.name}">' || {value(field)} || '</SimpleData>', '')"""
        for field in view.fields
    )
    before = f"""'<ExtendedData><SchemaData schemaUrl="#{view.collection.id}.schema">'"""
    return f"{name} || {time} || {before} || {data} || '</SchemaData></ExtendedData>'"


def _element(tag: str, value: str) -> str:
    return f"coalesce('<{tag}>' || {value} || '</{tag}>', '')"
