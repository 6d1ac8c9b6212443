"""Some of the collections, some of the time: classes that the suite has no tests of.

From the abstract tests of OGC API - Tiles - Part 1 (20-057), "Collections Selection" and "Datetime".
"""

import pytest

from tests.conformance.iut import Document, Iut
from tests.conformance.tiles.tilesets import TILES, template, tilesets, tilesets_of

pytestmark = pytest.mark.conformance


def first_tile(tileset: Document) -> str:
    """The tile of the first tile matrix that holds data."""
    limits = tileset["tileMatrixSetLimits"][0]
    numbers = {"tileMatrix": limits["tileMatrix"], "tileRow": limits["minTileRow"], "tileCol": limits["minTileCol"]}
    return template(tileset).format(**numbers)


class TestCollectionsSelection:
    def test_query_collections(self, iut: Iut) -> None:
        """/conf/collections-selection/query-collections"""
        assert TILES + "collections-selection" in iut.declared
        for tileset in tilesets_of(iut, iut.landing):
            for layer in tileset["layers"]:
                assert iut.ask(first_tile(tileset), "*/*", collections=layer["id"]).status_code in (200, 204)
            assert iut.ask(first_tile(tileset), "*/*", collections="nowhere").status_code == 400

    def test_collections_response(self, iut: Iut) -> None:
        """/conf/collections-selection/collections-response"""
        for tileset in tilesets_of(iut, iut.landing):
            chosen = [layer["id"] for layer in tileset["layers"]][1::-1]
            own = next(link["href"] for link in tileset["links"] if link["rel"] == "self")
            selected = iut.document(own, collections=",".join(chosen))
            assert [layer["id"] for layer in selected["layers"]] == chosen
            alone = [iut.ask(first_tile(tileset), "*/*", collections=name).content for name in chosen]
            assert iut.ask(first_tile(selected), "*/*").content == b"".join(alone)


class TestDatetime:
    def test_datetime(self, iut: Iut) -> None:
        """/conf/datetime/rc-datetime-definition, /conf/datetime/rc-datetime-response"""
        assert TILES + "datetime" in iut.declared
        tile_paths = [path for path in iut.definition["paths"] if path.endswith("/{tileRow}/{tileCol}")]
        for path in tile_paths:
            if "/tiles/" in path:
                assert iut.parameter(path, "datetime")["schema"]["type"] == "string"
        for tileset in tilesets(iut):
            everything = iut.ask(first_tile(tileset), "*/*")
            assert iut.ask(first_tile(tileset), "*/*", datetime="../..").content == everything.content
            for time in ("2020-01-31", "2020-01-31T12:00:00Z", "2020-01-01/2020-12-31", "../2020-12-31"):
                assert iut.ask(first_tile(tileset), "*/*", datetime=time).status_code in (200, 204)
            assert iut.ask(first_tile(tileset), "*/*", datetime="yesterday").status_code == 400

    def test_axis(self, iut: Iut) -> None:
        """/conf/datetime/axis"""
        for tileset in tilesets(iut):
            for subset, time in (
                ('datetime("2020-01-31")', "2020-01-31"),
                ('datetime("2020-01-01":"2020-12-31")', "2020-01-01/2020-12-31"),
                ('datetime(*:"2020-12-31")', "../2020-12-31"),
            ):
                by_axis = iut.ask(first_tile(tileset), "*/*", subset=subset)
                assert by_axis.status_code in (200, 204)
                assert by_axis.content == iut.ask(first_tile(tileset), "*/*", datetime=time).content
