"""The way to tiles: collection, list of tilesets, tileset, template."""

from collections.abc import Iterator

from tests.conformance.iut import JSON, Document, Iut, links

TILES = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"
TILESETS_REL = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-"


def tilesets_links(collection: Document) -> list[Document]:
    return [entry for entry in collection["links"] if entry["rel"].startswith(TILESETS_REL)]


def tilesets(iut: Iut) -> Iterator[Document]:
    """Every tileset of every collection."""
    for collection in iut.collections:
        for listed in tilesets_links(collection):
            for entry in iut.document(listed["href"])["tilesets"]:
                [own] = [link for link in links(entry, "self") if link["type"] == JSON]
                yield iut.document(own["href"])


def template(tileset: Document) -> str:
    """The address of a tile, with variables in braces."""
    [found] = [str(link["href"]) for link in tileset["links"] if "{tileRow}" in link["href"]]
    return found
