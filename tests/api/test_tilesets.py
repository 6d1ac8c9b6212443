"""The documents that lead a client to tiles agree with each other and with the tiles there are."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from otn.api.documents import TILESETS_REL
from otn.api.tilesets import TILING_SCHEME_REL
from otn.model.collections import COLLECTIONS
from otn.model.tile_matrix_sets import (
    EUROPEAN_ETRS89_LAEA_QUAD,
    TILE_MATRIX_SETS,
    WEB_MERCATOR_QUAD,
    web_mercator,
)
from tests.api import tiles

Document = dict[str, Any]

SETS = list(TILE_MATRIX_SETS)
MVT_TYPE = "application/vnd.mapbox-vector-tile"
REGISTERED = "http://www.opengis.net/def/tilematrixset/OGC/1.0/"


def link(document: Document, rel: str, media_type: str | None = None) -> dict[str, Any]:
    [entry, *_] = [
        entry for entry in document["links"] if entry["rel"] == rel and media_type in (None, entry.get("type"))
    ]
    return dict(entry)


def test_definitions_have_the_registered_numbers(client: httpx.Client) -> None:
    """17-083r4, annex D: the first and the last matrix of each set."""
    mercator = client.get("/tileMatrixSets/WebMercatorQuad").json()["tileMatrices"]
    degrees = client.get("/tileMatrixSets/WorldCRS84Quad").json()["tileMatrices"]
    assert (len(mercator), len(degrees)) == (25, 24)
    assert mercator[0]["scaleDenominator"] == pytest.approx(559082264.028717)
    assert mercator[0]["cellSize"] == pytest.approx(156543.033928041)
    assert mercator[0]["pointOfOrigin"] == pytest.approx([-20037508.3427892, 20037508.3427892])
    assert degrees[0]["scaleDenominator"] == pytest.approx(279541132.014358)
    assert degrees[0]["cellSize"] == 0.703125
    assert degrees[0]["pointOfOrigin"] == [-180, 90]
    assert [degrees[0][name] for name in ("matrixWidth", "matrixHeight", "tileWidth")] == [2, 1, 256]
    assert [degrees[23][name] for name in ("matrixWidth", "matrixHeight")] == [16777216, 8388608]
    europe = client.get("/tileMatrixSets/EuropeanETRS89_LAEAQuad").json()
    assert (europe["crs"], europe["orderedAxes"]) == ("http://www.opengis.net/def/crs/EPSG/0/3035", ["Y", "X"])
    assert len(europe["tileMatrices"]) == 16
    first, last = europe["tileMatrices"][0], europe["tileMatrices"][15]
    assert first["scaleDenominator"] == pytest.approx(62779017.857142857)
    assert first["cellSize"] == 17578.125
    assert first["pointOfOrigin"] == [5500000, 2000000]
    assert [last[name] for name in ("matrixWidth", "matrixHeight", "tileWidth")] == [32768, 32768, 256]
    assert last["scaleDenominator"] == pytest.approx(1915.86358)


def test_a_collection_leads_to_its_tiles(client: httpx.Client) -> None:
    """Quirk 15: collection, list of tilesets, tileset, tiling scheme and tile, each by a typed link."""
    tilesets_link = link(client.get("/collections/roads").json(), TILESETS_REL)
    assert tilesets_link["href"].endswith("/collections/roads/tiles")
    assert tilesets_link["type"] == "application/json"
    tilesets = client.get(tilesets_link["href"]).json()["tilesets"]
    assert [entry["tileMatrixSetURI"] for entry in tilesets] == [REGISTERED + identifier for identifier in SETS]
    for entry in tilesets:
        tileset = client.get(link(entry, "self", "application/json")["href"]).json()
        assert tileset["dataType"] == entry["dataType"] == "vector"
        assert tileset["tileMatrixSetURI"] == entry["tileMatrixSetURI"]
        scheme = client.get(link(tileset, TILING_SCHEME_REL, "application/json")["href"]).json()
        assert scheme["uri"] == tileset["tileMatrixSetURI"]
        template = link(tileset, "item", MVT_TYPE)
        assert template["templated"] is True
        assert link(entry, "item")["href"] == template["href"]
        first = tileset["tileMatrixSetLimits"][0]
        tile = template["href"].format(
            tileMatrix=first["tileMatrix"], tileRow=first["minTileRow"], tileCol=first["minTileCol"]
        )
        assert client.get(tile).status_code in (200, 204)
        assert client.get(template["href"].format(tileMatrix=0, tileRow=1, tileCol=0)).status_code == 404


def test_a_tileset_says_what_is_in_its_tiles(client: httpx.Client) -> None:
    tileset = client.get("/collections/roads/tiles/WebMercatorQuad").json()
    [layer] = tileset["layers"]
    assert (layer["id"], layer["geometryDimension"]) == ("roads", 1)
    assert set(layer["propertiesSchema"]["properties"]) == {field.name for field in COLLECTIONS["roads"].tile_fields}
    assert "sourceCodes" not in layer["propertiesSchema"]["properties"]
    assert tileset["boundingBox"]["lowerLeft"] == pytest.approx(web_mercator(4.01, 51.0))
    assert tileset["centerPoint"]["coordinates"] == pytest.approx(web_mercator(4.12, 51.05))
    assert "OpenStreetMap" in tileset["attribution"]
    assert [entry["tileMatrix"] for entry in tileset["tileMatrixSetLimits"]] == [str(zoom) for zoom in range(17)]
    europe = client.get("/collections/roads/tiles/EuropeanETRS89_LAEAQuad").json()
    north, east = europe["centerPoint"]["coordinates"]
    assert (east, north) == pytest.approx(EUROPEAN_ETRS89_LAEA_QUAD.from_degrees(4.12, 51.05))
    (south, west), (top, right) = (europe["boundingBox"][corner] for corner in ("lowerLeft", "upperRight"))
    assert west < east < right
    assert south < north < top
    assert [entry["tileMatrix"] for entry in europe["tileMatrixSetLimits"]] == [str(matrix) for matrix in range(14)]
    [points] = client.get("/collections/ports/tiles/WebMercatorQuad").json()["layers"]
    assert points["geometryDimension"] == 0


@pytest.mark.parametrize("identifier", SETS)
def test_limits_hold_all_tiles_with_features(client: httpx.Client, identifier: str, tmp_path: Path) -> None:
    """Beyond them a tile may hold what lies in its margin, which GDAL leaves out."""
    tileset = client.get(f"/collections/airports/tiles/{identifier}").json()
    template = link(tileset, "item")["href"]
    for limits in tileset["tileMatrixSetLimits"][5:9]:
        rows = range(limits["minTileRow"] - 1, limits["maxTileRow"] + 2)
        columns = range(limits["minTileCol"] - 1, limits["maxTileCol"] + 2)
        for row in rows:
            for column in columns:
                if row in rows[1:-1] and column in columns[1:-1]:
                    continue
                matrix = limits["tileMatrix"]
                tile = client.get(template.format(tileMatrix=matrix, tileRow=row, tileCol=column)).content
                assert not tile or not tiles.read(tile, f"{matrix}/{row}/{column}", tmp_path, "airports")


def test_tilejson_is_all_that_maplibre_needs(client: httpx.Client, address: str) -> None:
    """Quirk 16."""
    tileset = client.get("/collections/roads/tiles/WebMercatorQuad").json()
    answer = client.get(link(tileset, "alternate", "application/vnd.mapbox.tilejson+json")["href"])
    assert answer.headers["content-type"] == "application/vnd.mapbox.tilejson+json"
    document = answer.json()
    assert document["tilejson"] == "3.0.0"
    assert document["tiles"] == [f"{address}/collections/roads/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}"]
    assert document["bounds"] == [4.01, 51.0, 4.23, 51.1]
    assert (document["minzoom"], document["maxzoom"]) == (0, 16)
    [layer] = document["vector_layers"]
    assert layer["id"] == "roads"
    assert layer["fields"]["speedLimit"] == "Speed limit (km/h)"
    zoom = document["center"][2]
    place = WEB_MERCATOR_QUAD.limits((*document["center"][:2], *document["center"][:2]), zoom)
    tile = document["tiles"][0].format(z=zoom, y=place.min_row, x=place.min_column)
    assert client.get(tile).status_code == 200
    assert client.get("/collections/roads/tiles/WorldCRS84Quad?f=tilejson").status_code == 400


SELECTIONS = ({"filter": "name = '{z}&Co' OR speedLimit > 40"}, {"datetime": "2020-01-01/..", "speedLimit": "50"})


@pytest.mark.parametrize("asked", SELECTIONS, ids=lambda asked: next(iter(asked)))
def test_documents_hand_a_selection_on_to_the_tiles(client: httpx.Client, asked: dict[str, str]) -> None:
    def question(address: str) -> dict[str, str]:
        return dict(httpx.URL(address).params)

    listed = client.get("/collections/roads/tiles", params=asked | {"lang": "nl"}).json()["tilesets"]
    assert len(listed) == len(SETS)
    for entry in listed:
        own = link(entry, "self", "application/json")
        assert question(own["href"]) == asked | {"lang": "nl"}
        tileset = client.get(own["href"]).json()
        assert question(link(tileset, "self")["href"]) == asked | {"lang": "nl"}
        template = link(tileset, "item", MVT_TYPE)["href"]
        assert re.findall(r"{\w+}", template) == ["{tileMatrix}", "{tileRow}", "{tileCol}"]
        assert question(template.format(tileMatrix=0, tileRow=0, tileCol=0)) == asked
    [mercator] = [entry for entry in listed if entry["tileMatrixSetId"] == "WebMercatorQuad"]
    tilejson = client.get(link(mercator, "alternate", "application/vnd.mapbox.tilejson+json")["href"]).json()
    [address] = tilejson["tiles"]
    assert re.findall(r"{\w+}", address) == ["{z}", "{y}", "{x}"]
    tile = address.format(z=0, y=0, x=0)
    assert question(tile) == asked
    assert client.get(tile).status_code == 200


def test_an_attribution_is_no_markup(client: httpx.Client) -> None:
    """Map libraries put it on the page as HTML."""
    for collection in ("roads", "ports", "airports"):
        document = client.get(f"/collections/{collection}/tiles/WebMercatorQuad?f=tilejson").json()
        assert not re.search(r"[<>]|&(?!\w+;)", document["attribution"])


def test_conformance_names_tiles(client: httpx.Client) -> None:
    declared = client.get("/conformance").json()["conformsTo"]
    for name in ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt", "oas30"):
        assert f"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/{name}" in declared


def test_the_api_definition_names_the_operations_of_tiles(client: httpx.Client) -> None:
    """20-057, table 11: clients find tiles by the operation's name."""
    paths = client.get("/api").json()["paths"]
    operations = {operation["operationId"]: path for path, item in paths.items() for operation in item.values()}
    assert operations["roads.collection.vector.getTileSetsList"] == "/collections/roads/tiles"
    assert operations["roads.collection.vector.getTileSet"] == "/collections/roads/tiles/{tileMatrixSetId}"
    assert operations["roads.collection.vector.getTile"] == (
        "/collections/roads/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}"
    )
    tile = paths[operations["roads.collection.vector.getTile"]]["get"]["responses"]
    assert {"200", "204", "304", "400", "404"} <= tile.keys()
    assert "getTileMatrixSetsList" in operations
    assert "getTileMatrixSet" in operations


@pytest.mark.parametrize("asked", ["/tileMatrixSets/NowhereQuad", "/collections/roads/tiles/NowhereQuad"])
def test_an_unknown_tile_matrix_set_is_not_found(client: httpx.Client, asked: str) -> None:
    assert client.get(asked).status_code == 404
