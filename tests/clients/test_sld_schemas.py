"""Styles as SLD by the OGC's own schemas, which the environment of these tests fetches (scripts/make-schemas.sh)."""

import zipfile
from typing import Any

import pytest
from lxml import etree

from otn.api.links import Links
from otn.api.raster_pictures import MAP_STYLES
from otn.api.sld import Drawn, styled_layer_descriptor
from otn.api.sld_raster import raster_descriptor
from otn.model.collections import COLLECTIONS
from otn.model.drawing import THEMES
from otn.settings import ROOT

pytestmark = pytest.mark.clients

_FOLDER = ROOT / ".tools" / "ogc-schemas"
_OGC = "http://schemas.opengis.net/"
_XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'
_NAMES = ("type", "href", "role", "arcrole", "title", "show", "actuate")
_XLINK = "".join(
    [
        f'<xs:schema {_XS} xmlns:x="http://www.w3.org/1999/xlink" targetNamespace="http://www.w3.org/1999/xlink">',
        *(f'<xs:attribute name="{name}"/>' for name in _NAMES),
        '<xs:attributeGroup name="simpleAttrs">',
        *(
            f'<xs:attribute ref="x:{name}"/>'
            for name in ("type", "href", "role", "arcrole", "title", "show", "actuate")
        ),
        "</xs:attributeGroup></xs:schema>",
    ]
)
# What the OGC's schemas take of those of the W3C, which are not among them.
_W3C = {
    "http://www.w3.org/1999/xlink.xsd": _XLINK,
    "http://www.w3.org/2001/xml.xsd": f'<xs:schema {_XS} targetNamespace="http://www.w3.org/XML/1998/namespace">'
    '<xs:attribute name="lang" type="xs:language"/></xs:schema>',
}


class _Schemas(etree.Resolver):  # type: ignore[misc] # lxml has no types
    """The schemas by their addresses, out of the archive: none is asked for over the network."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def resolve(self, system_url: str, public_id: str, context: Any) -> Any:  # noqa: ARG002 - as lxml calls it
        content = _W3C.get(system_url) or self.read(system_url)
        return self.resolve_string(content, context, base_url=system_url)

    def read(self, address: str) -> bytes:
        """The schema that has this address."""
        return self._archive.read("ogc/" + address.removeprefix(_OGC))


@pytest.fixture(scope="module", params=["1.0", "1.1"])
def sld(request: pytest.FixtureRequest) -> tuple[str, etree.XMLSchema]:
    """A version, and its schema."""
    files = list(_FOLDER.glob("*.jar"))
    if not files:
        pytest.skip("the OGC's schemas could not be fetched by scripts/make-schemas.sh")
    address = f"{_OGC}sld/{request.param}.0/StyledLayerDescriptor.xsd"
    with zipfile.ZipFile(files[0]) as archive:
        schemas = _Schemas(archive)
        parser = etree.XMLParser(no_network=True)
        parser.resolvers.add(schemas)
        return request.param, etree.XMLSchema(etree.fromstring(schemas.read(address), parser, base_url=address))


def written(version: str, theme: str, *names: str) -> bytes:
    drawn = [Drawn(name, f"Title of {name}") for name in names]
    links = Links("https://data.example.org/otn")
    return styled_layer_descriptor("style", "<b>&", drawn, theme, version, links, "en")


@pytest.mark.parametrize("theme", THEMES)
def test_every_style_is_valid(sld: tuple[str, etree.XMLSchema], theme: str) -> None:
    version, schema = sld
    for names in (*((name,) for name in COLLECTIONS), tuple(COLLECTIONS)):
        schema.assertValid(etree.fromstring(written(version, theme, *names)))


@pytest.mark.parametrize("style", MAP_STYLES)
def test_every_style_of_rasters_is_valid(sld: tuple[str, etree.XMLSchema], style: str) -> None:
    version, schema = sld
    text = raster_descriptor(style, "<b>&", Drawn("elevation", "Title"), version, Links("https://example.org"), "en")
    schema.assertValid(etree.fromstring(text))


def test_what_is_not_valid_is_found(sld: tuple[str, etree.XMLSchema]) -> None:
    version, schema = sld
    text = written(version, "light", "roads").replace(b"LineSymbolizer", b"LineSymboliser")
    assert not schema.validate(etree.fromstring(text))
