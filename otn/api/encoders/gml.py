"""GML 3.2, Simple Features Profile level 0 (10-100r3), in the collection of OGC API - Features - Part 1, 8.4.

A property that is unknown is left out. The geometry names its reference system and has the order of its axes.
"""

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from otn.api.encoders.view import Link, Page, View
from otn.api.encoders.xml import escaped_where_needed
from otn.api.negotiation import XML_TYPE
from otn.model.collections import Collection, GeometryKind
from otn.model.common_fields import IDENTIFIER
from otn.model.fields import Field, Kind

NAMESPACE = "urn:otn:model"
_GML = "http://www.opengis.net/gml/3.2"
_SF = "http://www.opengis.net/ogcapi-features-1/1.0/sf"
_SF_SCHEMA = "http://schemas.opengis.net/ogcapi/features/part1/1.0/xml/core-sf.xsd"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NAMESPACES = f'xmlns:sf="{_SF}" xmlns:gml="{_GML}" xmlns:otn="{NAMESPACE}" xmlns:xsi="{_XSI}"'
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_MEMBER, _MEMBER_END = "<sf:featureMember>", "</sf:featureMember>"

# ST_AsGML: no short name of the reference system is wanted, lines are LineString, not Curve.
_LINE_STRINGS = 4

_TYPES = {
    Kind.TEXT: "string",
    Kind.CODE: "string",
    Kind.OBJECT: "string",
    Kind.INTEGER: "integer",
    Kind.NUMBER: "double",
    Kind.BOOLEAN: "boolean",
    Kind.INSTANT: "dateTime",
}
_GEOMETRIES = {
    GeometryKind.POINT: "gml:PointPropertyType",
    GeometryKind.LINE_STRING: "gml:CurvePropertyType",
    GeometryKind.MULTI_POLYGON: "gml:MultiSurfacePropertyType",
    GeometryKind.ANY: "gml:GeometryPropertyType",
}

# The multi geometries of PostGIS: their elements in GML, and those around each part.
_MULTI = {
    "MultiPoint": ("MultiPoint", "pointMember"),
    "MultiLineString": ("MultiCurve", "curveMember"),
    "MultiPolygon": ("MultiSurface", "surfaceMember"),
}


class Gml:
    """A collection of features of one type."""

    separator = b"\n"

    def feature_sql(self, view: View) -> str:
        name = f"otn:{view.collection.id}"
        fields = (IDENTIFIER, *view.fields)
        values = escaped_where_needed(
            fields, lambda value: " || ".join(_element_sql(field.name, value(field)) for field in fields)
        )
        return (
            f"""'{_MEMBER}<{name} gml:id="' || {_feature_id(view)} || '">' || ({values})"""
            f""" || {_geometry_sql(view)} || '</{name}>{_MEMBER_END}'"""
        )

    def head(self, page: Page) -> bytes:
        locations = f"{_SF} {_SF_SCHEMA}{_own_schema(page.links)}"
        return (
            f"{_DECLARATION}<sf:FeatureCollection {_NAMESPACES} xsi:schemaLocation={quoteattr(locations)}"
            f' gml:id="{page.view.collection.id}">\n<gml:description>{escape(page.notice)}</gml:description>\n'
            f"<gml:name>{escape(page.title)}</gml:name>\n"
        ).encode()

    def tail(self, page: Page) -> bytes:  # noqa: ARG002
        return b"\n</sf:FeatureCollection>\n"

    def single(self, page: Page, feature: bytes) -> bytes:
        name = f"<otn:{page.view.collection.id} ".encode()
        content = feature.removeprefix(_MEMBER.encode()).removeprefix(name).removesuffix(_MEMBER_END.encode())
        own = _own_schema(page.links)
        location = f" xsi:schemaLocation={quoteattr(own.strip())}" if own else ""
        return _DECLARATION.encode() + name + f"{_NAMESPACES}{location} ".encode() + content + b"\n"


