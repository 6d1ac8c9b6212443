"""The way to tiles: landing page or collection, list of tilesets, tileset, template."""

from collections.abc import Iterator

from tests.conformance.iut import JSON, Document, Iut, links

TILES = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"
TILESETS_REL = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-"


def origins(iut: Iut) -> list[Document]:
    """What may have tiles: the dataset, by its landing page, and every collection."""
    return [iut.landing, *iut.collections]


def tilesets_links(origin: Document) -> list[Document]:
    return [entry for entry in origin["links"] if entry["rel"].startswith(TILESETS_REL)]


def tilesets(iut: Iut) -> Iterator[Document]:
    """Every tileset of the dataset and of every collection."""
    for origin in origins(iut):
        yield from tilesets_of(iut, origin)


def tilesets_of(iut: Iut, origin: Document) -> Iterator[Document]:
    """Those of one of them."""
    for listed in tilesets_links(origin):
        for entry in iut.document(listed["href"])["tilesets"]:
            [own] = [link for link in links(entry, "self") if link["type"] == JSON]
            yield iut.document(own["href"])


def template(tileset: Document) -> str:
    """The address of a tile, with variables in braces."""
    [found] = [str(link["href"]) for link in tileset["links"] if "{tileRow}" in link["href"]]
    return found
