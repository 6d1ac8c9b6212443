"""As much of the schemas of GML 3.2.1 and of OGC API - Features as features of level 0 use.

Written after the standards (07-036, 17-069r4 8.4), since tests have no internet and the schemas are large.
"""

from lxml import etree

_GML = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:gml="http://www.opengis.net/gml/3.2"
  targetNamespace="http://www.opengis.net/gml/3.2" elementFormDefault="qualified">
  <xs:attribute name="id" type="xs:ID"/>
  <xs:element name="description" type="xs:string"/>
  <xs:element name="name" type="xs:string"/>
  <xs:element name="AbstractFeature" type="gml:AbstractFeatureType" abstract="true"/>
  <xs:complexType name="AbstractFeatureType" abstract="true">
    <xs:sequence>
      <xs:element ref="gml:description" minOccurs="0"/>
      <xs:element ref="gml:name" minOccurs="0" maxOccurs="unbounded"/>
    </xs:sequence>
    <xs:attribute ref="gml:id" use="required"/>
  </xs:complexType>
  <xs:complexType name="AbstractGeometryType" abstract="true">
    <xs:attribute ref="gml:id" use="required"/>
    <xs:attribute name="srsName" type="xs:anyURI"/>
  </xs:complexType>
  <xs:simpleType name="doubleList"><xs:list itemType="xs:double"/></xs:simpleType>
  <xs:complexType name="PositionsType"><xs:simpleContent><xs:extension base="gml:doubleList">
    <xs:attribute name="srsDimension" type="xs:positiveInteger"/>
  </xs:extension></xs:simpleContent></xs:complexType>
  <xs:element name="AbstractGeometry" type="gml:AbstractGeometryType" abstract="true"/>
  <xs:element name="Point" substitutionGroup="gml:AbstractGeometry"><xs:complexType><xs:complexContent>
    <xs:extension base="gml:AbstractGeometryType">
    <xs:sequence><xs:element name="pos" type="gml:PositionsType"/></xs:sequence>
  </xs:extension></xs:complexContent></xs:complexType></xs:element>
  <xs:element name="LineString" substitutionGroup="gml:AbstractGeometry"><xs:complexType><xs:complexContent>
    <xs:extension base="gml:AbstractGeometryType">
    <xs:sequence><xs:element name="posList" type="gml:PositionsType"/></xs:sequence>
  </xs:extension></xs:complexContent></xs:complexType></xs:element>
  <xs:complexType name="PointPropertyType"><xs:sequence><xs:element ref="gml:Point"/></xs:sequence></xs:complexType>
  <xs:complexType name="CurvePropertyType">
    <xs:sequence><xs:element ref="gml:LineString"/></xs:sequence>
  </xs:complexType>
  <xs:complexType name="RingPropertyType"><xs:sequence><xs:element name="LinearRing"><xs:complexType><xs:sequence>
    <xs:element name="posList" type="gml:PositionsType"/>
  </xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType>
  <xs:element name="Polygon" substitutionGroup="gml:AbstractGeometry"><xs:complexType><xs:complexContent>
    <xs:extension base="gml:AbstractGeometryType"><xs:sequence>
      <xs:element name="exterior" type="gml:RingPropertyType" minOccurs="0"/>
      <xs:element name="interior" type="gml:RingPropertyType" minOccurs="0" maxOccurs="unbounded"/>
    </xs:sequence></xs:extension>
  </xs:complexContent></xs:complexType></xs:element>
  <xs:complexType name="SurfacePropertyType"><xs:sequence><xs:element ref="gml:Polygon"/></xs:sequence></xs:complexType>
  <xs:element name="MultiPoint" substitutionGroup="gml:AbstractGeometry"><xs:complexType><xs:complexContent>
    <xs:extension base="gml:AbstractGeometryType"><xs:sequence>
      <xs:element name="pointMember" type="gml:PointPropertyType" maxOccurs="unbounded"/>
    </xs:sequence></xs:extension>
  </xs:complexContent></xs:complexType></xs:element>
  <xs:element name="MultiCurve" substitutionGroup="gml:AbstractGeometry"><xs:complexType><xs:complexContent>
    <xs:extension base="gml:AbstractGeometryType"><xs:sequence>
      <xs:element name="curveMember" type="gml:CurvePropertyType" maxOccurs="unbounded"/>
    </xs:sequence></xs:extension>
  </xs:complexContent></xs:complexType></xs:element>
  <xs:element name="MultiSurface" substitutionGroup="gml:AbstractGeometry"><xs:complexType><xs:complexContent>
    <xs:extension base="gml:AbstractGeometryType"><xs:sequence>
      <xs:element name="surfaceMember" type="gml:SurfacePropertyType" maxOccurs="unbounded"/>
    </xs:sequence></xs:extension>
  </xs:complexContent></xs:complexType></xs:element>
  <xs:complexType name="MultiSurfacePropertyType">
    <xs:sequence><xs:element ref="gml:MultiSurface"/></xs:sequence>
  </xs:complexType>
  <xs:complexType name="GeometryPropertyType">
    <xs:sequence><xs:element ref="gml:AbstractGeometry"/></xs:sequence>
  </xs:complexType>
</xs:schema>"""
_LEVELS = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
  targetNamespace="http://www.opengis.net/gmlsf/2.0" elementFormDefault="qualified">
  <xs:element name="ComplianceLevel" type="xs:integer"/>
</xs:schema>"""
_COLLECTION = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:gml="http://www.opengis.net/gml/3.2"
  xmlns:sf="http://www.opengis.net/ogcapi-features-1/1.0/sf"
  targetNamespace="http://www.opengis.net/ogcapi-features-1/1.0/sf" elementFormDefault="qualified">
  <xs:import namespace="http://www.opengis.net/gml/3.2" schemaLocation="http://schemas.opengis.net/gml/3.2.1/gml.xsd"/>
  <xs:import namespace="urn:otn:model" schemaLocation="otn.xsd"/>
  <xs:element name="FeatureCollection" substitutionGroup="gml:AbstractFeature">
    <xs:complexType><xs:complexContent><xs:extension base="gml:AbstractFeatureType"><xs:sequence>
      <xs:element name="featureMember" minOccurs="0" maxOccurs="unbounded">
        <xs:complexType><xs:sequence><xs:element ref="gml:AbstractFeature"/></xs:sequence></xs:complexType>
      </xs:element>
    </xs:sequence></xs:extension></xs:complexContent></xs:complexType>
  </xs:element>
</xs:schema>"""


class _Known(etree.Resolver):  # type: ignore[misc]
    def __init__(self, application_schema: bytes) -> None:
        super().__init__()
        self._known = {"gml.xsd": _GML, "gmlsfLevels.xsd": _LEVELS, "otn.xsd": application_schema}

    def resolve(self, url: str, _public_id: str, context: object) -> object:
        return self.resolve_string(self._known[url.rpartition("/")[2]], context)


def gml_schema(application_schema: bytes) -> etree.XMLSchema:
    """The schema of collections of features, and of these features alone."""
    parser = etree.XMLParser()
    parser.resolvers.add(_Known(application_schema))
    return etree.XMLSchema(etree.fromstring(_COLLECTION, parser))