def application_schema(collection: Collection) -> bytes:
    """The XML Schema of the features of a collection."""
    fields = "".join(_element(field) for field in (IDENTIFIER, *collection.fields))
    return f"""{_DECLARATION}<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:gml="{_GML}"
  xmlns:gmlsf="http://www.opengis.net/gmlsf/2.0" xmlns:otn="{NAMESPACE}" targetNamespace="{NAMESPACE}"
  elementFormDefault="qualified" version="1.0">
  <xs:annotation><xs:appinfo source="http://schemas.opengis.net/gmlsfProfile/2.0/gmlsfLevels.xsd">
    <gmlsf:ComplianceLevel>0</gmlsf:ComplianceLevel>
  </xs:appinfo></xs:annotation>
  <xs:import namespace="{_GML}" schemaLocation="http://schemas.opengis.net/gml/3.2.1/gml.xsd"/>
  <xs:import namespace="http://www.opengis.net/gmlsf/2.0"
    schemaLocation="http://schemas.opengis.net/gmlsfProfile/2.0/gmlsfLevels.xsd"/>
  <xs:element name="{collection.id}" type="otn:{collection.id}Type" substitutionGroup="gml:AbstractFeature"/>
  <xs:complexType name="{collection.id}Type"><xs:complexContent><xs:extension base="gml:AbstractFeatureType">
    <xs:sequence>{fields}
      <xs:element name="geometry" type="{_GEOMETRIES[collection.geometry]}" minOccurs="0"/>
    </xs:sequence>
  </xs:extension></xs:complexContent></xs:complexType>
</xs:schema>
""".encode()


def _element(field: Field) -> str:
    # Optional even where every feature has a value: a client may ask for fewer properties.
    return f'\n      <xs:element name="{field.name}" type="xs:{_TYPES[field.kind]}" minOccurs="0"/>'


def _element_sql(name: str, value: str) -> str:
    return f"coalesce('<otn:{name}>' || {value} || '</otn:{name}>', '')"


def _feature_id(view: View) -> str:
    return f"'{view.collection.id}.' || f.id"


def _geometry_sql(view: View) -> str:
    """The reference system is taken off and put back as the URI that was asked for: CRS84 has no number."""
    if view.geometry is None:
        return "''"
    identifier = f"{_feature_id(view)} || '.geometry'"
    plain = f"ST_SetSRID({view.geometry_in_axis_order}, 0)"
    may_be_multi = view.collection.geometry.dimension not in (0, 1)
    written = _any_sql(plain, view, identifier) if may_be_multi else _single_sql(plain, view, identifier)
    named = f"""regexp_replace({written}, '>', ' srsName="{view.crs.uri}">')"""
    return f"'<otn:geometry>' || {named} || '</otn:geometry>'"


def _any_sql(geometry: str, view: View, identifier: str) -> str:
    """SQL: a geometry that may be a multi geometry. Its parts are numbered: PostGIS gives them the identifier of the
    whole, and no two elements of a document may have the same."""
    part = _single_sql("dump.geom", view, f"{identifier} || '.' || dump.path[1]")
    parts = "FROM ST_Dump(shape) AS dump"
    multi = " ".join(
        f"""WHEN 'ST_{name}' THEN '<gml:{element} gml:id="' || {identifier} || '">' || ("""
        f"""SELECT string_agg('<gml:{member}>' || {part} || '</gml:{member}>', '' ORDER BY dump.path[1]) {parts}"""
        f""") || '</gml:{element}>'"""
        for name, (element, member) in _MULTI.items()
    )
    single = _single_sql("shape", view, identifier)
    written = f"CASE ST_GeometryType(shape) {multi} ELSE {single} END"
    return f"(SELECT {written} FROM (SELECT {geometry} AS shape OFFSET 0) AS given)"  # noqa: S608


def _single_sql(shape: str, view: View, identifier: str) -> str:
    return f"ST_AsGML(3, {shape}, {view.decimals}, {_LINE_STRINGS}, 'gml', {identifier})"


def _own_schema(links: Sequence[Link]) -> str:
    """The place of the schema of the features, as xsi:schemaLocation adds it: that of the link that names it."""
    found = (link["href"] for link in links if link["rel"] == "describedby" and link.get("type") == XML_TYPE)
    return "".join(f" {NAMESPACE} {href}" for href in found)
